//! Rounds of fixes: what does not overlap is applied, then the text is checked again.

use kling_json::Edit;

use super::Fix;
use crate::Checker;
use crate::report::Report;

/// The most rounds: mending one thing may bring to light another that it hid, but hardly a third.
const MOST_ROUNDS: u32 = 8;

/// Which fixes are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that are safe.
    Safe,
    /// All of them: what was meant may be guessed, and the bill may change.
    All,
}

/// A text after one round of fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The text.
    pub text: String,
    /// The fixes that were applied, by their index.
    pub applied: Vec<usize>,
}

/// A request after its fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed<'c> {
    /// The text; the one given, if `is_refused`.
    pub text: String,
    /// How many fixes were applied.
    pub applied: usize,
    /// How many rounds they took.
    pub rounds: u32,
    /// Whether the result was no JSON, so that the text was left alone.
    pub is_refused: bool,
    /// The findings of `text`.
    pub report: Report<'c>,
}

/// Applies fixes of one report to its text, in their order. One that overlaps those before it is left for the next round.
///
/// ```
/// use kling_check::{Checker, Which, apply_fixes};
/// let checker = Checker::embedded();
/// let text = r#"{"model": "kling-v3", "prompt": "a boat", "duration": 5.0, "aspectRatio": "1:1"}"#;
/// let fixes = checker.fixes(text, &checker.check(text));
/// let round = apply_fixes(text, &fixes, Which::All);
/// assert_eq!(round.text, r#"{"model": "kling-v3", "prompt": "a boat", "duration": 5, "aspect_ratio": "1:1"}"#);
/// assert_eq!(round.applied, [0, 1]);
/// ```
pub fn apply_fixes(text: &str, fixes: &[Fix], which: Which) -> Round {
    let mut edits: Vec<Edit> = Vec::new();
    let mut applied = Vec::new();
    for (index, fix) in fixes.iter().enumerate() {
        if (fix.safe || which == Which::All) && !overlaps(&edits, &fix.edits) {
            edits.extend(fix.edits.iter().cloned());
            edits.sort_by_key(|edit| edit.span.start);
            applied.push(index);
        }
    }
    match kling_json::apply(text, &edits) {
        Ok(text) if !applied.is_empty() => Round { text, applied },
        // Edits of another text.
        Ok(_) | Err(_) => Round {
            text: text.to_owned(),
            applied: Vec::new(),
        },
    }
}

/// Where an edit that begins at `start` goes among edits in ascending order.
fn behind(edits: &[Edit], start: usize) -> usize {
    edits.partition_point(|edit| edit.span.start <= start)
}

/// Whether one of the new edits cannot be made together with those that are there.
fn overlaps(edits: &[Edit], new: &[Edit]) -> bool {
    new.iter().any(|edit| {
        let place = behind(edits, edit.span.start);
        let (before, after) = edits.split_at(place);
        before
            .last()
            .is_some_and(|before| before.span.end > edit.span.start)
            || after
                .first()
                .is_some_and(|after| edit.span.end > after.span.start)
    })
}

impl Checker {
    /// Fixes a request: in each round what does not overlap, in the order of the text, then it is checked again. There
    /// are at most 8 rounds; a second call does nothing unless all of them were used.
    ///
    /// ```
    /// use kling_check::{Checker, Which};
    /// let checker = Checker::embedded();
    /// let fixed = checker.fix(
    ///     r#"{"Model": "Kling-V3", "prompt": "a paper boat", "duration": "10"}"#,
    ///     Which::Safe,
    /// );
    /// assert_eq!(fixed.text, r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 10}"#);
    /// assert!(fixed.report.is_clean());
    /// ```
    pub fn fix(&self, text: &str, which: Which) -> Fixed<'_> {
        self.fix_selected(text, which, |_| {})
    }

    /// As [`fix`](Self::fix), for findings that `select` leaves in each report: whoever drops findings of a rule does
    /// not want them fixed.
    pub fn fix_selected(
        &self,
        text: &str,
        which: Which,
        mut select: impl FnMut(&mut Report<'_>),
    ) -> Fixed<'_> {
        let mut check = |text: &str| {
            let mut report = self.check(text);
            select(&mut report);
            report
        };
        let mut outcome = Fixed {
            text: text.to_owned(),
            applied: 0,
            rounds: 0,
            is_refused: false,
            report: check(text),
        };
        while outcome.rounds < MOST_ROUNDS {
            let fixes = self.fixes(&outcome.text, &outcome.report);
            let round = apply_fixes(&outcome.text, &fixes, which);
            if round.applied.is_empty() {
                break;
            }
            if kling_json::check(&round.text).is_err() {
                return Fixed {
                    text: text.to_owned(),
                    applied: 0,
                    rounds: outcome.rounds,
                    is_refused: true,
                    report: check(text),
                };
            }
            outcome.report = check(&round.text);
            outcome.text = round.text;
            outcome.applied += round.applied.len();
            outcome.rounds += 1;
        }
        outcome
    }
}
