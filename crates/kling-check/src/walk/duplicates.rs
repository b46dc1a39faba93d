//! Keys that an object has twice, in values that no contract describes too.

use std::borrow::Cow;
use std::collections::HashSet;

use kling_json::{Kind, Node};

use super::Walk;
use crate::context::Context;
use crate::finding::{Finding, FindingKind};
use crate::findings::Findings;

/// So many keys are compared one by one, which needs no table.
const FEW: usize = 12;

/// The keys of one object that were met.
#[derive(Debug, Default)]
pub(crate) struct Keys<'d> {
    few: Vec<Cow<'d, str>>,
    many: Option<HashSet<Cow<'d, str>>>,
}

impl<'d> Keys<'d> {
    /// Takes note of a key. Whether it is the first such key.
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

/// Reports each second key of an object, in a value and all that is inside it. Recursion is bounded by the limit of the
/// depth.
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
    /// A second key of an object; its value is not read.
    pub(super) fn duplicate(&mut self, node: Node<'d>) {
        self.add(node, FindingKind::Duplicate);
        self.skip(node);
    }

    /// Looks for nothing in a value but keys that are there twice.
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
