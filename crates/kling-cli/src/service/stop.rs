//! Why a command that talks to the service ends before it is done.

use std::error::Error as StdError;

use kling_http::Error;
use kling_journal::ErrorKind;

use super::print::push;
use crate::exit::{Exit, Failure};
use crate::output::{safe, stdio};

/// The exit code, and what is told on the standard error.
#[derive(Debug)]
#[must_use = "it has to be told"]
pub(crate) struct Stop {
    exit: Exit,
    message: String,
}

impl Stop {
    /// With this exit code, and a message in one line: what is wrong, why, and what to do.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
        }
    }

    /// The command line or the settings are wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Trouble, message)
    }

    /// A local file cannot be read or written.
    pub(crate) fn local(message: impl Into<String>) -> Self {
        Self::new(Exit::LocalIo, message)
    }

    /// A call that costs nothing failed.
    pub(crate) fn of_call(error: &Error) -> Self {
        Self::new(exit_of(error), told(error))
    }

    /// The same with what the caller was about, and what to do then.
    pub(crate) fn of_call_for(what: &str, error: &Error, then: &str) -> Self {
        Self::new(exit_of(error), format!("{what}: {}; {then}", told(error)))
    }

    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Tells the message.
    pub(crate) fn tell(self) -> Exit {
        stdio::tell(&format!("error: {}\n", safe::line(&self.message)));
        self.exit
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        let text = failure.to_string();
        let message = text.trim_end().strip_prefix("error: ").unwrap_or(&text);
        Self::usage(message.trim_end())
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

/// The exit code for a call that costs nothing.
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

/// An error in one line: what is wrong, what lies beneath, what to do.
pub(crate) fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut beneath = error.source();
    while let Some(deeper) = beneath.and_then(StdError::source) {
        beneath = Some(deeper);
    }
    if let Some(beneath) = beneath.map(ToString::to_string)
        && !beneath.is_empty()
        && !text.contains(&beneath)
    {
        push(&mut text, format_args!(" ({beneath})"));
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
