//! `cargo xtask`: the command line of the project's chores.

use std::env;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::failure::Result;
use xtask::{bench, ci, codegen, corpus, drift, flaky, new_model, system_tests, workspace};

/// The project's own chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write what is made from the contracts.
    Codegen {
        /// Change nothing; fail if a file is not what it would be.
        #[arg(long)]
        check: bool,
    },
    /// Write the stubs of a new model.
    NewModel {
        /// The id that requests give as `model`.
        id: String,
        /// The workspace to write into, instead of this one.
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
    },
    /// Run what CI runs after the tests.
    Ci {
        /// Also compare the snapshots with the list that insta wrote to this file during the tests
        /// (`INSTA_SNAPSHOT_REFERENCES_FILE`).
        #[arg(long, value_name = "FILE")]
        snapshots: Option<PathBuf>,
    },
    /// Run the benchmarks in release.
    Bench {
        /// Arguments of the benchmarks; `-- --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check each line of a file of request bodies.
    Corpus {
        /// One request per line.
        file: PathBuf,
        /// The edition of the contracts: `newest`, `seed` or another id.
        #[arg(long, value_name = "EDITION", default_value = kling_spec::SEED)]
        edition: String,
        /// Fix them instead, check the laws of fixes, and list the rules that are still broken.
        #[arg(long)]
        fix: bool,
    },
    /// Compare a saved page of the vendor with a contract, and print a patch that makes the contract say the same.
    Drift {
        /// The page, saved as text, Markdown or HTML.
        page: PathBuf,
        /// The model that the page is about.
        #[arg(long, value_name = "ID")]
        model: String,
        /// The edition of the contract: `newest`, `seed` or another id.
        #[arg(long, value_name = "EDITION")]
        edition: String,
    },
    /// Run each test binary again and again with all cores busy, and list the tests that fail by chance.
    Flaky {
        /// How often each binary is run.
        #[arg(long, value_name = "N", default_value_t = 20)]
        runs: u32,
        /// How often a binary is run that uses sockets, processes, threads or time.
        #[arg(long, value_name = "M", default_value_t = 50)]
        socket_runs: u32,
        /// How many binaries are run at the same time, beside what keeps the cores busy.
        #[arg(long, value_name = "N", default_value_t = 3)]
        jobs: usize,
        /// Forget what earlier runs have found.
        #[arg(long)]
        fresh: bool,
        /// Only binaries with this in their name, such as a package.
        filter: Option<String>,
    },
    #[command(flatten)]
    SystemTests(system_tests::Command),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            // If standard error is closed, the failure cannot be reported.
            let _ = writeln!(io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let root = workspace::root();
    match command {
        Command::Codegen { check: false } => codegen::write(root),
        Command::Codegen { check: true } => codegen::check(root),
        Command::NewModel { id, root: other } => {
            new_model::write(other.as_deref().unwrap_or(root), &id)
        }
        Command::Ci { snapshots } => ci::run(root, snapshots.as_deref()),
        Command::Bench { arguments } => bench::run(root, &arguments),
        Command::Corpus { file, edition, fix } => {
            let corpus = if fix { corpus::fix } else { corpus::run };
            corpus(&file, &edition, &mut io::stdout().lock())
        }
        Command::Drift {
            page,
            model,
            edition,
        } => {
            let mut messages = io::stderr().lock();
            drift::run(
                &page,
                &model,
                &edition,
                &mut messages,
                &mut io::stdout().lock(),
            )
        }
        Command::Flaky {
            runs,
            socket_runs,
            jobs,
            fresh,
            filter,
        } => {
            let options = flaky::Options {
                runs,
                socket_runs,
                jobs,
                fresh,
                filter,
            };
            flaky::run(root, &options, &mut io::stdout().lock())
        }
        Command::SystemTests(_) => return system_tests::run(root, env::args_os().skip(1)),
    }?;
    Ok(ExitCode::SUCCESS)
}
