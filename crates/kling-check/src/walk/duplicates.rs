//! Keys that an object has twice, even in values that no contract describes.

use std::collections::HashSet;

use kling_json::{Kind, Node};

use super::Walk;
use crate::context::Context;
use crate::finding::{Finding, FindingKind};
use crate::findings::Findings;

/// Reports each repeated key of an object, in a value and everything inside it. Recursion is bounded by the depth
/// limit.
pub(super) fn report<'d>(context: &Context<'d>, node: Node<'d>, findings: &mut Findings<'d>) {
    let mut keys = HashSet::new();
    for child in node.children() {
        if let Some(key) = child.key()
            && !keys.insert(key.decode())
        {
            findings.push(Finding::new(context, child, FindingKind::Duplicate));
        }
        if matches!(child.kind(), Kind::Object | Kind::Array) {
            report(context, child, findings);
        }
    }
}

impl<'d> Walk<'d> {
    /// Reports a repeated key of an object; its value is not read.
    pub(super) fn duplicate(&mut self, node: Node<'d>) {
        self.add(node, FindingKind::Duplicate);
        self.skip(node);
    }

    /// Checks a value for nothing but duplicate keys.
    pub(super) fn skip(&mut self, node: Node<'d>) {
        report(&self.context, node, &mut self.findings);
    }
}
