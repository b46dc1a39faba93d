//! Rules over several fields, and what they say of the bill.

use crate::facts::{Facts, Ratio, Seconds};
use crate::report::{Bill, VideoOutput};
use crate::table::{RuleTable, Table, Truth};

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
pub(crate) fn outcome<'c>(table: &'c Table, facts: &Facts<'_>) -> (VideoOutput, Option<Bill<'c>>) {
    let output = &table.output;
    let seconds = output
        .seconds
        .as_ref()
        .filter(|reading| facts.tells(reading))
        .and_then(|reading| match facts.seconds {
            Seconds::Known(value) => u32::try_from(value).ok(),
            Seconds::Open => None,
            Seconds::Absent => reading.seconds,
        });
    let ratio = output
        .ratio
        .as_ref()
        .filter(|reading| facts.tells(reading))
        .and_then(|reading| match facts.ratio {
            Ratio::Known(width, height) => Some((width, height)),
            Ratio::Open => None,
            Ratio::Absent => reading.ratio,
        });
    let tier = tier(table, facts);
    let sound = output
        .sound
        .as_ref()
        .is_some_and(|sound| facts.truth(sound) == Truth::Yes);
    let short_side = tier.map(|tier| table.tiers[tier].short_side);
    let bill = tier.and_then(|tier| {
        let spec = table
            .bills
            .get((tier << table.addons.len()) + addons(table, facts)?)?;
        Some(Bill { spec, seconds })
    });
    (
        VideoOutput {
            seconds,
            ratio,
            short_side,
            sound,
        },
        bill,
    )
}

/// The first tier whose condition holds; none if an earlier one might.
fn tier(table: &Table, facts: &Facts<'_>) -> Option<usize> {
    for (index, tier) in table.tiers.iter().enumerate() {
        match facts.truth(&tier.when) {
            Truth::Yes => return Some(index),
            Truth::No => {}
            Truth::Open => return None,
        }
    }
    None
}

/// The set of addons that are charged, one bit each.
fn addons(table: &Table, facts: &Facts<'_>) -> Option<usize> {
    let mut set = 0;
    for (index, addon) in table.addons.iter().enumerate() {
        match facts.truth(addon) {
            Truth::Yes => set |= 1 << index,
            Truth::No => {}
            Truth::Open => return None,
        }
    }
    Some(set)
}
