//! `cargo xtask cases`, `faults` and `system-test`: run by `crates/kling-system-tests`. That is a separate program,
//! built when one of them is run, so that xtask itself is built without a server.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

use clap::Subcommand;

use crate::failure::{Failure, Result};
use crate::process::build;

/// The package and its program.
const PROGRAM: &str = "kling-system-tests";

/// What it can be told to do. It reads its arguments by this too.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the program over collected requests and answers, and compare with what is right for each.
    Cases {
        /// The folder with `answers.jsonl` and `requests.jsonl`.
        folder: PathBuf,
        /// Only the answers of a service.
        #[arg(long)]
        answers: bool,
        /// Only the requests.
        #[arg(long)]
        requests: bool,
        /// The program to run, instead of a debug build.
        #[arg(long, value_name = "PATH")]
        kling: Option<PathBuf>,
        /// Only the case with this id.
        #[arg(long, value_name = "ID")]
        only: Option<String>,
    },
    /// Try every fault that the client, the journal and the emulator must withstand.
    Faults {
        /// Leave out what the system tests try.
        #[arg(long)]
        without_system_tests: bool,
    },
    /// Run the tests that need other programs.
    SystemTest {
        /// Only those with this in their name.
        name: Option<String>,
    },
}

/// Builds the program, runs it in the current folder with these arguments, and returns its exit code. The program
/// reports its own failures.
///
/// # Errors
/// It does not build, cannot be started, or is ended by a signal.
pub fn run(root: &Path, arguments: impl IntoIterator<Item = OsString>) -> Result<ExitCode> {
    let program = build(root, &["-p", PROGRAM], PROGRAM)?;
    let status = Process::new(&program)
        .args(arguments)
        .status()
        .map_err(|error| Failure::file(&program, "started", &error))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map(ExitCode::from)
        .ok_or_else(|| Failure::new(format!("{PROGRAM} failed ({status})")))
}
