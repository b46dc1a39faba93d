//! Where a value of a request is, as contracts write it.

use kling_json::Node;
use kling_spec::Path;

/// Returns the path of a value as contracts write it.
pub(crate) fn path_of(node: Node<'_>) -> Path {
    let mut steps = Vec::new();
    let mut node = node;
    while let Some(parent) = node.parent() {
        steps.push(node);
        node = parent;
    }
    let mut path = Path::default();
    for step in steps.iter().rev() {
        path = match step.key() {
            Some(key) => path.member(&key.decode()),
            None => path.items(),
        };
    }
    path
}
