//! Runs the program for a case: in a folder and with an environment of its own, and with a time limit.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use xtask::failure::{Failure, Result};
use xtask::process::wait_within;

/// The time limit of a run. Exceeding it is reported as a fault, and can only happen if the program hangs.
const LIMIT: Duration = Duration::from_mins(2);
/// The number of characters of the output that are shown with a fault.
const SHOWN: usize = 300;
/// A key that no service has.
const KEY: &str = "sk-cases-1f2e3d4c";

/// The program under test.
#[derive(Debug)]
pub(super) struct Program {
    kling: PathBuf,
}

/// How a run ended.
#[derive(Debug, Default)]
pub(super) struct Ran {
    /// `None`: by a signal, or at the limit.
    pub(super) code: Option<i32>,
    pub(super) out: Vec<u8>,
    pub(super) err: Vec<u8>,
}

/// The folder of a case.
#[derive(Debug)]
pub(super) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    /// # Errors
    /// There is no room for temporary files.
    pub(super) fn new() -> Result<Self> {
        let made = tempfile::tempdir().and_then(|folder| {
            for name in ["home", "work"] {
                fs::create_dir(folder.path().join(name))?;
            }
            Ok(Self { folder })
        });
        made.map_err(|error| Failure::new(format!("a temporary folder cannot be created: {error}")))
    }

    /// Returns the path of a file in the folder that the program runs in.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// Writes a file into that folder and returns its path.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.path(name);
        fs::write(&path, bytes).map_err(|error| Failure::file(&path, "written", &error))?;
        Ok(path)
    }

    /// Whether a file below that folder contains these bytes.
    pub(super) fn holds(&self, bytes: &[u8]) -> bool {
        holds(&self.path(""), bytes)
    }
}

fn holds(folder: &Path, bytes: &[u8]) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths = entries.map(|entry| entry.path());
    paths.any(|path| {
        if path.is_dir() {
            holds(&path, bytes)
        } else {
            fs::read(&path).is_ok_and(|found| found == bytes)
        }
    })
}

impl Program {
    pub(super) fn new(kling: PathBuf) -> Self {
        Self { kling }
    }

    /// Runs it in a sandbox, for a service at a URL.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn run(&self, sandbox: &Sandbox, url: &str, arguments: &[&str]) -> Result<Ran> {
        let root = sandbox.folder.path();
        let (out, err) = (root.join("out"), root.join("err"));
        let create = |path: &Path| {
            File::create(path).map_err(|error| Failure::file(path, "written", &error))
        };
        let mut child = Command::new(&self.kling)
            .args(arguments)
            .current_dir(sandbox.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", root.join("home"))
            .env("LANG", "C.UTF-8")
            .env("TOAPIS_BASE_URL", url)
            .env("TOAPIS_API_KEY", KEY)
            .env("TOAPIS_JOURNAL", root.join("home/journal.sqlite3"))
            .stdin(Stdio::null())
            .stdout(create(&out)?)
            .stderr(create(&err)?)
            .spawn()
            .map_err(|error| Failure::file(&self.kling, "started", &error))?;
        let code = wait_within(&mut child, LIMIT)
            .map_err(|error| Failure::file(&self.kling, "waited for", &error))?
            .and_then(|status| status.code());
        let read =
            |path: &Path| fs::read(path).map_err(|error| Failure::file(path, "read", &error));
        Ok(Ran {
            code,
            out: read(&out)?,
            err: read(&err)?,
        })
    }
}

impl Ran {
    /// Returns what was printed as a result; null if it is not JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_default()
    }

    /// Returns everything that was reported, in lower case: the output, and the decoded texts of a printed object.
    pub(super) fn details(&self) -> String {
        let mut details = String::new();
        for bytes in [&self.out, &self.err] {
            details.push_str(&String::from_utf8_lossy(bytes));
            details.push('\n');
        }
        texts(&self.json(), &mut details);
        details.to_lowercase()
    }

    /// Returns the end of what was reported, on one line, for people who investigate a fault.
    pub(super) fn ending(&self) -> String {
        let both = [&self.out[..], b"\n", &self.err].concat();
        let details = String::from_utf8_lossy(&both);
        let lines = details.lines().filter(|line| !line.trim().is_empty());
        let line = lines.collect::<Vec<_>>().join(" // ");
        let skipped = line.chars().count().saturating_sub(SHOWN);
        let shown: String = line.chars().skip(skipped).collect();
        if skipped > 0 {
            format!("…{shown}")
        } else {
            shown
        }
    }
}

/// Appends every text in a value, each on its own line.
pub(super) fn texts(value: &Value, found: &mut String) {
    match value {
        Value::String(text) => {
            found.push_str(text);
            found.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                found.push_str(name);
                found.push('\n');
                texts(member, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
