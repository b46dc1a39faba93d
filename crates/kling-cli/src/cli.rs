//! The command line: the program's commands and their options.

#[cfg(feature = "emulator")]
mod emulator;
mod exits;
#[cfg(any(feature = "client", feature = "emulator"))]
mod format;
mod levels;
#[cfg(feature = "lsp")]
mod lsp;
#[cfg(feature = "client")]
mod service;
#[cfg(feature = "client")]
mod since;
mod units;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ColorChoice, CommandFactory as _, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

#[cfg(feature = "emulator")]
pub(crate) use emulator::{Emulator, FAULT_FORM, fault_form};
use exits::OF_OTHERS;
#[cfg(any(feature = "client", feature = "emulator"))]
pub(crate) use format::ResultFormat;
pub(crate) use levels::{Change, LevelChange, LevelChanges};
#[cfg(feature = "lsp")]
pub(crate) use lsp::Lsp;
#[cfg(feature = "client")]
pub(crate) use service::{
    Balance, Connection, Doctor, Download, Generate, JobState, Jobs, JobsCommand, JobsList,
    JobsResume, JobsShow, Paid, Polling, Records, Status, Submit, Target, USUAL_NAME, Upload, Wait,
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
    /// Check requests: files, folders, or `-` for standard input.
    ///
    /// A folder is searched for `*.json`, `*.jsonl` and `*.ndjson`, obeying `.gitignore`; what is found there but is not a
    /// request is skipped and counted. A file named on the command line is always checked.
    Check(Check),
    /// Run a language server for editors: findings, hover, completion, definitions.
    ///
    /// It speaks the Language Server Protocol over standard input and output. An editor starts it; nothing is sent anywhere
    /// else.
    /// In `.jsonl` and `.ndjson` files each line is a request. JSON files that are clearly not requests are ignored.
    #[cfg(feature = "lsp")]
    Lsp(Lsp),
    /// List the rules, or explain one: what it finds, why, and what to do.
    Explain(Explain),
    /// List the models, or show the fields, rules and billing of one.
    Models(Models),
    /// Print a JSON Schema (Draft 2020-12), or write all of them.
    Schema(Schema),
    /// Show what requests cost: billing spec and seconds of each, and totals.
    ///
    /// A request that the service would refuse, or that can be read in two ways, has no bill and is listed with the reason.
    Bill(Bill),
    /// Show the settings that apply to a file, and where each comes from.
    ///
    /// A `kling.toml` is searched for from the file upwards; its keys have the names of the options of `kling check`.
    Config(Config),
    /// Check, send, wait and download: a video from a request.
    ///
    /// Local images and videos that the request names are uploaded and replaced by their URLs. If the last job of the
    /// same request is not finished, it is continued instead of being paid for again.
    #[cfg(feature = "client")]
    Generate(Generate),
    /// Send a request, once, and print what the service says.
    ///
    /// The request is checked first, and recorded. If its last job is not finished, that job is shown instead of being paid
    /// for again. The outcome is `accepted`, `rejected`, `not-sent` or `unknown`; after `unknown` the request is never sent
    /// again, and the command that looks it up is printed.
    #[cfg(feature = "client")]
    Submit(Submit),
    /// Show the status of a task.
    #[cfg(feature = "client")]
    Status(Status),
    /// Wait until a task is done.
    #[cfg(feature = "client")]
    Wait(Wait),
    /// Download the video of a finished task.
    #[cfg(feature = "client")]
    Download(Download),
    /// Upload an image or a video and print its URL.
    #[cfg(feature = "client")]
    Upload(Upload),
    #[cfg(feature = "client")]
    Jobs(Jobs),
    /// Show the balance of the account.
    #[cfg(feature = "client")]
    Balance(Balance),
    /// Check that everything is set up: key, service, journal.
    ///
    /// The key is never printed.
    #[cfg(feature = "client")]
    Doctor(Doctor),
    /// Run the video service on this machine.
    ///
    /// It makes real videos, fails on demand, and keeps a ledger of charges. Its URL is printed as the first line; it is
    /// reachable only from this machine and runs until it is stopped. The page at its URL shows what it does.
    #[cfg(feature = "emulator")]
    Emulator(Emulator),
    /// Print a completion script for a shell.
    Completions(Completions),
    /// Print a man page, or write all of them.
    Man(Man),
}

/// The arguments of `kling check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling check request.json
  kling check requests --format summary
  kling check --format jsonl batch.jsonl
  kling check --deny warnings --allow placeholder-unused request.json
  kling check --lines --model kling-v3 prompts.txt
  kling check --files-from changed.txt
  kling check --diff request.json
  kling check --fix requests

Exit codes: 0 no errors, 1 errors, or something to fix with `--diff`, 2 wrong command line, something cannot be read, or a \
named file contains no request.")]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) input: Input,
    /// How to print the findings.
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// In the formats json and jsonl, add its fix to each finding; sarif always has them. This takes longer.
    #[arg(long)]
    pub(crate) show_fixes: bool,
    #[command(flatten)]
    pub(crate) fix_options: FixOptions,
    #[command(flatten)]
    pub(crate) levels: LevelChanges,
    #[command(flatten)]
    pub(crate) contracts: Contracts,
    #[command(flatten)]
    pub(crate) configured: Configured,
}

/// What is fixed before the check.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct FixOptions {
    /// Fix in the files what can be fixed without guessing, and check what is left. The layout is kept.
    ///
    /// For standard input the fixed text is printed instead of the findings.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Also apply fixes that guess what was meant or that change the bill. Look at the result.
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Print what `--fix` (and `--unsafe-fixes`) would change, and change nothing. Exit with 1 if there are changes.
    #[arg(long)]
    pub(crate) diff: bool,
}

