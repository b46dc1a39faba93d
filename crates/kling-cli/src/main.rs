//! The program `kling`: checks Kling video requests before they are paid for, and sends them at most once.

mod cli;
mod commands;
mod contracts;
mod exit;
mod input;
mod output;
mod run;
#[cfg(feature = "client")]
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::parse() {
        Ok(cli) => commands::run(cli),
        Err(exit) => exit.into(),
    }
}
