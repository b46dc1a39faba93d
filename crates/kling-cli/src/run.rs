//! Processes all requests of the input on all cores, with the output in input order.
//!
//! Threads take jobs from a [`source::Source`], each a block of lines or a few files, and pass what they have rendered
//! to [`ordered::Ordered`], which writes it in order. Neither keeps more than a bounded number of bytes.

mod list;
mod nothing;
mod ordered;
mod progress;
mod source;
mod worker;

use std::io::{IsTerminal as _, stdin};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

use kling_json::Buffer;

use crate::cli;
use crate::exit::Failure;
use crate::input::files::{Files, Named, STDIN};
use crate::input::request::Request;
use crate::output::waiting;
use crate::settings::{Flags, SettingsError, SettingsOf};

pub(crate) use nothing::{InputCounts, nothing};
use ordered::Ordered;
pub(crate) use ordered::{RunOutput, RunResult, Sink};
use progress::Progress;
use source::Source;
use worker::Worker;

/// What is done with each request.
pub(crate) trait Task: Sync {
    /// The total over all requests.
    type Tally: Default + Send;

    /// Processes a request: appends the output and the messages, and counts. `buffer` is the memory of the thread's
    /// last document.
    fn request(
        &self,
        request: &Request<'_>,
        buffer: &mut Buffer,
        output: &mut RunOutput,
        tally: &mut Self::Tally,
    );

    /// Adds the tally of a later part.
    fn add(total: &mut Self::Tally, part: Self::Tally);

    /// Whether skipped texts are reported.
    fn shows_skipped(&self) -> bool;

    /// Whether the requests must be processed in order, by one thread.
    fn is_in_order(&self) -> bool {
        false
    }

    /// Returns the number of findings so far, for the progress bar.
    fn findings(tally: &Self::Tally) -> u64;
}

/// Processes the input.
pub(crate) fn run<T: Task>(
    task: &T,
    input: &cli::Input,
    paths: Vec<Named>,
    settings: SettingsOf,
    sink: Sink,
) -> RunResult<T::Tally> {
    let progress = Progress::new(&paths);
    let source = Mutex::new(Source::new(Files::new(paths, input.lines, settings)));
    let ordered = Ordered::new(sink, progress);
    let mut first = Worker::new(task, &source, &ordered);
    // A small input is finished before threads would have started.
    if first.step()
        && let Some(job) = first.take()
    {
        let count = input
            .threads
            .or_else(|| thread::available_parallelism().ok())
            .filter(|_| !task.is_in_order())
            .map_or(1, NonZeroUsize::get);
        thread::scope(|scope| {
            for _ in 1..count {
                let started = thread::Builder::new()
                    .spawn_scoped(scope, || Worker::new(task, &source, &ordered).work());
                // If the machine refuses more threads, the existing ones do the work.
                if started.is_err() {
                    break;
                }
            }
            if first.finish(job) {
                first.work();
            }
        });
    }
    ordered.into_result()
}

/// Returns the settings of a run. Those of the first path are determined here, so that a fault in them is reported
/// before anything else.
pub(crate) fn settings(
    flags: Flags,
    configured: &cli::Configured,
    input: &cli::Input,
) -> Result<SettingsOf, Failure> {
    let mut settings = SettingsOf::new(flags, configured);
    let first = input.paths.first().filter(|path| path.as_os_str() != STDIN);
    match settings.of(first.map(PathBuf::as_path)) {
        Ok(_) | Err(SettingsError::AlreadyReported) => Ok(settings),
        Err(SettingsError::Invalid(failure)) => Err(failure),
    }
}

/// Returns the paths of the command line, or standard input if there are none and it is not a terminal.
pub(crate) fn paths(input: &cli::Input) -> Result<Vec<Named>, Failure> {
    let named = |path: &PathBuf| Named {
        path: path.clone(),
        listed: false,
    };
    let mut paths: Vec<Named> = input.paths.iter().map(named).collect();
    if let Some(list) = &input.files_from {
        paths.extend(list::read(list, &paths)?);
        // A list may be empty, for example if nothing has changed.
        return Ok(paths);
    }
    if !paths.is_empty() {
        if paths.iter().any(|given| given.path.as_os_str() == STDIN) {
            let what = if input.lines {
                "requests, one per line,"
            } else {
                "a request"
            };
            waiting::note_reading(what);
        }
        return Ok(paths);
    }
    if stdin().is_terminal() {
        return Err(Failure::new(
            "no input; name files or folders, or pipe a request into the command",
        ));
    }
    Ok(vec![named(&PathBuf::from(STDIN))])
}
