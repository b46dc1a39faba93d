//! Waits for a task, with a progress bar on a terminal.

use std::io::{IsTerminal as _, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kling_http::wait::{GaveUp, Reason, UnknownId};
use kling_http::{Task, TaskRef, WaitEvent, WaitOptions, WaitOutcome};

use super::loopback::is_loopback;
use super::print::{note, push};
use super::session::Session;
use super::stop::{Stop, describe};
use crate::cli::Polling;
use crate::exit::Exit;

/// How a wait ended.
#[derive(Debug)]
pub(crate) enum WaitEnd {
    Completed(Box<Task>),
    Failed(Box<Task>),
    /// The task continues, or nothing is known about it.
    Unfinished(Unfinished),
}

/// A wait that ended before its task.
#[derive(Debug)]
pub(crate) struct Unfinished {
    /// The task as it was last seen.
    pub(crate) last: Option<Box<Task>>,
    exit: Exit,
    why: String,
    /// Its status, if that word is unknown.
    word: Option<String>,
    /// Whether the service says that it does not know the task.
    is_not_found: bool,
}

/// The job of a task, according to the journal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JobOfTask {
    pub(crate) number: u64,
    /// Whether it is unknown if the service accepted its request.
    pub(crate) is_unknown: bool,
}

impl JobOfTask {
    /// Ends a command that could not find out.
    pub(crate) fn unknown(self, session: &Session, why: &str) -> Stop {
        Stop::unknown(Some(self.number), why)
            .with_next("Look it up later with", session.resume(self.number))
    }
}

/// What is known about a task before it is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskOrigin {
    /// The service has just accepted its request, so it is not done yet.
    New,
    /// The service returned its id some time ago, according to the journal; it may be done.
    Older,
    /// Nothing: the id may be mistyped.
    Nothing,
}

/// Waits for a task, and calls `heard` after every event.
pub(crate) async fn wait(
    session: &Session,
    task: &TaskRef,
    origin: TaskOrigin,
    polling: Polling,
    mut heard: impl FnMut(),
) -> WaitEnd {
    let options = options(origin, polling, session.left());
    let bar = Bar::new();
    let mut wait = session.client.wait(task, options);
    let mut last = None;
    loop {
        let event = tokio::select! {
            biased;
            () = session.signals.first() => return WaitEnd::Unfinished(Unfinished::stopped(last)),
            event = wait.next() => event,
        };
        heard();
        match event {
            Some(WaitEvent::Changed(task)) => {
                bar.show(&task);
                last = Some(task);
            }
            Some(WaitEvent::UnknownStatus { word }) => bar.suspend(|| {
                note(&format!(
                    "warning: the status `{word}` is not known, and is treated as waiting"
                ));
            }),
            Some(WaitEvent::Warning(warning)) => {
                bar.suspend(|| note(&format!("warning: {warning}")));
            }
            Some(WaitEvent::Trouble { error, again_in }) => bar.suspend(|| {
                note(&format!(
                    "warning: {}; asking again in {:.0} s",
                    describe(&error),
                    again_in.as_secs_f64().ceil()
                ));
            }),
            Some(WaitEvent::Done(WaitOutcome::Completed(task))) => return WaitEnd::Completed(task),
            Some(WaitEvent::Done(WaitOutcome::Failed(task))) => return WaitEnd::Failed(task),
            Some(WaitEvent::Done(WaitOutcome::GaveUp(gave_up))) => {
                return WaitEnd::Unfinished(Unfinished::of(*gave_up));
            }
            // The stream ends with `Done`, after which it is not read again.
            None => return WaitEnd::Unfinished(Unfinished::stopped(last)),
        }
    }
}

/// Returns when to poll: at once if the task may already be done.
fn options(origin: TaskOrigin, polling: Polling, left: Option<Duration>) -> WaitOptions {
    let mut options = WaitOptions::default();
    if origin != TaskOrigin::New {
        options.first_poll = Duration::ZERO;
    }
    if origin == TaskOrigin::Nothing {
        options.unknown_id = UnknownId::FROM_ELSEWHERE;
    }
    options.first_poll = polling.first_poll.unwrap_or(options.first_poll);
    options.interval = polling.poll_interval.unwrap_or(options.interval);
    options.deadline = left.unwrap_or(options.deadline);
    options
}

impl Unfinished {
    fn stopped(last: Option<Box<Task>>) -> Self {
        Self {
            last,
            exit: Exit::Running,
            why: "stopped waiting".to_owned(),
            word: None,
            is_not_found: false,
        }
    }

