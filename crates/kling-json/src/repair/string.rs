//! Copying a string that may be broken.

use super::output::RepairedText;
use super::source::closing_quotes;
use crate::canonical::write_escape;
use crate::error::{Inside, SyntaxErrorKind};
use crate::escape;
use crate::span::Span;

/// Copies the string whose opening quotation mark is at `at`, repairing it where it is broken, and returns its end.
pub(crate) fn copy(text: &str, at: usize, out: &mut RepairedText<'_>) -> usize {
    let Some(quote) = text.get(at..).and_then(|rest| rest.chars().next()) else {
        return at;
    };
    let start = at + quote.len_utf8();
    let closing = closing_quotes(quote).unwrap_or(&['"']);
    if quote == '"' {
        out.copy(Span::new(at, start));
    } else {
        let kind = if quote.is_ascii() {
            SyntaxErrorKind::SingleQuotes
        } else {
            SyntaxErrorKind::CurlyQuotes
        };
        out.error(kind, at);
        out.replace(Span::new(at, start), "\"");
    }
    let mut at = start;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let plain = rest
            .find(|next: char| next < ' ' || matches!(next, '"' | '\\') || closing.contains(&next))
            .unwrap_or(rest.len());
        out.copy(Span::new(at, at + plain));
        at += plain;
        let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            out.error(SyntaxErrorKind::UnexpectedEnd(Inside::String), text.len());
            out.insert(at, "\"");
            return at;
        };
        let end = at + next.len_utf8();
        if closing.contains(&next) {
            if quote == '"' {
                out.copy(Span::new(at, end));
            } else {
                out.replace(Span::new(at, end), "\"");
            }
            return end;
        }
        match next {
            '\\' => at = copy_escape(text, at, closing, out),
            '\n' | '\r' if ends_before(text, at) => {
                out.error(control_character(next), at);
                out.insert(at, "\"");
                return at;
            }
            _ => {
                if next != '"' {
                    out.error(control_character(next), at);
                }
                let mut escaped = String::new();
                if let Ok(byte) = u8::try_from(next) {
                    write_escape(byte, &mut escaped);
                }
                out.replace(Span::new(at, end), &escaped);
                at = end;
            }
        }
    }
}

fn control_character(character: char) -> SyntaxErrorKind {
    SyntaxErrorKind::ControlCharacter(u8::try_from(character).unwrap_or_default())
}

/// Copies the escape at `at`, or makes it valid, and returns its end.
fn copy_escape(text: &str, at: usize, closing: &[char], out: &mut RepairedText<'_>) -> usize {
    let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
    // Inside single quotation marks, `\'` means `'`, which needs no escape in JSON.
    if let Some(next) = next
        && next != '"'
        && closing.contains(&next)
    {
        let end = at + 1 + next.len_utf8();
        out.replace(Span::new(at, end), next.encode_utf8(&mut [0; 4]));
        return end;
    }
    match escape::check(text, at) {
        Ok(end) => {
            out.copy(Span::new(at, end));
            end
        }
        Err(error) => {
            out.error(error.kind, error.offset);
            if escape::is_lone_surrogate(text, at) {
                let end = at + 6;
                out.replace(Span::new(at, end), "\\ufffd");
                return end;
            }
            // The backslash was meant literally.
            out.replace(Span::new(at, at + 1), "\\\\");
            at + 1
        }
    }
}

/// Returns whether a string that reaches a line break at `at` lacks its closing quotation mark there: the next line
/// begins with a key or a closing bracket, or there is no next line.
///
/// Reads that line alone, so that all such checks together read the text once.
fn ends_before(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let rest = rest
        .strip_prefix("\r\n")
        .or_else(|| rest.get(1..))
        .unwrap_or_default();
    let length = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
    let line = rest.get(..length).unwrap_or_default();
    let line = line.trim_start_matches([' ', '\t']);
    if line.is_empty() {
        return length == rest.len();
    }
    if line.starts_with(['}', ']']) {
        return true;
    }
    let Some(key) = line.strip_prefix('"') else {
        return false;
    };
    key.split_once('"')
        .is_some_and(|(_, after)| after.trim_start_matches([' ', '\t']).starts_with(':'))
}
