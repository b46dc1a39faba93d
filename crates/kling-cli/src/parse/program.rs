//! Reports a wrong command line to a calling program.

use std::env;

use clap::builder::PossibleValue;
use clap::{Command, ValueEnum as _};
use serde_json::json;

use crate::cli::ResultFormat;
use crate::output::{safe, stdio};

/// Whether a command prints a single result: it has the option for that.
fn prints_one(program: &Command, name: &str) -> bool {
    let format = program.find_subcommand(name).and_then(|command| {
        command
            .get_arguments()
            .find(|argument| argument.get_id() == "format")
    });
    format.is_some_and(|format| {
        let values = format.get_possible_values();
        let names = values.iter().map(PossibleValue::get_name);
        names.eq(["human", "json"])
    })
}

/// Reports a wrong command line to a calling program, if it is for a command that prints one object: `message` is the
/// message for people.
pub(super) fn report(mut program: Command, message: &str) {
    program.build();
    let words: Vec<String> = env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    // Before the command there may be an option with its value.
    let is_one = words
        .iter()
        .filter(|word| !word.starts_with('-'))
        .take(2)
        .any(|word| prints_one(&program, word));
    let asked = words.iter().enumerate().find_map(|(at, word)| {
        let value = match word.strip_prefix("--format")? {
            "" => words.get(at + 1)?,
            value => value.strip_prefix('=')?,
        };
        ResultFormat::from_str(value, false).ok()
    });
    if !is_one || ResultFormat::or_usual(asked) == ResultFormat::Human {
        return;
    }
    // The first paragraph says what is wrong, the rest how commands are written.
    let wrong: Vec<&str> = message
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let wrong = wrong.join(" ");
    let reason = wrong.strip_prefix("error: ").unwrap_or(&wrong);
    let mut object = Vec::new();
    safe::push_json(&mut object, &json!({ "version": 1, "reason": reason }));
    object.push(b'\n');
    // If the output is closed, the failure cannot be reported either.
    let _ = stdio::print(&String::from_utf8_lossy(&object));
}
