//! The events of a wait, and its outcome.

use std::fmt;
use std::time::Duration;

use crate::answer::{Task, Warning};
use crate::error::Error;
use crate::task_ref::TaskRef;

/// An event while waiting for a task.
#[derive(Debug)]
pub enum WaitEvent {
    /// The task's state or progress changed. It never goes backwards.
    Changed(Box<Task>),
    /// The service uses an unknown status word; it counts as waiting. Reported once per wait.
    UnknownStatus {
        /// The word, safe to print.
        word: String,
    },
    /// Something is odd about an answer that is used anyway. Each kind is reported once per wait.
    Warning(Warning),
    /// A poll failed, which says nothing about the task; it is repeated.
    Trouble {
        /// Why there was no answer.
        error: Error,
        /// The time until the next poll.
        again_in: Duration,
    },
    /// The wait is over. The last event.
    Done(WaitOutcome),
}

/// How a wait ended.
#[derive(Debug)]
#[must_use]
pub enum WaitOutcome {
    /// The video is ready, and there is a URL.
    Completed(Box<Task>),
    /// There will be no video: see [`Task::failure`].
    Failed(Box<Task>),
    /// The wait ended before the task did.
    GaveUp(Box<GaveUp>),
}

/// A wait that ended before its task. `Display` says why, and how to continue.
#[derive(Debug)]
#[non_exhaustive]
pub struct GaveUp {
    /// The task to poll in order to continue.
    pub task: TaskRef,
    /// Why.
    pub reason: Reason,
    /// The task as it was last seen.
    pub last: Option<Box<Task>>,
    /// The error that ended the wait, or the last trouble before the deadline.
    pub error: Option<Error>,
}

/// Why a wait ended before its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The time is up; the task may still be running.
    Deadline,
    /// The service does not know the task, even after the time that [`UnknownId`](super::UnknownId) allows.
    NotFound,
    /// The service does not accept the key.
    Unauthorized,
    /// The task is completed, but the service does not return a URL.
    NoUrl,
    /// The service keeps answering about another task.
    OtherTask,
    /// The service redirects elsewhere; redirects are not followed.
    Redirected,
    /// The service cannot be polled: settings or the id are wrong.
    NotAskable,
}

impl GaveUp {
    /// The service's id of the task, if it is known.
    pub fn id(&self) -> Option<&str> {
        let seen = self.last.as_ref().and_then(|task| task.id.as_deref());
        seen.or_else(|| self.task.service_id())
    }

    /// The last status word of the service, if it is unknown: it may mean that the task is done. Bounded and safe to
    /// print.
    pub fn unknown_word(&self) -> Option<String> {
        let state = self.last.as_ref()?.state();
        (!state.is_known()).then(|| state.to_string())
    }

    /// Returns how to continue.
    pub fn help(&self) -> String {
        let task = &self.task;
        match self.reason {
            Reason::Deadline if self.unknown_word().is_some() => format!(
                "it may be running or done, and is paid for: wait for `{task}` again, or try to download it"
            ),
            Reason::Deadline => {
                format!("it may still be running and is paid for: wait for `{task}` again")
            }
            Reason::NotFound => format!(
                "check the id `{task}` and the base URL; that the service does not know it does not prove that nothing was charged"
            ),
            Reason::Unauthorized => {
                format!("use a key that is allowed to see it, then wait for `{task}` again")
            }
            Reason::NoUrl => format!(
                "ask for `{task}` again later; do not submit it again, since it is paid for"
            ),
            Reason::OtherTask => {
                format!("ask for `{task}` again later, and report this to the service")
            }
            Reason::Redirected => format!("correct the base URL, then wait for `{task}` again"),
            Reason::NotAskable => format!("correct the settings, then wait for `{task}` again"),
        }
    }
}

impl fmt::Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.reason {
            Reason::Deadline => "the task was not done in time",
            Reason::NotFound => "the service does not know this task",
            Reason::Unauthorized => "the service does not accept the key",
            Reason::NoUrl => "the task is completed, but the service gives no URL",
            Reason::OtherTask => "the service answers about another task",
            Reason::Redirected => "the service redirects elsewhere",
            Reason::NotAskable => "the service cannot be asked",
        };
        f.write_str(what)?;
        if self.reason == Reason::Deadline
            && let Some(word) = self.unknown_word()
        {
            write!(f, ": its status is `{word}`, which is not known")?;
        }
        write!(f, "; {}", self.help())
    }
}
