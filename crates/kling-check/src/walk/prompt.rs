//! The prompt of a request against the lists whose items it names.

use std::ops::{ControlFlow, RangeInclusive};

use kling_json::{Children, Node, Span};
use kling_prompt::{Part, PromptProblem};
use kling_spec::{CommonRule, Format, Ground};

use super::Walk;
use crate::facts::View;
use crate::finding::{FindingKind, PlaceholderFinding, PlaceholderProblem};
use crate::table::{PlaceholderTable, Table};

impl<'d> Walk<'d> {
    /// Reports problems between the prompt and the lists.
    pub(super) fn misfit_placeholders(&mut self) {
        let table: &'d Table = self.table;
        if let Some(placeholders) = &table.placeholders
            && let Some(prompt) = self.facts.value(placeholders.field)
            && !self.plainly_fits(placeholders, prompt)
        {
            self.each_misfit(placeholders, prompt);
        }
    }

    /// Returns how many items the list of each kind has; `None` if that is not known.
    fn counts(&self, placeholders: &PlaceholderTable) -> impl Iterator<Item = Option<usize>> {
        let lists = placeholders.kinds.iter().map(|(_, list)| *list);
        lists.map(|list| usize::try_from(self.facts.count(list?, View::Meant)?).ok())
    }

    /// Returns whether the prompt has nothing to report, as far as that can be seen without decoding it.
    fn plainly_fits(&self, placeholders: &PlaceholderTable, prompt: Node<'d>) -> bool {
        let Some(text) = prompt.text().filter(|text| !text.hides_ascii()) else {
            return false;
        };
        // No ASCII character is written as an escape, so no escape is part of a placeholder.
        let names = placeholders.kinds.iter().map(|(name, _)| name.as_str());
        let counts = self.counts(placeholders).map(|count| {
            // If placeholders have no meaning, none is in range.
            if placeholders.unsupported {
                Some(0)
            } else {
                count
            }
        });
        kling_prompt::plainly_fits(text.raw(), names.zip(counts))
    }

    #[cold]
    fn each_misfit(&mut self, placeholders: &'d PlaceholderTable, prompt: Node<'d>) {
        let table: &'d Table = self.table;
        let Some(text) = prompt.text() else { return };
        let decoded = text.decode();
        let must_say = table.field(placeholders.field).format == Some(Format::NonBlank);
        if must_say && decoded.chars().all(char::is_whitespace) {
            // Blank text is one finding; the items that it does not mention are not reported as well.
            return;
        }
        let mut offsets = text.offset_walker();
        // The items are needed in the order of the list, so each list is traversed only once.
        let items = placeholders.kinds.iter().map(|(_, list)| {
            let list = list.and_then(|list| self.facts.node(list))?;
            Some(Unread {
                list,
                items: list.children(),
                passed: 0,
            })
        });
        let mut items: Vec<Option<Unread<'d>>> = items.collect();
        let counts: Vec<Option<usize>> = self.counts(placeholders).collect();
        let _: ControlFlow<()> = each_problem(placeholders, &decoded, &counts, |problem| {
            let Some((rule, ground)) = rule_of(table, &problem) else {
                return ControlFlow::Continue(());
            };
            let (Some(range), Some(found)) = (problem.span(), placeholder_problem(&problem)) else {
                if let PromptProblem::Unused { kind, numbers } = problem
                    && let Some(Some(items)) = items.get_mut(kind)
                {
                    self.unmentioned(items, kind, numbers);
                }
                return ControlFlow::Continue(());
            };
            let start = offsets.source_offset(range.start);
            let reference = found.reference();
            let list = reference.and_then(|reference| placeholders.kinds.get(reference.kind)?.1);
            let count = reference.and_then(|reference| *counts.get(reference.kind)?);
            let placeholder = PlaceholderFinding {
                list: list.and_then(|list| self.facts.node(list)),
                item_is_there: reference.zip(count).is_some_and(|(reference, count)| {
                    reference.number > 0 && reference.number as usize <= count
                }),
                rule,
                ground,
                span: Span::new(start, offsets.source_offset(range.end)),
                found: decoded.get(range).unwrap_or_default().into(),
                problem: found,
            };
            self.add(prompt, FindingKind::Placeholder(placeholder));
            ControlFlow::Continue(())
        });
    }

