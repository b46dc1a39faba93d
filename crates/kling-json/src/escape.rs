//! Escapes in strings: checking one, and walking a checked string piece by piece.

use crate::error::{Inside, SyntaxError, SyntaxErrorKind};

/// Checks the escape whose backslash is at `at` and returns the offset after it (after both halves of a pair).
#[inline]
pub(crate) fn check(text: &str, at: usize) -> Result<usize, SyntaxError> {
    match text.as_bytes().get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => check_unicode(text, at),
        Some(_) | None => Err(bad(text, at)),
    }
}

fn check_unicode(text: &str, at: usize) -> Result<usize, SyntaxError> {
    let bytes = text.as_bytes();
    let unit = unit(bytes, at).ok_or_else(|| bad(text, at))?;
    match unit {
        0xD800..=0xDBFF => match self::unit(bytes, at + 6) {
            Some(0xDC00..=0xDFFF) => Ok(at + 12),
            Some(_) | None => Err(lone(bytes, at, unit)),
        },
        0xDC00..=0xDFFF => Err(lone(bytes, at, unit)),
        0..=0xD7FF | 0xE000..=0xFFFF => Ok(at + 6),
    }
}

/// Returns the code unit of a `\uXXXX` that begins at `at`.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let &[b'\\', b'u', a, b, c, d] = bytes.get(at..)?.first_chunk::<6>()? else {
        return None;
    };
    let [a, b, c, d] = [a, b, c, d].map(|digit| HEX_DIGITS[usize::from(digit)]);
    if (a | b | c | d) > 0xF {
        return None;
    }
    Some(u16::from(a) << 12 | u16::from(b) << 8 | u16::from(c) << 4 | u16::from(d))
}

/// The value of each byte as a hexadecimal digit; 255 for any other byte.
const HEX_DIGITS: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut value = 0_u8;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

/// Skips the `\uXXXX` escapes from `at` on that are not surrogates. Returns the offset after them, and whether any of
/// them is ASCII; `None` if there are none.
#[inline]
pub(crate) fn plain_units(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let (mut end, mut is_ascii) = (at, false);
    while let Some(&[b'\\', b'u', a, b, c, d]) =
        bytes.get(end..).and_then(|rest| rest.first_chunk::<6>())
    {
        let [a, b, c, d] = [a, b, c, d].map(|digit| HEX_DIGITS[usize::from(digit)]);
        if (a | b | c | d) > 0xF || (a == 0xD && b >= 8) {
            break;
        }
        is_ascii |= (a | b) == 0 && c < 8;
        end += 6;
    }
    (end > at).then_some((end, is_ascii))
}

/// Returns whether the escape at `at`, checked or not, is the `\uXXXX` of an ASCII character.
#[inline]
pub(crate) fn hides_ascii(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at + 1..)
        .and_then(|rest| rest.first_chunk::<4>())
        .is_some_and(|[u, a, b, c]| [*u, *a, *b] == *b"u00" && *c < b'8')
}

/// Returns whether the `\uXXXX` at `at` is one half of a surrogate pair.
pub(crate) fn is_lone_surrogate(text: &str, at: usize) -> bool {
    matches!(unit(text.as_bytes(), at), Some(0xD800..=0xDFFF))
}

#[cold]
fn lone(bytes: &[u8], at: usize, unit: u16) -> SyntaxError {
    // `\ud800` at the very end is a pair cut off, and is reported as a text that ends too early.
    if bytes.len() == at + 6 {
        return SyntaxError::new(SyntaxErrorKind::UnexpectedEnd(Inside::String), bytes.len());
    }
    SyntaxError::new(SyntaxErrorKind::LoneSurrogate(unit), at)
}

#[cold]
fn bad(text: &str, at: usize) -> SyntaxError {
    let end = SyntaxError::new(SyntaxErrorKind::UnexpectedEnd(Inside::String), text.len());
    let Some(found) = text.get(at + 1..).and_then(|rest| rest.chars().next()) else {
        return end;
    };
    if found != 'u' {
        return SyntaxError::new(SyntaxErrorKind::BadEscape(found), at);
    }
    let digits = text.as_bytes().get(at + 2..).unwrap_or_default();
    if digits.len() < 4 && digits.iter().all(u8::is_ascii_hexdigit) {
        return end;
    }
    SyntaxError::new(SyntaxErrorKind::BadUnicodeEscape, at)
}

/// A part of a string's content as written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'t> {
    /// Characters written as themselves.
    Plain(&'t str),
    /// One character, and the length in bytes of the escape that it is written as.
    Escape(char, usize),
}

impl Piece<'_> {
    /// Returns the length in the text, in bytes.
    pub(crate) fn raw_len(&self) -> usize {
        match self {
            Self::Plain(text) => text.len(),
            Self::Escape(_, length) => *length,
        }
    }

    /// Returns the length of the decoded text, in bytes.
    pub(crate) fn decoded_len(&self) -> usize {
        match self {
            Self::Plain(text) => text.len(),
            Self::Escape(character, _) => character.len_utf8(),
        }
    }
}

/// The pieces of a checked string's content, in order.
#[derive(Clone, Debug)]
pub(crate) struct Pieces<'t> {
    rest: &'t str,
}

impl<'t> Pieces<'t> {
    pub(crate) fn new(content: &'t str) -> Self {
        Self { rest: content }
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let plain = memchr::memchr(b'\\', self.rest.as_bytes()).unwrap_or(self.rest.len());
        if plain > 0 {
            let (piece, rest) = self.rest.split_at(plain);
            self.rest = rest;
            return Some(Piece::Plain(piece));
        }
        let (character, length) = decode(self.rest)?;
        self.rest = self.rest.get(length..).unwrap_or_default();
        Some(Piece::Escape(character, length))
    }
}

/// Returns the character of a checked escape at the beginning of `rest`, and the escape's length; `None` if there is
/// none.
#[inline]
pub(crate) fn leading(rest: &str) -> Option<(char, usize)> {
    if rest.as_bytes().first() == Some(&b'\\') {
        decode(rest)
    } else {
        None
    }
}

/// Returns the character that the escape at the beginning of `rest` encodes, and the escape's length.
fn decode(rest: &str) -> Option<(char, usize)> {
    let bytes = rest.as_bytes();
    let simple = match bytes.get(1)? {
        b'u' => {
            let first = unit(bytes, 0)?;
            if let Some(character) = char::from_u32(u32::from(first)) {
                return Some((character, 6));
            }
            let pair = [first, unit(bytes, 6)?];
            return Some((char::decode_utf16(pair).next()?.ok()?, 12));
        }
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        &other => char::from(other),
    };
    Some((simple, 2))
}
