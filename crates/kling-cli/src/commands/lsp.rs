//! `kling lsp`: the checker inside an editor.

use crate::cli::Lsp;
use crate::exit::{Exit, Failure};
use crate::lsp;
use crate::output::waiting;
use crate::settings::{DEFAULT_MAX_REQUEST_SIZE, Flags, SettingsOf};

pub(super) fn run(arguments: &Lsp) -> Result<Exit, Failure> {
    let flags = Flags::new(
        &arguments.contracts,
        arguments.levels.clone(),
        arguments.max_request_size,
    );
    let limit = arguments
        .max_request_size
        .unwrap_or(DEFAULT_MAX_REQUEST_SIZE);
    waiting::note_waiting("an editor");
    lsp::serve(SettingsOf::new(flags, &arguments.configured), limit.get())
}
