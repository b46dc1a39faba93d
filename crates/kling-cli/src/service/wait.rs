//! Waiting for a task, with a bar on a terminal.

use std::io::{IsTerminal as _, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kling_http::wait::{GaveUp, Reason};
use kling_http::{Outcome, Task, TaskRef, WaitEvent, WaitOptions};

use super::print::note;
use super::session::Session;
use super::stop::told;
use crate::cli::Polling;
use crate::exit::Exit;
use crate::output::safe;

/// How a wait ended.
#[derive(Debug)]
pub(crate) enum Waited {
    Completed(Box<Task>),
    Failed(Box<Task>),
    GaveUp(Box<GaveUp>),
    /// The user wants to stop; the task goes on.
    Interrupted(Option<Box<Task>>),
}

/// Waits for a task.
pub(crate) async fn wait(session: &Session, task: &TaskRef, polling: Polling) -> Waited {
    let mut options = WaitOptions::default();
    options.first_poll = polling.first_poll.unwrap_or(options.first_poll);
    options.interval = polling.poll_interval.unwrap_or(options.interval);
    if let Some(left) = session.left() {
        options.deadline = left;
    }
    let bar = Bar::new();
    let mut wait = session.client.wait(task, options);
    let mut last = None;
    loop {
        let event = tokio::select! {
            biased;
            () = session.signals.first() => return Waited::Interrupted(last),
            event = wait.next() => event,
        };
        match event {
            Some(WaitEvent::Changed(task)) => {
                bar.show(&task);
                last = Some(task);
            }
            Some(WaitEvent::UnknownStatus { word }) => bar.around(|| {
                note(&format!(
                    "warning: the status `{word}` is not known, and taken for waiting"
                ));
            }),
            Some(WaitEvent::Warning(warning)) => {
                bar.around(|| note(&format!("warning: {warning}")));
            }
            Some(WaitEvent::Trouble { error, again_in }) => bar.around(|| {
                note(&format!(
                    "warning: the service was not asked: {}; asking again in {:.0} s",
                    told(&error),
                    again_in.as_secs_f64().ceil()
                ));
            }),
            Some(WaitEvent::Done(Outcome::Completed(task))) => return Waited::Completed(task),
            Some(WaitEvent::Done(Outcome::Failed(task))) => return Waited::Failed(task),
            Some(WaitEvent::Done(Outcome::GaveUp(gave_up))) => return Waited::GaveUp(gave_up),
            // The stream ends with `Done`, after which this is not asked again.
            None => return Waited::Interrupted(last),
        }
    }
}

/// The exit code of a wait that ended before its task.
pub(crate) const fn exit_of(reason: Reason) -> Exit {
    match reason {
        Reason::Deadline => Exit::Running,
        Reason::NotFound | Reason::Unauthorized => Exit::Rejected,
        Reason::NoUrl | Reason::OtherTask | Reason::Redirected => Exit::Unusable,
        Reason::NotAskable => Exit::Trouble,
    }
}

/// Tells that a task is left running, and how to go on.
pub(crate) fn tell_running(session: &Session, id: &str, job: Option<u64>, why: &str) {
    if session.is_passing {
        note(&format!(
            "error: {why}; the service in this process ends with it, and nothing is charged"
        ));
        return;
    }
    note(&format!(
        "error: {why}; the task {id} goes on at the service, and is paid for. Go on with:"
    ));
    let command = match job {
        Some(number) => format!("kling jobs resume {number}"),
        None => format!("kling wait {id}"),
    };
    note(&format!("  {}", session.advice(&command)));
}

/// How far the task is, on a terminal.
struct Bar(Option<ProgressBar>);

impl Bar {
    fn new() -> Self {
        if !stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stderr());
        bar.set_style(style());
        // Until the first answer.
        bar.set_message("waiting");
        bar.enable_steady_tick(std::time::Duration::from_millis(250));
        Self(Some(bar))
    }

    fn show(&self, task: &Task) {
        if let Some(bar) = &self.0 {
            bar.set_message(safe::line(&task.state().to_string()).into_owned());
            // A percentage is from 0 to 100.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is from 0 to 100"
            )]
            bar.set_position(task.percent().unwrap_or_default() as u64);
        }
    }

    fn around(&self, tell: impl FnOnce()) {
        match &self.0 {
            Some(bar) => bar.suspend(tell),
            None => tell(),
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
    #[test]
    fn the_template_can_be_read() {
        super::style();
    }
}
