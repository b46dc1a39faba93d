//! What became of a submit.

use std::time::Duration;

use crate::answer::Task;
use crate::error::Error;

/// What became of one attempt to submit. There are no other outcomes, so that a caller decides about each.
#[derive(Debug)]
#[must_use = "the verdict says whether the request was paid for"]
pub enum Verdict {
    /// The service has the task; it is paid for.
    Accepted(Accepted),
    /// The service refused the request; nothing is charged.
    Rejected(Rejected),
    /// No connection came about; nothing is charged.
    NotSent(NotSent),
    /// The request may have been sent, and nothing tells what became of it. It must not be sent again
    /// before somebody has looked.
    Unknown(Unknown),
}

/// A task that the service took.
#[derive(Debug)]
pub struct Accepted {
    /// The service's id of the task.
    pub id: String,
    /// The task as the answer shows it.
    pub task: Box<Task>,
    /// The answer's status: mostly 200, but an id counts with any.
    pub http_status: u16,
    /// The id that the service gave its answer.
    pub request_id: Option<String>,
}

impl Accepted {
    /// What the service says is wrong with a task that it took anyway: that it failed at once, and why, or an
    /// error beside the id. In one line, bounded and safe to print.
    pub fn reason(&self) -> Option<String> {
        self.task.failure()?.told()
    }
}

/// A request that the service refused. Its texts are bounded and safe to print.
#[derive(Debug)]
pub struct Rejected {
    /// The answer's status.
    pub http_status: u16,
    /// What the service says is wrong, or that it does not say why and how its answer begins; empty if that is empty.
    pub message: String,
    /// The class of the error, as `invalid_request_error`.
    pub error_type: Option<String>,
    /// The code of the error.
    pub code: Option<String>,
    /// How long the service asks to wait, for 429.
    pub retry_after: Option<Duration>,
    /// The id that the service gave its answer.
    pub request_id: Option<String>,
    /// The beginning of the answer's body.
    pub body: Option<String>,
}

/// A request that did not leave.
#[derive(Debug)]
pub struct NotSent {
    /// Why it could not connect.
    pub error: Error,
}

/// A request of which it is not known whether it was taken.
#[derive(Debug)]
pub struct Unknown {
    /// A task id in what came of the answer. It may be asked for; the service may not know it.
    pub candidate: Option<String>,
    /// The request's own id, if it has one: what the task can be looked up by.
    pub client_business_id: Option<String>,
    /// The beginning of the answer's body, bounded and safe to print.
    pub evidence: Option<String>,
    /// What the answer says is wrong, if it says so. The error's text has it too.
    pub reason: Option<String>,
    /// The answer's status, if one came.
    pub http_status: Option<u16>,
    /// The id that the service gave its answer.
    pub request_id: Option<String>,
    /// Why nothing is known.
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

    /// The answer's status, if one came.
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
    /// Whether further requests would be refused too: the key is wrong or restricted, or the balance is
    /// used up (401, 402, 403).
    pub fn stops_batch(&self) -> bool {
        matches!(self.http_status, 401..=403)
    }

    /// Whether the service takes no more at the moment (429): the same request may be sent later.
    pub fn is_rate_limit(&self) -> bool {
        self.http_status == 429
    }
}

impl NotSent {
    /// Whether a setting is wrong (certificate, proxy password, base URL): trying again cannot help.
    pub fn is_configuration(&self) -> bool {
        self.error.is_config()
    }
}
