//! Why a command that talks to the service ends before it is done.

use std::error::Error as StdError;

use kling_http::Error;
use kling_journal::ErrorKind;

use serde::Serialize;
use serde_json::{Map, Value};

use super::print::{Print, VERSION, push};
use crate::exit::{Exit, Failure};
use crate::output::stdio;

/// The exit code, and what is reported: to people on standard error, to programs as an object.
#[derive(Debug)]
#[must_use = "it has to be reported"]
pub(crate) struct Stop {
    exit: Exit,
    reason: String,
    /// Further reasons, such as the other faults of a contract.
    more: Vec<String>,
    /// What the command knows in addition to the reason, such as the task as it was last seen.
    object: Map<String, Value>,
    /// What to do next: in words, and as a command.
    next: Option<(&'static str, String)>,
}

impl Stop {
    /// Stops with this exit code, and a reason in one line: what is wrong, why, and what to do.
    pub(crate) fn new(exit: Exit, reason: impl Into<String>) -> Self {
        Self {
            exit,
            reason: reason.into(),
            more: Vec::new(),
            object: Map::new(),
            next: None,
        }
    }

    /// Stops because the command line or the settings are wrong.
    pub(crate) fn usage(reason: impl Into<String>) -> Self {
        Self::new(Exit::Trouble, reason)
    }

    /// Stops because a local file cannot be read or written.
    pub(crate) fn local(reason: impl Into<String>) -> Self {
        Self::new(Exit::LocalIo, reason)
    }

    /// Stops because it is not known whether the service accepted the request, which is that of this job.
    pub(crate) fn unknown(job: Option<u64>, why: &str) -> Self {
        let job = job.map_or_else(String::new, |job| format!(" of job {job}"));
        Self::new(
            Exit::Unknown,
            format!(
                "it is not known whether the service accepted the request{job}: {why}; it may be paid for, so it is not sent again"
            ),
        )
    }

    /// Adds a clause to the reason.
    pub(crate) fn because(mut self, clause: &str) -> Self {
        push(&mut self.reason, format_args!("; {clause}"));
        self
    }

    /// Adds a command to continue with, and what it is for, in words that a colon can follow.
    pub(crate) fn with_next(mut self, what_for: &'static str, command: String) -> Self {
        self.next = Some((what_for, command));
        self
    }

    /// Adds the members of an object for programs, except `null`. Existing members are kept.
    pub(crate) fn with(mut self, object: &impl Serialize) -> Self {
        if let Ok(Value::Object(members)) = serde_json::to_value(object) {
            for (name, value) in members.into_iter().filter(|(_, value)| !value.is_null()) {
                self.object.entry(name).or_insert(value);
            }
        }
        self
    }

    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }

    /// Reports it to people, and prints its object for programs.
    pub(crate) fn report(mut self, print: Print) -> Exit {
        let mut text = format!("error: {}", kling_text::plain(&self.reason));
        for reason in &self.more {
            push(
                &mut text,
                format_args!("\nerror: {}", kling_text::plain(reason)),
            );
        }
        if let Some((what_for, command)) = &self.next {
            push(
                &mut text,
                format_args!(". {what_for}:\n  {}", kling_text::plain(command)),
            );
        }
        stdio::eprint(&format!("{text}\n"));
        if print.is_json() {
            let mut object = Map::new();
            object.insert("version".to_owned(), VERSION.into());
            object.append(&mut self.object);
            self.more.insert(0, self.reason);
            object.insert("reason".to_owned(), self.more.join("; ").into());
            if let Some((_, command)) = self.next {
                object.insert("next".to_owned(), command.into());
            }
            // A write error is reported, and matters less than why the command ended.
            let _ = print.result(&object, String::new);
        }
        self.exit
    }
}

/// Ends a command, and reports a failure.
pub(crate) fn end(done: Result<Exit, Stop>, print: Print) -> Exit {
    done.unwrap_or_else(|stop| stop.report(print))
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        let mut reasons = failure.into_messages().into_iter();
        let mut stop = Self::usage(reasons.next().unwrap_or_default());
        stop.more = reasons.collect();
        stop
    }
}

impl From<Error> for Stop {
    /// Stops because a call that costs nothing failed.
    fn from(error: Error) -> Self {
        Self::new(exit_of(&error), describe(&error))
    }
}

impl From<kling_journal::Error> for Stop {
    fn from(error: kling_journal::Error) -> Self {
        let exit = match error.kind() {
            ErrorKind::Newer
            | ErrorKind::Foreign
            | ErrorKind::Unusable
            | ErrorKind::NoSuchJob
            | ErrorKind::IdUsed => Exit::Trouble,
            ErrorKind::Held(_)
            | ErrorKind::Damaged
            | ErrorKind::Busy
            | ErrorKind::Storage
            | ErrorKind::Illegal => Exit::LocalIo,
        };
        Self::new(exit, error.to_string())
    }
}

/// Returns the exit code for a call that costs nothing.
pub(crate) fn exit_of(error: &Error) -> Exit {
    if error.is_config() && error.status().is_none() && !error.is_connect() {
        Exit::Trouble
    } else if error.is_local_io() || error.is_input() {
        Exit::LocalIo
    } else if error.is_status() && error.status().is_some_and(|status| status < 500) {
        Exit::Rejected
    } else if error.is_connect() || error.is_timeout() || error.is_transport() {
        Exit::NotReached
    } else {
        Exit::Unusable
    }
}

/// Formats an error in one line: what is wrong, what caused it, what to do.
pub(crate) fn describe(error: &Error) -> String {
    let mut text = error.to_string();
    let mut root_cause = error.source();
    while let Some(source) = root_cause.and_then(StdError::source) {
        root_cause = Some(source);
    }
    if let Some(root_cause) = root_cause.map(ToString::to_string)
        && !root_cause.is_empty()
        && !text.contains(&root_cause)
    {
        push(&mut text, format_args!(" ({root_cause})"));
    }
    if let Some(request) = error.request_id() {
        push(&mut text, format_args!(" (request {request})"));
    }
    if let Some(help) = error.help() {
        text.push_str("; ");
        text.push_str(help);
    }
    text
}