    /// Reports items that the prompt never mentions, each at its place in the list.
    fn unmentioned(&mut self, items: &mut Unread<'d>, kind: usize, numbers: RangeInclusive<usize>) {
        for number in numbers {
            let node = items.item(number);
            if let Ok(number) = u32::try_from(number) {
                self.add(node, FindingKind::Unmentioned { kind, number });
            }
        }
    }
}

/// A list whose items are looked up in ascending order.
struct Unread<'d> {
    list: Node<'d>,
    items: Children<'d>,
    /// How many items have been passed.
    passed: usize,
}

impl<'d> Unread<'d> {
    /// Returns the item with this number, from 1. A text in place of a list is its only item.
    fn item(&mut self, number: usize) -> Node<'d> {
        let skipped = number.saturating_sub(self.passed + 1);
        self.passed = number;
        self.items.nth(skipped).unwrap_or(self.list)
    }
}

/// Reports every problem of a decoded prompt. On a model without placeholders, their mere presence is the problem, and
/// nothing can be out of range.
fn each_problem<'p>(
    placeholders: &PlaceholderTable,
    prompt: &'p str,
    counts: &[Option<usize>],
    mut found: impl FnMut(PromptProblem<'p>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let names: Vec<&str> = placeholders
        .kinds
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    if !placeholders.unsupported {
        return kling_prompt::each_problem(prompt, &names, counts, found);
    }
    for part in kling_prompt::parts(prompt, &names) {
        found(match part {
            Part::Text(_) => continue,
            Part::Placeholder(placeholder) => PromptProblem::Range {
                placeholder,
                count: 0,
            },
            Part::WrongKind(wrong_kind) => PromptProblem::WrongKind(wrong_kind),
            Part::Malformed(malformed) => PromptProblem::Malformed(malformed),
            Part::Dialect(dialect) => PromptProblem::Dialect(dialect),
        })?;
    }
    ControlFlow::Continue(())
}

/// Returns the rule that a problem breaks, with its ground, if the contract makes that claim.
fn rule_of<'d>(table: &'d Table, problem: &PromptProblem<'_>) -> Option<(CommonRule, &'d Ground)> {
    let spec = table.spec.placeholders()?;
    if let Some(ground) = &spec.unsupported {
        return Some((CommonRule::PlaceholderUnsupported, ground));
    }
    let kind = |kind: usize| spec.kinds.get(kind);
    let (rule, ground) = match problem {
        PromptProblem::Range { placeholder, .. } => (
            CommonRule::PlaceholderRange,
            kind(placeholder.kind)?.range.as_ref(),
        ),
        PromptProblem::Order { placeholder, .. } => (
            CommonRule::PlaceholderOrder,
            kind(placeholder.kind)?.order.as_ref(),
        ),
        PromptProblem::WrongKind(_) => (CommonRule::PlaceholderWrongKind, spec.wrong_kind.as_ref()),
        PromptProblem::Malformed(_) => (CommonRule::PlaceholderMalformed, spec.malformed.as_ref()),
        PromptProblem::Dialect(_) => (CommonRule::PlaceholderDialect, spec.dialect.as_ref()),
        PromptProblem::Unused { kind: index, .. } => {
            (CommonRule::PlaceholderUnused, kind(*index)?.unused.as_ref())
        }
    };
    Some((rule, ground?))
}

/// Returns what is wrong with something in the prompt; `None` for what is not in it.
fn placeholder_problem(problem: &PromptProblem<'_>) -> Option<PlaceholderProblem> {
    Some(match problem {
        PromptProblem::Range { placeholder, count } => PlaceholderProblem::Range {
            reference: placeholder.reference(),
            count: *count,
        },
        PromptProblem::Order { placeholder, after } => PlaceholderProblem::Order {
            reference: placeholder.reference(),
            after: *after,
        },
        PromptProblem::WrongKind(wrong_kind) => PlaceholderProblem::WrongKind(wrong_kind.meaning),
        PromptProblem::Malformed(malformed) => PlaceholderProblem::Malformed {
            reason: malformed.reason,
            meaning: malformed.meaning,
        },
        PromptProblem::Dialect(dialect) => PlaceholderProblem::Dialect(dialect.meaning),
        PromptProblem::Unused { .. } => return None,
    })
}
