//! One canonical text per value, from which job keys are hashed.

use std::fmt;

use crate::document::{Document, Kind, Node};
use crate::error::SyntaxError;
use crate::span::Span;

/// The beginning of every canonical text: the version of its rules, so that changing them changes every text.
const PREFIX: &str = "kling-json/1:";

/// Returns the canonical text of a JSON text; two canonical texts are equal exactly when their sources mean the same.
///
/// It is `kling-json/1:`, then JSON without whitespace, with keys in code point order, strings with only the necessary
/// escapes, and numbers as their significant digits, with an exponent unless it is 0. Numbers are exact: `5`, `5.0` and
/// `50e-1` are one number, `0.1` and `0.10000000000000001` are two, and `-0` is `0`.
///
/// ```
/// # fn main() -> Result<(), kling_json::CanonicalError> {
/// let text = r#"{"b": 50e-1, "a": "\u00e9\n"}"#;
/// assert_eq!(kling_json::canonical(text)?, r#"kling-json/1:{"a":"é\n","b":5}"#);
/// # Ok(()) }
/// ```
///
/// # Errors
/// When the text is not JSON, or an object has two equal keys, because parsers disagree on which of them wins.
pub fn canonical(text: &str) -> Result<String, CanonicalError> {
    let document = Document::parse(text)?;
    let mut out = String::with_capacity(PREFIX.len() + text.len());
    out.push_str(PREFIX);
    write_value(document.root(), &mut out)?;
    Ok(out)
}

/// Why a text has no canonical form.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CanonicalError {
    /// The text is not JSON.
    Syntax(SyntaxError),
    /// Two members of an object have equal keys.
    DuplicateKey {
        /// The place of the first key.
        first: Span,
        /// The place of the key that repeats it.
        second: Span,
    },
}

impl fmt::Display for CanonicalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => error.fmt(f),
            Self::DuplicateKey { .. } => {
                f.write_str("an object has two equal keys: remove one of them")
            }
        }
    }
}

impl std::error::Error for CanonicalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Syntax(error) => Some(error),
            Self::DuplicateKey { .. } => None,
        }
    }
}

impl From<SyntaxError> for CanonicalError {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

/// Writes a value. Recursion is bounded by the document's depth limit.
fn write_value(node: Node<'_>, out: &mut String) -> Result<(), CanonicalError> {
    match node.kind() {
        Kind::Object => write_object(node, out)?,
        Kind::Array => {
            out.push('[');
            for (index, item) in node.children().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(item, out)?;
            }
            out.push(']');
        }
        Kind::String | Kind::Number | Kind::Boolean | Kind::Null => {
            if let Some(text) = node.text() {
                write_quoted(&text.decode(), out);
            } else if let Some(number) = node.number() {
                out.push_str(&number.decimal().to_string());
            } else {
                out.push_str(node.raw());
            }
        }
    }
    Ok(())
}

fn write_object(node: Node<'_>, out: &mut String) -> Result<(), CanonicalError> {
    let mut members: Vec<_> = node
        .children()
        .filter_map(|member| Some((member.key()?.decode(), member)))
        .collect();
    // UTF-8 sorts by code point, and a stable sort keeps the first of equal keys first.
    members.sort_by(|(left, _), (right, _)| left.cmp(right));
    let duplicate = members
        .windows(2)
        .filter_map(|pair| match pair {
            [(left, first), (right, second)] if left == right => {
                Some((second.key_span()?, first.key_span()?))
            }
            _ => None,
        })
        .min();
    if let Some((second, first)) = duplicate {
        return Err(CanonicalError::DuplicateKey { first, second });
    }
    out.push('{');
    for (index, (key, member)) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_quoted(&key, out);
        out.push(':');
        write_value(member, out)?;
    }
    out.push('}');
    Ok(())
}

/// Writes `text` as a JSON string, with quotation marks and only the necessary escapes.
///
/// ```
/// assert_eq!(kling_json::quoted("a\"b\n\u{1}é"), r#""a\"b\n\u0001é""#);
/// ```
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_quoted(text, &mut out);
    out
}

fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    loop {
        let stop = crate::scan::string_stop(rest.as_bytes(), 0);
        let (plain, special) = rest.split_at(stop);
        out.push_str(plain);
        let Some(byte) = special.bytes().next() else {
            break;
        };
        write_escape(byte, out);
        rest = special.get(1..).unwrap_or_default();
    }
    out.push('"');
}

/// Writes the shortest escape of a `"`, a `\` or a control byte.
pub(crate) fn write_escape(byte: u8, out: &mut String) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        0x08 => out.push_str("\\b"),
        0x0c => out.push_str("\\f"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        _ => {
            out.push_str("\\u00");
            for half in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(u32::from(half), 16));
            }
        }
    }
}
