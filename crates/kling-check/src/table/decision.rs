//! What the video will be and what is charged for it, as far as conditions decide it: worked out once for each case.

use std::sync::OnceLock;

use super::{Bits, Formula, Truth};

/// The most leaves whose cases are kept: there are twice as many with each.
const MOST_LEAVES: u32 = 8;

/// How the request says what the video will be, and what it is billed as.
#[derive(Debug)]
pub(crate) struct DecisionTable {
    pub(crate) seconds: Option<ReadingTable>,
    pub(crate) ratio: Option<ReadingTable>,
    sound: Option<Formula>,
    tiers: Vec<TierTable>,
    addons: Vec<Formula>,
    /// The leaves that all this depends on.
    depends: Bits,
    leaves: Vec<u32>,
    /// By which of these leaves hold; none if they are too many.
    cases: Box<[OnceLock<Decision>]>,
}

/// A property of the video, with its value where the member is absent.
#[derive(Debug)]
pub(crate) struct ReadingTable {
    /// Where it is a length: the seconds of an absent member.
    pub(crate) seconds: Option<u32>,
    /// Where it is a shape: the parts of an absent member.
    pub(crate) ratio: Option<(u16, u16)>,
    /// When the member says nothing of the video.
    pub(crate) unless: Option<Formula>,
}

/// A billing tier.
#[derive(Debug)]
pub(crate) struct TierTable {
    pub(crate) when: Formula,
    pub(crate) short_side: u32,
}

/// What follows from the conditions of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decision {
    /// Whether the request tells how long the video is.
    pub(crate) tells_seconds: bool,
    /// Whether it tells the shape.
    pub(crate) tells_ratio: bool,
    pub(crate) sound: bool,
    pub(crate) short_side: Option<u32>,
    /// The bill, by its place among the names of all bills.
    pub(crate) bill: Option<usize>,
}

impl DecisionTable {
    pub(super) fn new(
        seconds: Option<ReadingTable>,
        ratio: Option<ReadingTable>,
        sound: Option<Formula>,
        tiers: Vec<TierTable>,
        addons: Vec<Formula>,
    ) -> Self {
        let readings = seconds.iter().chain(&ratio);
        let formulas = readings
            .filter_map(|reading| reading.unless.as_ref())
            .chain(&sound)
            .chain(tiers.iter().map(|tier| &tier.when))
            .chain(&addons);
        let depends = formulas.fold(0, |bits, formula| bits | formula.expression().leaves());
        let leaves = (0..Bits::BITS)
            .filter(|leaf| depends >> leaf & 1 == 1)
            .collect();
        let cases = if depends.count_ones() <= MOST_LEAVES {
            1 << depends.count_ones()
        } else {
            0
        };
        Self {
            seconds,
            ratio,
            sound,
            tiers,
            addons,
            depends,
            leaves,
            cases: (0..cases).map(|_| OnceLock::new()).collect(),
        }
    }

    /// What follows from the leaves that hold and those that are open.
    #[inline]
    pub(crate) fn decision(&self, holds: Bits, open: Bits) -> Decision {
        let case = self.leaves.iter().rev();
        let case = case.fold(0, |case, leaf| case << 1 | (holds >> leaf & 1) as usize);
        match self.cases.get(case) {
            Some(decision) if open & self.depends == 0 => {
                *decision.get_or_init(|| self.decide(holds, open))
            }
            Some(_) | None => self.decide(holds, open),
        }
    }

    #[inline(never)]
    fn decide(&self, holds: Bits, open: Bits) -> Decision {
        let tells = |reading: &Option<ReadingTable>| {
            let unless = reading.as_ref().and_then(|reading| reading.unless.as_ref());
            unless.is_none_or(|unless| unless.truth(holds, open) == Truth::No)
        };
        let tier = self.tier(holds, open);
        let bill = tier
            .and_then(|tier| Some((tier << self.addons.len()) + self.charged_addons(holds, open)?));
        Decision {
            tells_seconds: tells(&self.seconds),
            tells_ratio: tells(&self.ratio),
            sound: self
                .sound
                .as_ref()
                .is_some_and(|sound| sound.truth(holds, open) == Truth::Yes),
            short_side: tier.map(|tier| self.tiers[tier].short_side),
            bill,
        }
    }

    /// The first tier whose condition holds; none if an earlier one might.
    fn tier(&self, holds: Bits, open: Bits) -> Option<usize> {
        for (index, tier) in self.tiers.iter().enumerate() {
            match tier.when.truth(holds, open) {
                Truth::Yes => return Some(index),
                Truth::No => {}
                Truth::Open => return None,
            }
        }
        None
    }

    /// The set of addons that are charged, one bit each.
    fn charged_addons(&self, holds: Bits, open: Bits) -> Option<usize> {
        let mut set = 0;
        for (index, addon) in self.addons.iter().enumerate() {
            match addon.truth(holds, open) {
                Truth::Yes => set |= 1 << index,
                Truth::No => {}
                Truth::Open => return None,
            }
        }
        Some(set)
    }
}

#[cfg(test)]
mod tests {
    use kling_spec::EMBEDDED;

    use super::super::Table;

    #[test]
    fn a_kept_case_is_what_would_be_decided() {
        for contract in EMBEDDED {
            let table = Table::compile(contract.parse()).decisions;
            assert!(!table.cases.is_empty(), "{}", contract.id);
            let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
            for _ in 0..5000 {
                bits ^= bits << 13;
                bits ^= bits >> 7;
                bits ^= bits << 17;
                // Few leaves are open, and mostly none.
                let open = bits.rotate_left(7) & bits.rotate_left(21) & bits.rotate_left(40);
                for open in [0, !table.depends, open] {
                    let expected = table.decide(bits, open);
                    assert_eq!(table.decision(bits, open), expected, "{bits:b} {open:b}");
                }
            }
        }
    }
}
