//! Places in a plan, and the places in it that match a contract's path.

use kling_spec::{Path, Step};

use super::Json;

/// One step of a place in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// The first member with this name.
    Member(String),
    /// The item with this index, from 0.
    Index(usize),
}

/// A place in a plan, from its root.
pub(crate) type Pointer = Vec<Key>;

/// Returns every existing place of a path, in the order of the text.
pub(crate) fn places(plan: &Json, path: &Path) -> Vec<Pointer> {
    let mut found = vec![Pointer::new()];
    for step in path.steps() {
        let mut next = Vec::new();
        for place in found {
            let Some(value) = plan.at(&place) else {
                continue;
            };
            match step {
                Step::Member(name) if value.member(name).is_some() => {
                    next.push(with(&place, Key::Member(name.clone())));
                }
                Step::Member(_) => {}
                Step::Items => {
                    next.extend(
                        (0..value.items().len()).map(|index| with(&place, Key::Index(index))),
                    );
                }
            }
        }
        found = next;
    }
    found
}

/// Returns the place one step further in.
pub(crate) fn with(place: &[Key], key: Key) -> Pointer {
    let mut longer = place.to_vec();
    longer.push(key);
    longer
}

/// Returns the part of a path after the innermost `[]`, or all of it.
pub(crate) fn behind_items(path: &Path) -> Path {
    let start = path.list().map_or(0, |list| list.steps().len() + 1);
    path.steps()[start..]
        .iter()
        .fold(Path::default(), |path, step| match step {
            Step::Member(name) => path.member(name),
            Step::Items => path.items(),
        })
}

/// Returns whether one of the paths leads to the other or into it.
pub(crate) fn overlap(one: &Path, other: &Path) -> bool {
    let length = one.steps().len().min(other.steps().len());
    one.steps()[..length] == other.steps()[..length]
}
