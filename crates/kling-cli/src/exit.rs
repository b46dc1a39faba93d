//! How a command ends: its exit code, and why it could not do its work.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// The outcome of a command. A later variant takes precedence over an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Exit {
    /// Nothing worse than warnings.
    #[default]
    Clean,
    /// Requests have errors.
    Errors,
    /// The command line is wrong, or something could not be read or written.
    Trouble,
    /// The service refused something.
    #[cfg(feature = "client")]
    Rejected,
    /// It is not known whether a request was accepted.
    #[cfg(feature = "client")]
    Unknown,
    /// A task is still running, and the time is up.
    #[cfg(feature = "client")]
    Running,
    /// A task failed.
    #[cfg(feature = "client")]
    Failed,
    /// A result could not be saved, or an answer could not be used.
    #[cfg(feature = "client")]
    Unusable,
    /// A local file or the journal could not be read or written.
    #[cfg(feature = "client")]
    LocalIo,
    /// A request costs more than allowed; nothing was sent.
    #[cfg(feature = "client")]
    CostLimit,
    /// The service was not reached; nothing was sent.
    #[cfg(feature = "client")]
    NotReached,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Errors => 1,
            Exit::Trouble => 2,
            #[cfg(feature = "client")]
            Exit::Rejected => 3,
            #[cfg(feature = "client")]
            Exit::Unknown => 4,
            #[cfg(feature = "client")]
            Exit::Running => 5,
            #[cfg(feature = "client")]
            Exit::Failed => 6,
            #[cfg(feature = "client")]
            Exit::Unusable => 7,
            #[cfg(feature = "client")]
            Exit::LocalIo => 8,
            #[cfg(feature = "client")]
            Exit::CostLimit => 9,
            #[cfg(feature = "client")]
            Exit::NotReached => 10,
        })
    }
}

/// Why a command could not begin, or not continue: one message for each fault.
#[derive(Debug)]
pub(crate) struct Failure(Vec<String>);

impl Failure {
    /// A fault of the command line or the environment, with what to do about it.
    pub(crate) fn new(message: &str) -> Self {
        Self(vec![message.to_owned()])
    }

    /// Faults with a location, each `PLACE: what is wrong`.
    pub(crate) const fn placed(faults: Vec<String>) -> Self {
        Self(faults)
    }

    /// Returns the messages, without the word `error` before each.
    #[cfg(feature = "client")]
    pub(crate) fn into_messages(self) -> Vec<String> {
        self.0
    }

    /// Standard output could not be written.
    pub(crate) fn output(error: &io::Error) -> Self {
        Self::new(&format!("cannot write to the standard output: {error}"))
    }
}

/// Lines for people, safe for a terminal.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut messages = self.0.iter();
        messages.try_for_each(|message| writeln!(f, "error: {}", kling_text::plain(message)))
    }
}
