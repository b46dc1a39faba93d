//! Whether a condition holds for a plan: the plain evaluation, kept separate from all others so that tests can compare
//! them.

use kling_spec::{Condition, Path, Scalar, Spec, Step};

use crate::json::Json;

/// Returns whether a condition of a contract holds for a request.
///
/// An absent member has its default where a value is compared, and nowhere else. An empty list counts as absent.
///
/// ```
/// use kling_spec::{Condition, Path};
/// use kling_testgen::{Json, holds};
///
/// let spec = kling_spec::Spec::embedded("kling-v3").expect("a known model");
/// let path = Path::parse("audio").expect("well formed");
/// let request = Json::object();
/// assert!(!holds(&spec, &request, &Condition::Present(path.clone())));
/// assert!(holds(&spec, &request, &Condition::Const(path, kling_spec::Scalar::Boolean(false))));
/// ```
pub fn holds(spec: &Spec, request: &Json, condition: &Condition) -> bool {
    holds_in(spec, request, Path::ROOT, condition)
}

/// Does the same as [`holds`] for paths that begin at the object `here`, whose path is `base`.
pub(crate) fn holds_in(spec: &Spec, here: &Json, base: &Path, condition: &Condition) -> bool {
    match condition {
        Condition::Present(path) => is_present(spec, here, base, path),
        Condition::Const(path, value) => is_equal(spec, here, base, path, value),
        Condition::MaxItems(lists, most) => total(here, lists) <= *most,
        Condition::Contains(list, item) => count(spec, here, base, list, item) > 0,
        Condition::MaxContains(list, item, most) => count(spec, here, base, list, item) <= *most,
        Condition::Not(inner) => !holds_in(spec, here, base, inner),
        Condition::AllOf(several) => several
            .iter()
            .all(|inner| holds_in(spec, here, base, inner)),
        Condition::AnyOf(several) => several
            .iter()
            .any(|inner| holds_in(spec, here, base, inner)),
    }
}

/// Returns the value at a path of members.
pub(crate) fn find<'j>(here: &'j Json, path: &Path) -> Option<&'j Json> {
    path.steps()
        .iter()
        .try_fold(here, |value, step| match step {
            Step::Member(name) => value.member(name),
            Step::Items => None,
        })
}

/// Returns how many items the lists have in total.
pub(crate) fn total(here: &Json, lists: &[Path]) -> u64 {
    lists
        .iter()
        .filter_map(|list| find(here, list))
        .map(|list| u64::try_from(list.items().len()).unwrap_or(u64::MAX))
        .fold(0, u64::saturating_add)
}

fn is_present(spec: &Spec, here: &Json, base: &Path, path: &Path) -> bool {
    let is_list = spec
        .fields()
        .get(&base.join(path))
        .is_some_and(|field| field.kind == kling_spec::Type::Array);
    find(here, path).is_some_and(|value| !is_list || !value.items().is_empty())
}

fn is_equal(spec: &Spec, here: &Json, base: &Path, path: &Path, value: &Scalar) -> bool {
    match find(here, path) {
        Some(found) => *found == Json::from(value),
        None => spec.default_of(&base.join(path)) == Some(value),
    }
}

fn count(spec: &Spec, here: &Json, base: &Path, list: &Path, item: &Condition) -> u64 {
    let items = find(here, list).map_or(&[][..], Json::items);
    let base = base.join(list).items();
    let fitting = items
        .iter()
        .filter(|value| holds_in(spec, value, &base, item))
        .count();
    u64::try_from(fitting).unwrap_or(u64::MAX)
}
