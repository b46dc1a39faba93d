//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::client::Load;

/// Measures the checker and the client against their peers. Build it with `--release`.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Example: cargo run --release -p kling-bench -- --quick throughput"
)]
pub(crate) struct Arguments {
    /// A short run: fewer rounds and less text, so the figures vary more.
    #[arg(long, global = true)]
    quick: bool,
    /// Megabytes of requests to measure on; the default depends on the measurement.
    #[arg(long, global = true, value_name = "MB", value_parser = clap::value_parser!(u32).range(1..=8192))]
    size: Option<u32>,
    /// The program `kling` to measure; by default the one of the same build, beside this program.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) kling: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Everything below, one after another; the default.
    All,
    /// Requests in memory on one thread, against the peers.
    Throughput,
    /// Two threads against one, same output in the same order.
    Threads,
    /// The program `kling` on a large file, against a streaming program over `jsonschema`.
    Process,
    /// Time per byte at one, two and four times the size, for each shape that could grow faster.
    Linear,
    /// The program `kling` on one small file, beside `true`.
    Startup,
    /// `kling lsp` on a large document, from a keystroke to the findings.
    Editor,
    /// The client: memory and requests of waiting tasks, status requests against `hyper-util`.
    Client {
        /// Number of waiting tasks, instead of 1,000 and of 10,000.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
        tasks: Option<u32>,
        /// Status requests in each run at 64 connections.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        questions: Option<u32>,
    },
    /// The client process that `client` measures.
    #[command(hide = true)]
    Waiting {
        /// The address of the service.
        #[arg(long)]
        base_url: String,
        #[command(flatten)]
        load: Load,
    },
    /// Instructions per byte of `kling check --format jsonl`, counted by valgrind.
    Instructions,
}

/// How long to measure, and on how much data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    quick: bool,
    size: Option<usize>,
}

impl Effort {
    /// Returns the number of bytes to measure on, unless the user has set it.
    pub(crate) fn bytes(self, usual_megabytes: usize, quick_megabytes: usize) -> usize {
        let usual = if self.quick {
            quick_megabytes
        } else {
            usual_megabytes
        };
        self.size.unwrap_or(usual) * 1_000_000
    }

    /// Returns one of two values, depending on whether the run is to be short.
    pub(crate) const fn choose(self, usual: usize, quick: usize) -> usize {
        if self.quick { quick } else { usual }
    }
}

impl Arguments {
    pub(crate) fn effort(&self) -> Effort {
        let size = self.size.map(|megabytes| {
            usize::try_from(megabytes).expect("a megabyte count of at most 8192 fits")
        });
        Effort {
            quick: self.quick,
            size,
        }
    }
}
