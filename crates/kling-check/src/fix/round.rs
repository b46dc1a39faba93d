//! Rounds of fixes: those that do not overlap are applied, then the text is checked again.

use std::collections::HashSet;

use kling_json::{Document, Edit, Kind};

use super::Fix;

/// The maximum number of rounds: fixing one problem may reveal another that it hid, but hardly a third.
pub(crate) const MOST_ROUNDS: u32 = 8;

/// Which fixes are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Only those that are safe.
    Safe,
    /// All of them: what was meant may be guessed, and the bill may change.
    All,
}

/// A text after one round of fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Round {
    /// The text.
    pub text: String,
    /// The fixes that were applied, by their index.
    pub applied: Vec<usize>,
}

/// A request after its fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fixed {
    /// The text; the one given, if `is_refused`.
    pub text: String,
    /// How many fixes were applied.
    pub applied: usize,
    /// How many rounds they took.
    pub rounds: u32,
    /// Whether the result was not JSON, so that the text was left as it was.
    pub is_refused: bool,
}

/// Applies fixes of one report to its text, in their order. A fix that overlaps earlier ones, or makes a member that
/// one of them makes, is left for the next round.
///
/// ```
/// use kling_check::{Checker, Which, apply_fixes};
/// let checker = Checker::embedded();
/// let text = r#"{"model": "kling-v3", "prompt": "a boat", "duration": 5.0, "aspectRatio": "1:1"}"#;
/// let document = kling_json::Document::read(text);
/// let fixes = checker.check(&document).fixes();
/// let round = apply_fixes(&document, &fixes, Which::All);
/// assert_eq!(round.text, r#"{"model": "kling-v3", "prompt": "a boat", "duration": 5, "aspect_ratio": "1:1"}"#);
/// assert_eq!(round.applied, [0, 1]);
/// ```
pub fn apply_fixes(document: &Document<'_>, fixes: &[Fix], which: Which) -> Round {
    let wanted = |fix: &&Fix| fix.safe || which == Which::All;
    let (indices, fixes): (Vec<usize>, Vec<&Fix>) = fixes
        .iter()
        .enumerate()
        .filter(|(_, fix)| wanted(fix))
        .unzip();
    let mut round = together(document, &fixes);
    for applied in &mut round.applied {
        if let Some(index) = indices.get(*applied) {
            *applied = *index;
        }
    }
    round
}

/// Applies all of the fixes that can be made together, in their order: those that are left out overlap others, or make
/// a member that another one makes.
pub(super) fn together(document: &Document<'_>, fixes: &[&Fix]) -> Round {
    let text = document.text();
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
            if Document::parse(&made).is_ok_and(|made| repeated_keys(&made) == 0) {
                Round {
                    text: made,
                    applied,
                }
            } else {
                one_by_one(document, fixes)
            }
        }
        // The edits belong to another text.
        Ok(_) | Err(_) => unchanged(text),
    }
}

/// Does the same as [`together`], checking what each fix adds.
fn one_by_one(document: &Document<'_>, fixes: &[&Fix]) -> Round {
    let text = document.text();
    let mut round = unchanged(text);
    let mut edits: Vec<Edit> = Vec::new();
    let mut repeated = repeated_keys(document);
    for (index, fix) in fixes.iter().enumerate() {
        if overlap(&edits, &fix.edits) {
            continue;
        }
        let mut more = edits.clone();
        add(&mut more, fix);
        let Ok(made) = kling_json::apply(text, &more) else {
            continue;
        };
        let now = Document::parse(&made).map_or(0, |made| repeated_keys(&made));
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

/// Returns how many members repeat the key of an earlier member.
pub(super) fn repeated_keys(document: &Document<'_>) -> usize {
    let objects = document.nodes().filter(|node| node.kind() == Kind::Object);
    let repeated = objects.map(|object| {
        let mut seen = HashSet::new();
        let keys = object.children().filter_map(|member| member.key());
        keys.filter(|key| !seen.insert(key.decode())).count()
    });
    repeated.sum()
}

/// Returns where an edit that begins at `start` belongs among edits in ascending order.
fn behind(edits: &[Edit], start: usize) -> usize {
    edits.partition_point(|edit| edit.span.start <= start)
}

/// Returns whether one of the new edits cannot be made together with the existing ones.
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
