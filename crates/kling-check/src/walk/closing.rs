//! Rules over several fields, which can be reported only once the whole request has been read.

use kling_json::Node;

use super::Walk;
use crate::facts::{Truth, View};
use crate::finding::FindingKind;
use crate::table::{Blame, Condition, FieldId, RuleTable, Table};

impl<'d> Walk<'d> {
    /// Reports the rules that are certainly broken.
    pub(super) fn broken_rules(&mut self) {
        let table: &'d Table = self.table;
        for compiled in &table.rules {
            let holds = |condition| self.facts.truth(table, condition, View::Meant);
            let applies = compiled
                .when
                .as_ref()
                .is_none_or(|when| holds(when) == Truth::Yes);
            if !applies || holds(&compiled.must) != Truth::No {
                continue;
            }
            let witness = self.witness(&compiled.must, false).or_else(|| {
                let when = compiled.when.as_ref()?;
                self.witness(when, true)
            });
            let node = self.blamed(compiled, witness);
            let rule = &table.spec.rules()[compiled.rule];
            self.add(node, FindingKind::Rule(rule));
        }
    }

    /// Returns the item (list and index) that makes a condition hold, or not hold.
    fn witness(&self, condition: &Condition, holds: bool) -> Option<(FieldId, u32)> {
        let wanted = if holds { Truth::Yes } else { Truth::No };
        if self.facts.truth(self.table, condition, View::Meant) != wanted {
            return None;
        }
        match condition {
            Condition::Not(inner) => self.witness(inner, !holds),
            Condition::All(several) | Condition::Any(several) => {
                several.iter().find_map(|inner| self.witness(inner, holds))
            }
            Condition::Items(place) => {
                let counted = &self.table.item_conditions[*place];
                // If no item satisfies it, or not too many do, no single item is the cause.
                let has_witness = holds == counted.most.is_none();
                let item = self.facts.witness(*place).filter(|_| has_witness)?;
                Some((counted.list, item))
            }
            Condition::Present(_) | Condition::Const { .. } | Condition::MaxItems(..) => None,
        }
    }

    /// Returns what a broken rule points at.
    fn blamed(&self, rule: &RuleTable, witness: Option<(FieldId, u32)>) -> Node<'d> {
        let mut places = rule.blame.iter().filter_map(|blame| match blame {
            Blame::Single(field) => self.facts.node(*field),
            Blame::Item { list, name } => {
                let (_, index) = witness.filter(|(of, _)| of == list)?;
                let item = self.facts.node(*list)?.item(index as usize)?;
                let named = name.as_deref().and_then(|name| item.member(name));
                Some(named.unwrap_or(item))
            }
        });
        let place = places.next();
        place.unwrap_or_else(|| self.context.document.root())
    }
}
