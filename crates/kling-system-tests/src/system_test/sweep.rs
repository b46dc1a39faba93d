//! A process is killed, or interrupted, at every system call in turn; running the same command again pays nothing
//! more, loses nothing and finds nothing incomplete.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use super::disk::part;
use super::each::each;
use super::stage::{GENERATE, Services, Stage, ensure, is_video};
use super::strace::{NOTICED, injecting, listed, most_of_each, wrapper};

/// A point in a run.
struct Point {
    call: String,
    /// The index of the call among those of its name in its thread.
    number: u32,
    signal: &'static str,
    /// Only calls on these files are counted; all calls, if there are none.
    files: Vec<String>,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} {}", self.signal, self.call, self.number)?;
        if !self.files.is_empty() {
            f.write_str(" on the files of the video")?;
        }
        Ok(())
    }
}

/// The outcome for one point.
struct PointOutcome {
    /// The run did not end by itself.
    was_stopped: bool,
    /// The service had charged when the run ended.
    was_paid: bool,
    /// The journal contained an unfinished job then.
    was_picked_up: bool,
    /// How the job ended.
    end: String,
}

/// Kills `kling generate` at every system call that others could notice.
///
/// # Errors
/// At some point there was a second charge, an id was lost, a file was incomplete, or the job did not end.
pub(super) fn kill(root: &Path) -> Result<String> {
    sweep(root, "SIGKILL", 1)
}

/// Interrupts it at every fourth call, once with each signal.
///
/// # Errors
/// As [`kill`].
pub(super) fn interrupt(root: &Path) -> Result<String> {
    const STEP: usize = 4;
    let interrupted = sweep(root, "SIGINT", STEP)?;
    let terminated = sweep(root, "SIGTERM", STEP)?;
    Ok(format!("{interrupted}; {terminated}"))
}

fn sweep(root: &Path, signal: &'static str, step: usize) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let (all, bytes) = points(&kling, &services, signal)?;
    let count = all.len();
    let points: Vec<Point> = all.into_iter().step_by(step).collect();
    let found = each(&points, ToString::to_string, |point| {
        at(point, &kling, &services, bytes)
    })?;
    let number = |is_asked: fn(&&PointOutcome) -> bool| found.iter().filter(is_asked).count();
    let (stopped, paid) = (
        number(|found| found.was_stopped),
        number(|found| found.was_paid),
    );
    // Otherwise the sweep did not cover the run.
    ensure(
        stopped * 2 > points.len() && paid > 0 && paid < points.len(),
        || {
            format!(
                "{signal}: of {} points {stopped} were reached, {paid} behind the charge",
                points.len()
            )
        },
    )?;
    Ok(format!(
        "{signal} at {} of {count} points (each call of a name by its number in its thread): {stopped} reached, {paid} with a \
         charge before, {} jobs picked up, {} unknown, no second charge",
        points.len(),
        number(|found| found.was_picked_up),
        number(|found| found.end == "unknown"),
    ))
}

/// Returns all points of an undisturbed run, and the length of its video.
///
/// strace counts the calls of each thread separately, and affects the first thread that reaches a number. The threads
/// that write the video make few calls, so those are swept separately once more.
fn points(kling: &Path, services: &Services, signal: &'static str) -> Result<(Vec<Point>, u64)> {
    let part = part(kling, services)?;
    let of_video = ["videos", "videos/a.mp4", &part, &format!("{part}-info")];
    let mut points = Vec::new();
    let mut bytes = None;
    for files in [&[][..], &of_video] {
        let stage = Stage::new(kling)?;
        let service = services.start()?;
        let paths = paths(&stage, files);
        let paths = paths.iter().map(|path| path.to_string_lossy());
        let options: Vec<String> = paths
            .flat_map(|path| ["-P".to_owned(), path.into_owned()])
            .collect();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let (_, log) = listed(&stage, service.url(), NOTICED, &options, &GENERATE)?;
        bytes = length(&stage.video())?;
        for (call, most) in most_of_each(&log) {
            // The first one is made by strace, before the program begins.
            if call == "execve" {
                continue;
            }
            points.extend((1..=most).map(|number| Point {
                call: call.clone(),
                number,
                signal,
                files: files.iter().map(|file| (*file).to_owned()).collect(),
            }));
        }
    }
    let bytes = bytes.ok_or_else(|| Failure::new("an undisturbed run makes no video"))?;
    Ok((points, bytes))
}

/// Returns paths as they are given, and as descriptors have them.
fn paths(stage: &Stage, files: &[impl AsRef<str>]) -> Vec<PathBuf> {
    files
        .iter()
        .map(AsRef::as_ref)
        .flat_map(|file: &str| [PathBuf::from(file), stage.path(file)])
        .collect()
}

fn at(point: &Point, kling: &Path, services: &Services, bytes: u64) -> Result<PointOutcome> {
    let stage = Stage::new(kling)?;
    let service = services.start()?;
    let url = service.url();
    let paths = paths(&stage, &point.files);
    let words = injecting(
        &point.call,
        &format!("signal={}", point.signal),
        &point.number.to_string(),
        &paths.iter().map(PathBuf::as_path).collect::<Vec<_>>(),
    );
    let first = stage.generate(&wrapper(&words), url)?;
    let was_paid = !service.charged().is_empty();
    whole(&stage, bytes)?;
    let was_told = first.json()["file"].is_string();
    // A user who was told where the video is does not ask for it again; otherwise the user does.
    let second = if was_told {
        stage.run(&[], url, &["jobs", "resume", "1"])?
    } else {
        stage.generate(&[], url)?
    };
    let details = || {
        format!(
            "first ({:?}): {}\nsecond ({:?}): {}",
            first.code, first.err, second.code, second.err
        )
    };
    whole(&stage, bytes)?;
    let charged = service.charged();
    ensure(charged.len() <= 1, || {
        format!("{} charges\n{}", charged.len(), details())
    })?;
    let jobs = stage.jobs(url)?;
    ensure(jobs.len() == 1, || {
        format!("{} jobs\n{}", jobs.len(), details())
    })?;
    let word = jobs[0]["state"].as_str().unwrap_or_default();
    let right = match charged.first() {
        // A charged request can be looked up here, so it must be found.
        Some(task) => word == "saved" && jobs[0]["id"] == task.as_str() && second.code == Some(0),
        None => word == "unknown" && second.code == Some(4),
    };
    ensure(right, || format!("the job is {word}\n{}", details()))?;
    if word == "saved" {
        ensure(length(&stage.video())? == Some(bytes), || {
            format!("no video\n{}", details())
        })?;
    }
    Ok(PointOutcome {
        was_stopped: first.code != Some(0),
        was_paid,
        was_picked_up: second.err.contains("not paid for again"),
        end: word.to_owned(),
    })
}

/// Fails if a file with the name of a video is incomplete.
fn whole(stage: &Stage, bytes: u64) -> Result<()> {
    for name in stage.videos()?.iter().filter(|name| is_video(name)) {
        let there = length(&stage.path("videos").join(name))?;
        ensure(there == Some(bytes), || {
            format!("{name} has {there:?} bytes, not {bytes}")
        })?;
    }
    Ok(())
}

fn length(path: &Path) -> Result<Option<u64>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file(path, "read", &error)),
    }
}
