//! The life of a job: which event may follow which. No file, no clock, no network.

use std::fmt;

use crate::billing::Billing;

/// The state of a job.
///
/// ```text
/// Intent ─Send→ Sending ─Accepted→ Accepted ─Completed→ Completed ─Saved→ Saved
///   ↑              │                  │ ↑
///   └──NotSent─────┤                  │ └──Settled── Unknown, Intent
///                  ├─Rejected→ Rejected              ↑
///                  └─Lost, Found─────────────────────┘
///                                     └─Failed→ Failed
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// To be sent; nothing has been sent, so sending is safe.
    Intent,
    /// The request is being sent. A job found in this state, with no process working on it, may have been charged.
    Sending,
    /// The service accepted the request and gave the task this id.
    Accepted {
        /// The task's id.
        id: String,
    },
    /// The video is ready and can be fetched from the URL that the service returns for the task.
    Completed {
        /// The task's id.
        id: String,
    },
    /// The video is in a file. Final.
    Saved {
        /// The task's id.
        id: String,
        /// The path of the file, as it was written; of the first video if the task has several.
        file: String,
        /// The length of the file.
        bytes: u64,
    },
    /// The service rejected the request and charged nothing. Final.
    Rejected {
        /// What the service said.
        reason: String,
    },
    /// The task failed at the service. Final.
    Failed {
        /// The task's id.
        id: String,
        /// What the service said.
        reason: String,
    },
    /// It is not known whether the service accepted the request, so it must not be sent again; a lookup may resolve
    /// this.
    Unknown {
        /// An id from the part of the answer that arrived: to be trusted only if the service knows it.
        candidate: Option<String>,
        /// What was seen of the answer.
        reason: String,
    },
}

/// An event in the life of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The first byte of the request is about to be sent.
    Send,
    /// Nothing of the request reached the service, or the service asked to retry later (429): the request may be sent
    /// again.
    NotSent {
        /// Why.
        reason: String,
    },
    /// The service accepted the request.
    Accepted {
        /// The task's id.
        id: String,
    },
    /// The service rejected the request and charged nothing.
    Rejected {
        /// What the service said.
        reason: String,
    },
    /// No usable answer was received.
    Lost {
        /// An id from the part of the answer that arrived.
        candidate: Option<String>,
        /// What was seen of it.
        reason: String,
    },
    /// The job was found at the start of a process, and no process is working on it.
    Found,
    /// A lookup has shown that the service accepted a request whose outcome was unknown, or one that a restored
    /// journal considers unsent.
    Settled {
        /// The task's id.
        id: String,
    },
    /// The service's last answer about the task, as received, to inspect if no video is found in it. Changes nothing.
    /// At most 16 KiB of its text are kept, without the queries of URLs.
    Answered {
        /// The answer.
        text: String,
    },
    /// What the service says that the task costs, if that is news: it may come after the task's end. Changes nothing
    /// but [`Job::billing`](crate::Job::billing).
    Billed {
        /// What it costs.
        billing: Billing,
    },
    /// The task is done. Its URL is not part of the event: signed URLs are not recorded.
    Completed,
    /// The task failed at the service.
    Failed {
        /// What the service said.
        reason: String,
    },
    /// A video is in a file, which has been synchronised to disk. One for each video of the task.
    Saved {
        /// The path of the file.
        file: String,
        /// The length of the file.
        bytes: u64,
    },
}

/// What has to be done after an event, in the order given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Make the event durable. Always first: nothing else may be done before it.
    Record,
    /// Send the request, once.
    Post,
    /// Poll the task until it is done.
    Wait,
    /// Fetch the video.
    Download,
    /// Ask the service whether it knows the `client_business_id` or the candidate. If it does not, that proves
    /// nothing.
    LookUp,
}

/// An event that is not possible in the state of a job: a bug in the program, never in the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IllegalEvent {
    state: &'static str,
    event: &'static str,
}

impl fmt::Display for IllegalEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the event `{}` is not possible for a job in the state `{}`",
            self.event, self.state
        )
    }
}

impl std::error::Error for IllegalEvent {}

