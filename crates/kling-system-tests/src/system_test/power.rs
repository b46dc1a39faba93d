//! The power fails at every step of writing the journal: what was not synchronised is gone, incomplete, or out of
//! order. Running the same command again pays nothing more.
//!
//! No file system is made to lose data. The system calls of an undisturbed run are recorded, and the journal is
//! recreated as each moment may have left it.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use super::each::each;
use super::stage::{GENERATE, Service, Services, Stage, ensure};
use super::strace::listed;
use super::writes::{CALLS, Disk, Files, OPTIONS, Step, steps};

const JOURNAL: &str = "journal.sqlite3";
const TEMPORARY: &str = "journal.sqlite3-journal";

/// What a moment may have left on disk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Left {
    files: Files,
    /// The request had been sent.
    was_sent: bool,
    /// The result had been printed.
    was_told: bool,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |is: bool| if is { "" } else { "not " };
        write!(
            f,
            "{}sent, {}told",
            word(self.was_sent),
            word(self.was_told)
        )?;
        let mut files = self.files.iter();
        files.try_for_each(|(name, bytes)| write!(f, ", {name} of {} bytes", bytes.len()))
    }
}

/// Lets the power fail at each moment.
///
/// # Errors
/// From some state a request is paid for again, or its task is lost.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let stage = Stage::new(&kling)?;
    let service = services.start()?;
    let (_, log) = listed(&stage, service.url(), CALLS, &OPTIONS, &GENERATE)?;
    let folder = stage.path("");
    let folder = folder.to_string_lossy();
    let steps = steps(&log, folder.trim_end_matches('/'), &[JOURNAL, TEMPORARY]);
    let left = left(&steps);
    let syncs = steps.iter().filter(|step| matches!(step, Step::Sync(_)));
    let syncs = syncs.count();
    let sent = left.iter().filter(|left| left.was_sent).count();
    ensure(syncs >= 10 && sent > 50 && left.len() - sent > 50, || {
        format!(
            "{} states, {sent} after sending, {syncs} synchronisations",
            left.len()
        )
    })?;
    let (sent, unsent): (Vec<&Left>, Vec<&Left>) = left.iter().partition(|left| left.was_sent);
    let mut states = each(&sent, ToString::to_string, |left| {
        again(&kling, &service, left)
    })?;
    // A job belongs to its service, so each of these needs one at the same URL that has charged nothing.
    let address = service.emulator.address();
    services.end(service);
    for left in unsent {
        let service = services.start_at(address.port())?;
        let word = again(&kling, &service, left)
            .map_err(|failure| Failure::new(format!("{left}: {failure}")))?;
        states.push(word);
        services.end(service);
    }
    let count = |asked: &str| states.iter().filter(|state| *state == asked).count();
    Ok(format!(
        "{} moments, {} different states of the disk: {} saved, {} unknown, no second charge",
        steps.len(),
        states.len(),
        count("saved"),
        count("unknown")
    ))
}

/// Returns what the moments may have left, without duplicates.
fn left(steps: &[Step]) -> Vec<Left> {
    let mut disk = Disk::default();
    let (mut was_sent, mut was_told) = (false, false);
    let mut all = BTreeSet::new();
    for step in steps {
        disk.apply(step);
        if let Step::Said(text) = step {
            was_sent |= text.starts_with(b"POST ");
            was_told |= text.starts_with(b"{\"version\":");
        }
        let files = disk.after_power_loss(step);
        all.extend(files.into_iter().map(|files| Left {
            files,
            was_sent,
            was_told,
        }));
    }
    all.into_iter().collect()
}

/// Runs the command again on what is left; returns the state in which the job ends.
fn again(kling: &Path, service: &Service, left: &Left) -> Result<String> {
    let stage = Stage::new(kling)?;
    for (name, bytes) in &left.files {
        let path = stage.path(name);
        std::fs::write(&path, bytes).map_err(|error| Failure::file(&path, "written", &error))?;
    }
    let url = service.url();
    // A user who was told where the video is does not ask for it again.
    let ran = if left.was_told {
        stage.run(&[], url, &["jobs", "resume", "1"])?
    } else {
        stage.generate(&[], url)?
    };
    let charged = service.charged();
    let details = |what: &str| format!("{what}; {:?} {}", ran.code, ran.err);
    ensure(charged.len() <= 1 && service.posts() <= 1, || {
        details(&format!("{} charges", charged.len()))
    })?;
    let jobs = stage.jobs(url)?;
    ensure(jobs.len() == 1, || details(&format!("{} jobs", jobs.len())))?;
    let word = jobs[0]["state"].as_str().unwrap_or_default();
    let right = match charged.first() {
        Some(task) => word == "saved" && jobs[0]["id"] == task.as_str() && ran.code == Some(0),
        None => word == "unknown" && ran.code == Some(4),
    };
    ensure(right, || details(&format!("the job is {word}")))?;
    Ok(word.to_owned())
}
