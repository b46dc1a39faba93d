//! The command line of the system tests. `cargo xtask` builds this program and passes its arguments on, so the name in
//! usage and errors is `cargo xtask`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;
use kling_system_tests::{cases, faults, system_test};
use xtask::failure::Result;
use xtask::system_tests::Command;
use xtask::workspace;

/// Tests with other programs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If standard error is closed, the failure cannot be reported.
            let _ = writeln!(io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let root = workspace::root();
    match command {
        Command::Cases {
            folder,
            answers,
            requests,
            kling,
            only,
        } => {
            let options = cases::Options {
                folder,
                kling,
                answers,
                requests,
                only,
            };
            cases::run(root, &options, &mut io::stdout().lock())
        }
        Command::Faults {
            without_system_tests,
        } => faults::run(root, without_system_tests, &mut io::stdout().lock()),
        Command::SystemTest { name } => system_test::run(root, name.as_deref()),
    }
}
