//! Rules over several fields, and what they say of the bill.

use crate::facts::{Facts, Ratio, Seconds};
use crate::report::{Bill, VideoOutput};
use crate::table::{RuleTable, Table};

/// Whether what is known breaks the rule.
#[inline]
pub(crate) fn is_broken(rule: &RuleTable, facts: &Facts<'_>) -> bool {
    rule.broken.holds(facts.holds, facts.open)
}

/// Whether any rule is broken.
#[inline]
pub(crate) fn any_is_broken(table: &Table, facts: &Facts<'_>) -> bool {
    table
        .breaks
        .iter()
        .any(|clause| clause.holds(facts.holds, facts.open))
        || table
            .rules
            .iter()
            .any(|rule| rule.broken.clauses().is_none() && is_broken(rule, facts))
}

/// What the video will be as far as the request tells, and what the service charges for it if the contract says so and
/// everything it depends on is known.
#[inline]
pub(crate) fn outcome<'c>(table: &'c Table, facts: &Facts<'_>) -> (VideoOutput, Option<Bill<'c>>) {
    let decisions = &table.decisions;
    let decision = decisions.decision(facts.holds, facts.open);
    let seconds = decisions
        .seconds
        .as_ref()
        .filter(|_| decision.tells_seconds)
        .and_then(|reading| match facts.seconds {
            Seconds::Known(value) => u32::try_from(value).ok(),
            Seconds::Open => None,
            Seconds::Absent => reading.seconds,
        });
    let ratio = decisions
        .ratio
        .as_ref()
        .filter(|_| decision.tells_ratio)
        .and_then(|reading| match facts.ratio {
            Ratio::Known(width, height) => Some((width, height)),
            Ratio::Open => None,
            Ratio::Absent => reading.ratio,
        });
    let output = VideoOutput {
        seconds,
        ratio,
        short_side: decision.short_side,
        sound: decision.sound,
    };
    let spec = decision.bill.and_then(|bill| table.bills.get(bill));
    (output, spec.map(|spec| Bill { spec, seconds }))
}
