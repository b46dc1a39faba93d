//! From a member's name to its place in an object's table.

use kling_json::Text;

/// The names of an object's members. Short names are compared as numbers, found by a hash of them.
#[derive(Debug)]
pub(crate) struct Lookup {
    names: Vec<Box<str>>,
    /// By place: the name as a number; [`NO_WORD`] for a name that is too long for one.
    words: Vec<u128>,
    /// By hash: the place of the one name that has it, or of the first of several.
    slots: Box<[u8; SLOTS]>,
    /// Makes the hashes of the names differ, as far as one was found that does.
    factor: u64,
    /// Whether there are names that their hash does not lead to.
    has_others: bool,
}

/// The number of no name: a name of 16 bytes `0xff` is no UTF-8.
const NO_WORD: u128 = u128::MAX;
const SLOTS: usize = 256;
/// Stands in a slot that no name has.
const EMPTY: u8 = u8::MAX;

impl Lookup {
    /// At most 64 names, as the loader of contracts makes sure.
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<Box<str>> = names.into_iter().map(Box::from).collect();
        let words: Vec<u128> = names
            .iter()
            .map(|name| kling_json::word(name.as_bytes()).unwrap_or(NO_WORD))
            .collect();
        let (mut factor, mut slots, mut unplaced) = (1, [EMPTY; SLOTS], usize::MAX);
        for index in 0u64..64 {
            let tried = index.wrapping_mul(0x9e37_79b9_7f4a_7c16) | 1;
            let (table, left) = fill(&words, tried);
            if left < unplaced {
                (factor, slots, unplaced) = (tried, table, left);
            }
            // Mostly one of the first will do.
            if unplaced == 0 {
                break;
            }
        }
        Self {
            has_others: unplaced > 0,
            names,
            words,
            slots: Box::new(slots),
            factor,
        }
    }

    /// The place of the member that a key names.
    #[expect(
        clippy::inline_always,
        reason = "run for every member of every request; a call costs more than it does"
    )]
    #[inline(always)]
    pub(crate) fn find(&self, key: &Text<'_>) -> Option<usize> {
        let Some(word) = key.word() else {
            return self.find_long(key);
        };
        let place = usize::from(self.slots[slot(word, self.factor)]);
        if self.words.get(place) == Some(&word) {
            return Some(place);
        }
        if self.has_others {
            return self.words.iter().position(|known| *known == word);
        }
        None
    }

    /// The place of the member with this name.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| **known == *name)
    }

    #[inline(never)]
    fn find_long(&self, key: &Text<'_>) -> Option<usize> {
        if key.has_escapes() {
            self.named(&key.decode())
        } else {
            let is = |name: &str| name.as_bytes() == key.raw_bytes();
            self.names.iter().position(|name| is(name))
        }
    }
}

/// The table for a factor, and how many names have no slot of their own.
fn fill(words: &[u128], factor: u64) -> ([u8; SLOTS], usize) {
    let mut slots = [EMPTY; SLOTS];
    let mut unplaced = 0;
    for (place, &word) in (0u8..EMPTY).zip(words) {
        let entry = &mut slots[slot(word, factor)];
        if word == NO_WORD {
            continue;
        }
        if *entry == EMPTY {
            *entry = place;
        } else {
            unplaced += 1;
        }
    }
    (slots, unplaced)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the halves of a number, and its top byte"
)]
#[inline]
const fn slot(word: u128, factor: u64) -> usize {
    let folded = word as u64 ^ ((word >> 64) as u64).rotate_left(29);
    (folded.wrapping_mul(factor) >> 56) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_near_names_are_not() {
        let names = [
            "a",
            "mode",
            "model",
            "prompt",
            "client_business_id",
            "keep_original_sound",
            "metadata",
        ];
        let lookup = Lookup::new(names);
        for (place, name) in names.iter().enumerate() {
            for written in [
                format!("\"{name}\""),
                format!("\"\\u{:04x}{}\"", u32::from(name.as_bytes()[0]), &name[1..]),
            ] {
                let mut cursor = kling_json::Cursor::new(&written);
                let key = cursor.string().unwrap();
                assert_eq!(lookup.find(&key), Some(place), "{written}");
            }
            for wrong in [
                format!("\"{name}x\""),
                format!("\"{}\"", &name[1..]),
                format!("\"{}X\"", &name[..name.len() - 1]),
            ] {
                let mut cursor = kling_json::Cursor::new(&wrong);
                assert_eq!(lookup.find(&cursor.string().unwrap()), None, "{wrong}");
            }
        }
    }
}
