//! The strict pull reader.

use crate::diagnose;
use crate::error::{Expected, SyntaxError, SyntaxErrorKind};
use crate::escape;
use crate::number::{self, Number};
use crate::scan::{self, Near};
use crate::span::Span;
use crate::text::{Escapes, Text};

/// Containers that may stand inside one another unless the caller says otherwise: the limit of `serde_json`'s own
/// data structures is 127, and no request comes near it.
pub const DEFAULT_MAX_DEPTH: usize = 128;

/// A strict, demand-driven reader of RFC 8259 text: no allocation, no tree, no recursion.
///
/// The caller asks for what it expects and gets it with its place in the text. After an error the cursor is of no
/// more use: where it then stands is not defined.
///
/// ```
/// use kling_json::{Cursor, Kind};
/// # fn main() -> Result<(), kling_json::SyntaxError> {
/// let mut cursor = Cursor::new(r#"{"duration": 5, "other": [1, {}]}"#);
/// let mut duration = None;
/// cursor.begin_object()?;
/// let mut first = true;
/// while let Some(key) = cursor.next_key(&mut first)? {
///     if key.equals("duration") && cursor.kind()? == Kind::Number {
///         duration = cursor.number()?.to_i64();
///     } else {
///         cursor.skip()?;
///     }
/// }
/// cursor.finish()?;
/// assert_eq!(duration, Some(5));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Cursor<'t> {
    pub(crate) text: &'t str,
    pub(crate) at: usize,
    pub(crate) depth: usize,
    pub(crate) max_depth: usize,
}

/// What a value is, as its first byte tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

impl<'t> Cursor<'t> {
    /// A reader at the beginning of `text`, with the limit [`DEFAULT_MAX_DEPTH`].
    #[inline]
    pub fn new(text: &'t str) -> Self {
        Self::with_max_depth(text, DEFAULT_MAX_DEPTH)
    }

