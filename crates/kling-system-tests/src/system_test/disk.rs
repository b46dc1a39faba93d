//! The disk is full or fails, at every moment of a submit, of a whole run and of a download.

use std::fs;
use std::path::Path;

use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use super::each::each;
use super::stage::{GENERATE, Ran, Services, Stage, ensure, is_video};
use super::strace::{injecting, listed, most_of_each, wrapper};

/// The exit code for a local file or the journal.
const LOCAL: Option<i32> = Some(8);
const SUBMIT: [&str; 4] = ["submit", "request.json", "--format", "json"];

/// A fault of the disk under the journal.
struct Point {
    call: String,
    error: &'static str,
    /// Which of the calls fail, as strace counts them.
    when: String,
}

/// When a submit was affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hit {
    BeforeSending,
    /// Nothing was sent, and the job says that it may have been.
    InDoubt,
    AfterSending,
    /// The fault had no effect.
    Not,
}

/// Makes every write and every synchronisation of the journal fail in turn.
///
/// # Errors
/// Something was sent that was not recorded, an id was not reported, or there was a second charge.
pub(super) fn journal(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let points = points(&kling, &services, &SUBMIT, |call| {
        if call == "pwrite64" {
            &[("ENOSPC", "+"), ("EIO", "")]
        } else {
            &[("EIO", ""), ("EIO", "+")]
        }
    })?;
    let hits = each(
        &points,
        |point| format!("{} at {} {}", point.error, point.call, point.when),
        |point| at(point, &kling, &services),
    )?;
    let count = |asked: Hit| hits.iter().filter(|hit| **hit == asked).count();
    let (before, after) = (count(Hit::BeforeSending), count(Hit::AfterSending));
    ensure(before > 10 && after > 10, || {
        format!(
            "{before} before and {after} after sending, of {}",
            hits.len()
        )
    })?;
    Ok(format!(
        "{} points: {} before sending, nothing sent ({} of the jobs are unknown all the same); {after} after it, the id told; \
         {} that did no harm",
        hits.len(),
        before + count(Hit::InDoubt),
        count(Hit::InDoubt),
        count(Hit::Not)
    ))
}

/// Returns a point for each write and each synchronisation of the journal in an undisturbed run, with each of the
/// errors of its call.
fn points(
    kling: &Path,
    services: &Services,
    arguments: &[&str],
    errors: impl Fn(&str) -> &'static [(&'static str, &'static str)],
) -> Result<Vec<Point>> {
    let stage = Stage::new(kling)?;
    let service = services.start()?;
    let folder = stage.path("");
    let folder = folder.to_string_lossy();
    let paths = journal_files(&stage);
    let mut options = vec!["-P", folder.trim_end_matches('/')];
    options.extend(paths.iter().flat_map(|path| ["-P", path.as_str()]));
    let calls = "pwrite64,fsync,fdatasync";
    let (_, log) = listed(&stage, service.url(), calls, &options, arguments)?;
    let mut points = Vec::new();
    for (call, most) in most_of_each(&log) {
        for number in 1..=most {
            points.extend(errors(&call).iter().map(|(error, more)| Point {
                call: call.clone(),
                error,
                when: format!("{number}{more}"),
            }));
        }
    }
    Ok(points)
}

/// Runs the program with a fault of the disk under the journal.
fn faulty(point: &Point, stage: &Stage, url: &str, arguments: &[&str]) -> Result<Ran> {
    let [temporary, journal] = journal_files(stage);
    let folder = stage.path("");
    let folder = folder.to_string_lossy();
    let paths = [
        Path::new(&temporary),
        Path::new(&journal),
        Path::new(folder.trim_end_matches('/')),
    ];
    let what = format!("error={}", point.error);
    let words = injecting(&point.call, &what, &point.when, &paths);
    stage.run(&wrapper(&words), url, arguments)
}

/// Makes each write and each synchronisation of the journal fail once during `kling generate`, and runs it again.
///
/// # Errors
/// There was a second charge, or the second run does not end with the one video.
pub(super) fn generate(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let points = points(&kling, &services, &GENERATE, |_| &[("EIO", "")])?;
    let were_saved = each(
        &points,
        |point| format!("{} {}", point.call, point.when),
        |point| {
            let stage = Stage::new(&kling)?;
            let service = services.start()?;
            let url = service.url();
            let first = faulty(point, &stage, url, &GENERATE)?;
            let again = stage.generate(&[], url)?;
            let (posts, states) = (service.posts(), stage.states(url)?);
            let is_saved = again.code == Some(0)
                && posts == 1
                && states == ["saved"]
                && stage.videos()? == ["a.mp4"];
            // The record of the sending may exist although the disk reported a failure.
            let is_unknown = again.code == Some(4) && posts == 0 && states == ["unknown"];
            ensure(
                (is_saved || is_unknown) && service.charged().len() == posts,
                || {
                    format!(
                        "{:?} {}\nagain, with {posts} submits and {states:?}: {:?} {}",
                        first.code, first.err, again.code, again.err
                    )
                },
            )?;
            Ok(is_saved)
        },
    )?;
    let saved = were_saved.iter().filter(|is_saved| **is_saved).count();
    ensure(saved > 20, || format!("{saved} of {}", points.len()))?;
    Ok(format!(
        "{} points: run again, {saved} have one charge and one video; the others sent nothing and are unknown",
        points.len()
    ))
}

