//! What is wrong with a contract, and where.

use std::fmt;

use kling_text::{plain, shorten};

/// An error in a contract's text.
///
/// The `Display` form is one line: place, what is wrong, what was expected, what was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    line: usize,
    column: usize,
    message: String,
    expected: Option<String>,
    suggestion: Option<String>,
}

/// The maximum number of characters in a part of an error, because contracts come from users.
const LONGEST_PART: usize = 400;

impl SpecError {
    /// Makes an error at a line and a column.
    pub(crate) fn new(
        (line, column): (usize, usize),
        message: &str,
        expected: Option<&str>,
        suggestion: Option<&str>,
    ) -> Self {
        Self {
            line,
            column,
            message: one_line(message),
            expected: expected.map(one_line),
            suggestion: suggestion.map(one_line),
        }
    }

    /// Returns the line of the error, from 1.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// Returns the column of the error, from 1, in Unicode scalar values.
    pub const fn column(&self) -> usize {
        self.column
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
