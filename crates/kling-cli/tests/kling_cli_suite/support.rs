//! Runs the program, in temporary folders that clean up after themselves.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use tempfile::TempDir;

/// A request without any finding.
pub(crate) const CLEAN: &str = r#"{"model": "kling-v3", "prompt": "a paper boat on a pond"}"#;
/// A request with one error.
pub(crate) const ERROR: &str = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 7}"#;
/// A request with one warning.
pub(crate) const WARNING: &str =
    r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 5.0}"#;

/// The result of a run of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Returns the standard output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect("the output is JSON")
    }

    /// Returns file, request, rule, line and column of each finding of the JSON format.
    #[track_caller]
    pub(crate) fn findings(&self) -> Vec<String> {
        let report = self.json();
        let list = report["diagnostics"].as_array().unwrap();
        list.iter()
            .map(|found| {
                format!(
                    "{}#{} {} {}:{}",
                    found["file"].as_str().unwrap(),
                    found["request"],
                    found["rule"].as_str().unwrap(),
                    found["start"]["line"],
                    found["start"]["column"],
                )
            })
            .collect()
    }
}

/// Returns the program, with nothing in its environment that changes its output.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kling"));
    command
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("TOAPIS_API_KEY")
        .env_remove("TOAPIS_BASE_URL")
        .env_remove("TOAPIS_JOURNAL")
        .env("TZ", "UTC")
        .env("TERM", "xterm");
    command
}

/// Runs the program in a folder with this standard input.
pub(crate) fn run_in(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = program(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // If a program does not read its input, it closes the pipe.
    let writer = thread::spawn(move || stdin.write_all(&input).unwrap_or(()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: output.status.code().expect("no signal ended the program"),
        out: String::from_utf8(output.stdout).expect("the output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("the messages are UTF-8"),
    }
}

/// Runs the program where there are no files.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    Folder::new().run(arguments)
}

/// Runs the program with this standard input.
pub(crate) fn pipe(arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
    run_in(Folder::new().path(), arguments, input.as_ref())
}

/// A temporary folder.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        run_in(self.path(), arguments, b"")
    }
}

/// The fixtures of the workspace.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}
