//! `cargo xtask`: the command line of the project's chores.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::failure::Result;
use xtask::{bench, cases, ci, codegen, corpus, faults, flaky, new_model, system_test, workspace};

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
        /// What the benchmarks take; `--help` behind `--` lists it.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check each line of a file of request bodies.
    Corpus {
        /// One request per line.
        file: PathBuf,
        /// Fix them instead, hold the laws of fixes, and tell which rules remain.
        #[arg(long)]
        fix: bool,
    },
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
    /// Try every fault that the client, the journal and the emulator must survive.
    Faults {
        /// Leave out what the system tests try.
        #[arg(long)]
        without_system_tests: bool,
    },
    /// Run each test binary again and again with all cores busy, and tell which tests fail by chance.
    Flaky {
        /// How often each binary is run.
        #[arg(long, value_name = "N", default_value_t = 20)]
        runs: u32,
        /// How often those are run that use sockets, processes, threads or time.
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
    /// Run the tests that need other programs.
    SystemTest {
        /// Only those with this in their name.
        name: Option<String>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell when standard error is gone.
            let _ = writeln!(io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let root = workspace::root();
    match command {
        Command::Codegen { check: false } => codegen::write(root),
        Command::Codegen { check: true } => codegen::check(root),
        Command::NewModel { id, root: other } => {
            new_model::write(other.as_deref().unwrap_or(root), &id)
        }
        Command::Ci { snapshots } => ci::run(root, snapshots.as_deref()),
        Command::Bench { arguments } => bench::run(root, &arguments),
        Command::Corpus { file, fix } => {
            let corpus = if fix { corpus::fix } else { corpus::run };
            corpus(&file, &mut io::stdout().lock())
        }
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
        Command::SystemTest { name } => system_test::run(root, name.as_deref()),
    }
}
