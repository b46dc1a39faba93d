//! The random choices of a generator as a list of numbers, so that a failing case shrinks: a smaller number is a
//! simpler choice, and after the end of the list all choices are the simplest.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::Strategy;

/// The maximum length of a case's list; the rest of a larger request is simple.
const LONGEST: usize = 320;
/// The minimum length of a case's list.
const SHORTEST: usize = 8;

/// Choices made one after another from a list of numbers.
#[derive(Debug)]
pub(crate) struct Choices {
    numbers: Vec<u32>,
    next: usize,
    /// Added to every choice among alternatives, so that a second try differs even if the numbers have run out.
    pub(crate) turn: usize,
}

impl Choices {
    pub(crate) const fn new(numbers: Vec<u32>) -> Self {
        Self {
            numbers,
            next: 0,
            turn: 0,
        }
    }

    fn draw(&mut self) -> u32 {
        let number = self.numbers.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        number
    }

    /// Returns a number below `limit`, or 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::from(u32::try_from(limit).unwrap_or(u32::MAX));
        let scaled = (u64::from(self.draw()) * limit) >> 32;
        usize::try_from(scaled).unwrap_or(0)
    }

    /// Returns true in about `percent` of a hundred cases; false is the simplest.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100_usize.saturating_sub(percent)
    }

    /// Returns the index of one of several alternatives.
    pub(crate) fn index(&mut self, count: usize) -> usize {
        let chosen = self.below(count) + self.turn;
        chosen.checked_rem(count).unwrap_or(0)
    }

    /// Returns one of several alternatives; `None` if there are none.
    pub(crate) fn one<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        list.get(self.index(list.len()))
    }

    /// Returns a seed for what need not shrink.
    pub(crate) fn seed(&mut self) -> u64 {
        u64::from(self.draw())
    }
}

/// Returns the strategy of what a function builds from choices.
pub(crate) fn built<T: Debug>(build: impl Fn(&mut Choices) -> T) -> impl Strategy<Value = T> {
    vec(any::<u32>(), SHORTEST..=LONGEST).prop_map(move |numbers| build(&mut Choices::new(numbers)))
}
