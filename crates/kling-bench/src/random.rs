//! A small generator of pseudo-random numbers, the same on every machine.

/// Marsaglia's xorshift with 64 bits of state, multiplied at the end (xorshift64*).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Makes a generator whose numbers depend on the seed alone.
    pub(crate) fn new(seed: u64) -> Self {
        // The state must not be zero, and small seeds must not begin with similar numbers.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    /// Returns a number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.index(high - low + 1)
    }

    /// Returns an index into a list of this length, which must not be empty.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.number() % length as u64).expect("a remainder by a usize is one")
    }

    /// Returns true in `percent` of a hundred draws.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.number() % 100 < u64::from(percent)
    }

    pub(crate) fn pick<'l, T: ?Sized>(&mut self, list: &[&'l T]) -> &'l T {
        list[self.index(list.len())]
    }

    /// Returns letters and digits as in the ids and signatures of URLs.
    pub(crate) fn token(&mut self, signs: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(signs[self.index(signs.len())]))
            .collect()
    }
}
