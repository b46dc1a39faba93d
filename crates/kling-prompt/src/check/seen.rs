//! The items mentioned so far. The few small numbers of real prompts are kept without allocation; all other numbers are
//! kept without limit.

use alloc::collections::{BTreeMap, BTreeSet};

/// Kinds with an index below this are kept in place.
const KINDS_IN_PLACE: usize = 4;

#[derive(Default)]
pub(super) struct Seen {
    in_place: [Kind; KINDS_IN_PLACE],
    elsewhere: BTreeMap<usize, Kind>,
}

#[derive(Default)]
struct Kind {
    /// Numbers up to 64: bit `n - 1` is number `n`.
    small: u64,
    great: BTreeSet<u32>,
    greatest: u32,
    order_told: bool,
}

impl Seen {
    /// Records a number, which is at least 1. Returns whether this is its first mention.
    pub(super) fn insert(&mut self, kind: usize, number: u32) -> bool {
        let kind = self.kind_mut(kind);
        kind.greatest = kind.greatest.max(number);
        if let Some(bit) = bit(number) {
            let first = kind.small & bit == 0;
            kind.small |= bit;
            first
        } else {
            kind.great.insert(number)
        }
    }

    /// Returns the greatest number recorded for a kind, 0 if there is none.
    pub(super) fn greatest(&self, kind: usize) -> u32 {
        self.kind(kind).map_or(0, |kind| kind.greatest)
    }

    /// Returns whether the order of a kind has not been reported yet, and records that it now is.
    pub(super) fn tell_order(&mut self, kind: usize) -> bool {
        !core::mem::replace(&mut self.kind_mut(kind).order_told, true)
    }

    /// Iterates over the numbers recorded for a kind, in ascending order.
    pub(super) fn numbers(&self, kind: usize) -> impl Iterator<Item = u32> {
        let kind = self.kind(kind);
        let mut small = kind.map_or(0, |kind| kind.small);
        let small = core::iter::from_fn(move || {
            let number = (small != 0).then(|| small.trailing_zeros() + 1)?;
            small &= small - 1;
            Some(number)
        });
        small.chain(kind.into_iter().flat_map(|kind| kind.great.iter().copied()))
    }

    fn kind(&self, kind: usize) -> Option<&Kind> {
        self.in_place
            .get(kind)
            .or_else(|| self.elsewhere.get(&kind))
    }

    fn kind_mut(&mut self, kind: usize) -> &mut Kind {
        match self.in_place.get_mut(kind) {
            Some(kind) => kind,
            None => self.elsewhere.entry(kind).or_default(),
        }
    }
}

fn bit(number: u32) -> Option<u64> {
    1_u64.checked_shl(number.checked_sub(1)?)
}
