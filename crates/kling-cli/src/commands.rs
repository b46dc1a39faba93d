//! The commands, one file each.

mod bill;
mod check;
mod completions;
mod explain;
#[cfg(feature = "lsp")]
mod lsp;
mod man;
mod models;
mod schema;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::exit::{Exit, Failure};
use crate::output::stdio;

/// Does what the command line asks for.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Check(arguments) => check::run(&arguments, cli.color),
        #[cfg(feature = "lsp")]
        Command::Lsp(arguments) => lsp::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Bill(arguments) => bill::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    let exit = done.unwrap_or_else(|failure| {
        stdio::tell(&failure.to_string());
        Exit::Trouble
    });
    exit.into()
}

/// Writes files into a folder, which is made if it is not there.
fn write_files(
    folder: &Path,
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
) -> Result<Exit, Failure> {
    let fault =
        |path: &Path, error| Failure::new(&format!("cannot write {}: {error}", path.display()));
    fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
    for (name, content) in files {
        let path = folder.join(name);
        fs::write(&path, content).map_err(|error| fault(&path, error))?;
    }
    Ok(Exit::Clean)
}
