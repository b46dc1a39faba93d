//! The command line: what can be asked of the program.

#[cfg(feature = "emulator")]
mod emulator;
mod levels;
#[cfg(feature = "lsp")]
mod lsp;
#[cfg(feature = "client")]
mod service;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ColorChoice, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::exit::Exit;
use crate::output::{safe, stdio};

#[cfg(feature = "emulator")]
pub(crate) use emulator::Emulator;
pub(crate) use levels::{Change, LevelChange, LevelChanges};
#[cfg(feature = "lsp")]
pub(crate) use lsp::Lsp;
#[cfg(feature = "client")]
pub(crate) use service::{
    Balance, Connection, Doctor, Download, Generate, Jobs, JobsCommand, JobsList, JobsResume,
    JobsShow, Paid, Polling, Records, ResultFormat, Status, Submit, Target, Upload, Wait,
};

/// Checks Kling video requests before they are paid for, and sends them at most once.
///
/// Requests are JSON files for `POST /v1/videos/generations`. Only the commands that say so send anything.
#[derive(Debug, Parser)]
#[command(
    name = "kling",
    bin_name = "kling",
    version,
    after_help = "Examples:
  kling check request.json
  kling explain wrong-value
  kling models kling-v3"
)]
pub(crate) struct Cli {
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    #[cfg(feature = "lsp")]
    Lsp(Lsp),
    Explain(Explain),
    Models(Models),
    Schema(Schema),
    Bill(Bill),
    Config(Config),
    #[cfg(feature = "client")]
    Generate(Generate),
    #[cfg(feature = "client")]
    Submit(Submit),
    #[cfg(feature = "client")]
    Status(Status),
    #[cfg(feature = "client")]
    Wait(Wait),
    #[cfg(feature = "client")]
    Download(Download),
    #[cfg(feature = "client")]
    Upload(Upload),
    #[cfg(feature = "client")]
    Jobs(Jobs),
    #[cfg(feature = "client")]
    Balance(Balance),
    #[cfg(feature = "client")]
    Doctor(Doctor),
    #[cfg(feature = "emulator")]
    Emulator(Emulator),
    Completions(Completions),
    Man(Man),
}

/// Check requests: files, folders, or `-` for the standard input.
///
/// A folder is searched for `*.json`, `*.jsonl` and `*.ndjson`, obeying `.gitignore`; what is found there and is no
/// request is skipped and counted. A file named on the command line is always checked.
///
/// Exits with 0 if there is nothing worse than warnings, 1 if there are errors, 2 if the command line is wrong or
/// something could not be read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling check request.json
  kling check requests --format summary
  kling check --format jsonl batch.jsonl
  kling check --deny warnings --allow placeholder-unused request.json
  kling check --lines --model kling-v3 prompts.txt
  kling check --files-from changed.txt
  kling check --diff request.json
  kling check --fix requests")]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) input: Input,
    /// How to print the findings.
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// In the formats json and jsonl, give each finding its fix; sarif has them always. This takes longer.
    #[arg(long)]
    pub(crate) show_fixes: bool,
    #[command(flatten)]
    pub(crate) mend: Mend,
    #[command(flatten)]
    pub(crate) levels: LevelChanges,
    #[command(flatten)]
    pub(crate) contracts: Contracts,
    #[command(flatten)]
    pub(crate) configured: Configured,
}

/// What is mended before the check.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Mend {
    /// Mend what can be mended without guessing, in the files, and check what is left. The layout is kept.
    ///
    /// For the standard input the mended text is printed instead of the findings.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Mend also by guessing what was meant, and by what changes the bill. Look at the result.
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Print what `--fix` (and `--unsafe-fixes`) would change, and change nothing. Exits with 1 if there is something.
    #[arg(long)]
    pub(crate) diff: bool,
}

/// Where settings come from that the command line does not have.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Configured {
    /// Take the settings of this `kling.toml` instead of the one that is found upwards from each file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Take no settings from any `kling.toml`.
    #[arg(long, conflicts_with = "config")]
    pub(crate) no_config: bool,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with the place in the text.
    Human,
    /// One object, for programs.
    Json,
    /// One object a finding and line, for programs.
    Jsonl,
    /// SARIF 2.1.0, for code hosts and dashboards.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// How many findings each rule and each file has.
    Summary,
}

/// List the rules, or explain one: what it finds, why, and what to do.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling explain
  kling explain wrong-value")]
pub(crate) struct Explain {
    /// The id of the rule.
    pub(crate) rule: Option<String>,
    #[command(flatten)]
    pub(crate) contracts: SpecFiles,
}

