//! Numbers that look random and are the same for the same seed, and the hash of a body.
//!
//! Nothing here is secret: the purpose of a seed is to repeat a run.

/// `SplitMix64` (Steele, Lea and Flood, 2014): one number of state, and every seed is a good one.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns true with this probability in per cent.
    pub(crate) const fn percent(&mut self, chance: u8) -> bool {
        self.next() % 100 < chance as u64
    }

    /// Returns this many random characters.
    pub(crate) fn token(&mut self, length: usize) -> String {
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        (0..length)
            .map(|_| {
                let digit = usize::try_from(self.next() >> 59).unwrap_or_default();
                char::from(DIGITS[digit])
            })
            .collect()
    }
}

/// FNV-1a with 128 bits, as 32 hexadecimal digits: distinguishes bodies, and does not protect against forged ones.
pub(crate) fn hash(bytes: &[u8]) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in bytes {
        hash ^= u128::from(*byte);
        hash = hash.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    format!("{hash:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_what_it_gave() {
        let mut one = Random::new(7);
        let mut two = Random::new(7);
        assert_eq!(one.token(26), two.token(26));
        assert_ne!(one.token(26), Random::new(8).token(26));
    }

    #[test]
    fn the_first_numbers_are_those_of_the_paper() {
        let mut random = Random::new(0);
        assert_eq!(random.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(random.next(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(hash(b""), "6c62272e07bb014262b821756295c58d");
        assert_eq!(hash(b"a"), "d228cb696f1a8caf78912b704e4a8964");
    }

    #[test]
    fn all_or_nothing_is_never_left_to_chance() {
        let mut random = Random::new(1);
        assert!((0..1000).all(|_| random.percent(100) && !random.percent(0)));
    }
}
