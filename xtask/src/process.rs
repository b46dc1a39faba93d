//! Runs other programs.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::workspace::print_line;

/// A call of cargo, as typed in a shell.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its purpose, in a word or two.
    pub name: &'static str,
    environment: Vec<(&'static str, &'static str)>,
    arguments: Vec<String>,
}

impl Call {
    /// Makes a call with these arguments.
    pub fn cargo(name: &'static str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
        Self {
            name,
            environment: Vec::new(),
            arguments,
        }
    }

    /// Sets a variable in its environment.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    /// Runs cargo in a folder, with this process's output.
    ///
    /// # Errors
    /// Cargo cannot be started, or ends with a code other than 0; the text has the command to repeat it.
    pub fn run(&self, folder: &Path) -> Result<()> {
        let status = Command::new("cargo")
            .args(&self.arguments)
            .envs(self.environment.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .status()
            .map_err(|error| cargo_missing(&error))?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{} failed ({status}); to repeat it: {self}",
            self.name
        )))
    }
}

/// Writes it as typed in a shell.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.environment {
            write!(f, "{name}={} ", quoted(value))?;
        }
        f.write_str("cargo")?;
        self.arguments
            .iter()
            .try_for_each(|word| write!(f, " {}", quoted(word)))
    }
}

fn cargo_missing(error: &io::Error) -> Failure {
    Failure::new(format!("`cargo` cannot be started: {error}"))
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Builds packages with cargo and returns the path of one of the programs built.
///
/// # Errors
/// It does not build, or builds no such program.
pub fn build(root: &Path, arguments: &[&str], program: &str) -> Result<PathBuf> {
    print_line(format_args!("building {program}"));
    let output = Command::new("cargo")
        .args([
            "build",
            "--quiet",
            "--message-format=json-render-diagnostics",
        ])
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| cargo_missing(&error))?;
    if !output.status.success() {
        let call = Call::cargo("build", &[&["build"], arguments].concat());
        return Err(Failure::new(format!(
            "`{program}` does not build; to repeat it: {call}"
        )));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == program)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| Failure::new(format!("cargo did not build a program `{program}`")))
}

/// The interval at which the end of a process is checked.
const INTERVAL: Duration = Duration::from_millis(10);

/// Waits for a process; if the limit is exceeded, kills it and returns `None`.
///
/// # Errors
/// The system does not report the state of the process.
pub fn wait_within(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(INTERVAL);
    }
}

/// Builds the program `kling` and returns its path.
///
/// # Errors
/// It does not build.
pub fn build_kling(root: &Path) -> Result<PathBuf> {
    build(root, &["-p", "kling-cli"], "kling")
}

/// Fails with the names of the missing programs.
///
/// # Errors
/// At least one is missing.
pub fn need(programs: &[&str]) -> Result<()> {
    let answers = |program: &str, question: &str| {
        let call = Command::new(program)
            .arg(question)
            .stdin(Stdio::null())
            .output();
        call.is_ok_and(|output| output.status.success())
    };
    // ffmpeg and related programs accept long options only with one dash.
    let there = |program: &str| answers(program, "--version") || answers(program, "-version");
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| !there(program))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(", ");
    Err(Failure::new(format!(
        "missing: {names}; `.ci/run` installs what is needed"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_can_be_pasted_into_a_shell() {
        let call =
            Call::cargo("docs", &["doc", "--no-deps", "it's"]).with("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(
            call.to_string(),
            r"RUSTDOCFLAGS='-D warnings' cargo doc --no-deps 'it'\''s'"
        );
    }

    #[test]
    fn a_failure_has_the_command_that_repeats_it() {
        let failure = Call::cargo("nothing", &["--no-such-option"])
            .run(crate::workspace::root())
            .unwrap_err();
        assert!(
            failure
                .to_string()
                .ends_with("to repeat it: cargo --no-such-option"),
            "{failure}"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = need(&["cargo", "no-such-program-anywhere"]).unwrap_err();
        assert!(
            failure
                .to_string()
                .starts_with("missing: no-such-program-anywhere;"),
            "{failure}"
        );
        assert_eq!(need(&["cargo"]), Ok(()));
    }
}
