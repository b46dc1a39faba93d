//! Saves a video to disk.

use std::fs;
use std::io::{IsTerminal as _, stderr};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kling_http::download::{copy, may_be_of, video_seconds};
use kling_http::{DownloadOptions, Saved, Task, TaskRef};
use kling_journal::Job;
use serde::Serialize;

use super::billing::{self, Billing};
use super::continue_options::ContinueOptions;
use super::destination::{self, Destination, Wanted};
use super::print::{VERSION, note, push};
use super::recorder::Recorder;
use super::session::Session;
use super::stop::{Stop, describe};
use crate::exit::Exit;

/// What `kling download` and `kling generate` print as JSON.
#[derive(Serialize)]
struct Output<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    state: &'static str,
    /// The absolute path of the video, unless it went to standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    /// The paths of all videos, if the task has more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<&'a [String]>,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    elapsed: f64,
    /// What the task costs; absent if the service does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    billing: Option<Billing>,
    /// What went wrong anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// Downloads the videos of a completed task, and prints where they are.
pub(crate) async fn save(
    session: &Session,
    mut recorder: Option<&mut Recorder>,
    job: Option<u64>,
    task: &Task,
    destination: &Destination,
) -> Result<Exit, Stop> {
    let (options, passing) = destination.options()?;
    let videos = task.video_urls().len();
    // Standard output can take only one.
    let wanted = if passing.is_some() { 1 } else { videos.max(1) };
    let mut all = Vec::new();
    for video in 0..wanted {
        let mut options = options.clone();
        options.video = video;
        let saved = download(session, task, options).await.map_err(|stop| {
            let files: Vec<String> = all
                .iter()
                .map(|saved: &Saved| absolute(&saved.file))
                .collect();
            if files.is_empty() {
                stop
            } else {
                stop.with(&serde_json::json!({ "files": files }))
            }
        })?;
        report_warnings(&saved, destination, wanted);
        all.push(saved);
    }
    let Some(saved) = all.first() else {
        return Err(Stop::new(Exit::Unusable, "the task has no video"));
    };
    if passing.is_some() {
        if videos > 1 {
            note(&format!(
                "warning: the task has {videos} videos, and only the first is written to standard output; save all of them with `{}`",
                session
                    .continue_options
                    .clone()
                    .without_target()
                    .command("download", task.id.as_deref().unwrap_or_default())
            ));
        }
        destination::write_out(&saved.file)?;
    } else if let Some(recorder) = recorder.as_mut() {
        let files = all.iter().map(|saved| (absolute(&saved.file), saved.bytes));
        recorder.saved(session, files.collect());
    }
    let unrecorded = recorder.and_then(|recorder| recorder.settle(session));
    let files: Vec<String> = if passing.is_some() {
        Vec::new()
    } else {
        all.iter().map(|saved| absolute(&saved.file)).collect()
    };
    let output = Output {
        version: VERSION,
        job,
        id: task.id.as_deref(),
        state: if passing.is_some() {
            "completed"
        } else {
            "saved"
        },
        file: files.first().map(String::as_str),
        files: (files.len() > 1).then_some(files.as_slice()),
        bytes: saved.bytes,
        seconds: saved.seconds,
        elapsed: seconds(session.began),
        billing: Billing::of_task(session, task),
        reason: unrecorded,
    };
    Ok(session.print.result(&output, || {
        let lines: Vec<String> = all
            .iter()
            .map(|saved| {
                let length = saved
                    .seconds
                    .map_or_else(String::new, |seconds| format!(", {seconds} s of video"));
                let place = if passing.is_some() {
                    "standard output".into()
                } else {
                    saved.file.to_string_lossy()
                };
                format!("{place}: {} bytes{length}", saved.bytes)
            })
            .chain(billing::line(&task.state(), output.billing.as_ref()))
            .collect();
        lines.join("\n")
    }))
}

/// Reports what is odd about a video, and if it is not where it was requested.
fn report_warnings(saved: &Saved, destination: &Destination, videos: usize) {
    for warning in &saved.warnings {
        note(&format!("warning: {warning}"));
    }
    if let Some(asked) = destination.file()
        && saved.file != asked
        && saved.file.extension() == asked.extension()
        && videos == 1
    {
        note(&format!(
            "warning: {} already exists and was left as it is; the video is in {}",
            asked.display(),
            saved.file.display()
        ));
    }
}

