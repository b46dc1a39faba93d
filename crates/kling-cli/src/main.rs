//! The program `kling`: checks Kling video requests before they are paid for, and sends them at most once.

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
mod prices;
mod run;
#[cfg(feature = "client")]
mod service;
mod settings;
#[cfg(any(feature = "client", feature = "emulator"))]
mod signals;

use std::process::ExitCode;

use exit::{Exit, Failure};

fn main() -> ExitCode {
    if let Err(fault) = machine::prepare() {
        output::stdio::tell(&Failure::new(&fault).to_string());
        return Exit::Trouble.into();
    }
    match cli::parse() {
        Ok(cli) => commands::run(cli),
        Err(exit) => exit.into(),
    }
}
