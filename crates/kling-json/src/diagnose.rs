//! Explains what an unexpected place in a text is: off the hot path, so that it can afford to look around.

use crate::encoding::wide_encoding;
use crate::error::{Expected, ForeignLiteral, Inside, SyntaxError, SyntaxErrorKind};

/// Returns the error for `offset`, where only `expected` would have been valid.
#[cold]
#[inline(never)]
pub(crate) fn unexpected(text: &str, offset: usize, expected: Expected) -> SyntaxError {
    // Without a byte order mark, ASCII text in a wide encoding is also valid UTF-8.
    if offset < 4
        && let Some(encoding) = wide_encoding(text.as_bytes())
    {
        return SyntaxError::new(SyntaxErrorKind::WideEncoding(encoding), 0);
    }
    let rest = text.get(offset..).unwrap_or_default();
    let Some(found) = rest.chars().next() else {
        let kind = if text.trim_matches([' ', '\t', '\n', '\r']).is_empty() {
            SyntaxErrorKind::Empty
        } else {
            SyntaxErrorKind::UnexpectedEnd(inside(expected))
        };
        return SyntaxError::new(kind, text.len());
    };
    let kind = general(rest, found, offset, expected)
        .or_else(|| match expected {
            Expected::Value => value(rest, found),
            Expected::Key | Expected::KeyOrEnd => {
                (is_word(found) || found.is_ascii_digit()).then_some(SyntaxErrorKind::UnquotedKey)
            }
            Expected::CommaOrObjectEnd => (found == '"').then_some(SyntaxErrorKind::MissingComma),
            Expected::CommaOrArrayEnd => {
                begins_value(rest).then_some(SyntaxErrorKind::MissingComma)
            }
            Expected::Colon => begins_value(rest).then_some(SyntaxErrorKind::MissingColon),
            Expected::Digit => foreign(rest),
            Expected::End => Some(trailing(text, offset)),
        })
        .unwrap_or(SyntaxErrorKind::UnexpectedCharacter { found, expected });
    SyntaxError::new(kind, offset)
}

/// What a text after the value is.
#[cold]
pub(crate) fn trailing(text: &str, offset: usize) -> SyntaxErrorKind {
    let (before, rest) = text.split_at_checked(offset).unwrap_or((text, ""));
    let value = before.trim_end();
    let is_on_new_line = before[value.len()..].contains('\n');
    if value.ends_with('}') && is_on_new_line && rest.starts_with('{') {
        SyntaxErrorKind::AnotherObject
    } else {
        SyntaxErrorKind::TrailingText
    }
}

/// Returns the error for a word at `offset` that begins like `true`, `false` or `null` but is none of them.
#[cold]
#[inline(never)]
pub(crate) fn literal(text: &str, offset: usize) -> SyntaxError {
    let rest = text.get(offset..).unwrap_or_default();
    let literals = ["true", "false", "null"];
    if literals.iter().any(|literal| literal.starts_with(rest)) {
        return SyntaxError::new(SyntaxErrorKind::UnexpectedEnd(Inside::Literal), text.len());
    }
    let kind = foreign(rest).unwrap_or(SyntaxErrorKind::UnquotedText);
    SyntaxError::new(kind, offset)
}

fn inside(expected: Expected) -> Inside {
    match expected {
        Expected::Key | Expected::KeyOrEnd | Expected::Colon | Expected::CommaOrObjectEnd => {
            Inside::Object
        }
        Expected::CommaOrArrayEnd => Inside::Array,
        Expected::Digit => Inside::Number,
        Expected::Value | Expected::End => Inside::Value,
    }
}

/// Returns the error for what is wrong wherever it occurs.
fn general(rest: &str, found: char, offset: usize, expected: Expected) -> Option<SyntaxErrorKind> {
    let wants_string = matches!(
        expected,
        Expected::Value | Expected::Key | Expected::KeyOrEnd
    );
    match found {
        '\u{feff}' if offset == 0 => Some(SyntaxErrorKind::ByteOrderMark),
        '#' => Some(SyntaxErrorKind::Comment),
        '/' if rest.starts_with("//") || rest.starts_with("/*") => Some(SyntaxErrorKind::Comment),
        '\'' if wants_string => Some(SyntaxErrorKind::SingleQuotes),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}' if wants_string => {
            Some(SyntaxErrorKind::CurlyQuotes)
        }
        _ => None,
    }
}

fn value(rest: &str, found: char) -> Option<SyntaxErrorKind> {
    let second = rest.as_bytes().get(1);
    match found {
        '+' if second.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.') => {
            Some(SyntaxErrorKind::LeadingPlus)
        }
        '+' => rest.get(1..).and_then(foreign),
        '.' if second.is_some_and(u8::is_ascii_digit) => Some(SyntaxErrorKind::BareDot),
        _ if is_word(found) => Some(foreign(rest).unwrap_or(SyntaxErrorKind::UnquotedText)),
        _ => None,
    }
}

/// Returns the literal of another language that `rest` begins with.
fn foreign(rest: &str) -> Option<SyntaxErrorKind> {
    // No such word is longer, so a long run of letters need not be read to its end.
    const LONGEST: usize = "undefined".len();
    let length = rest
        .bytes()
        .take(LONGEST + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let word = rest.get(..length).unwrap_or_default().to_ascii_lowercase();
    Some(SyntaxErrorKind::ForeignLiteral(match word.as_str() {
        "nan" => ForeignLiteral::NotANumber,
        "infinity" | "inf" => ForeignLiteral::Infinity,
        "true" => ForeignLiteral::True,
        "false" => ForeignLiteral::False,
        "none" | "nil" | "undefined" | "null" => ForeignLiteral::Null,
        _ => return None,
    }))
}

fn begins_value(rest: &str) -> bool {
    match rest.as_bytes().first() {
        Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9') => true,
        _ => ["true", "false", "null"]
            .iter()
            .any(|literal| rest.starts_with(literal)),
    }
}

fn is_word(found: char) -> bool {
    found.is_alphabetic() || found == '_' || found == '$'
}

/// Returns the error for a text that ends inside a string.
#[cold]
pub(crate) fn string_end(text: &str) -> SyntaxError {
    SyntaxError::new(SyntaxErrorKind::UnexpectedEnd(Inside::String), text.len())
}
