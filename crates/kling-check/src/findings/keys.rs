//! The keys that were met in an object, to tell when one comes again.

use std::borrow::Cow;
use std::collections::HashSet;

/// So many keys are compared one by one, which is faster than a hash and needs no table.
const FEW: usize = 12;

/// A set of keys that is small for nearly all objects, and fast for huge ones.
#[derive(Debug, Default)]
pub(super) struct Keys<'t> {
    few: Vec<(usize, Cow<'t, str>)>,
    many: Option<HashSet<(usize, Cow<'t, str>)>>,
}

impl<'t> Keys<'t> {
    /// Takes note of a key of the object that begins at `start`. Whether it is the first such key.
    pub(super) fn insert(&mut self, start: usize, key: Cow<'t, str>) -> bool {
        if self.few.len() < FEW {
            let is_first = !self
                .few
                .iter()
                .any(|known| *known == (start, Cow::Borrowed(&key)));
            if is_first {
                self.few.push((start, key));
            }
            return is_first;
        }
        let many = self
            .many
            .get_or_insert_with(|| self.few.iter().cloned().collect());
        many.insert((start, key))
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn a_key_is_first_once_however_many_there_are() {
        let mut keys = Keys::default();
        for round in 0..2 {
            for number in 0..100 {
                for start in [0, 7] {
                    assert_eq!(keys.insert(start, number.to_string().into()), round == 0);
                }
            }
        }
    }
}
