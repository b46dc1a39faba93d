//! Rounds of fixes: what does not overlap is applied, then the text is checked again.

use std::collections::BTreeSet;

use kling_json::{Edit, Kind, Tape};

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

/// Applies fixes of one report to its text, in their order. One that overlaps those before it, or makes a member that one
/// of them makes, is left for the next round.
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
    let wanted = |fix: &&Fix| fix.safe || which == Which::All;
    let (indices, fixes): (Vec<usize>, Vec<&Fix>) = fixes
        .iter()
        .enumerate()
        .filter(|(_, fix)| wanted(fix))
        .unzip();
    let mut round = together(text, &fixes);
    for applied in &mut round.applied {
        if let Some(index) = indices.get(*applied) {
            *applied = *index;
        }
    }
    round
}

/// The text with all of the fixes that can be made together, in their order: those that are left out overlap others, or
/// make a member that another one makes.
pub(super) fn together(text: &str, fixes: &[&Fix]) -> Round {
    let mut edits: Vec<Edit> = Vec::new();
    let mut applied = Vec::new();
    for (index, fix) in fixes.iter().enumerate() {
        if !overlap(&edits, &fix.edits) {
            add(&mut edits, fix);
            applied.push(index);
        }
    }
    match kling_json::apply(text, &edits) {
        Ok(made) if !applied.is_empty() => {
            if repeated_keys(&made) == 0 {
                Round {
                    text: made,
                    applied,
                }
            } else {
                one_by_one(text, fixes)
            }
        }
        // Edits of another text.
        Ok(_) | Err(_) => unchanged(text),
    }
}

/// As [`together`], with a look at what each fix adds.
fn one_by_one(text: &str, fixes: &[&Fix]) -> Round {
    let mut round = unchanged(text);
    let mut edits: Vec<Edit> = Vec::new();
    let mut repeated = repeated_keys(text);
    for (index, fix) in fixes.iter().enumerate() {
        if overlap(&edits, &fix.edits) {
            continue;
        }
        let mut more = edits.clone();
        add(&mut more, fix);
        let Ok(made) = kling_json::apply(text, &more) else {
            continue;
        };
        let now = repeated_keys(&made);
        if now <= repeated {
            repeated = now;
            edits = more;
            round.text = made;
            round.applied.push(index);
        }
    }
    round
}

fn unchanged(text: &str) -> Round {
    Round {
        text: text.to_owned(),
        applied: Vec::new(),
    }
}

fn add(edits: &mut Vec<Edit>, fix: &Fix) {
    edits.extend(fix.edits.iter().cloned());
    edits.sort_by_key(|edit| edit.span.start);
}

/// How many members of a text have the key of a member before them; none if it is not JSON.
pub(super) fn repeated_keys(text: &str) -> usize {
    let Ok(tape) = Tape::parse(text) else {
        return 0;
    };
    let objects = tape.nodes().filter(|node| node.kind() == Kind::Object);
    let repeated = objects.map(|object| {
        let mut seen = BTreeSet::new();
        let keys = object.children().filter_map(|member| member.key());
        keys.filter(|key| !seen.insert(key.decode())).count()
    });
    repeated.sum()
}

/// Where an edit that begins at `start` goes among edits in ascending order.
fn behind(edits: &[Edit], start: usize) -> usize {
    edits.partition_point(|edit| edit.span.start <= start)
}

/// Whether one of the new edits cannot be made together with those that are there.
pub(super) fn overlap(edits: &[Edit], new: &[Edit]) -> bool {
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
