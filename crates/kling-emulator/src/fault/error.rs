//! Why a text is not a fault.

use std::fmt;

/// A text that does not name a fault of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError {
    message: String,
}

impl FaultError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FaultError {}
