//! Conditions as JSON Schema.

use super::node::Node;
use crate::condition::Condition;
use crate::path::Path;
use crate::scalar::Scalar;
use crate::spec::Spec;

/// Returns a schema that accepts a well-formed request exactly if the condition holds for it.
///
/// The paths of the condition begin at the object `base`.
pub(super) fn schema_of(condition: &Condition, spec: &Spec, base: &Path) -> Node {
    match condition {
        Condition::Present(path) => present(path, spec, base),
        Condition::Const(path, value) => constant(path, value, spec, base),
        Condition::MaxItems(lists, limit) => max_items(lists, *limit),
        Condition::Contains(list, item) => {
            let item = schema_of(item, spec, &base.join(list).items());
            under(list, Node::object().with("contains", item), true)
        }
        Condition::MaxContains(list, item, limit) => {
            let item = schema_of(item, spec, &base.join(list).items());
            let counted = Node::object()
                .with("contains", item)
                .with("minContains", Node::Number(0))
                .with("maxContains", Node::Number(*limit));
            under(list, counted, false)
        }
        Condition::Not(inner) => Node::object().with("not", schema_of(inner, spec, base)),
        Condition::AllOf(several) => Node::object().with("allOf", list_of(several, spec, base)),
        Condition::AnyOf(several) => Node::object().with("anyOf", list_of(several, spec, base)),
    }
}

fn list_of(several: &[Condition], spec: &Spec, base: &Path) -> Node {
    Node::List(
        several
            .iter()
            .map(|inner| schema_of(inner, spec, base))
            .collect(),
    )
}

fn present(path: &Path, spec: &Spec, base: &Path) -> Node {
    let is_list = spec
        .fields
        .get(&base.join(path))
        .is_some_and(|field| field.kind == crate::Type::Array);
    let inner = if is_list {
        Node::object().with("minItems", Node::Number(1))
    } else {
        Node::object()
    };
    under(path, inner, true)
}

fn constant(path: &Path, value: &Scalar, spec: &Spec, base: &Path) -> Node {
    let by_default = spec.default_of(&base.join(path)) == Some(value);
    under(
        path,
        Node::object().with("const", Node::Scalar(value.clone())),
        !by_default,
    )
}

/// Returns a schema that limits the items of several lists in total. JSON Schema cannot add, so every way to split the
/// limit is an alternative.
fn max_items(lists: &[Path], limit: u64) -> Node {
    let Some((first, others)) = lists.split_first() else {
        return Node::Bool(true);
    };
    let capped = |most: u64| {
        under(
            first,
            Node::object().with("maxItems", Node::Number(most)),
            false,
        )
    };
    if others.is_empty() {
        return capped(limit);
    }
    let ways = (0..=limit).map(|most| {
        Node::object().with(
            "allOf",
            Node::List(vec![capped(most), max_items(others, limit - most)]),
        )
    });
    Node::object().with("anyOf", Node::List(ways.collect()))
}

/// Returns a schema for the member at the end of a path of members.
pub(super) fn under(path: &Path, inner: Node, required: bool) -> Node {
    path.steps().iter().rev().fold(inner, |inner, step| {
        let crate::Step::Member(name) = step else {
            // Paths of conditions never enter items; `contains` does.
            return inner;
        };
        let mut object = Node::object();
        if required {
            object.set("required", Node::List(vec![Node::text(name)]));
        }
        object.with("properties", Node::object().with(name, inner))
    })
}