impl State {
    /// Returns the result of an event: the next state, and what has to be done.
    ///
    /// ```
    /// use kling_journal::{Effect, Event, State};
    /// let (state, effects) = State::Intent.on(&Event::Send)?;
    /// assert_eq!((&state, effects), (&State::Sending, &[Effect::Record, Effect::Post][..]));
    /// // The process dies here. The next one finds the job, and must not send it again.
    /// let (state, effects) = state.on(&Event::Found)?;
    /// assert!(matches!(state, State::Unknown { .. }));
    /// assert_eq!(effects, [Effect::Record, Effect::LookUp]);
    /// assert!(state.on(&Event::Send).is_err());
    /// # Ok::<(), kling_journal::IllegalEvent>(())
    /// ```
    ///
    /// # Errors
    /// When the event is not possible in this state.
    pub fn on(&self, event: &Event) -> Result<(Self, &'static [Effect]), IllegalEvent> {
        use Effect::{Download, LookUp, Post, Record, Wait};
        let next: (Self, &'static [Effect]) = match (self, event) {
            (Self::Intent, Event::Send) => (Self::Sending, &[Record, Post]),
            (Self::Intent, Event::Found) => (Self::Intent, &[]),
            (Self::Sending, Event::NotSent { .. }) => (Self::Intent, &[Record]),
            // A journal that was restored from a backup may contain an intent for a request that has been sent since.
            (Self::Sending, Event::Accepted { id })
            | (Self::Intent | Self::Unknown { .. }, Event::Settled { id }) => {
                (Self::Accepted { id: id.clone() }, &[Record, Wait])
            }
            (Self::Sending, Event::Rejected { reason }) => (
                Self::Rejected {
                    reason: reason.clone(),
                },
                &[Record],
            ),
            (Self::Sending, Event::Lost { candidate, reason }) => (
                Self::Unknown {
                    candidate: candidate.clone(),
                    reason: reason.clone(),
                },
                &[Record, LookUp],
            ),
            (Self::Sending, Event::Found) => (
                Self::Unknown {
                    candidate: None,
                    reason: INTERRUPTED.to_owned(),
                },
                &[Record, LookUp],
            ),
            (Self::Unknown { .. }, Event::Found) => (self.clone(), &[LookUp]),
            (Self::Accepted { .. }, Event::Found) => (self.clone(), &[Wait]),
            // A task may have several videos: the state is that of the first.
            (Self::Accepted { .. }, Event::Answered { .. })
            | (Self::Saved { .. }, Event::Saved { .. })
            // Whether and what a task costs may be settled before or after its end.
            | (
                Self::Accepted { .. }
                | Self::Completed { .. }
                | Self::Saved { .. }
                | Self::Failed { .. },
                Event::Billed { .. },
            ) => (self.clone(), &[Record]),
            (Self::Accepted { id }, Event::Completed) => {
                (Self::Completed { id: id.clone() }, &[Record, Download])
            }
            (Self::Accepted { id }, Event::Failed { reason }) => (
                Self::Failed {
                    id: id.clone(),
                    reason: reason.clone(),
                },
                &[Record],
            ),
            (Self::Completed { .. }, Event::Found) => (self.clone(), &[Download]),
            (Self::Completed { id }, Event::Saved { file, bytes }) => (
                Self::Saved {
                    id: id.clone(),
                    file: file.clone(),
                    bytes: *bytes,
                },
                &[Record],
            ),
            (Self::Saved { .. } | Self::Rejected { .. } | Self::Failed { .. }, Event::Found) => {
                (self.clone(), &[])
            }
            (
                Self::Intent
                | Self::Sending
                | Self::Accepted { .. }
                | Self::Completed { .. }
                | Self::Saved { .. }
                | Self::Rejected { .. }
                | Self::Failed { .. }
                | Self::Unknown { .. },
                Event::Send
                | Event::NotSent { .. }
                | Event::Accepted { .. }
                | Event::Rejected { .. }
                | Event::Lost { .. }
                | Event::Settled { .. }
                | Event::Answered { .. }
                | Event::Billed { .. }
                | Event::Completed
                | Event::Failed { .. }
                | Event::Saved { .. },
            ) => {
                return Err(IllegalEvent {
                    state: self.word(),
                    event: event.word(),
                });
            }
        };
        Ok(next)
    }

    /// Returns the state as one word, as stored in the journal and read by programs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Sending => "sending",
            Self::Accepted { .. } => "accepted",
            Self::Completed { .. } => "completed",
            Self::Saved { .. } => "saved",
            Self::Rejected { .. } => "rejected",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Whether nothing is left to do: saved, rejected or failed.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Saved { .. } | Self::Rejected { .. } | Self::Failed { .. } => true,
            Self::Intent
            | Self::Sending
            | Self::Accepted { .. }
            | Self::Completed { .. }
            | Self::Unknown { .. } => false,
        }
    }

    /// Whether a request may be sent, or be in transit, in this state.
    pub(crate) const fn is_before_answer(&self) -> bool {
        match self {
            Self::Intent | Self::Sending => true,
            Self::Accepted { .. }
            | Self::Completed { .. }
            | Self::Saved { .. }
            | Self::Rejected { .. }
            | Self::Failed { .. }
            | Self::Unknown { .. } => false,
        }
    }

    /// Returns the task's id, if the service returned one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Accepted { id }
            | Self::Completed { id }
            | Self::Saved { id, .. }
            | Self::Failed { id, .. } => Some(id),
            Self::Intent | Self::Sending | Self::Rejected { .. } | Self::Unknown { .. } => None,
        }
    }

    /// Returns why the job is in this state, if a reason was given.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Rejected { reason }
            | Self::Failed { reason, .. }
            | Self::Unknown { reason, .. } => Some(reason),
            Self::Intent
            | Self::Sending
            | Self::Accepted { .. }
            | Self::Completed { .. }
            | Self::Saved { .. } => None,
        }
    }
}

/// The reason for a job that was found in the middle of its request.
const INTERRUPTED: &str = "the program ended while the request was being sent";

impl Event {
    /// Returns the event as one word, as stored in the journal.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::NotSent { .. } => "not-sent",
            Self::Accepted { .. } => "accepted",
            Self::Rejected { .. } => "rejected",
            Self::Lost { .. } => "lost",
            Self::Found => "found",
            Self::Settled { .. } => "settled",
            Self::Answered { .. } => "answered",
            Self::Billed { .. } => "billed",
            Self::Completed => "completed",
            Self::Failed { .. } => "failed",
            Self::Saved { .. } => "saved",
        }
    }
}
