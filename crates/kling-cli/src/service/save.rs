//! Putting a video on the disk.

use std::fs;
use std::io::{self, IsTerminal as _, stderr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kling_http::download::Target;
use kling_http::{DownloadOptions, Saved, Task};
use serde::Serialize;

use super::print::{VERSION, note};
use super::recorder::Recorder;
use super::session::Session;
use super::stop::{Stop, told};
use crate::cli;
use crate::exit::Exit;

/// Where videos go and how long they may be, found usable before anything is paid for.
pub(crate) fn options(asked: &cli::Target) -> Result<DownloadOptions, Stop> {
    let mut options = DownloadOptions::new(target(asked)?);
    if let Some(most) = asked.max_bytes {
        options.max_bytes = most.get();
    }
    Ok(options)
}

fn target(asked: &cli::Target) -> Result<Target, Stop> {
    if let Some(file) = &asked.output {
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .map_or_else(|| PathBuf::from("."), PathBuf::from);
        if file.file_name().is_none() || file.is_dir() {
            return Err(Stop::usage(format!(
                "--output {}: it names no file; give a name, or a folder with `--output-dir`",
                file.display()
            )));
        }
        return match fs::metadata(&folder) {
            Ok(metadata) if metadata.is_dir() => Ok(Target::File(file.clone())),
            Ok(_) => Err(Stop::local(format!(
                "--output {}: {} is no folder",
                file.display(),
                folder.display()
            ))),
            Err(error) => Err(Stop::local(format!(
                "--output {}: the folder {} cannot be used: {error}",
                file.display(),
                folder.display()
            ))),
        };
    }
    let name = asked
        .name
        .parse()
        .map_err(|error: kling_http::Error| Stop::usage(format!("--name: {}", told(&error))))?;
    // The empty path is this folder, and does not show in the names of files.
    let folder = asked.output_dir.clone().unwrap_or_default();
    fs::create_dir_all(&folder).map_err(|error| {
        Stop::local(format!(
            "--output-dir {}: it cannot be made: {error}; name another folder",
            folder.display()
        ))
    })?;
    Ok(Target::Folder {
        folder,
        name,
        index: 0,
    })
}

/// The object of `kling download` and `kling generate`.
#[derive(Serialize)]
struct Object<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    file: &'a str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    elapsed: f64,
}

/// Downloads the video of a task that is done, and prints where it is.
pub(crate) async fn save(
    session: &Session,
    mut recorder: Option<&mut Recorder>,
    task: &Task,
    options: DownloadOptions,
) -> Result<Exit, Stop> {
    let saved = download(session, task, options).await?;
    let file = std::path::absolute(&saved.file).unwrap_or_else(|_| saved.file.clone());
    if let Some(recorder) = recorder.as_mut() {
        recorder.saved(file.to_string_lossy().into_owned(), saved.bytes);
    }
    let shown = saved.file.to_string_lossy();
    let object = Object {
        version: VERSION,
        id: task.id.as_deref(),
        file: &shown,
        bytes: saved.bytes,
        seconds: saved.seconds,
        elapsed: seconds(session.began),
    };
    Ok(session.print.result(&object, || {
        let length = saved
            .seconds
            .map_or_else(String::new, |seconds| format!(", {seconds} s of video"));
        format!("{shown}: {} bytes{length}", saved.bytes)
    }))
}

/// Gives a video that was saved before: where it is, or a copy of it where another file is asked for.
pub(crate) fn give_saved(
    session: &Session,
    id: &str,
    file: &str,
    bytes: u64,
    target: &Target,
) -> Result<Exit, Stop> {
    let copied = match target {
        Target::File(asked) => copy(Path::new(file), asked)?,
        Target::Folder { .. } => None,
    };
    let shown = copied.as_ref().map(|path| path.to_string_lossy());
    let shown = shown.as_deref().unwrap_or(file);
    let object = Object {
        version: VERSION,
        id: Some(id),
        file: shown,
        bytes,
        seconds: None,
        elapsed: seconds(session.began),
    };
    Ok(session.print.result(&object, || {
        let from = if shown == file {
            "saved before".to_owned()
        } else {
            format!("copied from {file}, which was saved before")
        };
        format!("{shown}: {bytes} bytes, {from}")
    }))
}

/// Copies a saved video to the file that is asked for, unless that is the video itself.
fn copy(saved: &Path, asked: &Path) -> Result<Option<PathBuf>, Stop> {
    let real = |path: &Path| fs::canonicalize(path).ok();
    if real(asked).is_some_and(|asked| Some(asked) == real(saved)) {
        return Ok(None);
    }
    let failed = |error: &dyn std::fmt::Display| {
        Stop::local(format!(
            "the video is saved in {}, and could not be copied to {}: {error}; copy it yourself, or name another file",
            saved.display(),
            asked.display()
        ))
    };
    let folder = asked
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // Whole or not there: under a name of its own first, and never over another file.
    let mut part = tempfile::NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    fs::File::open(saved)
        .and_then(|mut video| io::copy(&mut video, part.as_file_mut()))
        .and_then(|_| part.as_file().sync_all())
        .map_err(|error| failed(&error))?;
    part.persist_noclobber(asked)
        .map_err(|error| failed(&error.error))?;
    Ok(Some(asked.to_owned()))
}

async fn download(
    session: &Session,
    task: &Task,
    mut options: DownloadOptions,
) -> Result<Saved, Stop> {
    let bar = bar();
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
    let id = task.id.as_deref().unwrap_or_default();
    let again = session.advice(&format!("kling download {id}"));
    match done {
        Some(Ok(saved)) => Ok(saved),
        Some(Err(error)) => {
            let exit = if error.is_local_io() || error.is_input() {
                Exit::LocalIo
            } else {
                Exit::Unusable
            };
            Err(Stop::new(
                exit,
                format!(
                    "the video was not saved: {}; it is paid for, get it with `{again}`",
                    told(&error)
                ),
            ))
        }
        None => Err(Stop::new(
            Exit::Unusable,
            format!("stopped; the video is not saved, and paid for: get it with `{again}`"),
        )),
    }
}

/// How much is there, on a terminal.
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

/// Seconds since a moment, in milliseconds' steps.
pub(crate) fn seconds(began: Instant) -> f64 {
    (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
}

/// Tells that the service is being asked for the video.
pub(crate) fn tell_download(task: &Task) {
    note(&format!(
        "{} is done: downloading its video",
        task.id.as_deref().unwrap_or("the task")
    ));
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_can_be_read() {
        super::style();
    }
}
