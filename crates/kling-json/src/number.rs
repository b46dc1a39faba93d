//! A number as it is written in a text, and its exact value.

use std::fmt;

use crate::decimal::Decimal;
use crate::diagnose;
use crate::error::{Expected, SyntaxError, SyntaxErrorKind};
use crate::span::Span;

/// A number as written in the text: a borrowed place, checked but not converted.
///
/// ```
/// # fn main() -> Result<(), kling_json::SyntaxError> {
/// let document = kling_json::Document::parse("50e-1")?;
/// let number = document.root().number().unwrap();
/// assert_eq!(number.raw(), "50e-1");
/// assert!(!number.is_integer_text());
/// assert_eq!(number.to_i64(), Some(5));
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
pub struct Number<'t> {
    source: &'t str,
    span: Span,
    is_integer_text: bool,
}

impl<'t> Number<'t> {
    #[inline]
    pub(crate) const fn new(source: &'t str, span: Span, is_integer_text: bool) -> Self {
        Self {
            source,
            span,
            is_integer_text,
        }
    }

    /// Returns the number as written.
    #[inline]
    pub fn raw(&self) -> &'t str {
        self.span.of(self.source)
    }

    /// Returns whether the number is written without fraction and without exponent.
    #[inline]
    pub const fn is_integer_text(&self) -> bool {
        self.is_integer_text
    }

    /// Returns the exact value if it is an integer in the range of `i64`, however it is written: `5`, `5.0`, `50e-1`
    /// and `0.5e1` are all 5. `None` for every other value.
    #[inline]
    pub fn to_i64(&self) -> Option<i64> {
        // Up to 18 digits cannot overflow, so the common case needs no checks.
        const SAFE_DIGITS: usize = 18;
        let raw = self.raw().as_bytes();
        if !self.is_integer_text || raw.len() > SAFE_DIGITS {
            return self.decimal().to_i64();
        }
        let digits = raw.strip_prefix(b"-").unwrap_or(raw);
        let magnitude = digits
            .iter()
            .fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'));
        Some(if digits.len() == raw.len() {
            magnitude
        } else {
            -magnitude
        })
    }

    /// Returns whether the exact value is a whole number, of any size and however written.
    pub fn is_integer(&self) -> bool {
        self.is_integer_text || self.decimal().is_integer()
    }

    /// Returns whether the nearest `f64` is finite.
    pub fn is_finite_f64(&self) -> bool {
        // The largest f64 has 309 digits before its dot, so shorter integers need no arithmetic.
        const SAFE_DIGITS: usize = 300;
        (self.is_integer_text && self.span.len() <= SAFE_DIGITS) || self.decimal().is_finite_f64()
    }

    /// Returns the exact value.
    pub(crate) fn decimal(&self) -> Decimal<'t> {
        Decimal::new(self.raw())
    }
}

impl fmt::Debug for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Number")
            .field("raw", &self.raw())
            .field("span", &self.span)
            .finish()
    }
}

/// Returns the end of the number that begins at `start`, and whether it has neither fraction nor exponent.
#[inline]
pub(crate) fn scan(text: &str, start: usize) -> Result<(usize, bool), SyntaxError> {
    let bytes = text.as_bytes();
    let mut at = start;
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    match bytes.get(at) {
        Some(b'0') => at += 1,
        Some(b'1'..=b'9') => at = digits_end(bytes, at + 1),
        Some(_) | None => return Err(no_digit(text, start, at)),
    }
    match bytes.get(at) {
        Some(b'.' | b'e' | b'E' | b'0'..=b'9') => scan_rest(text, start, at),
        Some(_) | None => Ok((at, true)),
    }
}

/// Reads what may follow the integer part: fraction and exponent.
fn scan_rest(text: &str, start: usize, from: usize) -> Result<(usize, bool), SyntaxError> {
    let bytes = text.as_bytes();
    let mut at = from;
    if bytes.get(at).is_some_and(u8::is_ascii_digit) {
        // Digits can only follow the integer part if it was a zero.
        return Err(SyntaxError::new(SyntaxErrorKind::LeadingZero, start));
    }
    if bytes.get(at) == Some(&b'.') {
        let end = digits_end(bytes, at + 1);
        if end == at + 1 {
            return Err(if end == bytes.len() {
                diagnose::unexpected(text, end, Expected::Digit)
            } else {
                SyntaxError::new(SyntaxErrorKind::BareDot, at)
            });
        }
        at = end;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = bytes.get(at) {
            at += 1;
        }
        let end = digits_end(bytes, at);
        if end == at {
            return Err(diagnose::unexpected(text, at, Expected::Digit));
        }
        at = end;
    }
    Ok((at, false))
}

#[inline]
fn digits_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(b'0'..=b'9') = bytes.get(at) {
        at += 1;
    }
    at
}

#[cold]
fn no_digit(text: &str, start: usize, at: usize) -> SyntaxError {
    if at == start {
        return diagnose::unexpected(text, at, Expected::Digit);
    }
    if text.as_bytes().get(at) == Some(&b'.') {
        return SyntaxError::new(SyntaxErrorKind::BareDot, at);
    }
    diagnose::unexpected(text, at, Expected::Digit)
}
