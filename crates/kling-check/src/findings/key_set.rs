//! The keys of one object that no table describes, to tell when one comes again.

use std::borrow::Cow;
use std::collections::hash_map::{Entry, RandomState};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher};

use kling_json::{Cursor, Text};

/// So many keys are compared one by one, which is faster than a hash and needs no table.
const FEW: usize = 12;

/// A set of keys that is small for nearly all objects, and fast for huge ones.
#[derive(Debug, Default)]
pub(super) struct KeySet<'t> {
    few: Vec<Cow<'t, str>>,
    many: Option<Box<Many<'t>>>,
}

impl<'t> KeySet<'t> {
    /// Takes note of a key that stands in `text`. Whether it is the first such key.
    pub(super) fn insert(&mut self, text: &'t str, key: &Text<'t>) -> bool {
        let name = key.decode();
        if self.few.contains(&name) {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push(name);
            return true;
        }
        let many = self.many.get_or_insert_default();
        many.insert(text, key.span().start, name)
    }
}

/// Keys by short hashes. The keys themselves are left in the text: how fast a table of a million is looked up in
/// depends on how small it is.
#[derive(Debug, Default)]
struct Many<'t> {
    state: RandomState,
    /// Where the first key with a hash begins.
    places: HashMap<u32, u32, BuildHasherDefault<Hashed>>,
    /// Keys whose hash is that of another one, or that stand beyond what a place can say.
    others: HashSet<Cow<'t, str>>,
}

impl<'t> Many<'t> {
    fn insert(&mut self, text: &'t str, start: usize, name: Cow<'t, str>) -> bool {
        let entry = match self.places.entry(self.hash(&name)) {
            Entry::Occupied(place) => {
                let rest = text.get(*place.get() as usize..).unwrap_or_default();
                let is_same = Cursor::new(rest)
                    .string()
                    .is_ok_and(|key| key.equals(&name));
                return !is_same && self.others.insert(name);
            }
            Entry::Vacant(entry) => entry,
        };
        match u32::try_from(start) {
            Ok(start) => {
                entry.insert(start);
                true
            }
            Err(_) => self.others.insert(name),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "half of a hash is one as well"
    )]
    fn hash(&self, name: &str) -> u32 {
        self.state.hash_one(name) as u32
    }
}

/// What is a hash already, made longer.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        // Only numbers of 32 bits are asked for; this is right for others, too.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, hash: u32) {
        // The table looks at both ends of it.
        self.0 = u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of an object, and whether each is the first.
    fn firsts(text: &str) -> Vec<bool> {
        let (mut cursor, mut keys, mut firsts) = (Cursor::new(text), KeySet::default(), Vec::new());
        cursor.begin_object().unwrap();
        let mut first = true;
        while let Some(key) = cursor.next_key(&mut first).unwrap() {
            firsts.push(keys.insert(text, &key));
            cursor.skip().unwrap();
        }
        firsts
    }

    #[test]
    fn a_key_is_first_once_however_many_there_are_and_however_it_is_written() {
        for count in [1, FEW - 1, FEW, FEW + 1, 1000] {
            let plain = (0..count).map(|number| format!("\"k{number}\":0"));
            let escaped = (0..count).map(|number| format!("\"\\u006b{number}\":0"));
            let members: Vec<String> = plain.clone().chain(escaped).chain(plain).collect();
            let firsts = firsts(&format!("{{{}}}", members.join(",")));
            let expected = (0..3 * count).map(|place| place < count);
            assert!(firsts.into_iter().eq(expected), "{count}");
        }
    }

    #[test]
    fn keys_with_one_hash_are_told_apart() {
        let text = r#""a" "b" "c""#;
        let mut many = Many::default();
        let hash = many.hash("b");
        // As if `a` had the hash of `b`.
        many.places.insert(hash, 0);
        assert!(many.insert(text, 4, "b".into()));
        assert!(!many.insert(text, 4, "b".into()));
        // A place that is too far away for the table.
        let far = u32::MAX as usize + 1;
        assert!(many.insert(text, far, "c".into()));
        assert!(!many.insert(text, far, "c".into()));
    }
}
