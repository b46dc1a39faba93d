//! What is wrong with a contract, and where.

use std::fmt;

use kling_text::{plain, shorten};

/// An error in a contract's text.
///
/// The `Display` form is one line: place, what is wrong, what was expected, what was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    place: Place,
    message: String,
    expected: Option<String>,
    suggestion: Option<String>,
}

/// A place in the text of a contract, or of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) is_in_patch: bool,
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in Unicode scalar values.
    pub(crate) column: usize,
}

/// The maximum number of characters in a part of an error, because contracts come from users.
const LONGEST_PART: usize = 400;

impl SpecError {
    /// Makes an error at a place.
    pub(crate) fn new(
        place: Place,
        message: &str,
        expected: Option<&str>,
        suggestion: Option<&str>,
    ) -> Self {
        Self {
            place,
            message: one_line(message),
            expected: expected.map(one_line),
            suggestion: suggestion.map(one_line),
        }
    }

    /// Returns whether the error is in the patch of an edition, not in the contract that it is for.
    pub const fn is_in_patch(&self) -> bool {
        self.place.is_in_patch
    }

    /// Returns the line of the error, from 1.
    pub const fn line(&self) -> usize {
        self.place.line
    }

    /// Returns the column of the error, from 1, in Unicode scalar values.
    pub const fn column(&self) -> usize {
        self.place.column
    }

    /// Returns what is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what was expected instead, if known.
    pub fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// Returns what was probably meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            is_in_patch,
            line,
            column,
        } = self.place;
        let text = if is_in_patch { "patch, " } else { "" };
        write!(f, "{text}line {line}, column {column}: {}", self.message)?;
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean `{suggestion}`?")?;
        }
        Ok(())
    }
}

impl std::error::Error for SpecError {}

/// All errors of a contract, at least one, in the order of the text.
///
/// The `Display` form has one line per error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecErrors(Vec<SpecError>);

impl SpecErrors {
    pub(crate) const fn new(errors: Vec<SpecError>) -> Self {
        Self(errors)
    }

    /// Returns the errors, in the order of the text.
    pub fn as_slice(&self) -> &[SpecError] {
        &self.0
    }
}

impl fmt::Display for SpecErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SpecErrors {}

/// Makes one line of bounded length of the text, without characters that a terminal would act on.
fn one_line(text: &str) -> String {
    plain(&shorten(text, LONGEST_PART)).into_owned()
}
