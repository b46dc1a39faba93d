//! The commands, one file each.

#[cfg(feature = "client")]
mod balance;
mod bill;
mod check;
mod completions;
mod config;
#[cfg(feature = "client")]
mod doctor;
#[cfg(feature = "client")]
mod download;
#[cfg(feature = "emulator")]
mod emulator;
mod explain;
#[cfg(feature = "client")]
mod generate;
#[cfg(feature = "client")]
mod jobs;
#[cfg(feature = "lsp")]
mod lsp;
mod man;
mod models;
mod schema;
#[cfg(feature = "client")]
mod status;
#[cfg(feature = "client")]
mod submit;
#[cfg(feature = "client")]
mod upload;
#[cfg(feature = "client")]
mod wait;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::exit::{Exit, Failure};
use crate::output::stdio;
use crate::regular;

/// Runs the command of the command line.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Check(arguments) => check::run(&arguments, cli.color),
        #[cfg(feature = "lsp")]
        Command::Lsp(arguments) => lsp::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Bill(arguments) => bill::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        #[cfg(feature = "client")]
        Command::Generate(arguments) => Ok(generate::run(&arguments, cli.color)),
        #[cfg(feature = "client")]
        Command::Submit(arguments) => Ok(submit::run(&arguments, cli.color)),
        #[cfg(feature = "client")]
        Command::Status(arguments) => Ok(status::run(&arguments)),
        #[cfg(feature = "client")]
        Command::Wait(arguments) => Ok(wait::run(&arguments)),
        #[cfg(feature = "client")]
        Command::Download(arguments) => Ok(download::run(&arguments)),
        #[cfg(feature = "client")]
        Command::Upload(arguments) => Ok(upload::run(&arguments)),
        #[cfg(feature = "client")]
        Command::Jobs(arguments) => Ok(jobs::run(&arguments, cli.color)),
        #[cfg(feature = "client")]
        Command::Balance(arguments) => Ok(balance::run(&arguments)),
        #[cfg(feature = "client")]
        Command::Doctor(arguments) => Ok(doctor::run(&arguments)),
        #[cfg(feature = "emulator")]
        Command::Emulator(arguments) => emulator::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    let exit = done.unwrap_or_else(|failure| {
        stdio::eprint(&failure.to_string());
        Exit::Trouble
    });
    exit.into()
}

/// Writes files into a folder, which is created if it does not exist.
fn write_files(
    folder: &Path,
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
) -> Result<Exit, Failure> {
    let fault = |path: &Path, error| {
        Failure::new(&format!(
            "cannot write `{}`: {error}; name another folder",
            path.display()
        ))
    };
    fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
    for (name, content) in files {
        let path = folder.join(name);
        regular::write(&path, &content).map_err(|error| fault(&path, error))?;
    }
    Ok(Exit::Clean)
}
