//! What is wrong with a contract, and where.

use std::fmt;

use kling_text::{plain, shorten};

/// A fault of a contract's text.
///
/// The `Display` form is one line: place, what is wrong, what was expected, what may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    line: usize,
    column: usize,
    message: String,
    expected: Option<String>,
    suggestion: Option<String>,
}

/// The most characters of a part of an error: contracts come from users.
const LONGEST_PART: usize = 400;

impl SpecError {
    pub(crate) fn new(line: usize, column: usize, message: &str) -> Self {
        Self {
            line,
            column,
            message: one_line(message),
            expected: None,
            suggestion: None,
        }
    }

    #[must_use]
    pub(crate) fn expecting(mut self, expected: &str) -> Self {
        self.expected = Some(one_line(expected));
        self
    }

    #[must_use]
    pub(crate) fn suggesting(mut self, suggestion: Option<&str>) -> Self {
        self.suggestion = suggestion.map(one_line);
        self
    }

    /// The line of the fault, from 1.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The column of the fault, from 1, in Unicode scalar values.
    pub const fn column(&self) -> usize {
        self.column
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What was expected in its place, where that can be said.
    pub fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// What was probably meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )?;
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

/// The text on one line of bounded length, without characters that a terminal would obey.
fn one_line(text: &str) -> String {
    plain(&shorten(text, LONGEST_PART)).into_owned()
}
