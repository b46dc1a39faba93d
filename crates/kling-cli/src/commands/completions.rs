//! `kling completions`: a completion script for a shell.

use crate::cli::{self, Completions};
use crate::exit::{Exit, Failure};
use crate::output::stdio;

pub(super) fn run(arguments: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut cli::definition(),
        "kling",
        &mut script,
    );
    stdio::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
