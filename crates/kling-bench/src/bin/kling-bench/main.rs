//! Measures the checker and the client against their peers and prints tables of results and targets.

mod arguments;
mod client;
mod editor;
mod instructions;
mod linear;
mod measure;
mod process;
mod program;
mod startup;
mod table;
mod threads;
mod throughput;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use client::Amount;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has closed the output, which is not a failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // If this fails too, there is nowhere left to report it.
            let _ = writeln!(io::stderr(), "kling-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let effort = arguments.effort();
    let kling = arguments.kling.as_deref();
    match arguments.command.as_ref().unwrap_or(&Command::All) {
        Command::All => {
            throughput::run(effort)?;
            threads::run(effort)?;
            linear::run(effort)?;
            instructions::measure(effort, kling)?;
            process::run(effort, kling)?;
            startup::run(effort, kling)?;
            editor::run(effort, kling)?;
            client::run(effort, Amount::default())
        }
        Command::Throughput => throughput::run(effort),
        Command::Threads => threads::run(effort),
        Command::Process => process::run(effort, kling),
        Command::Linear => linear::run(effort),
        Command::Startup => startup::run(effort, kling),
        Command::Editor => editor::run(effort, kling),
        &Command::Client { tasks, questions } => client::run(effort, Amount { tasks, questions }),
        Command::Waiting { base_url, load } => client::wait(base_url, *load),
        Command::Instructions => instructions::measure(effort, kling),
    }
}