    /// A reader that accepts at most `max_depth` containers inside one another.
    #[inline]
    pub fn with_max_depth(text: &'t str, max_depth: usize) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            max_depth,
        }
    }

    /// The whole text.
    #[inline]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Byte offset of the next unread byte.
    #[inline]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// How many containers are open: begun, and not yet ended.
    #[inline]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Skips whitespace and tells what the next value is; nothing of the value is consumed.
    ///
    /// # Errors
    /// When no value begins here.
    #[expect(
        clippy::inline_always,
        reason = "its result is larger than registers, and a call would pass it through memory"
    )]
    #[inline(always)]
    pub fn kind(&mut self) -> Result<Kind, SyntaxError> {
        match self.peek() {
            b'"' => Ok(Kind::String),
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::Array),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            b't' | b'f' => Ok(Kind::Boolean),
            b'n' => Ok(Kind::Null),
            _ => Err(self.unexpected(Expected::Value)),
        }
    }

    /// Skips whitespace and reads a string.
    ///
    /// # Errors
    /// When no string begins here, or it is malformed.
    #[expect(
        clippy::inline_always,
        reason = "its result is larger than registers, and a call would pass it through memory"
    )]
    #[inline(always)]
    pub fn string(&mut self) -> Result<Text<'t>, SyntaxError> {
        if self.peek() != b'"' {
            return Err(self.unexpected(Expected::String));
        }
        self.string_after_mark()
    }

    /// Reads a string whose quotation mark is the next byte, as [`kind`](Self::kind) has just told.
    ///
    /// # Errors
    /// When none is, or the string is malformed.
    #[expect(
        clippy::inline_always,
        reason = "its result is larger than registers, and a call would pass it through memory"
    )]
    #[inline(always)]
    pub fn string_here(&mut self) -> Result<Text<'t>, SyntaxError> {
        if self.text.as_bytes().get(self.at) != Some(&b'"') {
            return Err(self.unexpected(Expected::String));
        }
        self.string_after_mark()
    }

    /// Skips whitespace and reads a number.
    ///
    /// # Errors
    /// When no number begins here, or it is malformed.
    #[expect(
        clippy::inline_always,
        reason = "its result is larger than registers, and a call would pass it through memory"
    )]
    #[inline(always)]
    pub fn number(&mut self) -> Result<Number<'t>, SyntaxError> {
        self.peek();
        let start = self.at;
        let (end, is_integer_text) = number::scan(self.text, start)?;
        self.at = end;
        Ok(Number::new(
            self.text,
            Span::new(start, end),
            is_integer_text,
        ))
    }

    /// Skips whitespace and reads `true` or `false`.
    ///
    /// # Errors
    /// When neither stands here.
    #[inline]
    pub fn boolean(&mut self) -> Result<bool, SyntaxError> {
        if self.peek() == b't' {
            self.literal(b"true", Expected::Boolean)?;
            Ok(true)
        } else {
            self.literal(b"false", Expected::Boolean)?;
            Ok(false)
        }
    }

    /// Skips whitespace and reads `null`.
    ///
    /// # Errors
    /// When it does not stand here.
    #[inline]
    pub fn null(&mut self) -> Result<(), SyntaxError> {
        self.peek();
        self.literal(b"null", Expected::Null)
    }

    /// Skips whitespace and consumes `{`.
    ///
    /// # Errors
    /// When no object begins here, or too many containers are open.
    #[expect(
        clippy::inline_always,
        reason = "its result is larger than registers, and a call would pass it through memory"
    )]
    #[inline(always)]
    pub fn begin_object(&mut self) -> Result<(), SyntaxError> {
        self.begin(b'{', Expected::Object)
    }

    /// Consumes what precedes a member's value (the comma, unless the member is the first, the key and the colon)
    /// and gives the key; at `}` consumes that and gives `None`.
    ///
    /// `first` is `true` before the object's first member; the call sets it to `false`.
    ///
    /// # Errors
    /// When the text is malformed up to the colon.
    #[expect(
        clippy::inline_always,
        reason = "its result is larger than registers, and a call would pass it through memory"
    )]
    #[inline(always)]
    pub fn next_key(&mut self, first: &mut bool) -> Result<Option<Text<'t>>, SyntaxError> {
        let is_first = std::mem::replace(first, false);
        let mut next = self.peek();
        if !is_first && next == b',' {
            let comma = self.at;
            self.at += 1;
            next = self.peek();
            if next != b'"' {
                return Err(self.no_member(comma));
            }
        } else if next == b'}' {
            self.end();
            return Ok(None);
        } else if !is_first || next != b'"' {
            return Err(self.unexpected(if is_first {
                Expected::KeyOrEnd
            } else {
                Expected::CommaOrObjectEnd
            }));
        }
        let key = self.string_after_mark()?;
        self.colon()?;
        Ok(Some(key))
    }

    /// Skips whitespace and consumes `[`.
    ///
    /// # Errors
    /// When no array begins here, or too many containers are open.
    #[inline]
    pub fn begin_array(&mut self) -> Result<(), SyntaxError> {
        self.begin(b'[', Expected::Array)
    }

    /// Consumes what precedes an item (the comma, unless the item is the first) and gives `true`; at `]` consumes
    /// that and gives `false`.
    ///
    /// `first` is `true` before the array's first item; the call sets it to `false`.
    ///
    /// # Errors
    /// When the comma is missing, or nothing follows it.
    #[expect(
        clippy::inline_always,
        reason = "its result is larger than registers, and a call would pass it through memory"
    )]
    #[inline(always)]
    pub fn next_item(&mut self, first: &mut bool) -> Result<bool, SyntaxError> {
        let is_first = std::mem::replace(first, false);
        let next = self.peek();
        if next == b']' {
            self.end();
            return Ok(false);
        }
        if is_first {
            return if next == 0 && self.at >= self.text.len() {
                Err(self.unexpected(Expected::CommaOrArrayEnd))
            } else {
                Ok(true)
            };
        }
        if next != b',' {
            return Err(self.unexpected(Expected::CommaOrArrayEnd));
        }
        let comma = self.at;
        self.at += 1;
        if self.peek() == b']' {
            return Err(SyntaxError::new(SyntaxErrorKind::TrailingComma, comma));
        }
        Ok(true)
    }

    /// Makes sure that only whitespace is left.
    ///
    /// # Errors
    /// When anything else follows.
    #[inline]
    pub fn finish(&mut self) -> Result<(), SyntaxError> {
        self.peek();
        if self.at < self.text.len() {
            return Err(self.unexpected(Expected::End));
        }
        Ok(())
    }

    /// The next byte that is not whitespace, not consumed; 0, which begins no token, at the end of the text.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        scan::token(self.text.as_bytes(), &mut self.at)
    }

    #[inline]
    fn begin(&mut self, bracket: u8, expected: Expected) -> Result<(), SyntaxError> {
        if self.peek() != bracket {
            return Err(self.unexpected(expected));
        }
        if self.depth >= self.max_depth {
            return Err(self.too_deep());
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Consumes a closing bracket.
    #[inline]
    fn end(&mut self) {
        self.at += 1;
        // A caller that closes what it never opened must not make the count wrap.
        self.depth = self.depth.saturating_sub(1);
    }

    /// Consumes the colon after a key.
    #[inline]
    pub(crate) fn colon(&mut self) -> Result<(), SyntaxError> {
        if self.peek() != b':' {
            return Err(self.unexpected(Expected::Colon));
        }
        self.at += 1;
        Ok(())
    }

    /// Reads the string whose opening quotation mark is the next byte.
    #[expect(
        clippy::inline_always,
        reason = "short strings are most of a request, and a call costs more than reading one"
    )]
    #[inline(always)]
    pub(crate) fn string_after_mark(&mut self) -> Result<Text<'t>, SyntaxError> {
        let start = self.at + 1;
        let (end, escapes) = string_end(self.text, start);
        if end == MALFORMED {
            return Err(string_error(self.text, start));
        }
        self.at = end + 1;
        Ok(Text::new(self.text, Span::new(start, end), escapes))
    }

    /// Consumes the literal `word`.
    #[inline]
    pub(crate) fn literal<const LENGTH: usize>(
        &mut self,
        word: &[u8; LENGTH],
        expected: Expected,
    ) -> Result<(), SyntaxError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if rest.first_chunk() == Some(word) {
            self.at += LENGTH;
            Ok(())
        } else {
            Err(diagnose::literal(self.text, self.at, expected))
        }
    }

    #[cold]
    pub(crate) fn unexpected(&self, expected: Expected) -> SyntaxError {
        diagnose::unexpected(self.text, self.at, expected)
    }

    /// The error where a comma at `comma` is followed by no key.
    #[cold]
    pub(crate) fn no_member(&self, comma: usize) -> SyntaxError {
        if self.text.as_bytes().get(self.at) == Some(&b'}') {
            SyntaxError::new(SyntaxErrorKind::TrailingComma, comma)
        } else {
            self.unexpected(Expected::Key)
        }
    }

    #[cold]
    pub(crate) fn too_deep(&self) -> SyntaxError {
        let limit = u32::try_from(self.max_depth).unwrap_or(u32::MAX);
        SyntaxError::new(SyntaxErrorKind::TooDeep(limit), self.at)
    }
}

