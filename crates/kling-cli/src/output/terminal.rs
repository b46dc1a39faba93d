//! The terminal that output goes to.

use std::io;

use terminal_size::{Width, terminal_size_of};

/// The columns of a line where no terminal tells how many it has.
const WIDTH: usize = 100;

/// The columns of a line on the standard output.
pub(crate) fn width() -> usize {
    terminal_size_of(io::stdout()).map_or(WIDTH, |(Width(columns), _)| columns.into())
}
