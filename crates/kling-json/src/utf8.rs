//! From bytes to text.

use crate::encoding::wide_encoding;
use crate::error::{SyntaxError, SyntaxErrorKind};

/// Checks that `bytes` are UTF-8 and returns their text.
///
/// ```
/// assert_eq!(kling_json::validate_utf8(b"{}"), Ok("{}"));
/// assert_eq!(kling_json::validate_utf8(b"\"\xff\"").unwrap_err().offset, 1);
/// ```
///
/// # Errors
/// [`SyntaxErrorKind::InvalidUtf8`] at the first byte that does not belong to a character, or
/// [`SyntaxErrorKind::WideEncoding`] at the beginning of a text in UTF-16 or UTF-32.
#[inline]
pub fn validate_utf8(bytes: &[u8]) -> Result<&str, SyntaxError> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| invalid(bytes))
}

/// Locates the error: the faster check does not say where it is, so the text is read once more.
#[cold]
fn invalid(bytes: &[u8]) -> SyntaxError {
    if let Some(encoding) = wide_encoding(bytes) {
        return SyntaxError::new(SyntaxErrorKind::WideEncoding(encoding), 0);
    }
    let offset = match simdutf8::compat::from_utf8(bytes) {
        Ok(_) => 0,
        Err(error) => error.valid_up_to(),
    };
    SyntaxError::new(SyntaxErrorKind::InvalidUtf8, offset)
}