/// Stands for the end of a string that has none; no text is so long.
///
/// A plain number comes back in a register, where a `Result` would go through memory.
pub(crate) const MALFORMED: usize = usize::MAX;

/// The offset of the closing quotation mark of the string whose content begins at `start`, and which escapes there
/// are; [`MALFORMED`] when [`string_error`] has to say more.
#[expect(
    clippy::inline_always,
    reason = "short strings are most of a request, and a call costs more than reading one"
)]
#[inline(always)]
pub(crate) fn string_end(text: &str, start: usize) -> (usize, Escapes) {
    match scan::near_stop(text.as_bytes(), start) {
        Near::Stop(stop, b'"') => (stop, Escapes::None),
        Near::Stop(behind, _) | Near::Plain(behind) => far_string_end(text, behind),
    }
}

/// [`string_end`] for a string that is long or not plain; `behind` is where what is known to be plain ends.
#[inline(never)]
fn far_string_end(text: &str, behind: usize) -> (usize, Escapes) {
    let bytes = text.as_bytes();
    let stop = scan::string_stop(bytes, behind);
    match bytes.get(stop) {
        Some(b'"') => (stop, Escapes::None),
        Some(_) | None => {
            string_end_after_escapes(text, stop).unwrap_or((MALFORMED, Escapes::None))
        }
    }
}

/// What is wrong with the string whose content begins at `start`.
#[cold]
#[inline(never)]
pub(crate) fn string_error(text: &str, start: usize) -> SyntaxError {
    let stop = scan::string_stop(text.as_bytes(), start);
    match string_end_after_escapes(text, stop) {
        Ok(_) => diagnose::string_end(text),
        Err(error) => error,
    }
}

/// The offset of the closing quotation mark of a string whose content first stops being plain at `stop`, and which
/// escapes it has.
#[inline(never)]
fn string_end_after_escapes(text: &str, stop: usize) -> Result<(usize, Escapes), SyntaxError> {
    let bytes = text.as_bytes();
    let mut stop = stop;
    let mut hides_ascii = false;
    loop {
        match bytes.get(stop) {
            Some(b'"') if hides_ascii => return Ok((stop, Escapes::OfAscii)),
            Some(b'"') => return Ok((stop, Escapes::Some)),
            Some(b'\\') => {
                if let Some((after, is_ascii)) = escape::plain_units(bytes, stop) {
                    hides_ascii |= is_ascii;
                    stop = after;
                    if bytes.get(stop) == Some(&b'\\') {
                        continue;
                    }
                } else {
                    hides_ascii |= escape::hides_ascii(bytes, stop);
                    stop = escape::check(text, stop)?;
                }
                // Texts in another script are escapes one after another, with single blanks between them.
                if bytes.get(stop) == Some(&b' ') {
                    stop += 1;
                }
                if bytes.get(stop) != Some(&b'\\') {
                    stop = scan::string_stop(bytes, stop);
                }
            }
            Some(&control) => {
                return Err(SyntaxError::new(
                    SyntaxErrorKind::ControlCharacter(control),
                    stop,
                ));
            }
            None => return Err(diagnose::string_end(text)),
        }
    }
}
