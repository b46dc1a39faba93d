//! `kling lsp`: the checker inside of an editor.

use crate::cli::Lsp;
use crate::contracts;
use crate::exit::{Exit, Failure};
use crate::lsp;

pub(super) fn run(arguments: &Lsp) -> Result<Exit, Failure> {
    let checker = contracts::assuming_checker(&arguments.contracts)?;
    lsp::serve(&checker, arguments.max_request_size.get())
}
