//! What each test uses: a folder, a journal in it, an emulator, and runs of the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use kling_emulator::{Clock, Emulator, Limits};
use tokio::runtime::Runtime;

use crate::codes;
use crate::support::{CLEAN, Folder, Ran, program};

/// A key that must not appear anywhere.
pub(crate) const CANARY: &str = "sk-canary-7f3a9e";

/// Options that keep waiting short.
pub(crate) const FAST: [&str; 4] = ["--first-poll", "0.05", "--poll-interval", "0.05"];

/// The environment of a run: a folder with a request and a journal.
pub(crate) struct Stage {
    pub(crate) folder: Folder,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self {
            folder: Folder::with(&[("request.json", CLEAN)]),
        }
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.folder.path().join("journal.sqlite3")
    }

    /// Returns the program, for a service at this URL.
    pub(crate) fn command(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path());
        command
            .args(arguments)
            .env("TOAPIS_BASE_URL", url)
            .env("TOAPIS_API_KEY", CANARY)
            .env("TOAPIS_JOURNAL", self.journal())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end, with a code that the help of the command lists.
    #[track_caller]
    pub(crate) fn run(&self, url: &str, arguments: &[&str]) -> Ran {
        let ran = ran(&mut self.command(url, arguments));
        codes::expect(arguments, ran.code);
        ran
    }

    /// Returns where a video was saved according to the output of a run, relative to the folder.
    #[track_caller]
    pub(crate) fn file(&self, ran: &Ran) -> String {
        let object = ran.json();
        let path = Path::new(object["file"].as_str().expect("the output names a file"));
        let path = path.strip_prefix(fs::canonicalize(self.folder.path()).unwrap());
        path.unwrap().to_str().unwrap().to_owned()
    }

    /// Returns the state of each job, oldest first.
    #[track_caller]
    pub(crate) fn states(&self) -> Vec<String> {
        let listed = self.run("http://127.0.0.1:9", &["jobs", "--service", "localhost"]);
        assert_eq!(listed.code, 0, "{}", listed.err);
        let object = listed.json();
        let jobs = object["jobs"].as_array().unwrap();
        jobs.iter()
            .rev()
            .map(|job| job["state"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Returns the names of the files in the folder that do not belong to the stage.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "request.json" && name != "journal.sqlite3")
            .collect();
        names.sort();
        names
    }
}

impl Drop for Stage {
    /// Whatever a test did, no file that it left contains the key.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for file in fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_none_or(|extension| extension != "key") {
                    let bytes = fs::read(&path).unwrap();
                    assert!(!holds(&bytes, CANARY), "{}", path.display());
                }
            }
        }
    }
}

/// Whether a file contains a text.
pub(crate) fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

/// Runs the program to its end. Its output must not contain the key.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().expect("the program was built");
    assert!(!holds(&output.stdout, CANARY) && !holds(&output.stderr, CANARY));
    Ran {
        code: output.status.code().expect("no signal ended the program"),
        out: String::from_utf8(output.stdout).expect("the output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("the messages are UTF-8"),
    }
}

/// An emulator in this process, whose jobs finish within moments.
pub(crate) struct Service {
    emulator: Emulator,
    /// Ends with it.
    _runtime: Runtime,
}

impl Service {
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// Starts with queued faults.
    pub(crate) fn with(faults: &str) -> Self {
        Self::start(Clock::scaled(10_000.0), faults)
    }

    /// Starts as the service of an edition of its pages.
    pub(crate) fn in_edition(edition: &str) -> Self {
        Self::start_in(edition, Clock::scaled(10_000.0), "")
    }

    /// As [`Service::still`], as the service of an edition of its pages.
    pub(crate) fn still_in(edition: &str) -> Self {
        Self::start_in(edition, Clock::manual(), "")
    }

    /// Starts with jobs that progress only when the clock is advanced.
    pub(crate) fn still() -> Self {
        Self::start(Clock::manual(), "")
    }

    fn start(clock: Clock, faults: &str) -> Self {
        Self::start_in("seed", clock, faults)
    }

    fn start_in(edition: &str, clock: Clock, faults: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let mut limits = Limits::default();
        // With a fast clock a day passes in seconds.
        limits.url_lifetime = Duration::from_hours(100_000);
        let builder = Emulator::builder().clock(clock).limits(limits).key(CANARY);
        let mut builder = builder.edition(edition).unwrap();
        if !faults.is_empty() {
            builder = builder.faults(faults.parse::<kling_emulator::Faults>().unwrap());
        }
        let emulator = runtime.block_on(builder.start()).unwrap();
        Self {
            emulator,
            _runtime: runtime,
        }
    }

    pub(crate) fn url(&self) -> &str {
        self.emulator.url()
    }

    pub(crate) fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Returns the number of charges.
    pub(crate) fn charges(&self) -> usize {
        self.emulator.ledger().charges().len()
    }

    pub(crate) fn inject(&self, fault: &str) {
        assert!(self.emulator.inject(fault.parse().unwrap()));
    }
}

/// A URL where no server listens: the system assigns this port to no program that asks for a free one.
pub(crate) fn nowhere() -> String {
    "http://127.0.0.1:1".to_owned()
}
