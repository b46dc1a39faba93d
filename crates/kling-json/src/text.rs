//! A string as written in a text: raw, decoded, and the mapping between the two.

use std::borrow::Cow;
use std::fmt;

use crate::escape::{self, Piece, Pieces};
use crate::span::Span;

/// A string, key or value, as written in the text: a borrowed place, checked but not decoded.
///
/// ```
/// # fn main() -> Result<(), kling_json::SyntaxError> {
/// let text = r#""a\u00e9b""#;
/// let document = kling_json::Document::parse(text)?;
/// let string = document.root().text().unwrap();
/// assert_eq!(string.raw(), r"a\u00e9b");
/// assert_eq!(string.decode(), "aéb");
/// assert!(string.equals("aéb"));
/// assert_eq!(string.offset_walker().source_offset(3), 8); // the `b`
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
pub struct Text<'t> {
    source: &'t str,
    content: Span,
    escapes: Escapes,
}

/// Which escapes a string has, in two bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Escapes(pub(crate) u8);

impl Escapes {
    pub(crate) const NONE: Self = Self(0);
    /// Some, but no ASCII character is written as `\uXXXX`.
    pub(crate) const SOME: Self = Self(1);
    /// At least one ASCII character is written as `\uXXXX`.
    pub(crate) const OF_ASCII: Self = Self(2);
}

impl<'t> Text<'t> {
    /// Makes the string of `source` whose checked content lies in `content`.
    #[inline]
    pub(crate) const fn new(source: &'t str, content: Span, escapes: Escapes) -> Self {
        Self {
            source,
            content,
            escapes,
        }
    }

    /// Returns what is between the quotation marks, with escapes as written.
    #[inline]
    pub fn raw(&self) -> &'t str {
        self.content.of(self.source)
    }

    /// Returns the bytes of [`raw`](Self::raw): cheaper, since no character boundary has to be checked.
    #[inline]
    pub fn raw_bytes(&self) -> &'t [u8] {
        self.source
            .as_bytes()
            .get(self.content.start..self.content.end)
            .unwrap_or_default()
    }

    /// Returns whether at least one backslash occurs.
    #[inline]
    pub const fn has_escapes(&self) -> bool {
        self.escapes.0 != Escapes::NONE.0
    }

    /// Returns whether an ASCII character is written as `\uXXXX`, so that a search for it in [`raw`](Self::raw) may
    /// miss it.
    ///
    /// ```
    /// # fn main() -> Result<(), kling_json::SyntaxError> {
    /// let document = kling_json::Document::parse(r#"["\u003cb", "\n\u00e9"]"#)?;
    /// let hides = document.root().children().map(|item| item.text().unwrap().hides_ascii());
    /// assert!(hides.eq([true, false]));
    /// # Ok(()) }
    /// ```
    #[inline]
    pub const fn hides_ascii(&self) -> bool {
        self.escapes.0 == Escapes::OF_ASCII.0
    }

    /// Iterates over the characters of the string, decoded one by one without allocation.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'t> {
        Pieces::new(self.raw()).flat_map(|piece| {
            let (plain, escaped) = match piece {
                Piece::Plain(plain) => (plain, None),
                Piece::Escape(character, _) => ("", Some(character)),
            };
            plain.chars().chain(escaped)
        })
    }

    /// Returns what the string says; borrowed if it has no escapes.
    #[inline]
    pub fn decode(&self) -> Cow<'t, str> {
        if self.has_escapes() {
            Cow::Owned(decode(self.raw()))
        } else {
            Cow::Borrowed(self.raw())
        }
    }

    /// Returns whether the string says `other`; decodes escapes as it goes and allocates nothing.
    #[inline]
    pub fn equals(&self, other: &str) -> bool {
        if self.has_escapes() {
            equals(self.raw(), other)
        } else {
            self.raw_bytes() == other.as_bytes()
        }
    }

    /// Returns a walker that finds where decoded bytes of the string are written.
    pub fn offset_walker(&self) -> OffsetWalker<'t> {
        OffsetWalker::new(*self)
    }
}

// These functions take the content rather than the `Text`, which then need not be in memory if it has no escapes.

#[cold]
fn decode(content: &str) -> String {
    let mut decoded = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        // Escapes often follow one another, so the search is not restarted after each.
        while let Some((character, length)) = escape::leading(rest) {
            decoded.push(character);
            rest = &rest[length..];
        }
    }
    decoded.push_str(rest);
    decoded
}

#[cold]
fn equals(content: &str, other: &str) -> bool {
    let mut rest = other;
    for piece in Pieces::new(content) {
        let after = match piece {
            Piece::Plain(plain) => rest.strip_prefix(plain),
            Piece::Escape(character, _) => rest.strip_prefix(character),
        };
        match after {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("raw", &self.raw())
            .field("start", &self.content.start)
            .finish()
    }
}

/// Maps ascending decoded offsets of one string to offsets in the text, in one pass: mapping all of them takes time
/// linear in the string. An offset below the previous one is also correct, but starts from the beginning.
///
/// ```
/// # fn main() -> Result<(), kling_json::SyntaxError> {
/// let document = kling_json::Document::parse(r#""\n\n\n""#)?;
/// let string = document.root().text().unwrap();
/// let mut walker = string.offset_walker();
/// assert_eq!([0, 1, 2, 3].map(|offset| walker.source_offset(offset)), [1, 3, 5, 7]);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct OffsetWalker<'t> {
    string: Text<'t>,
    pieces: Pieces<'t>,
    piece: Option<Piece<'t>>,
    raw_start: usize,
    decoded_start: usize,
}

impl<'t> OffsetWalker<'t> {
    fn new(string: Text<'t>) -> Self {
        let mut pieces = Pieces::new(string.raw());
        let piece = pieces.next();
        Self {
            string,
            pieces,
            piece,
            raw_start: string.content.start,
            decoded_start: 0,
        }
    }

    /// Returns the byte offset in the whole text at which the decoded byte at `decoded_offset` is written.
    ///
    /// A byte inside a character maps to the character's escape, or to its own byte if the character is not escaped; an
    /// offset at or past the end maps to the closing quotation mark.
    pub fn source_offset(&mut self, decoded_offset: usize) -> usize {
        if !self.string.has_escapes() {
            return self
                .string
                .content
                .end
                .min(self.string.content.start.saturating_add(decoded_offset));
        }
        if decoded_offset < self.decoded_start {
            *self = Self::new(self.string);
        }
        while let Some(piece) = self.piece {
            let into = decoded_offset - self.decoded_start;
            if into < piece.decoded_len() {
                return match piece {
                    Piece::Plain(_) => self.raw_start + into,
                    Piece::Escape(..) => self.raw_start,
                };
            }
            self.raw_start += piece.raw_len();
            self.decoded_start += piece.decoded_len();
            self.piece = self.pieces.next();
        }
        self.raw_start
    }
}
