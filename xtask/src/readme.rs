//! The examples of the root's README: each command's output is what the program prints.
//!
//! In a block fenced as `console`, a line that begins with `$ ` is a command, and the lines up to the next one are its
//! output: standard output, then standard error.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};

const FENCE: &str = "```";
const OPENING: &str = "```console";
const PROMPT: &str = "$ ";
/// The names of the program at the beginning of a command.
const NAMES: [&str; 2] = ["kling ", "cargo run -q -- "];

/// Returns the text with the output of each example replaced by what `run` returns for its arguments.
///
/// # Errors
/// An example is not a command of the program, or `run` fails.
pub fn refreshed(text: &str, mut run: impl FnMut(&[&str]) -> Result<String>) -> Result<String> {
    let mut fresh = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.lines() {
        let command = line.strip_prefix(PROMPT).filter(|_| inside);
        if inside && line != FENCE && command.is_none() {
            continue;
        }
        fresh.push_str(line);
        fresh.push('\n');
        inside = if inside {
            line != FENCE
        } else {
            line == OPENING
        };
        if let Some(command) = command {
            fresh.push_str(&run(&arguments(command)?)?);
        }
    }
    Ok(fresh)
}

fn arguments(command: &str) -> Result<Vec<&str>> {
    let arguments = NAMES.iter().find_map(|name| command.strip_prefix(name));
    match arguments {
        Some(arguments) if !arguments.contains(['\'', '"', '|', '>', '<', '$', '\\']) => {
            Ok(arguments.split_whitespace().collect())
        }
        Some(_) | None => Err(Failure::new(format!(
            "the README's example `{command}` must be `kling` with plain words; no shell is there to read more"
        ))),
    }
}

/// Returns what the program prints for these arguments in this folder; each line has a line break.
///
/// # Errors
/// The program cannot be started, or its output is not UTF-8.
pub fn output(program: &Path, folder: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::file(program, "started", &error))?;
    let mut text = String::new();
    for stream in [output.stdout, output.stderr] {
        text.push_str(&String::from_utf8(stream).map_err(|error| Failure::new(error.to_string()))?);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_replaced_and_all_else_stays() {
        let text = "# Title\n```sh\n$ kling left alone\nold\n```\n```console\n$ kling a b\nold\n\nold\n$ cargo run -q -- c\n```\nend\n";
        let echo = |arguments: &[&str]| Ok(format!("{}\n", arguments.join("+")));
        let fresh = refreshed(text, echo).unwrap();
        assert_eq!(
            fresh,
            "# Title\n```sh\n$ kling left alone\nold\n```\n```console\n$ kling a b\na+b\n$ cargo run -q -- c\nc\n```\nend\n"
        );
        assert_eq!(refreshed(&fresh, echo).unwrap(), fresh);
    }

    #[test]
    fn what_needs_a_shell_is_refused() {
        for command in ["kling check a | wc", "kling explain 'x'", "rm -r target"] {
            let text = format!("```console\n$ {command}\n```\n");
            assert!(
                refreshed(&text, |_| Ok(String::new())).is_err(),
                "{command}"
            );
        }
    }
}
