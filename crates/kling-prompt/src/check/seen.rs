//! The items mentioned so far.

use alloc::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Seen(BTreeMap<usize, Kind>);

#[derive(Default)]
struct Kind {
    numbers: BTreeSet<u32>,
    is_order_reported: bool,
}

impl Seen {
    /// Records a number, which is at least 1. Returns whether this is its first mention.
    pub(super) fn insert(&mut self, kind: usize, number: u32) -> bool {
        self.0.entry(kind).or_default().numbers.insert(number)
    }

    /// Returns the greatest number recorded for a kind, 0 if there is none.
    pub(super) fn greatest(&self, kind: usize) -> u32 {
        let kind = self.0.get(&kind);
        kind.and_then(|kind| kind.numbers.last().copied())
            .unwrap_or(0)
    }

    /// Returns whether the order of a kind has not been reported yet, and records that it now is.
    pub(super) fn report_order(&mut self, kind: usize) -> bool {
        let kind = self.0.entry(kind).or_default();
        !core::mem::replace(&mut kind.is_order_reported, true)
    }

    /// Iterates over the numbers recorded for a kind, in ascending order.
    pub(super) fn numbers(&self, kind: usize) -> impl Iterator<Item = u32> {
        let kind = self.0.get(&kind);
        kind.into_iter()
            .flat_map(|kind| kind.numbers.iter().copied())
    }
}
