//! Shared by the tests of the program: emulators in this process, and folders in which the program runs with a key
//! that must not appear anywhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use kling_emulator::{Builder, Clock, Emulator, Limits};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use xtask::failure::{Failure, Result, write};

/// The key of every run.
pub(super) const CANARY: &str = "sk-canary-5be02d";
/// The request that is sent.
pub(super) const REQUEST: &str =
    r#"{"model": "kling-v3", "prompt": "a paper boat on a pond", "duration": 5}"#;
/// How much faster than real time jobs run: one of a minute takes a few milliseconds.
const SPEED: f64 = 10_000.0;
/// The path of submits.
const SUBMIT: &str = "/v1/videos/generations";

/// The runtime of the emulators.
pub(super) struct Services(Runtime);

impl Services {
    pub(super) fn new() -> Result<Self> {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map(Self)
            .map_err(|error| Failure::new(format!("no runtime: {error}")))
    }

    /// Starts an emulator whose jobs finish within moments.
    pub(super) fn start(&self) -> Result<Service> {
        self.start_as(Emulator::builder().clock(Clock::scaled(SPEED)))
    }

    /// As [`start`](Self::start), on a given port.
    pub(super) fn start_at(&self, port: u16) -> Result<Service> {
        let clock = Clock::scaled(SPEED);
        self.start_as(Emulator::builder().clock(clock).port(port))
    }

    /// Ends an emulator, so that its port is free.
    pub(super) fn end(&self, service: Service) {
        self.0.block_on(service.emulator.shutdown());
    }

    /// Starts an emulator that requires the key. Its ids are the same at each start, since file names are derived from
    /// them.
    pub(super) fn start_as(&self, builder: Builder) -> Result<Service> {
        let mut limits = Limits::default();
        // With a fast clock a day passes in seconds.
        limits.url_lifetime = Duration::from_hours(100_000);
        self.0
            .block_on(builder.limits(limits).key(CANARY).seed(0).start())
            .map(|emulator| Service { emulator })
            .map_err(|error| Failure::new(format!("the emulator does not start: {error}")))
    }
}

/// A running emulator.
pub(super) struct Service {
    pub(super) emulator: Emulator,
}

impl Service {
    pub(super) fn url(&self) -> &str {
        self.emulator.url()
    }

    /// Returns the number of submits that arrived completely.
    pub(super) fn posts(&self) -> usize {
        let requests = self.emulator.requests();
        let posts = requests.iter().filter(|request| {
            request.method == "POST" && request.path == SUBMIT && request.complete
        });
        posts.count()
    }

    /// Returns the number of charges for a request that was charged before, whatever its id.
    pub(super) fn repeated(&self) -> u64 {
        self.emulator.ledger().repeated_requests()
    }

    /// Returns the tasks that were charged, in order.
    pub(super) fn charged(&self) -> Vec<String> {
        let ledger = self.emulator.ledger();
        let charges = ledger.charges().iter();
        charges.map(|charge| charge.task.clone()).collect()
    }
}

/// How a run of the program ended.
#[derive(Debug)]
pub(super) struct Ran {
    /// `None`: by a signal.
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ran {
    /// Returns what was printed as a result; null if it is not complete JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_default()
    }
}

/// A folder with a request, a journal, and a folder for videos.
pub(super) struct Stage {
    folder: TempDir,
    kling: PathBuf,
}

impl Stage {
    pub(super) fn new(kling: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()
            .map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
        let stage = Self {
            folder,
            kling: kling.to_owned(),
        };
        write(&stage.path("request.json"), REQUEST)?;
        for name in ["videos", "certificates"] {
            let path = stage.path(name);
            fs::create_dir(&path).map_err(|error| Failure::file(&path, "made", &error))?;
        }
        Ok(stage)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.path("journal.sqlite3")
    }

    /// Returns where `generate` saves the video.
    pub(super) fn video(&self) -> PathBuf {
        self.path("videos/a.mp4")
    }

