//! The outcome of a submit.

use std::time::Duration;

use crate::answer::Task;
use crate::error::Error;

/// The outcome of one attempt to submit. There are no others, so that a caller handles each.
#[derive(Debug)]
#[must_use = "the verdict says whether the request was paid for"]
pub enum Verdict {
    /// The service has the task; it is paid for.
    Accepted(Accepted),
    /// The service refused the request; nothing is charged.
    Rejected(Rejected),
    /// No connection was made; nothing is charged.
    NotSent(NotSent),
    /// The request may have been sent, and its outcome is unknown. It must not be sent again before the user has
    /// checked.
    Unknown(Unknown),
}

/// A task that the service accepted.
#[derive(Debug)]
#[non_exhaustive]
pub struct Accepted {
    /// The service's id of the task.
    pub id: String,
    /// The task as the answer shows it.
    pub task: Box<Task>,
    /// The answer's status: usually 200, but an id counts with any.
    pub http_status: u16,
    /// The id that the service gave its answer.
    pub request_id: Option<String>,
}

impl Accepted {
    /// Returns what the service says is wrong with a task that it accepted anyway: that it failed at once, and why, or
    /// an error next to the id. In one line, bounded and safe to print.
    pub fn reason(&self) -> Option<String> {
        self.task.failure()?.summary()
    }
}

/// A request that the service refused. Its texts are bounded and safe to print.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rejected {
    /// The answer's status.
    pub http_status: u16,
    /// What the service says is wrong; if it does not say, a note to that effect with the beginning of its answer;
    /// empty if that is empty.
    pub message: String,
    /// The class of the error, such as `invalid_request_error`.
    pub error_type: Option<String>,
    /// The code of the error.
    pub code: Option<String>,
    /// How long the service asks to wait, after a 429: as `Retry-After` says, or else until its limit is lifted
    /// (`X-RateLimit-Reset`).
    pub retry_after: Option<Duration>,
    /// The id that the service gave its answer.
    pub request_id: Option<String>,
    /// The beginning of the answer's body.
    pub body: Option<String>,
}

/// A request that was not sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct NotSent {
    /// Why no connection was made.
    pub error: Error,
}

/// A request that may or may not have been accepted.
#[derive(Debug)]
#[non_exhaustive]
pub struct Unknown {
    /// A task id from the part of the answer that arrived. It can be polled, but the service may not know it.
    pub candidate: Option<String>,
    /// The request's own id, if it has one, by which the task can be looked up.
    pub client_business_id: Option<String>,
    /// The beginning of the answer's body, bounded and safe to print.
    pub evidence: Option<String>,
    /// What the answer says is wrong, if it does. The error's text contains it too.
    pub reason: Option<String>,
    /// The answer's status, if there was an answer.
    pub http_status: Option<u16>,
    /// The id that the service gave its answer.
    pub request_id: Option<String>,
    /// Why the outcome is unknown.
    pub error: Error,
}

impl Verdict {
    /// `accepted`, `rejected`, `not-sent` or `unknown`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Rejected(_) => "rejected",
            Self::NotSent(_) => "not-sent",
            Self::Unknown(_) => "unknown",
        }
    }

    /// The answer's status, if there was an answer.
    pub fn http_status(&self) -> Option<u16> {
        match self {
            Self::Accepted(accepted) => Some(accepted.http_status),
            Self::Rejected(rejected) => Some(rejected.http_status),
            Self::NotSent(_) => None,
            Self::Unknown(unknown) => unknown.http_status,
        }
    }
}

impl Rejected {
    /// Whether the service accepts no more requests at the moment (429): the same request may be sent later.
    pub fn is_rate_limit(&self) -> bool {
        self.http_status == 429
    }
}

impl NotSent {
    /// Whether a setting is wrong (certificate, proxy password, base URL): another attempt cannot help.
    pub fn is_configuration(&self) -> bool {
        self.error.is_config()
    }
}
