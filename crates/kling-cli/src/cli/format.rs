//! How commands with a single result print it.

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResultFormat {
    /// For people.
    Human,
    /// One object, for programs.
    Json,
}

impl ResultFormat {
    /// Returns the requested format; by default human output on a terminal, and machine-readable output elsewhere.
    pub(crate) fn or_usual(asked: Option<Self>) -> Self {
        asked.unwrap_or_else(|| {
            if io::stdout().is_terminal() {
                Self::Human
            } else {
                Self::Json
            }
        })
    }
}