/// Prints where a previously saved video is, or copies it if another place is requested. `files` are those of all
/// videos of the task, in order.
pub(crate) async fn give_saved(
    session: &Session,
    job: Option<u64>,
    id: &str,
    files: &[(String, u64)],
    billing: Option<Billing>,
    destination: &Destination,
) -> Result<Exit, Stop> {
    let Some((file, bytes)) = files.first() else {
        return Err(Stop::new(Exit::Unusable, "the task has no video"));
    };
    let there = Path::new(file);
    let names: Vec<String> = files.iter().map(|(file, _)| file.clone()).collect();
    let shown = match destination.wanted(there) {
        Wanted::There => Some(file.to_owned()),
        Wanted::Stdout => {
            destination::write_out(there)?;
            None
        }
        Wanted::Copy(asked) => {
            destination.before_saving()?;
            let copied = copy(there, &TaskRef::id(id), asked, destination.existing())
                .await
                .map_err(|error| {
                    Stop::local(format!(
                        "the video is saved in {file}, and could not be copied: {}",
                        describe(&error)
                    ))
                })?;
            report_warnings(&copied, destination, 1);
            Some(absolute(&copied.file))
        }
    };
    let output = Output {
        version: VERSION,
        job,
        id: Some(id),
        state: "saved",
        file: shown.as_deref(),
        files: (shown.is_some() && names.len() > 1).then_some(names.as_slice()),
        bytes: *bytes,
        seconds: video_seconds(there),
        elapsed: seconds(session.began),
        billing,
        reason: None,
    };
    Ok(session.print.result(&output, || {
        let place = shown.as_deref().unwrap_or("standard output");
        let from = if place == file {
            "saved before".to_owned()
        } else {
            format!("from {file}, which was saved before")
        };
        let mut text = format!("{place}: {bytes} bytes, {from}");
        for (other, bytes) in files.iter().skip(1) {
            push(
                &mut text,
                format_args!("\n{other}: {bytes} bytes, saved before"),
            );
        }
        text
    }))
}

/// Returns the absolute path of a file, so that the reader of the output can find it from any folder.
fn absolute(file: &Path) -> String {
    let absolute = std::path::absolute(file);
    absolute
        .as_deref()
        .unwrap_or(file)
        .to_string_lossy()
        .into_owned()
}

async fn download(
    session: &Session,
    task: &Task,
    mut options: DownloadOptions,
) -> Result<Saved, Stop> {
    let bar = bar();
    let video = options.video;
    if let Some(left) = session.left() {
        options.deadline = left;
    }
    if let Some(bar) = bar.clone() {
        options.on_progress = Some(Arc::new(move |progress| {
            if let Some(total) = progress.total {
                bar.set_length(total);
            }
            bar.set_position(progress.bytes);
        }));
    }
    let done = tokio::select! {
        biased;
        () = session.signals.first() => None,
        done = session.client.download(task, &options) => Some(done),
    };
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    match done {
        Some(Ok(saved)) => Ok(saved),
        Some(Err(error)) => {
            let exit = if error.is_local_io() || error.is_input() {
                Exit::LocalIo
            } else {
                Exit::Unusable
            };
            let mut continue_options = session.continue_options.clone();
            // The same limit would keep it from being saved again.
            if error.is_too_large() {
                continue_options = continue_options.without_max_bytes();
            }
            let why = describe(&error);
            Err(not_saved(
                session,
                &continue_options,
                task,
                video,
                exit,
                &why,
            ))
        }
        None => {
            let (exit, why) = (Exit::Unusable, "stopped");
            Err(not_saved(
                session,
                &session.continue_options,
                task,
                video,
                exit,
                why,
            ))
        }
    }
}

/// Ends the command for a video that is ready but not saved.
fn not_saved(
    session: &Session,
    continue_options: &ContinueOptions,
    task: &Task,
    video: usize,
    exit: Exit,
    why: &str,
) -> Stop {
    let from = task
        .video_urls()
        .get(video)
        .map_or_else(String::new, |url| {
            format!(" from {}", session.client.sanitise(url))
        });
    let stop = Stop::new(exit, format!("the video was not saved{from}: {why}"));
    let id = task.id.as_deref().or(task.client_business_id.as_deref());
    match id {
        Some(id) if !session.is_passing => stop.with_next(
            "It is paid for. Get it with",
            continue_options.command("download", id),
        ),
        Some(_) | None => stop,
    }
}

/// Shows the download's progress on a terminal.
fn bar() -> Option<ProgressBar> {
    stderr().is_terminal().then(|| {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(style());
        bar
    })
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}")
        .expect("a constant template that a test reads")
}

/// Returns the seconds since a moment, to the millisecond.
pub(crate) fn seconds(began: Instant) -> f64 {
    (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
}

/// Reports that the video is being downloaded.
pub(crate) fn report_download(task: &Task) {
    note(&format!(
        "{} is done: downloading its video",
        task.id.as_deref().unwrap_or("the task")
    ));
}

/// Whether a job's video is where it was saved, and complete: it may have been moved away, or replaced by another
/// task's.
pub(crate) fn is_there(job: &Job, file: &str, bytes: u64) -> bool {
    let id = job.state.id().map(TaskRef::id);
    // If the service returned no id, the task was polled by the request's own id.
    let own = job
        .client_business_id
        .clone()
        .map(TaskRef::client_business_id);
    let mut names = id.into_iter().chain(own);
    fs::metadata(file).is_ok_and(|metadata| metadata.len() == bytes)
        && names.any(|task| may_be_of(Path::new(file), &task))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_can_be_read() {
        super::style();
    }
}
