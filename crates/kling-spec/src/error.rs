//! What is wrong with a contract, and where.

use std::fmt;

/// A fault of a contract's text.
///
/// The `Display` form is one line: place, what is wrong, what was expected, what may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
    pub(crate) expected: Option<String>,
    pub(crate) suggestion: Option<String>,
}

impl SpecError {
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
