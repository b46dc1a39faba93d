//! The wall clock jumps back and forth between two records of a job: the job continues, and its history keeps its
//! order.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use kling_emulator::{Clock, Emulator};
use serde_json::Value;
use xtask::failure::{Failure, Result, write};
use xtask::process::build_kling;

use super::stage::{GENERATE, Service, Services, Stage, ensure};

/// The program, by its name in Debian's package `faketime`.
pub(super) const PROGRAM: &str = "faketime";
/// The offset on the command line would take precedence over that in the file.
const BY_FILE: &str = r#"unset FAKETIME; exec "$0" "$@""#;
/// How long a run may take to reach the point where the test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Lets the clock of a run jump while it waits.
///
/// # Errors
/// The run fails, pays twice, or its history is out of order.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let jumps = ["-1d", "+1d", "-2000d"];
    for jump in jumps {
        let stage = Stage::new(&kling)?;
        let service = services.start_as(Emulator::builder().clock(Clock::manual()))?;
        jumping(&stage, &service, jump)
            .map_err(|failure| Failure::new(format!("{jump}: {failure}")))?;
    }
    Ok(format!(
        "{} jumps, each job saved and in order",
        jumps.len()
    ))
}

fn jumping(stage: &Stage, service: &Service, jump: &str) -> Result<()> {
    let url = service.url();
    let offset = stage.path("offset");
    write(&offset, "+0d\n")?;
    let mut command = stage.command(&[PROGRAM, "-f", "+0d", "sh", "-c", BY_FILE], url, &GENERATE);
    command
        // Read at each call, instead of the offset on the command line.
        .env("FAKETIME_TIMESTAMP_FILE", &offset)
        .env("FAKETIME_NO_CACHE", "1")
        // The monotonic clock does not jump, and the kernel uses it for waiting.
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let run = command
        .spawn()
        .map_err(|error| Failure::new(format!("`{PROGRAM}` cannot be started: {error}")))?;
    let run = until_it_waits(run, service)?;
    write(&offset, &format!("{jump}\n"))?;
    service.emulator.advance(Duration::from_mins(10));
    let output = run
        .wait_with_output()
        .map_err(|error| Failure::new(format!("the run cannot be waited for: {error}")))?;
    fs::remove_file(&offset).map_err(|error| Failure::file(&offset, "removed", &error))?;
    let ran = stage.ran(&output)?;
    ensure(ran.code == Some(0) && service.charged().len() == 1, || {
        format!("{:?} {}", ran.code, ran.err)
    })?;
    let shown = stage.run(&[], url, &["jobs", "show", "1", "--format", "json"])?;
    let job = shown.json();
    let history = job["history"].as_array().cloned().unwrap_or_default();
    let words: Vec<&str> = history
        .iter()
        .filter_map(|entry| entry["state"].as_str())
        .collect();
    ensure(
        // The answer with the video is recorded before the completion.
        words
            == [
                "intent",
                "sending",
                "accepted",
                "accepted",
                "completed",
                "saved",
            ],
        || format!("the history is {words:?}"),
    )?;
    let moved = moved(&history);
    ensure(
        jump.starts_with('-') == (moved < -3600) && moved.abs() > 3600,
        || format!("the clock of the run did not jump: {moved} s"),
    )
}

/// Returns by how many seconds the last record is later than the first.
fn moved(history: &[Value]) -> i64 {
    let at = |entry: Option<&Value>| entry.and_then(|entry| entry["at"].as_i64()).unwrap_or(0);
    at(history.last()) - at(history.first())
}

/// Waits until the task was polled.
fn until_it_waits(mut run: Child, service: &Service) -> Result<Child> {
    let began = Instant::now();
    let is_waiting = || {
        let requests = service.emulator.requests();
        requests.iter().any(|request| request.method == "GET")
    };
    while !is_waiting() {
        let ended = run.try_wait().is_ok_and(|status| status.is_some());
        if ended || began.elapsed() > PATIENCE {
            // It may have ended by itself.
            let _ = run.kill();
            let output = run.wait_with_output();
            let details = output.map_or_else(
                |error| error.to_string(),
                |output| String::from_utf8_lossy(&output.stderr).into_owned(),
            );
            return Err(Failure::new(format!("the run never waits: {details}")));
        }
        std::thread::yield_now();
    }
    Ok(run)
}
