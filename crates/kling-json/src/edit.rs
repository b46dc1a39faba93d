//! Edits of a text, and how to apply them.

use std::fmt;

use crate::error::SyntaxError;
use crate::span::Span;

/// A replacement of one part of a text; an insertion when the span is empty.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Edit {
    /// The part to replace.
    pub span: Span,
    /// The replacement.
    pub text: String,
}

impl Edit {
    /// Makes a replacement of `span` by `text`.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self {
            span,
            text: text.into(),
        }
    }
}

/// Returns the text after all `edits`, which are in ascending order and do not overlap. Edits may touch; insertions at
/// one place are made in the order given.
///
/// ```
/// use kling_json::{Edit, Span, apply};
/// # fn main() -> Result<(), kling_json::EditError> {
/// let edits = [Edit::new(Span::new(1, 2), "7"), Edit::new(Span::new(4, 4), "0")];
/// assert_eq!(apply("[1,2]", &edits)?, "[7,20]");
/// # Ok(()) }
/// ```
///
/// # Errors
/// When an edit reaches outside the text, cuts a character, or begins before the end of the previous one.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut out = String::with_capacity(text.len().saturating_add(added));
    let mut done = 0;
    for edit in edits {
        let Span { start, end } = edit.span;
        if start < done {
            return Err(EditError::Overlap(edit.span));
        }
        if end < start || text.get(start..end).is_none() {
            return Err(EditError::OutOfText(edit.span));
        }
        out.push_str(text.get(done..start).unwrap_or_default());
        out.push_str(&edit.text);
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Ok(out)
}

/// Why an edit cannot be made or applied.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EditError {
    /// An edit begins before the end of the previous one.
    Overlap(Span),
    /// An edit reaches outside the text or cuts a character.
    OutOfText(Span),
    /// The new value is not JSON.
    NotJson(SyntaxError),
    /// The value is not a member of an object, so it has no key and cannot be removed as one.
    NotAMember,
    /// The value is not an object, so no member can be inserted.
    NotAnObject,
    /// The value is not an array, so no item can be inserted.
    NotAnArray,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overlap(span) => write!(
                f,
                "the edit of bytes {} to {} overlaps the one in front of it: apply one after the other",
                span.start, span.end
            ),
            Self::OutOfText(span) => write!(
                f,
                "bytes {} to {} are not a part of the text that can be replaced: use the spans of this text",
                span.start, span.end
            ),
            Self::NotJson(error) => write!(f, "the new value is not JSON: {error}"),
            Self::NotAMember => {
                f.write_str("the value is not a member of an object: choose one that is")
            }
            Self::NotAnObject => {
                f.write_str("the value is not an object: members belong in objects")
            }
            Self::NotAnArray => f.write_str("the value is not an array: items belong in arrays"),
        }
    }
}

impl std::error::Error for EditError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotJson(error) => Some(error),
            Self::Overlap(_)
            | Self::OutOfText(_)
            | Self::NotAMember
            | Self::NotAnObject
            | Self::NotAnArray => None,
        }
    }
}