    fn of(gave_up: GaveUp) -> Self {
        let (exit, why) = match gave_up.reason {
            Reason::Deadline => (Exit::Running, "the task was not done in time"),
            Reason::NotFound => (Exit::Running, "the service does not know this task"),
            Reason::Unauthorized => (Exit::Running, "the service does not accept the key"),
            Reason::NoUrl => (
                Exit::Unusable,
                "the task is completed, but the service does not give the URL of a video",
            ),
            Reason::OtherTask => (Exit::Unusable, "the service answers about another task"),
            Reason::Redirected => (
                Exit::Unusable,
                "the service redirects elsewhere; correct the base URL",
            ),
            Reason::NotAskable => (Exit::Trouble, "the service cannot be asked"),
        };
        let why = match &gave_up.error {
            Some(error) if gave_up.reason == Reason::NotAskable => describe(error),
            Some(error) => format!("{why} ({})", describe(error)),
            None => why.to_owned(),
        };
        let word = gave_up.unknown_word();
        Self {
            last: gave_up.last,
            exit,
            why,
            word,
            is_not_found: gave_up.reason == Reason::NotFound,
        }
    }

    /// Ends the command for the task, stating only what is known: that it is paid for, if there is a job, and that it
    /// exists, if the service has answered about it.
    pub(crate) fn stop(self, session: &Session, id: &str, job: Option<JobOfTask>) -> Stop {
        let mut why = self.why;
        if session.is_passing {
            why.push_str("; the service in this process ends with it, and nothing is charged");
            return Stop::new(self.exit, why);
        }
        // To ask again would not help.
        if self.exit == Exit::Trouble && job.is_none() {
            return Stop::usage(why);
        }
        let is_seen = self.last.is_some();
        match job {
            Some(job) if job.is_unknown && !is_seen => {
                return job.unknown(session, &why);
            }
            Some(job) => push(
                &mut why,
                format_args!("; the task {id} of job {} is paid for", job.number),
            ),
            None if is_seen => push(&mut why, format_args!("; the service has the task {id}")),
            None if self.is_not_found => push(
                &mut why,
                format_args!("; whether a task {id} ever existed is not known: check the id"),
            ),
            None => push(
                &mut why,
                format_args!("; no answer about the task {id} was received"),
            ),
        }
        if self.is_not_found && is_loopback(session.client.base_url()) {
            why.push_str(
                "; a restarted emulator does not know earlier tasks, and `--again` makes another",
            );
        }
        if let Some(word) = self.word {
            push(
                &mut why,
                format_args!("; its status is `{word}`, which is not known"),
            );
            return Stop::new(self.exit, why).with_next(
                "If that means that it is done, get the video with",
                session.advice("download", id),
            );
        }
        let stop = Stop::new(self.exit, why);
        match job {
            Some(job) => stop.with_next("Continue with", session.resume(job.number)),
            None => stop.with_next("Ask again with", session.advice("wait", id)),
        }
    }
}

/// The progress of the task, on a terminal.
struct Bar(Option<ProgressBar>);

impl Bar {
    fn new() -> Self {
        if !stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stderr());
        bar.set_style(style());
        // Shown until the first answer.
        bar.set_message("waiting");
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(Some(bar))
    }

    fn show(&self, task: &Task) {
        if let Some(bar) = &self.0 {
            bar.set_message(kling_text::plain(&task.state().to_string()).into_owned());
            // A percentage is from 0 to 100.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is from 0 to 100"
            )]
            bar.set_position(task.percent().unwrap_or_default() as u64);
        }
    }

    fn suspend(&self, print: impl FnOnce()) {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {percent} %, {msg}, {elapsed}")
        .expect("a constant template that a test reads")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_task_is_polled_at_once_unless_an_option_says_otherwise() {
        let none = Polling {
            first_poll: None,
            poll_interval: None,
        };
        let later = Polling {
            first_poll: Some(Duration::from_secs(3)),
            poll_interval: None,
        };
        assert_eq!(
            options(TaskOrigin::Older, none, None).first_poll,
            Duration::ZERO
        );
        assert_eq!(options(TaskOrigin::New, none, None), WaitOptions::default());
        let unheard = options(TaskOrigin::Nothing, none, None);
        assert_eq!(
            (unheard.first_poll, unheard.unknown_id),
            (Duration::ZERO, UnknownId::FROM_ELSEWHERE)
        );
        assert_eq!(
            options(TaskOrigin::Nothing, later, None).first_poll,
            Duration::from_secs(3)
        );
    }

    #[test]
    fn only_an_id_from_elsewhere_may_be_mistyped() {
        let polling = Polling {
            first_poll: None,
            poll_interval: None,
        };
        for (origin, unknown_id) in [
            (TaskOrigin::New, UnknownId::GIVEN),
            (TaskOrigin::Older, UnknownId::GIVEN),
            (TaskOrigin::Nothing, UnknownId::FROM_ELSEWHERE),
        ] {
            let options = options(origin, polling, None);
            assert_eq!(options.unknown_id, unknown_id, "{origin:?}");
        }
    }

    #[test]
    fn the_template_can_be_read() {
        style();
    }
}