    /// Returns the program, run through the wrapper, for a service at this URL.
    pub(super) fn command(&self, wrapper: &[&str], url: &str, arguments: &[&str]) -> Command {
        let kling = self.kling.as_os_str();
        let mut command = match wrapper {
            [] => Command::new(kling),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(kling);
                command
            }
        };
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("TOAPIS_BASE_URL", url)
            .env("TOAPIS_API_KEY", CANARY)
            .env("TOAPIS_JOURNAL", self.journal())
            // Otherwise half of all system calls would depend on how many certificates the machine has.
            .env("SSL_CERT_DIR", self.path("certificates"))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    ///
    /// # Errors
    /// It cannot be started, panics, or the key is in its output or in a file that it leaves.
    pub(super) fn run(&self, wrapper: &[&str], url: &str, arguments: &[&str]) -> Result<Ran> {
        let output = self
            .command(wrapper, url, arguments)
            .output()
            .map_err(|error| Failure::new(format!("the program cannot be started: {error}")))?;
        self.ran(&output)
    }

    /// As [`run`](Self::run), for a run that has ended.
    pub(super) fn ran(&self, output: &Output) -> Result<Ran> {
        let ran = Ran {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        if ran.out.contains(CANARY) || ran.err.contains(CANARY) {
            return Err(Failure::new("the key is in what the program prints"));
        }
        if ran.err.contains("panicked at") {
            return Err(Failure::new(format!("the program panics: {}", ran.err)));
        }
        no_key_below(self.folder.path())?;
        Ok(ran)
    }

    /// Runs `kling generate` on the request, with minimal pauses between polls.
    pub(super) fn generate(&self, wrapper: &[&str], url: &str) -> Result<Ran> {
        self.run(wrapper, url, &GENERATE)
    }

    /// Returns the jobs in the journal, oldest first.
    pub(super) fn jobs(&self, url: &str) -> Result<Vec<Value>> {
        let listed = self.run(
            &[],
            url,
            &["jobs", "--service", "localhost", "--format", "json"],
        )?;
        let jobs = listed.json()["jobs"].as_array().cloned();
        let mut jobs = jobs
            .ok_or_else(|| Failure::new(format!("the journal cannot be listed: {}", listed.err)))?;
        jobs.reverse();
        Ok(jobs)
    }

    /// Returns the states of the jobs.
    pub(super) fn states(&self, url: &str) -> Result<Vec<String>> {
        let jobs = self.jobs(url)?;
        Ok(jobs
            .iter()
            .map(|job| job["state"].as_str().unwrap_or_default().to_owned())
            .collect())
    }

    /// Returns the names in the folder for videos, sorted.
    pub(super) fn videos(&self) -> Result<Vec<String>> {
        let path = self.path("videos");
        let unreadable = |error: &std::io::Error| Failure::file(&path, "read", error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&path).map_err(|error| unreadable(&error))? {
            let name = entry.map_err(|error| unreadable(&error))?.file_name();
            names.push(name.to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
}

/// The arguments of [`Stage::generate`].
pub(super) const GENERATE: [&str; 10] = [
    "generate",
    "request.json",
    "-o",
    "videos/a.mp4",
    "--first-poll",
    "0.02",
    "--poll-interval",
    "0.02",
    "--format",
    "json",
];

/// Fails if a file contains the key.
fn no_key_below(folder: &Path) -> Result<()> {
    let unreadable = |error: &std::io::Error| Failure::file(folder, "read", error);
    for entry in fs::read_dir(folder).map_err(|error| unreadable(&error))? {
        let path = entry.map_err(|error| unreadable(&error))?.path();
        if path.is_dir() {
            no_key_below(&path)?;
            continue;
        }
        // A run that is still going may remove its files at any moment.
        let bytes = fs::read(&path).unwrap_or_default();
        if holds(&bytes, CANARY) {
            return Err(Failure::new(format!("the key is in {}", path.display())));
        }
    }
    Ok(())
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

/// Whether this is the name of a finished video; unfinished ones have different names.
pub(super) fn is_video(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "mp4")
}

/// Fails with a text unless `holds`.
pub(super) fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(Failure::new(what()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_file_is_found_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("a/b.txt"), "nothing").unwrap();
        assert_eq!(no_key_below(folder.path()), Ok(()));
        write(&folder.path().join("a/c/d"), &format!("x{CANARY}y")).unwrap();
        let failure = no_key_below(folder.path()).unwrap_err().to_string();
        assert!(failure.ends_with('d'), "{failure}");
    }
}
