//! From a member's name to its place in an object's table.

use kling_json::Text;

/// The names of an object's members, found by length first.
#[derive(Debug)]
pub(crate) struct Lookup {
    names: Vec<Box<[u8]>>,
    /// Places in `names`, ordered by length.
    order: Vec<u8>,
    /// Where the names of each length begin in `order`; one more for the end.
    starts: Vec<u8>,
}

impl Lookup {
    /// At most 64 names, as the loader of contracts makes sure.
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<Box<[u8]>> = names
            .into_iter()
            .map(|name| name.as_bytes().into())
            .collect();
        let mut order: Vec<u8> = (0u8..64).take(names.len()).collect();
        order.sort_by_key(|&place| (names[usize::from(place)].len(), place));
        let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
        let starts = (0..=longest + 1)
            .map(|length| {
                let start =
                    order.partition_point(|&place| names[usize::from(place)].len() < length);
                u8::try_from(start).unwrap_or(u8::MAX)
            })
            .collect();
        Self {
            names,
            order,
            starts,
        }
    }

    /// The place of the member that a key names. `hint` is tried first: members mostly come in order.
    #[expect(
        clippy::inline_always,
        reason = "run for every member of every request; a call costs more than it does"
    )]
    #[inline(always)]
    pub(crate) fn find(&self, key: &Text<'_>, hint: usize) -> Option<usize> {
        if key.has_escapes() {
            return self.find_escaped(key);
        }
        let bytes = key.raw_bytes();
        if let Some(name) = self.names.get(hint)
            && same_bytes(name, bytes)
        {
            return Some(hint);
        }
        self.find_bytes(bytes)
    }

    #[expect(
        clippy::inline_always,
        reason = "run for every member of every request; a call costs more than it does"
    )]
    #[inline(always)]
    fn find_bytes(&self, bytes: &[u8]) -> Option<usize> {
        let start = usize::from(*self.starts.get(bytes.len())?);
        let end = usize::from(*self.starts.get(bytes.len() + 1)?);
        let places = self.order.get(start..end)?;
        places
            .iter()
            .map(|&place| usize::from(place))
            .find(|&place| same_bytes(&self.names[place], bytes))
    }

    /// The place of the member with this name.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.find_bytes(name.as_bytes())
    }

    #[cold]
    fn find_escaped(&self, key: &Text<'_>) -> Option<usize> {
        self.find_bytes(key.decode().as_bytes())
    }
}

/// Equality without a call for short names: the first and last eight bytes cover up to sixteen.
#[expect(
    clippy::inline_always,
    reason = "run for every member of every request; a call costs more than it does"
)]
#[inline(always)]
pub(crate) fn same_bytes(name: &[u8], bytes: &[u8]) -> bool {
    if name.len() != bytes.len() {
        return false;
    }
    if let (Some(a), Some(b)) = (name.first_chunk::<8>(), bytes.first_chunk::<8>()) {
        let heads = u64::from_le_bytes(*a) == u64::from_le_bytes(*b);
        let tails = match (name.last_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(a), Some(b)) => u64::from_le_bytes(*a) == u64::from_le_bytes(*b),
            _ => false,
        };
        return heads && tails && (name.len() <= 16 || name[8..] == bytes[8..]);
    }
    if let (Some(a), Some(b)) = (name.first_chunk::<4>(), bytes.first_chunk::<4>()) {
        let tails = match (name.last_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(a), Some(b)) => u32::from_le_bytes(*a) == u32::from_le_bytes(*b),
            _ => false,
        };
        return u32::from_le_bytes(*a) == u32::from_le_bytes(*b) && tails;
    }
    name.iter().zip(bytes).all(|(a, b)| a == b)
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
                for hint in 0..=names.len() {
                    assert_eq!(lookup.find(&key, hint), Some(place), "{written}");
                }
            }
            for wrong in [
                format!("\"{name}x\""),
                format!("\"{}\"", &name[1..]),
                format!("\"{}X\"", &name[..name.len() - 1]),
            ] {
                let mut cursor = kling_json::Cursor::new(&wrong);
                assert_eq!(
                    lookup.find(&cursor.string().unwrap(), place),
                    None,
                    "{wrong}"
                );
            }
        }
    }
}