/// Forbids to create files in the folder for the video.
///
/// # Errors
/// That is not found before the request is sent.
pub(super) fn folder(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let errors = ["EACCES", "EROFS", "ENOSPC"];
    for error in errors {
        let stage = Stage::new(&kling)?;
        let service = services.start()?;
        let url = service.url();
        let paths = [Path::new("videos"), &stage.path("videos")];
        let words = injecting("openat", &format!("error={error}"), "1+", &paths);
        let ran = stage.generate(&wrapper(&words), url)?;
        ensure(
            ran.code == LOCAL
                && ran
                    .err
                    .contains("no file can be written in the folder videos")
                && service.emulator.request_count() == 0,
            || format!("{error}: {:?} {}", ran.code, ran.err),
        )?;
        let again = stage.generate(&[], url)?;
        ensure(again.code == Some(0) && service.posts() == 1, || {
            format!("{error}, again: {:?} {}", again.code, again.err)
        })?;
    }
    Ok(format!(
        "{} errors, found before anything is sent",
        errors.len()
    ))
}

fn journal_files(stage: &Stage) -> [String; 2] {
    let path = stage.journal().display().to_string();
    [format!("{path}-journal"), path]
}

fn at(point: &Point, kling: &Path, services: &Services) -> Result<Hit> {
    let stage = Stage::new(kling)?;
    let service = services.start()?;
    let url = service.url();
    let ran = faulty(point, &stage, url, &SUBMIT)?;
    let details = || format!("{:?} {} {}", ran.code, ran.out, ran.err);
    let charged = service.charged();
    let hit = match (ran.code, charged.as_slice()) {
        (Some(0), [_]) => Hit::Not,
        (Some(2 | 8), []) if service.posts() == 0 => Hit::BeforeSending,
        (Some(8), [id]) if ran.err.contains(id) && ran.json()["id"] == id.as_str() => {
            Hit::AfterSending
        }
        _ => return Err(Failure::new(details())),
    };
    if hit == Hit::AfterSending {
        // The record may exist after all; otherwise the outcome is unknown, and the message says how to look it up.
        let again = stage.run(&[], url, &SUBMIT)?;
        let is_known = again.code == Some(0) && again.json()["id"] == charged[0].as_str();
        let advice = again.err.lines().last().unwrap_or_default();
        let is_unknown = again.code == Some(4)
            && stage.states(url)? == ["unknown"]
            && advice.trim_start().starts_with("kling status ");
        ensure(is_known || is_unknown, || {
            format!("{}\nagain: {:?} {}", details(), again.code, again.err)
        })?;
    }
    let last = stage.generate(&[], url)?;
    let (posts, states) = (service.posts(), stage.states(url)?);
    let is_saved = last.code == Some(0) && posts == 1 && states == ["saved"];
    // The record of the sending may exist although the disk reported a failure. Then nothing can resolve the outcome.
    let is_unknown =
        hit == Hit::BeforeSending && last.code == Some(4) && posts == 0 && states == ["unknown"];
    ensure(
        (is_saved || is_unknown) && service.charged().len() == posts,
        || format!("{}\nlast: {:?} {}", details(), last.code, last.err),
    )?;
    Ok(if is_unknown { Hit::InDoubt } else { hit })
}

/// Makes every step of saving a video to disk fail in turn.
///
/// # Errors
/// There is an incomplete video under the target's name, or the job is lost.
pub(super) fn download(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let part = part(&kling, &services)?;
    let links = "?link,linkat,?rename,?renameat,?renameat2";
    let cases = [
        ("openat", "ENOSPC", part.as_str()),
        ("openat", "EROFS", &part),
        ("write", "ENOSPC", &part),
        ("write", "EIO", &part),
        ("write", "EFBIG", &part),
        ("fsync", "EIO", &part),
        ("fsync", "ENOSPC", &part),
        (links, "EIO", &part),
        (links, "ENOSPC", &part),
        ("fsync", "EIO", "videos"),
    ];
    for (call, error, path) in cases {
        let stage = Stage::new(&kling)?;
        let service = services.start()?;
        let url = service.url();
        // The path as it is opened, and as a descriptor has it.
        let paths = [Path::new(path), &stage.path(path)];
        let words = injecting(call, &format!("error={error}"), "1+", &paths);
        let ran = stage.generate(&wrapper(&words), url)?;
        let details = |what: &str| format!("{call} {error}: {what}; {:?} {}", ran.code, ran.err);
        ensure(ran.code == LOCAL, || details("another exit code"))?;
        let is_advice = |line: &str| {
            let line = line.trim_start();
            line.starts_with("kling download --output videos/a.mp4 ") && line.contains(" video_")
        };
        ensure(ran.err.lines().any(is_advice), || details("no advice"))?;
        let videos = stage.videos()?;
        ensure(!videos.iter().any(|name| is_video(name)), || {
            details(&format!("half a video in {videos:?}"))
        })?;
        ensure(stage.states(url)? == ["completed"], || {
            details("another state")
        })?;
        // There is free space again.
        let again = stage.generate(&[], url)?;
        ensure(
            again.code == Some(0)
                && service.charged().len() == 1
                && stage.videos()? == ["a.mp4"]
                && stage.states(url)? == ["saved"],
            || details(&format!("again: {:?} {}", again.code, again.err)),
        )?;
    }
    Ok(format!(
        "{} ways to fail, no half video, saved with room again",
        cases.len()
    ))
}

/// Returns the path of the file that a video is downloaded to, as it is opened. It depends on the task, and an
/// emulator's first task is always the same.
pub(super) fn part(kling: &Path, services: &Services) -> Result<String> {
    let stage = Stage::new(kling)?;
    let service = services.start()?;
    let (_, log) = listed(&stage, service.url(), "openat", &["-s", "4096"], &GENERATE)?;
    let names = log.split('"').skip(1).step_by(2);
    let part = names
        .into_iter()
        .find(|name| Path::new(name).extension().is_some_and(|end| end == "part"));
    let there = fs::metadata(stage.video()).is_ok();
    part.filter(|_| there)
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("no file in which a video grows was opened"))
}
