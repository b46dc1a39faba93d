//! Trying out a fix: what the request is like after it.

use kling_json::Edit;

use super::guard::keeps_bill;
use super::round::repeated_keys;
use crate::Checker;
use crate::report::{Diagnostic, Report};

/// A request after one fix.
pub(super) struct Tried {
    pub(super) text: String,
    /// Whether the fix adds no finding, and changes the bill of no request that has one.
    pub(super) is_harmless: bool,
}

/// The request after these edits; `None` if they cannot be made, change nothing, leave no JSON, or repeat a key.
pub(super) fn tried(
    checker: &Checker,
    text: &str,
    before: &Report<'_>,
    edits: &[Edit],
) -> Option<Tried> {
    let fixed = kling_json::apply(text, edits).ok()?;
    if fixed == text
        || kling_json::check(&fixed).is_err()
        || repeated_keys(&fixed) > repeated_keys(text)
    {
        return None;
    }
    let after = checker.check(&fixed);
    Some(Tried {
        is_harmless: adds_nothing(before, &after) && keeps_bill(before, &after),
        text: fixed,
    })
}

/// Whether no rule has more findings than before, and there are fewer in all.
fn adds_nothing(before: &Report<'_>, after: &Report<'_>) -> bool {
    let total = |report: &Report<'_>| report.diagnostics.len() as u64 + report.omitted.total();
    if total(after) >= total(before) {
        return false;
    }
    if before.omitted.total() > 0 {
        // What was only counted may be kept now: rules cannot be compared.
        return true;
    }
    let count = |report: &Report<'_>, rule: &str| {
        let same = |found: &&Diagnostic<'_>| found.rule == rule;
        report.diagnostics.iter().filter(same).count()
    };
    let mut seen: Vec<&str> = Vec::new();
    after.diagnostics.iter().all(|found| {
        if seen.contains(&found.rule) {
            return true;
        }
        seen.push(found.rule);
        count(after, found.rule) <= count(before, found.rule)
    })
}
