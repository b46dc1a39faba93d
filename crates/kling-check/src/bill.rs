//! The outcome of a request: what the video will be, and what the service charges for it.

use crate::facts::{Facts, FieldValue, Truth, View};
use crate::table::{Condition, OutputFieldTable, Table};

/// What the service charges for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bill<'d> {
    /// The billing spec, such as `720P+Sound`.
    pub spec: &'d str,
    /// The seconds of video charged; `None` if the request does not say, as for an edited video.
    pub seconds: Option<u32>,
}

/// Why it is not known what a request costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoBill {
    /// The text is not JSON, or an object has a duplicate key, so that parsers disagree about what the request says.
    Unreadable,
    /// The request names no known model.
    UnknownModel,
    /// The service refuses the request, and charges nothing.
    Refused,
    /// The contract does not say what is charged.
    NotInContract,
    /// It depends on a member whose value is not known.
    Open,
}

/// What the video will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct VideoOutput {
    /// Its length in seconds, if the request says.
    pub seconds: Option<u32>,
    /// Its width and height as a ratio, parts from 1 to 9999, if the request says.
    pub ratio: Option<(u16, u16)>,
    /// Its shorter side in pixels, if the contract says.
    pub short_side: Option<u32>,
    /// Whether it has sound.
    pub sound: bool,
}

/// What a request says about its video, as the service reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServiceView<'d, 'f> {
    table: &'d Table,
    facts: &'f Facts<'d>,
}

impl<'d, 'f> ServiceView<'d, 'f> {
    pub(crate) const fn new(table: &'d Table, facts: &'f Facts<'d>) -> Self {
        Self { table, facts }
    }

    /// Returns what the video will be, as far as the request says.
    pub(crate) fn output(&self) -> VideoOutput {
        let ratio = self.field_value(self.table.ratio.as_ref());
        let sound = self.table.sound.as_ref();
        VideoOutput {
            seconds: self.seconds(),
            ratio: ratio.and_then(FieldValue::ratio),
            short_side: self.tier().map(|tier| self.table.tiers[tier].short_side),
            sound: sound.is_some_and(|sound| self.truth(sound) == Truth::Yes),
        }
    }

    /// Returns what the service charges, if the contract says so and everything that this depends on is known.
    pub(crate) fn bill(&self) -> Option<Bill<'d>> {
        let first = self.tier()? << self.table.addons.len();
        let spec = self.table.bills.get(first + self.charged_addons()?)?;
        Some(Bill {
            spec,
            seconds: self.seconds(),
        })
    }

    fn truth(&self, condition: &Condition) -> Truth {
        self.facts.truth(self.table, condition, View::Sent)
    }

    fn seconds(&self) -> Option<u32> {
        let seconds = self.field_value(self.table.seconds.as_ref())?;
        u32::try_from(seconds.integer()?).ok()
    }

    /// Returns the value of the member of a reading, if that says anything about the video.
    fn field_value(&self, output_field: Option<&'d OutputFieldTable>) -> Option<FieldValue<'_>> {
        let output_field = output_field?;
        let unless = output_field.unless.as_ref();
        let says = unless.is_none_or(|unless| self.truth(unless) == Truth::No);
        let default = output_field.default.as_ref();
        says.then(|| {
            self.facts
                .field_value(output_field.field, default, View::Sent)
        })
        .flatten()
    }

    /// Returns the first tier whose condition holds; `None` if an earlier one might.
    fn tier(&self) -> Option<usize> {
        for (index, tier) in self.table.tiers.iter().enumerate() {
            match self.truth(&tier.when) {
                Truth::Yes => return Some(index),
                Truth::No => {}
                Truth::Open => return None,
            }
        }
        None
    }

    /// Returns the set of addons that are charged, one bit each.
    fn charged_addons(&self) -> Option<usize> {
        let mut set = 0;
        for (index, addon) in self.table.addons.iter().enumerate() {
            match self.truth(addon) {
                Truth::Yes => set |= 1 << index,
                Truth::No => {}
                Truth::Open => return None,
            }
        }
        Some(set)
    }
}
