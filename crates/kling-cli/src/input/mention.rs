//! Whether a text that cannot be read as a request contains the name of a member that only requests have.

use memchr::memmem;

/// The members that distinguish a request from other JSON.
pub(crate) const MEMBERS: [&str; 3] = ["model", "model_name", "prompt"];

/// What to search for in a text: each member begins with one of these.
const NEEDLES: [&str; 2] = ["model", "prompt"];

/// The length of the longest needle.
const LONGEST: usize = 6;

/// Whether a text contains the name of one of the members.
pub(crate) fn is_in(text: &[u8]) -> bool {
    NEEDLES
        .iter()
        .any(|needle| memmem::find(text, needle.as_bytes()).is_some())
}

/// As [`is_in`], for a text that arrives in pieces and is not kept.
#[derive(Debug, Default)]
pub(crate) struct Mention {
    found: bool,
    /// The end of the text so far, in which a name may have begun.
    tail: Vec<u8>,
}

impl Mention {
    /// Reads the next piece.
    pub(crate) fn feed(&mut self, piece: &[u8]) {
        if self.found {
            return;
        }
        let head = &piece[..piece.len().min(LONGEST)];
        self.tail.extend_from_slice(head);
        self.found = is_in(&self.tail) || is_in(piece);
        if piece.len() > head.len() {
            self.tail.clear();
            self.tail
                .extend_from_slice(&piece[piece.len().saturating_sub(LONGEST)..]);
        }
        let keep = self.tail.len().min(LONGEST);
        self.tail.drain(..self.tail.len() - keep);
    }

    /// Whether a name was found so far.
    pub(crate) const fn found(&self) -> bool {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_needles_are_what_all_members_begin_with() {
        assert!(
            MEMBERS
                .iter()
                .all(|member| NEEDLES.iter().any(|needle| member.starts_with(needle)))
        );
        assert_eq!(
            NEEDLES.iter().map(|needle| needle.len()).max(),
            Some(LONGEST)
        );
    }

    #[test]
    fn a_name_is_found_however_the_text_is_cut() {
        let text = b"{\"a\": 12345678, \"prompt\": 1}";
        for size in 1..text.len() {
            let mut mention = Mention::default();
            text.chunks(size).for_each(|piece| mention.feed(piece));
            assert!(mention.found(), "pieces of {size}");
            let mut mention = Mention::default();
            text[..20]
                .chunks(size)
                .for_each(|piece| mention.feed(piece));
            assert!(!mention.found(), "pieces of {size}");
        }
    }
}
