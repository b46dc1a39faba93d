//! Finding where a string ends, and what is wrong with one that does not.

use crate::diagnose;
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::escape;
use crate::scan::{self, Near};
use crate::text::Escapes;

/// Returned instead of an offset for a string without an end; no text is this long.
///
/// A plain number is returned in a register, where a `Result` would go through memory.
pub(crate) const MALFORMED: usize = usize::MAX;

/// Returns the offset of the closing quotation mark of the string whose content begins at `start`, and which escapes it
/// has; [`MALFORMED`] if [`string_error`] has to say more.
#[expect(
    clippy::inline_always,
    reason = "short strings are most of a request, and a call costs more than reading one"
)]
#[inline(always)]
pub(crate) fn string_end(text: &str, start: usize) -> (usize, Escapes) {
    match scan::near_stop(text.as_bytes(), start) {
        Near::Stop(stop, b'"') => (stop, Escapes::NONE),
        Near::Stop(behind, _) | Near::Plain(behind) => far_string_end(text, behind),
    }
}

/// Does the same as [`string_end`] for a string that is long or not plain; everything before `behind` is known to be
/// plain.
#[inline(never)]
fn far_string_end(text: &str, behind: usize) -> (usize, Escapes) {
    let bytes = text.as_bytes();
    let stop = scan::string_stop(bytes, behind);
    match bytes.get(stop) {
        Some(b'"') => (stop, Escapes::NONE),
        Some(_) | None => {
            string_end_after_escapes(text, stop).unwrap_or((MALFORMED, Escapes::NONE))
        }
    }
}

/// Returns what is wrong with the string whose content begins at `start`.
#[cold]
#[inline(never)]
pub(crate) fn string_error(text: &str, start: usize) -> SyntaxError {
    let stop = scan::string_stop(text.as_bytes(), start);
    match string_end_after_escapes(text, stop) {
        Ok(_) => diagnose::string_end(text),
        Err(error) => error,
    }
}

/// Returns the offset of the closing quotation mark of a string whose content first stops being plain at `stop`, and
/// which escapes it has.
#[inline(never)]
fn string_end_after_escapes(text: &str, stop: usize) -> Result<(usize, Escapes), SyntaxError> {
    let bytes = text.as_bytes();
    let mut stop = stop;
    let mut hides_ascii = false;
    loop {
        match bytes.get(stop) {
            Some(b'"') if hides_ascii => return Ok((stop, Escapes::OF_ASCII)),
            Some(b'"') => return Ok((stop, Escapes::SOME)),
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
                // Escaped texts in other scripts are runs of escapes with single spaces between them.
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
