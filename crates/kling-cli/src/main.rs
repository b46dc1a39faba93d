//! The program `kling`: checks Kling video requests before they are paid for, and sends them at most once.

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// exit machine prices regular signals < cli configuration contracts < levels < settings < input < output < lsp parse run service < commands

mod cli;
mod commands;
mod configuration;
mod contracts;
mod exit;
mod input;
mod levels;
#[cfg(feature = "lsp")]
mod lsp;
mod machine;
mod output;
mod parse;
mod prices;
mod regular;
mod run;
#[cfg(feature = "client")]
mod service;
mod settings;
#[cfg(any(feature = "client", feature = "emulator"))]
mod signals;

use std::process::ExitCode;

use exit::{Exit, Failure};

fn main() -> ExitCode {
    #[cfg(any(feature = "client", feature = "emulator"))]
    input::key::guard_environment();
    if let Err(fault) = machine::prepare() {
        output::stdio::eprint(&Failure::new(&fault).to_string());
        return Exit::Trouble.into();
    }
    match parse::command_line() {
        Ok(cli) => commands::run(cli),
        Err(exit) => exit.into(),
    }
}
