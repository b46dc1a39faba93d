//! What faults affect.

use std::fmt;

/// What a fault affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Opening a connection, for any purpose.
    Connect,
    /// `POST /v1/videos/generations`.
    Submit,
    /// The job itself, from its submit on.
    Job,
    /// `GET /v1/videos/generations/{id}`.
    Poll,
    /// `POST /v1/uploads/images` and `POST /v1/uploads/videos`.
    Upload,
    /// Fetching a video.
    Download,
    /// `GET /v1/balance`.
    Balance,
    /// Whichever of submit, poll, upload, download and balance comes next.
    Any,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Connect,
        Self::Submit,
        Self::Job,
        Self::Poll,
        Self::Upload,
        Self::Download,
        Self::Balance,
        Self::Any,
    ];

    /// Returns its name in the text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Submit => "submit",
            Self::Job => "job",
            Self::Poll => "poll",
            Self::Upload => "upload",
            Self::Download => "download",
            Self::Balance => "balance",
            Self::Any => "any",
        }
    }

    /// Whether a fault of this phase applies to the other one.
    pub(crate) fn covers(self, other: Self) -> bool {
        let is_exchange = !matches!(other, Self::Connect | Self::Job);
        self == other || self == Self::Any && is_exchange
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
