//! The strict parser: one pass over a text, one entry per value, no recursion.

use crate::diagnose;
use crate::error::{Expected, MAX_DEPTH, SyntaxError, SyntaxErrorKind};
use crate::number;
use crate::scan::token;
use crate::string::{MALFORMED, string_end, string_error};
use crate::text::Escapes;

use super::{Entry, Kind, NONE};

/// A key that has been read, with its quotation marks.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) escapes: Escapes,
}

impl Key {
    /// The key of the root and of items, which have none.
    pub(crate) const NONE: Self = Self {
        start: 0,
        end: 0,
        escapes: Escapes::NONE,
    };
}

/// Appends an entry for each value of `text`. If the text stops being JSON, the entries of what was read before stay,
/// with one for the value that was being read; everything that the error cuts short is marked as not whole.
pub(crate) fn read(text: &str, entries: &mut Vec<Entry>) -> Result<(), SyntaxError> {
    if text.len() >= NONE as usize {
        entries.push(Entry::new(0, Key::NONE, NONE, 0));
        return Err(SyntaxError::new(SyntaxErrorKind::TooLong, 0));
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    let (mut parent, mut index, mut depth) = (NONE, 0, 0_usize);
    let mut in_object = false;
    let mut key = Key::NONE;
    // The error, and whether it occurred where a value was being read.
    let (error, at_value) = 'values: loop {
        if in_object {
            let expected = if index == 0 {
                Expected::KeyOrEnd
            } else {
                Expected::Key
            };
            match key_at(text, at, expected) {
                Ok((read, after)) => (key, at) = (read, after),
                Err(error) => break (error, false),
            }
        }
        let next = token(bytes, &mut at);
        let mut entry = Entry::new(offset(at), key, parent, index);
        match next {
            b'"' => {
                let (end, escapes) = string_end(text, at + 1);
                if end == MALFORMED {
                    break (string_error(text, at + 1), true);
                }
                at = end + 1;
                entry.string(offset(at), escapes);
                entries.push(entry);
            }
            b'{' | b'[' => {
                if depth >= MAX_DEPTH {
                    break (SyntaxError::new(SyntaxErrorKind::TooDeep, at), true);
                }
                depth += 1;
                at += 1;
                in_object = next == b'{';
                entry.open(if in_object { Kind::Object } else { Kind::Array });
                parent = offset(entries.len());
                entries.push(entry);
                index = 0;
                key = Key::NONE;
                if token(bytes, &mut at) != closing(in_object) {
                    if !in_object && at == bytes.len() {
                        break (no_comma(text, at, in_object), false);
                    }
                    continue;
                }
            }
            _ => match scalar_at(text, at, next) {
                Ok((end, kind, flag)) => {
                    at = end;
                    entry.scalar(kind, offset(at), flag);
                    entries.push(entry);
                }
                Err(error) => break (error, true),
            },
        }
        // After a value: closing brackets, then a comma or the end.
        loop {
            let next = token(bytes, &mut at);
            if parent == NONE {
                if at < bytes.len() {
                    break 'values (diagnose::unexpected(text, at, Expected::End), false);
                }
                return Ok(());
            }
            if next == b',' {
                let comma = at;
                at += 1;
                if token(bytes, &mut at) == closing(in_object) {
                    let error = SyntaxError::new(SyntaxErrorKind::TrailingComma, comma);
                    break 'values (error, false);
                }
                index += 1;
                break;
            }
            if next != closing(in_object) {
                break 'values (no_comma(text, at, in_object), false);
            }
            at += 1;
            depth -= 1;
            let past = offset(entries.len());
            let closed = &mut entries[parent as usize];
            closed.close(offset(at), past);
            (parent, index) = (closed.parent, closed.index);
            key = Key::NONE;
            in_object = parent != NONE && entries[parent as usize].kind == Kind::Object;
        }
    };
    if at_value {
        entries.push(Entry::new(offset(at), key, parent, index));
    }
    cut_short(entries, parent, offset(error.offset));
    Err(error)
}

/// Ends all open containers, from the innermost outwards.
#[cold]
fn cut_short(entries: &mut [Entry], innermost: u32, end: u32) {
    let past = offset(entries.len());
    let mut parent = innermost;
    while parent != NONE {
        let open = &mut entries[parent as usize];
        open.cut(end, past);
        parent = open.parent;
    }
}

/// Returns the bracket that closes an object or an array.
#[inline]
const fn closing(in_object: bool) -> u8 {
    if in_object { b'}' } else { b']' }
}

/// Returns the error for `at`, where there is neither a comma nor the closing bracket.
#[cold]
fn no_comma(text: &str, at: usize, in_object: bool) -> SyntaxError {
    let expected = if in_object {
        Expected::CommaOrObjectEnd
    } else {
        Expected::CommaOrArrayEnd
    };
    diagnose::unexpected(text, at, expected)
}

/// Returns the end and the kind of the number or literal that begins with `first`, and whether it is `true` or an
/// integer without fraction and exponent.
#[inline]
fn scalar_at(text: &str, at: usize, first: u8) -> Result<(usize, Kind, bool), SyntaxError> {
    let (word, kind): (&[u8], _) = match first {
        b'-' | b'0'..=b'9' => {
            let (end, is_integer_text) = number::scan(text, at)?;
            return Ok((end, Kind::Number, is_integer_text));
        }
        b't' => (b"true", Kind::Boolean),
        b'f' => (b"false", Kind::Boolean),
        b'n' => (b"null", Kind::Null),
        _ => return Err(diagnose::unexpected(text, at, Expected::Value)),
    };
    if text.as_bytes()[at..].starts_with(word) {
        Ok((at + word.len(), kind, first == b't'))
    } else {
        Err(diagnose::literal(text, at))
    }
}

/// Reads the key at `start`, and returns it with the offset after its colon. `expected` is what would be valid at
/// `start`.
#[inline]
fn key_at(text: &str, start: usize, expected: Expected) -> Result<(Key, usize), SyntaxError> {
    if text.as_bytes().get(start) != Some(&b'"') {
        return Err(diagnose::unexpected(text, start, expected));
    }
    let (content_end, escapes) = string_end(text, start + 1);
    if content_end == MALFORMED {
        return Err(string_error(text, start + 1));
    }
    let end = content_end + 1;
    let mut at = end;
    if token(text.as_bytes(), &mut at) != b':' {
        return Err(diagnose::unexpected(text, at, Expected::Colon));
    }
    let key = Key {
        start: offset(start),
        end: offset(end),
        escapes,
    };
    Ok((key, at + 1))
}

/// Narrows an offset into a text, or an index, that is known to fit.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a text of 4 GiB and more is refused before anything of it is read"
)]
#[inline]
const fn offset(at: usize) -> u32 {
    at as u32
}
