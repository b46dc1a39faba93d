//! What findings mean, kept where fixes are asked for.

use kling_prompt::{Fault, Reason};
use kling_spec::{CommonRule, Scalar};

use super::Finder;
use crate::fix::Meaning;
use crate::table::FieldId;

impl Finder<'_, '_> {
    /// Says of which field the next finding's value is, and what it can only mean.
    pub(super) fn mean_value(&mut self, field: FieldId, meant: Option<&Scalar>) {
        self.sink.kept.mean(|| Meaning::Value {
            field,
            meant: meant.cloned(),
        });
    }

    /// Says what the next finding's placeholder was meant to be.
    pub(super) fn mean_placeholder(&mut self, rule: CommonRule, fault: &Fault<'_>) {
        if rule == CommonRule::PlaceholderUnsupported {
            return;
        }
        let guess = match fault {
            Fault::Malformed { malformed, .. } => !matches!(
                malformed.reason,
                Reason::Case | Reason::Blank | Reason::LeadingZero
            ),
            Fault::WrongKind { .. } | Fault::Dialect { .. } => true,
            Fault::Order { mark, .. } => {
                let kind = mark.kind;
                if let Some((_, list)) = self.found_list(kind) {
                    self.sink.kept.mean(|| Meaning::Order { kind, list });
                }
                return;
            }
            Fault::Range { .. } | Fault::Unused { .. } => return,
        };
        let meaning = match fault {
            Fault::Malformed { malformed, .. } => malformed.meaning,
            Fault::WrongKind { wrong_kind, .. } => wrong_kind.meaning,
            Fault::Dialect { dialect, .. } => dialect.meaning,
            Fault::Order { .. } | Fault::Range { .. } | Fault::Unused { .. } => None,
        };
        let lists = self.table.placeholders.as_ref().map(|all| &all.lists);
        let count = |kind: usize| {
            let list = (*lists?.get(kind)?)?;
            (!self.facts.is_open(list)).then(|| self.facts.counts[list])
        };
        let there = meaning.filter(|meaning| {
            count(meaning.kind).is_some_and(|count| (1..=count).contains(&meaning.number))
        });
        if let Some(reference) = there {
            self.sink.kept.mean(|| Meaning::Mark { reference, guess });
        }
    }
}
