//! The style of human output on its stream: colour if wanted, and width.

use std::io::{self, IsTerminal as _};

use annotate_snippets::Renderer;
use annotate_snippets::renderer::{AnsiColor, Effects, Style as Look};
use terminal_size::{Width, terminal_size_of};

use crate::cli::Color;

/// The width of a stream that is not a terminal, or does not report one.
pub(crate) const USUAL_WIDTH: usize = 80;

/// Anything narrower has no room for a place and its line number.
const LEAST_WIDTH: usize = 20;

/// Lines are already cut to their width.
const ANY_WIDTH: usize = 1 << 20;

/// The look of human output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    coloured: bool,
    /// The available columns.
    pub(crate) width: usize,
}

impl Style {
    /// The style of standard output.
    pub(crate) fn of_stdout(color: Color) -> Self {
        Self {
            coloured: is_coloured(color, || io::stdout().is_terminal()),
            width: stdout_width(),
        }
    }

    /// The style of standard error.
    #[cfg(feature = "client")]
    pub(crate) fn of_stderr(color: Color) -> Self {
        Self {
            coloured: is_coloured(color, || io::stderr().is_terminal()),
            width: width(terminal_size_of(io::stderr())),
        }
    }

    /// Returns a renderer of findings in this style.
    pub(crate) fn renderer(self) -> Renderer {
        if !self.coloured {
            return Renderer::plain().term_width(ANY_WIDTH);
        }
        Renderer::styled()
            .error(bold(AnsiColor::Red))
            .warning(bold(AnsiColor::Yellow))
            .info(bold(AnsiColor::Cyan))
            .line_num(self.frame())
            .term_width(ANY_WIDTH)
    }

    /// The style of line numbers, arrows and bars.
    pub(crate) fn frame(self) -> Look {
        if self.coloured {
            bold(AnsiColor::Blue)
        } else {
            Look::new()
        }
    }
}

fn bold(color: AnsiColor) -> Look {
    color.on_default().effects(Effects::BOLD)
}

/// Returns the width of a list on standard output: unlimited if it is not a terminal, since a program may read it line
/// by line.
pub(crate) fn list_width() -> usize {
    if io::stdout().is_terminal() {
        stdout_width()
    } else {
        usize::MAX
    }
}

/// Returns the width of standard output.
pub(crate) fn stdout_width() -> usize {
    width(terminal_size_of(io::stdout()))
}

fn width(size: Option<(Width, terminal_size::Height)>) -> usize {
    size.map_or(USUAL_WIDTH, |(Width(columns), _)| {
        usize::from(columns).max(LEAST_WIDTH)
    })
}

fn is_coloured(color: Color, is_terminal: impl FnOnce() -> bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal() && !is_set("NO_COLOR") && !is_dumb(),
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|value| value == "dumb")
}
