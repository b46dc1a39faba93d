//! The program `kling`: checks Kling video requests before they are paid for.

mod cli;
mod commands;
mod contracts;
mod exit;
mod input;
#[cfg(feature = "lsp")]
mod lsp;
mod output;
mod run;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::parse() {
        Ok(cli) => commands::run(cli),
        Err(exit) => exit.into(),
    }
}
