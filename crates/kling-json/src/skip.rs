//! Skipping a value of any size and depth by a loop.

use crate::cursor::{Cursor, MALFORMED, string_end, string_error};
use crate::error::{Expected, SyntaxError, SyntaxErrorKind};
use crate::number;
use crate::scan::token;
use crate::span::Span;

impl Cursor<'_> {
    /// Skips whitespace, then reads past one value of any kind, checking all of it, and gives its place.
    ///
    /// Takes no more than a bit of memory a level, none of it on the call stack, and allocates only for what is more
    /// than 64 levels deep. The depth limit counts from the beginning of the text.
    ///
    /// # Errors
    /// When the value is malformed or too deep.
    #[inline]
    pub fn skip(&mut self) -> Result<Span, SyntaxError> {
        let next = self.peek();
        let start = self.at;
        // What needs no record of open containers is done here.
        if next == b'"' {
            self.string_here()?;
        } else {
            self.skip_value()?;
        }
        Ok(Span::new(start, self.at))
    }

    /// One loop for everything, so that each kind of token is read in one place of the program; its place in the text
    /// is a local variable, which stays in a register.
    fn skip_value(&mut self) -> Result<(), SyntaxError> {
        let text = self.text;
        let bytes = text.as_bytes();
        let most_open = self.max_depth.saturating_sub(self.depth);
        let mut open = Open::default();
        let mut at = self.at;
        let mut place = Place::Value;
        loop {
            let next = token(bytes, &mut at);
            // Strings come first: keys are strings as well, so they are most of all tokens.
            if next == b'"' {
                let (end, _) = string_end(text, at + 1);
                if end == MALFORMED {
                    return Err(string_error(text, at + 1));
                }
                at = end + 1;
                if place != Place::Value {
                    at = self.after_key(at)?;
                    place = Place::Value;
                    continue;
                }
            } else if place != Place::Value {
                if next != b'}' || place != Place::FirstKey {
                    return Err(self.no_key(at, place));
                }
                at += 1;
                open.pop();
            } else {
                match next {
                    b'{' | b'[' => {
                        if open.depth >= most_open {
                            self.at = at;
                            return Err(self.too_deep());
                        }
                        at += 1;
                        open.push(next == b'{');
                        if next == b'{' {
                            place = Place::FirstKey;
                            continue;
                        }
                        if token(bytes, &mut at) != b']' {
                            if at == bytes.len() {
                                return Err(self.no_end(at, false));
                            }
                            continue;
                        }
                        at += 1;
                        open.pop();
                    }
                    b'-' | b'0'..=b'9' => at = number::scan(text, at)?.0,
                    _ => at = self.after_literal(next, at)?,
                }
            }
            // After a value: closing brackets, then a comma or the end.
            loop {
                if open.depth == 0 {
                    self.at = at;
                    return Ok(());
                }
                let next = token(bytes, &mut at);
                let is_object = open.is_object();
                if next == b',' {
                    at += 1;
                    if is_object {
                        place = Place::Key;
                    } else {
                        place = Place::Value;
                        let comma = at - 1;
                        if token(bytes, &mut at) == b']' {
                            return Err(SyntaxError::new(SyntaxErrorKind::TrailingComma, comma));
                        }
                    }
                    break;
                }
                if next != if is_object { b'}' } else { b']' } {
                    return Err(self.no_end(at, is_object));
                }
                at += 1;
                open.pop();
            }
        }
    }

    /// The offset after the colon of a key that ends at `at`.
    #[inline]
    fn after_key(&mut self, at: usize) -> Result<usize, SyntaxError> {
        self.at = at;
        self.colon()?;
        Ok(self.at)
    }

    /// The offset after the literal at `at`, whose first byte is `next`.
    fn after_literal(&mut self, next: u8, at: usize) -> Result<usize, SyntaxError> {
        self.at = at;
        match next {
            b't' => self.literal(b"true", Expected::Value)?,
            b'f' => self.literal(b"false", Expected::Value)?,
            b'n' => self.literal(b"null", Expected::Value)?,
            _ => return Err(self.unexpected(Expected::Value)),
        }
        Ok(self.at)
    }

    #[cold]
    fn no_key(&mut self, at: usize, place: Place) -> SyntaxError {
        self.at = at;
        match place {
            Place::FirstKey => self.unexpected(Expected::KeyOrEnd),
            Place::Value | Place::Key => {
                let before = self.text.as_bytes().get(..at).unwrap_or_default();
                let comma = memchr::memrchr(b',', before).unwrap_or(at);
                self.no_member(comma)
            }
        }
    }

    #[cold]
    fn no_end(&mut self, at: usize, is_object: bool) -> SyntaxError {
        self.at = at;
        self.unexpected(if is_object {
            Expected::CommaOrObjectEnd
        } else {
            Expected::CommaOrArrayEnd
        })
    }
}

/// What has to come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Value,
    /// A key or the object's end.
    FirstKey,
    /// A key, after a comma.
    Key,
}

/// The open containers, innermost last: one bit each, set for an object.
#[derive(Default)]
struct Open {
    depth: usize,
    innermost: u64,
    /// Full words of containers further out.
    outer: Vec<u64>,
}

impl Open {
    #[inline]
    fn push(&mut self, is_object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.innermost);
        }
        self.innermost = (self.innermost << 1) | u64::from(is_object);
        self.depth += 1;
    }

    #[inline]
    fn pop(&mut self) {
        self.depth -= 1;
        self.innermost >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.innermost = self.outer.pop().unwrap_or_default();
        }
    }

    #[inline]
    fn is_object(&self) -> bool {
        self.innermost & 1 == 1
    }
}
