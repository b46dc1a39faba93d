//! What is wrong with a contract, and where.

use std::fmt;

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
            message: quotable(message),
            expected: None,
            suggestion: None,
        }
    }

    #[must_use]
    pub(crate) fn expecting(mut self, expected: &str) -> Self {
        self.expected = Some(quotable(expected));
        self
    }

    #[must_use]
    pub(crate) fn suggesting(mut self, suggestion: Option<&str>) -> Self {
        self.suggestion = suggestion.map(quotable);
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

/// The text in one line of bounded length, without characters that a terminal would obey.
fn quotable(text: &str) -> String {
    let mut line = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == LONGEST_PART {
            line.push('…');
            break;
        }
        if character.is_control() || is_invisible(character) {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
    }
    line
}

/// Whether the character changes how its neighbours look, or is not seen: marks of direction,
/// zero-width characters, line and paragraph separators.
const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
