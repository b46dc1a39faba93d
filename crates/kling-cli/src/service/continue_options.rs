//! Commands to continue with, which repeat options of the command line.

use std::path::{Path, PathBuf};

use super::print::push;
use crate::cli::{self, Connection, Records};

/// The options that a command to continue with repeats.
#[derive(Debug, Clone)]
pub(crate) struct ContinueOptions {
    base_url: Option<String>,
    key_file: Option<PathBuf>,
    insecure_http: bool,
    journal: Option<PathBuf>,
    target: Option<cli::Target>,
}

impl ContinueOptions {
    pub(crate) fn new(connection: &Connection) -> Self {
        Self {
            base_url: connection.base_url.clone(),
            key_file: connection.key_file.clone(),
            insecure_http: connection.insecure_http,
            journal: None,
            target: None,
        }
    }

    /// With the journal of the command line.
    pub(crate) fn with_records(mut self, records: &Records) -> Self {
        self.journal.clone_from(&records.journal);
        self
    }

    /// With the place for the video of the command line.
    pub(crate) fn with_target(mut self, target: &cli::Target) -> Self {
        self.target = Some(target.clone());
        self
    }

    /// Without a place for the video, so that it goes to the usual one.
    pub(crate) fn without_target(mut self) -> Self {
        self.target = None;
        self
    }

    /// Without a limit for the length of the video.
    pub(crate) fn without_max_bytes(mut self) -> Self {
        if let Some(target) = &mut self.target {
            target.max_bytes = None;
        }
        self
    }

    /// A command about one task or job, for the same service, journal and place. It can be pasted into a shell, whatever
    /// the id is.
    pub(crate) fn command(&self, command: &str, id: &str) -> String {
        let mut shell = ShellCommand(format!("kling {command}"));
        // It reads the journal alone.
        if command != "jobs show" {
            shell.option("--base-url", self.base_url.as_deref());
            shell.path("--key-file", self.key_file.as_deref());
            shell.flag("--insecure-http", self.insecure_http);
        }
        shell.path("--journal", self.journal.as_deref());
        // The others save nothing.
        if matches!(command, "download" | "jobs resume")
            && let Some(target) = &self.target
        {
            shell.target(target);
        }
        // Whatever begins so would be read as an option.
        shell.flag("--", id.starts_with('-'));
        shell.word(id);
        shell.0
    }
}

/// A command as it is typed in a shell.
struct ShellCommand(String);

impl ShellCommand {
    fn word(&mut self, word: &str) {
        push(&mut self.0, format_args!(" {}", shell_word(word)));
    }

    fn flag(&mut self, name: &str, is_given: bool) {
        if is_given {
            self.word(name);
        }
    }

    fn option(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.word(name);
            self.word(value);
        }
    }

    fn path(&mut self, name: &str, path: Option<&Path>) {
        let Some(path) = path.map(Path::to_string_lossy) else {
            return;
        };
        // What begins so would be read as an option; alone it is standard output.
        if path.starts_with('-') && path.len() > 1 {
            self.option(name, Some(&format!("./{path}")));
        } else {
            self.option(name, Some(&path));
        }
    }

    fn target(&mut self, target: &cli::Target) {
        self.path("--output", target.output.as_deref());
        self.flag("--overwrite", target.overwrite);
        self.flag("--keep-both", target.keep_both);
        self.path("--output-dir", target.output_dir.as_deref());
        let name = Some(target.name.as_str()).filter(|name| *name != cli::USUAL_NAME);
        self.option("--name", name);
        let max_bytes = target.max_bytes.map(|max| max.to_string());
        self.option("--max-bytes", max_bytes.as_deref());
    }
}

/// A word as a shell reads it.
fn shell_word(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte));
    if is_plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_read_more_into_it() {
        assert_eq!(
            shell_word("https://a.example:1/v1"),
            "https://a.example:1/v1"
        );
        assert_eq!(shell_word("a b'c$(d)"), "'a b'\\''c$(d)'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn no_value_is_taken_for_an_option() {
        let mut command = ShellCommand("kling".to_owned());
        command.path("--output", Some(Path::new("-")));
        command.path("--journal", Some(Path::new("-x")));
        assert_eq!(command.0, "kling --output - --journal ./-x");
    }
}
