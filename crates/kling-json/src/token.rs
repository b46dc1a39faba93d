//! Keys and strings that are expected as they stand: compared with the text at once, before any of it is read.

use crate::cursor::Cursor;
use crate::span::Span;
use crate::text::{Escapes, Text};

/// The longest token that is compared at once, in bytes.
const LONGEST: usize = 16;

/// A short key or string as nearly everybody writes it, without escapes and without blanks inside of the token.
///
/// ```
/// use kling_json::{Cursor, Token};
///
/// let (mode, pro) = (Token::key("mode").unwrap(), Token::string("pro").unwrap());
/// let mut cursor = Cursor::new(r#"{"mode":"pro","n":[1, 2, 3]}"#);
/// cursor.begin_object().unwrap();
/// let mut first = true;
/// assert!(cursor.take_key(&mut first, &mode).is_some());
/// assert!(cursor.take_string(&pro));
/// assert!(cursor.take_key(&mut first, &mode).is_none());
/// assert!(cursor.next_key(&mut first).unwrap().unwrap().equals("n"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    word: u128,
    mask: u128,
    length: usize,
}

impl Token {
    /// A key with its colon; `None` if it cannot be compared at once: longer than 13 bytes, or with characters that
    /// have to be escaped.
    pub fn key(name: &str) -> Option<Self> {
        Self::new(name, b"\":")
    }

    /// A string; `None` if it cannot be compared at once: longer than 14 bytes, or with characters that have to be
    /// escaped.
    pub fn string(content: &str) -> Option<Self> {
        Self::new(content, b"\"")
    }

    fn new(content: &str, end: &[u8]) -> Option<Self> {
        if content
            .bytes()
            .any(|byte| byte < 0x20 || matches!(byte, b'"' | b'\\'))
        {
            return None;
        }
        let token = [b"\"", content.as_bytes(), end].concat();
        let mut mask = [0; LONGEST];
        mask.get_mut(..token.len())?.fill(0xff);
        Some(Self {
            word: crate::text::word(&token)?,
            mask: u128::from_le_bytes(mask),
            length: token.len(),
        })
    }

    #[inline]
    fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        let chunk = bytes.get(at..).and_then(|rest| rest.first_chunk());
        chunk.is_some_and(|chunk| u128::from_le_bytes(*chunk) & self.mask == self.word)
    }
}

impl<'t> Cursor<'t> {
    /// Does what [`next_key`](Self::next_key) does if the member that comes next has this key and is written so, and
    /// gives the key. Otherwise it does nothing: the member may still have the key, written in another way.
    ///
    /// A caller that knows what mostly comes next asks this first; it costs a fraction of reading the key.
    #[expect(
        clippy::inline_always,
        reason = "run for every member of every request; a call costs more than it does"
    )]
    #[inline(always)]
    pub fn take_key(&mut self, first: &mut bool, key: &Token) -> Option<Text<'t>> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        if !*first {
            if bytes.get(at) != Some(&b',') {
                return None;
            }
            at += 1;
        }
        at += usize::from(bytes.get(at) == Some(&b' '));
        if !key.stands_at(bytes, at) {
            return None;
        }
        *first = false;
        self.at = at + key.length;
        let content = Span::new(at + 1, at + key.length - 2);
        Some(Text::new(self.text, content, Escapes::None))
    }

    /// Consumes this string if it is the next value, no whitespace before it, and written so. Otherwise it does
    /// nothing: the value may still be this string, written in another way.
    #[expect(
        clippy::inline_always,
        reason = "run for every member of every request; a call costs more than it does"
    )]
    #[inline(always)]
    pub fn take_string(&mut self, string: &Token) -> bool {
        let stands = string.stands_at(self.text.as_bytes(), self.at);
        if stands {
            self.at += string.length;
        }
        stands
    }
}

#[cfg(test)]
mod tests {
    use super::Token;
    use crate::Cursor;

    #[test]
    fn what_is_taken_is_what_would_have_been_read() {
        for name in ["", "a", "mode", "aspect_ratio", "abcdefghijklm", "é日"] {
            for (before, after) in [("", ""), (" ", " "), ("\n", ""), ("", "\n")] {
                let text = format!(
                    "{{{before}\"{name}\":{after}1,{before}\"{name}\":{after}\"{name}\", \"\":\"0123456789\"}}"
                );
                let (key, string) = (Token::key(name).unwrap(), Token::string(name).unwrap());
                let mut taking = Cursor::new(&text);
                let mut reading = taking.clone();
                let mut taken = 0;
                let (mut first, mut also_first) = (true, true);
                taking.begin_object().unwrap();
                reading.begin_object().unwrap();
                for _ in 0..2 {
                    let read = reading.next_key(&mut also_first).unwrap().unwrap();
                    let found = match taking.take_key(&mut first, &key) {
                        Some(found) => {
                            taken += 1;
                            found
                        }
                        None => taking.next_key(&mut first).unwrap().unwrap(),
                    };
                    assert_eq!((found.span(), first), (read.span(), also_first), "{text}");
                    assert_eq!(taking.offset(), reading.offset(), "{text}");
                    taking.kind().unwrap();
                    if !taking.take_string(&string) {
                        taking.skip().unwrap();
                    }
                    reading.skip().unwrap();
                    assert_eq!(taking.offset(), reading.offset(), "{text}");
                }
                assert_eq!(taken, if before == "\n" { 0 } else { 2 }, "{text}");
            }
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_alone() {
        let key = Token::key("mode").unwrap();
        for text in [
            "{\"model\":1, \"and\": \"more\"}",
            "{\"mode\" :1, \"and\": \"more\"}",
            "{\"mod\\u0065\":1, \"and\": 1}",
            "{\"mode\":1}",
            "{}",
        ] {
            let mut cursor = Cursor::new(text);
            cursor.begin_object().unwrap();
            let mut first = true;
            assert!(cursor.take_key(&mut first, &key).is_none(), "{text}");
            assert_eq!((cursor.offset(), first), (1, true), "{text}");
        }
        assert_eq!(Token::key("abcdefghijklmn"), None);
        assert_eq!(Token::string("a\"b"), None);
    }
}
