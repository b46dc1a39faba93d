//! Colour, where it is wanted.

use std::io::{self, IsTerminal as _};

use kling_spec::Level;

use crate::cli::Color;

/// What the parts of human output look like: SGR sequences, or nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    on: bool,
}

/// A part of human output.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// Of a finding of this level.
    Level(Level),
    /// The message.
    Message,
    /// Line numbers, arrows and bars.
    Frame,
}

impl Style {
    /// The style of the standard output.
    pub(crate) fn of_stdout(color: Color) -> Self {
        Self::of(color, || io::stdout().is_terminal())
    }

    /// The style of the standard error.
    #[cfg(feature = "client")]
    pub(crate) fn of_stderr(color: Color) -> Self {
        Self::of(color, || io::stderr().is_terminal())
    }

    fn of(color: Color, is_terminal: impl FnOnce() -> bool) -> Self {
        let on = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal() && !is_set("NO_COLOR") && !is_dumb(),
        };
        Self { on }
    }

    /// What begins a part.
    pub(crate) const fn begin(self, part: Part) -> &'static str {
        if !self.on {
            return "";
        }
        match part {
            Part::Level(Level::Error) => "\x1b[1;31m",
            Part::Level(Level::Warning) => "\x1b[1;33m",
            Part::Level(Level::Advice) => "\x1b[1;36m",
            Part::Message => "\x1b[1m",
            Part::Frame => "\x1b[1;34m",
        }
    }

    /// What ends every part.
    pub(crate) const fn end(self) -> &'static str {
        if self.on { "\x1b[0m" } else { "" }
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|value| value == "dumb")
}
