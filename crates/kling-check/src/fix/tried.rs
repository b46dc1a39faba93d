//! Trying out a fix: what the request is like after it.

use kling_json::Edit;

use crate::Checker;
use crate::report::{Diagnostic, Report};

/// Whether the edits add no finding and change the bill of no request that has one; `None` if they cannot be made,
/// change nothing, or leave no JSON.
pub(super) fn tried(
    checker: &Checker,
    text: &str,
    before: &Report<'_>,
    edits: &[Edit],
) -> Option<bool> {
    let fixed = kling_json::apply(text, edits).ok()?;
    if fixed == text || kling_json::check(&fixed).is_err() {
        return None;
    }
    let after = checker.check(&fixed);
    Some(adds_nothing(before, &after) && keeps_bill(before, &after))
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

/// Whether a request with a bill has the same bill still.
fn keeps_bill(before: &Report<'_>, after: &Report<'_>) -> bool {
    // There is an output exactly where there is a bill, even one that is not known.
    before.output.is_none() || (after.output.is_some() && before.bill == after.bill)
}
