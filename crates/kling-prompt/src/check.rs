//! Checking a prompt against the lists that it refers to.

mod seen;

use crate::part::{Dialect, Malformed, Part, Placeholder, Reference, WrongKind};
use crate::parts::parts;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::ops::{ControlFlow, Range, RangeInclusive};
use seen::Seen;

/// A problem between a prompt and its lists. Exhaustive, so that callers handle each of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PromptProblem<'p> {
    /// The number is 0 or greater than the length of the list.
    Range {
        /// The placeholder at fault.
        placeholder: Placeholder,
        /// How many items the list has.
        count: usize,
    },
    /// Items are first mentioned in an order other than that of their list. Reported once per kind, at the first
    /// placeholder that is not in ascending order.
    Order {
        /// The first mention of a number that is too low for its place.
        placeholder: Placeholder,
        /// The greatest number of this kind that precedes it.
        after: u32,
    },
    /// See [`WrongKind`].
    WrongKind(WrongKind<'p>),
    /// See [`Malformed`].
    Malformed(Malformed<'p>),
    /// See [`Dialect`].
    Dialect(Dialect<'p>),
    /// Items that the prompt never mentions, neither by a placeholder nor by anything with a meaning.
    Unused {
        /// Index into the kinds.
        kind: usize,
        /// Consecutive numbers, all of them unused; the range is as long as possible.
        numbers: RangeInclusive<usize>,
    },
}

impl PromptProblem<'_> {
    /// Returns where the problem is in the prompt, in bytes; `None` for unused items, which are not in it.
    pub fn span(&self) -> Option<Range<usize>> {
        match self {
            PromptProblem::Range { placeholder, .. } | PromptProblem::Order { placeholder, .. } => {
                Some(placeholder.span.clone())
            }
            PromptProblem::WrongKind(wrong_kind) => Some(wrong_kind.span.clone()),
            PromptProblem::Malformed(malformed) => Some(malformed.span.clone()),
            PromptProblem::Dialect(dialect) => Some(dialect.span.clone()),
            PromptProblem::Unused { .. } => None,
        }
    }
}

/// Checks the placeholders of a prompt against the lists that they refer to.
///
/// `counts[i]` is the number of items of `kinds[i]`. `None`, or no entry at all, means that it is unknown: then no
/// number is out of range and no item is unused.
///
/// The problems are in the order of the prompt, at most one per place. Unused items follow, by kind and number, with
/// consecutive numbers joined. So there are at most two problems per placeholder and one per kind, however long the
/// lists are.
///
/// - The order is that of the first mentions of each kind's numbers. Repeats and gaps are not problems.
/// - A number that is 0 or out of range does not affect the order and mentions nothing.
/// - What is written wrongly but has a meaning counts as a mention of it, also for the order: a placeholder after it
///   that is out of order is at fault. It is reported as its own problem only.
///
/// ```
/// use kling_prompt::{PromptProblem, cross_check};
///
/// let problems = cross_check("<<<image_3>>> waves", &["image", "video"], &[Some(1), None]);
/// assert!(matches!(&problems[0], PromptProblem::Range { placeholder, count: 1 } if placeholder.number == 3));
/// assert_eq!(problems[1], PromptProblem::Unused { kind: 0, numbers: 1..=1 });
/// ```
pub fn cross_check<'p>(
    prompt: &'p str,
    kinds: &[&str],
    counts: &[Option<usize>],
) -> Vec<PromptProblem<'p>> {
    let mut problems = Vec::new();
    let all = each_problem(prompt, kinds, counts, |problem| {
        problems.push(problem);
        ControlFlow::<Infallible>::Continue(())
    });
    match all {
        ControlFlow::Continue(()) => problems,
    }
}

/// Passes the problems of [`cross_check`] to `visit` one by one, until it breaks.
///
/// For callers that keep only some problems, or only need to know whether there are any: the rest of the prompt is
/// not read after a break.
///
/// ```
/// use core::ops::ControlFlow;
/// use kling_prompt::each_problem;
///
/// let clean = |prompt| each_problem(prompt, &["image"], &[Some(1)], |_| ControlFlow::Break(())).is_continue();
/// assert!(clean("<<<image_1>>> waves"));
/// assert!(!clean("<<<image_2>>> waves"));
/// ```
pub fn each_problem<'p, B>(
    prompt: &'p str,
    kinds: &[&str],
    counts: &[Option<usize>],
    mut visit: impl FnMut(PromptProblem<'p>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let mut check = Check {
        counts,
        seen: Seen::default(),
    };
    for part in parts(prompt, kinds) {
        if let Some(problem) = check.part(part) {
            visit(problem)?;
        }
    }
    (0..kinds.len()).try_for_each(|kind| check.unused(kind, &mut visit))
}

struct Check<'c> {
    counts: &'c [Option<usize>],
    seen: Seen,
}

impl Check<'_> {
    fn part<'p>(&mut self, part: Part<'p>) -> Option<PromptProblem<'p>> {
        match part {
            Part::Text(_) => None,
            Part::Placeholder(placeholder) => self.placeholder(placeholder),
            Part::WrongKind(wrong_kind) => {
                self.meaning(wrong_kind.meaning);
                Some(PromptProblem::WrongKind(wrong_kind))
            }
            Part::Malformed(malformed) => {
                self.meaning(malformed.meaning);
                Some(PromptProblem::Malformed(malformed))
            }
            Part::Dialect(dialect) => {
                self.meaning(dialect.meaning);
                Some(PromptProblem::Dialect(dialect))
            }
        }
    }

    fn placeholder<'p>(&mut self, placeholder: Placeholder) -> Option<PromptProblem<'p>> {
        match self.mention(placeholder.reference()) {
            Mention::Fits => None,
            Mention::OutOfRange { count } => {
                count.map(|count| PromptProblem::Range { placeholder, count })
            }
            Mention::TooLate { after } => {
                let is_first = self.seen.report_order(placeholder.kind);
                is_first.then_some(PromptProblem::Order { placeholder, after })
            }
        }
    }

    /// Counts what something written wrongly means as mentioned.
    fn meaning(&mut self, meaning: Option<Reference>) {
        if let Some(reference) = meaning {
            self.mention(reference);
        }
    }

    fn mention(&mut self, reference: Reference) -> Mention {
        let Reference { kind, number } = reference;
        let count = self.count(kind);
        // A number beyond this machine's `usize` is in no list.
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        if number == 0 || count.is_some_and(|count| index > count) {
            return Mention::OutOfRange { count };
        }
        let after = self.seen.greatest(kind);
        if self.seen.insert(kind, number) && number < after {
            Mention::TooLate { after }
        } else {
            Mention::Fits
        }
    }

    fn unused<'p, B>(
        &self,
        kind: usize,
        visit: &mut impl FnMut(PromptProblem<'p>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let Some(count) = self.count(kind) else {
            return ControlFlow::Continue(());
        };
        let mut next = 1;
        for number in self.seen.numbers(kind) {
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            if number > next {
                let numbers = next..=number - 1;
                visit(PromptProblem::Unused { kind, numbers })?;
            }
            next = number.saturating_add(1);
        }
        if next <= count {
            let numbers = next..=count;
            visit(PromptProblem::Unused { kind, numbers })?;
        }
        ControlFlow::Continue(())
    }

    fn count(&self, kind: usize) -> Option<usize> {
        self.counts.get(kind).copied().flatten()
    }
}

/// How a reference relates to its list and to the references before it.
enum Mention {
    Fits,
    OutOfRange { count: Option<usize> },
    TooLate { after: u32 },
}