/// List the models, or show the fields, rules and billing of one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling models
  kling models kling-v3-omni")]
pub(crate) struct Models {
    /// The id of the model.
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) contracts: SpecFiles,
}

/// Print a JSON Schema (Draft 2020-12), or write all of them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling schema kling-v3
  kling schema --all schemas")]
pub(crate) struct Schema {
    /// The id of a model, `any` (dispatches on `model`), `contract` (of `--spec` files), `report` (of `--format json`), `config`
    /// (of `kling.toml`) or `answers` (of the service).
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) name: Option<String>,
    /// Write each schema into this folder as NAME.schema.json.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) all: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) contracts: SpecFiles,
}

/// Tell what requests cost: billing spec and seconds of each, and totals.
///
/// A request that the service would refuse, or that can be read in two ways, has no bill; it is listed with the reason.
///
/// Exits with 0 if every request has a bill, 1 if one has none, 2 if the command line is wrong or something could not
/// be read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling bill request.json
  kling bill --format json requests")]
pub(crate) struct Bill {
    #[command(flatten)]
    pub(crate) input: Input,
    /// How to print the bill.
    #[arg(long, value_enum, default_value_t = BillFormat::Human, value_name = "FORMAT")]
    pub(crate) format: BillFormat,
    #[command(flatten)]
    pub(crate) contracts: Contracts,
    #[command(flatten)]
    pub(crate) configured: Configured,
}

/// How a bill is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BillFormat {
    /// For people.
    Human,
    /// One object, for programs.
    Json,
}

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling completions bash
  kling completions zsh")]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: Shell,
}

/// Print a man page, or write all of them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling man
  kling man check
  kling man --all man")]
pub(crate) struct Man {
    /// The command whose page is wanted; without it the page of the program.
    #[arg(conflicts_with = "all")]
    pub(crate) command: Option<String>,
    /// Write each page into this folder.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) all: Option<PathBuf>,
}

/// Show the settings that hold for a file, and where each comes from.
///
/// A `kling.toml` is found upwards from the file; its keys are named as the options of `kling check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling config
  kling config requests")]
pub(crate) struct Config {
    /// A file or folder; without it the working folder.
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) configured: Configured,
}

/// What is read, and how.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// Files, folders, or `-` for the standard input.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
    /// Read more paths from this file, or from the standard input if it is `-`: one a line, or separated by NUL bytes.
    ///
    /// As in a folder, only `*.json`, `*.jsonl` and `*.ndjson` among them are read, and what is no request is skipped.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files_from: Option<PathBuf>,
    /// Read one request a line, as `.jsonl` and `.ndjson` files are always read.
    #[arg(long)]
    pub(crate) lines: bool,
    /// Do not read requests that are longer than this; without it 8 MiB.
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_request_size: Option<NonZeroUsize>,
    /// How many threads to use; without it one for each core.
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// More threads than any machine has cores would only cost memory.
const MAX_THREADS: usize = 1024;

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    match text.parse::<NonZeroUsize>() {
        Ok(count) if count.get() <= MAX_THREADS => Ok(count),
        Ok(_) | Err(_) => Err(format!("give a number from 1 to {MAX_THREADS}")),
    }
}

/// The contracts that requests are held to.
#[derive(Debug, Args)]
pub(crate) struct Contracts {
    /// Read requests that name no known model as requests of this one.
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
    #[command(flatten)]
    pub(crate) files: SpecFiles,
}

/// Contracts of the user's own.
#[derive(Debug, Clone, Args)]
pub(crate) struct SpecFiles {
    /// Add the contract of a model from a TOML file; can be repeated.
    #[arg(long = "spec", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) specs: Vec<PathBuf>,
}

/// Reads the command line. What is no command is answered here: help, version, faults.
pub(crate) fn parse() -> Result<Cli, Exit> {
    Cli::try_parse().map_err(|error| {
        if !error.use_stderr() {
            return match error.print() {
                Ok(()) => Exit::Clean,
                Err(error) => stdio::after(&error),
            };
        }
        let plain = error.render().to_string();
        // A terminal acts upon what an argument holds, so such a message goes without colour.
        if safe::is_safe_text(&plain) {
            // Nobody is left to tell when standard error is gone.
            let _ = error.print();
        } else {
            stdio::tell(&safe::text(&plain));
        }
        Exit::Trouble
    })
}

/// The definition of the command line, for completions and man pages.
pub(crate) fn definition() -> clap::Command {
    Cli::command().color(ColorChoice::Never)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        definition().debug_assert();
    }
}
