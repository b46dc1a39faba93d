//! `kling completions`: a completion script for a shell, with the names that the program knows.

use clap::Command;
use clap::builder::PossibleValuesParser;
use kling_check::Checker;

use super::schema;
use crate::cli::{self, Completions};
use crate::exit::{Exit, Failure};
use crate::levels;
use crate::output::stdio;

pub(super) fn run(arguments: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    let mut definition = cli::definition();
    // Before this, commands do not have their options.
    definition.build();
    let mut definition = with_names(definition, &Checker::embedded());
    clap_complete::generate(arguments.shell, &mut definition, "kling", &mut script);
    stdio::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}

/// Adds the known names to arguments that are usually one of them. A user's contract may add others, so the command
/// line itself accepts any name.
fn with_names(command: Command, checker: &Checker) -> Command {
    let of_command = command.get_name().to_owned();
    let arguments: Vec<String> = command
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .collect();
    let command = arguments.iter().fold(command, |command, argument| {
        let names = names(&of_command, argument, checker);
        if names.is_empty() {
            return command;
        }
        command.mut_arg(argument, |argument| {
            // The names must live as long as the program, which ends with this command.
            let names = names.into_iter().map(|name| &*name.leak());
            argument.value_parser(PossibleValuesParser::new(names))
        })
    });
    let commands: Vec<String> = command
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    commands.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |command| with_names(command, checker))
    })
}

fn names(command: &str, argument: &str, checker: &Checker) -> Vec<String> {
    match (command, argument) {
        (_, "deny" | "warn" | "allow") => owned(levels::rules(checker).chain(levels::groups())),
        ("explain", "rule") => owned(levels::rules(checker)),
        (_, "model") | ("models", "id") => owned(checker.models()),
        ("schema", "name") => owned(schema::names(checker)),
        #[cfg(feature = "emulator")]
        ("emulator", "faults") => super::emulator::fault_names(),
        ("man", "command") => {
            let definition = cli::definition();
            owned(definition.get_subcommands().map(Command::get_name))
        }
        _ => Vec::new(),
    }
}

fn owned<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    names.map(str::to_owned).collect()
}