/// Where settings come from that the command line does not have.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Configured {
    /// The `kling.toml` to read settings from [default: the nearest one from each file upwards].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Do not read settings from a `kling.toml`.
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
    /// One object per finding, each on its own line, for programs.
    Jsonl,
    /// SARIF 2.1.0, for code hosts and dashboards.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// The number of findings of each rule and each file.
    Summary,
}

/// The arguments of `kling explain`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling explain
  kling explain wrong-value

{OF_OTHERS}"))]
pub(crate) struct Explain {
    /// The id of the rule [default: list all].
    pub(crate) rule: Option<String>,
    #[command(flatten)]
    pub(crate) contracts: SpecFiles,
}

/// The arguments of `kling models`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling models
  kling models kling-v3-omni
  kling models kling-v3 --editions

{OF_OTHERS}"))]
pub(crate) struct Models {
    /// The id of the model [default: list all].
    pub(crate) id: Option<String>,
    /// Show what changed from one edition of the model's page to the next.
    #[arg(long, requires = "id", conflicts_with_all = ["edition", "specs"])]
    pub(crate) editions: bool,
    #[command(flatten)]
    pub(crate) contracts: SpecFiles,
}

/// The arguments of `kling schema`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling schema kling-v3
  kling schema --all schemas

{OF_OTHERS}"))]
pub(crate) struct Schema {
    /// The id of a model, `any` (dispatches on `model`), `contract` (of `--spec` files), `report` (of `--format json`), `config`
    /// (of `kling.toml`) or `answers` (of the service).
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) name: Option<String>,
    /// Write each schema into this folder as NAME.schema.json, instead of printing one.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) all: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) contracts: SpecFiles,
}

/// The arguments of `kling bill`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling bill request.json
  kling bill --format json requests

Exit codes: 0 every request has a bill, 1 a request has no bill, 2 wrong command line, something cannot be read, or a \
named file contains no request.")]
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

/// The arguments of `kling completions`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling completions bash
  kling completions zsh

{OF_OTHERS}"))]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: Shell,
}

/// The arguments of `kling man`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling man
  kling man check
  kling man jobs show
  kling man --all man

{OF_OTHERS}"))]
pub(crate) struct Man {
    /// The command whose page to print [default: the program itself].
    #[arg(conflicts_with = "all")]
    pub(crate) command: Vec<String>,
    /// Write each page into this folder, instead of printing one.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) all: Option<PathBuf>,
}

/// The arguments of `kling config`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling config
  kling config requests

{OF_OTHERS}"))]
pub(crate) struct Config {
    /// A file or folder [default: the working folder].
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) configured: Configured,
}

/// What is read, and how.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// Files, folders, or `-` for standard input [default: standard input].
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
    /// Read more paths from this file, or from standard input if it is `-`: one per line, or separated by NUL bytes
    /// [default: no list].
    ///
    /// As in a folder, only `*.json`, `*.jsonl` and `*.ndjson` files are read, and what is not a request is skipped.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files_from: Option<PathBuf>,
    /// Read one request per line, as in `.jsonl` and `.ndjson` files.
    #[arg(long)]
    pub(crate) lines: bool,
    /// List what is skipped, and why.
    #[arg(long)]
    pub(crate) show_skipped: bool,
    /// Exit with 2 if nothing was checked.
    #[arg(long)]
    pub(crate) require_requests: bool,
    /// Do not read requests longer than this, such as `500000`, `10MB` or `8MiB` [default: 8MiB].
    #[arg(long, value_name = "BYTES", value_parser = units::size)]
    pub(crate) max_request_size: Option<NonZeroUsize>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// More threads than the cores of any machine would only cost memory.
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
    /// Check requests that do not name a known model as requests for this one [default: no model].
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
    #[command(flatten)]
    pub(crate) files: SpecFiles,
}

/// The edition of the contracts, and the user's own contracts.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SpecFiles {
    /// Which edition of the service's pages counts: `newest`, `seed`, or year and month of the pages, and their language
    /// if that makes a difference [default: seed].
    #[arg(long, value_name = "EDITION", value_parser = editions())]
    pub(crate) edition: Option<String>,
    /// Add the contract of a model from a TOML file; can be repeated.
    #[arg(long = "spec", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) specs: Vec<PathBuf>,
}

impl SpecFiles {
    /// The edition, and the option that names it.
    pub(crate) fn edition(&self) -> Option<(&str, &'static str)> {
        let edition = self.edition.as_deref();
        edition.map(|id| (id, "--edition"))
    }
}

/// The editions that can be chosen.
fn editions() -> PossibleValuesParser {
    PossibleValuesParser::new(kling_spec::EDITIONS.iter().chain(&["newest"]))
}

/// Returns the definition of the command line, for completions and man pages.
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

    #[test]
    fn every_option_with_a_value_shows_its_default() {
        fn look_at(command: &clap::Command) {
            for argument in command.get_arguments() {
                let help = argument.get_help().map(ToString::to_string);
                let long = argument.get_long_help().map(ToString::to_string);
                let tells =
                    |help: Option<String>| help.is_some_and(|help| help.contains("[default: "));
                let is_one = matches!(argument.get_action(), clap::ArgAction::Set);
                // Either a folder for all or a name is always given.
                let is_other = argument.get_id() == "all" || argument.get_id() == "name";
                assert!(
                    !is_one
                        || is_other
                        || argument.is_required_set()
                        || !argument.get_default_values().is_empty()
                        || tells(help)
                        || tells(long),
                    "{} {}",
                    command.get_name(),
                    argument.get_id()
                );
            }
            command.get_subcommands().for_each(look_at);
        }
        let mut program = definition();
        program.build();
        look_at(&program);
    }
}
