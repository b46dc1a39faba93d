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
    table.breaks.iter().any(|clause| clause.holds(facts.holds, facts.open))
        || table.rules.iter().any(|rule| rule.broken.clauses().is_none() && is_broken(rule, facts))
}

/// What the video will be, as far as the request tells.
pub(crate) fn output(table: &Table, facts: &Facts<'_>) -> VideoOutput {
    let told = |reading: &Option<crate::table::ReadingTable>| reading.as_ref().is_some_and(|reading| facts.tells(reading));
    let seconds = told(&table.output.seconds).then(|| seconds(table, facts)).flatten();
    let ratio = told(&table.output.ratio).then(|| ratio(table, facts)).flatten();
    let tier = table.tiers.iter().find(|tier| facts.truth(&tier.when) == Truth::Yes);
    VideoOutput {
        seconds,
        ratio,
        short_side: tier.map(|tier| tier.short_side),
        sound: table.output.sound.as_ref().is_some_and(|sound| facts.truth(sound) == Truth::Yes),
    }
}

fn seconds(table: &Table, facts: &Facts<'_>) -> Option<u32> {
    let value = match facts.seconds {
        Seconds::Known(value) => value,
        Seconds::Open => return None,
        Seconds::Absent => match table.output.seconds.as_ref()?.default.as_ref()? {
            kling_spec::Scalar::Integer(value) => *value,
            kling_spec::Scalar::Boolean(_) | kling_spec::Scalar::String(_) => return None,
        },
    };
    u32::try_from(value).ok()
}

fn ratio(table: &Table, facts: &Facts<'_>) -> Option<(u16, u16)> {
    match facts.ratio {
        Ratio::Known(width, height) => Some((width, height)),
        Ratio::Open => None,
        Ratio::Absent => crate::facts::ratio_parts(table.output.ratio.as_ref()?.default.as_ref()?.as_str()?),
    }
}

/// What the service charges, if the contract says so and everything it depends on is known.
pub(crate) fn bill<'c>(table: &'c Table, facts: &Facts<'_>, output: &VideoOutput) -> Option<Bill<'c>> {
    let tier = table.tiers.iter().position(|tier| facts.truth(&tier.when) == Truth::Yes)?;
    let earlier = &table.tiers[..tier];
    if earlier.iter().any(|tier| facts.truth(&tier.when) == Truth::Open) {
        return None;
    }
    let mut set = 0;
    for (index, addon) in table.addons.iter().enumerate() {
        match facts.truth(addon) {
            Truth::Yes => set |= 1 << index,
            Truth::No => {}
            Truth::Open => return None,
        }
    }
    let spec = table.bills.get((tier << table.addons.len()) + set)?;
    Some(Bill { spec, seconds: output.seconds })
}
