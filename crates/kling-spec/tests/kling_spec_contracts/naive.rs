//! The plainest evaluation of conditions, over parsed JSON: a check on every other reader.

use kling_spec::{Condition, Path, Rule, Scalar, Spec, Step};
use serde_json::Value;

/// Returns whether the request keeps the rule.
pub(crate) fn keeps(spec: &Spec, request: &Value, rule: &Rule) -> bool {
    let applies = rule
        .when
        .as_ref()
        .is_none_or(|when| holds(spec, Path::ROOT, request, when));
    !applies || holds(spec, Path::ROOT, request, &rule.must)
}

/// Returns whether the condition holds for the value `here` at `base`.
pub(crate) fn holds(spec: &Spec, base: &Path, here: &Value, condition: &Condition) -> bool {
    match condition {
        Condition::Present(path) => match find(here, path) {
            None => false,
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
        },
        Condition::Const(path, value) => match find(here, path) {
            Some(found) => *found == json(value),
            None => spec
                .default_of(&base.join(path))
                .is_some_and(|default| default == value),
        },
        Condition::MaxItems(lists, most) => {
            let count: usize = lists.iter().map(|list| items(here, list).len()).sum();
            count as u64 <= *most
        }
        Condition::Contains(list, item) => fitting(spec, base, here, list, item) >= 1,
        Condition::MaxContains(list, item, most) => {
            fitting(spec, base, here, list, item) as u64 <= *most
        }
        Condition::Not(inner) => !holds(spec, base, here, inner),
        Condition::AllOf(several) => !several.iter().any(|inner| !holds(spec, base, here, inner)),
        Condition::AnyOf(several) => several.iter().any(|inner| holds(spec, base, here, inner)),
    }
}

fn fitting(spec: &Spec, base: &Path, here: &Value, list: &Path, item: &Condition) -> usize {
    let base = base.join(list).items();
    items(here, list)
        .iter()
        .filter(|value| holds(spec, &base, value, item))
        .count()
}

fn items<'v>(here: &'v Value, list: &Path) -> &'v [Value] {
    find(here, list)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn find<'v>(here: &'v Value, path: &Path) -> Option<&'v Value> {
    path.steps()
        .iter()
        .try_fold(here, |value, step| match step {
            Step::Member(name) => value.get(name),
            Step::Items => panic!("`{path}` steps into a list"),
        })
}

/// Converts the value to JSON.
pub(crate) fn json(value: &Scalar) -> Value {
    match value {
        Scalar::Boolean(value) => Value::from(*value),
        Scalar::Integer(value) => Value::from(*value),
        Scalar::String(text) => Value::from(text.as_str()),
    }
}
