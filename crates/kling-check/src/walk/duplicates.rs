//! Keys that an object has twice, even in values that no contract describes.

use std::borrow::Cow;
use std::collections::HashSet;

use kling_json::{Kind, Node};

use super::Walk;
use crate::context::Context;
use crate::finding::{Finding, FindingKind};
use crate::findings::Findings;

/// This many keys are compared one by one, without a table.
const FEW: usize = 12;

/// The keys of one object read so far.
#[derive(Debug, Default)]
pub(crate) struct Keys<'d> {
    few: Vec<Cow<'d, str>>,
    many: Option<HashSet<Cow<'d, str>>>,
}

impl<'d> Keys<'d> {
    /// Records a key. Returns whether it is the first such key.
    pub(crate) fn insert(&mut self, key: Cow<'d, str>) -> bool {
        if self.few.contains(&key) {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push(key);
            return true;
        }
        self.many.get_or_insert_default().insert(key)
    }
}

/// Reports each repeated key of an object, in a value and everything inside it. Recursion is bounded by the depth
/// limit.
pub(super) fn report<'d>(context: &Context<'d>, node: Node<'d>, findings: &mut Findings<'d>) {
    let mut keys = Keys::default();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_first_once_however_many_there_are() {
        let mut keys = Keys::default();
        for round in 0..2 {
            for number in 0..100 {
                assert_eq!(keys.insert(number.to_string().into()), round == 0);
            }
        }
    }
}
