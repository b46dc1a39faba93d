//! How far a task is.

use std::fmt;

/// How far a task is, by its `status`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum State {
    /// It waits for its turn.
    Queued,
    /// The video is being made.
    InProgress,
    /// The video is there.
    Completed,
    /// There will be no video.
    Failed,
    /// Another word, as it came; empty without a status. It counts as waiting.
    Other(String),
}

impl State {
    /// The state that a status word means. Words are compared exactly.
    pub fn from_word(word: &str) -> Self {
        match word {
            "queued" => Self::Queued,
            "in_progress" => Self::InProgress,
            "completed" => Self::Completed,
            "failed" => Self::Failed,
            _ => Self::Other(word.to_owned()),
        }
    }

    /// The status word, as it came.
    pub fn word(&self) -> &str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Other(word) => word,
        }
    }

    /// Whether nothing more will happen to the task.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Completed | Self::Failed => true,
            Self::Queued | Self::InProgress | Self::Other(_) => false,
        }
    }

    /// Whether the word is one that the service is known to use. Besides the four there are
    /// `submitted` (in one table of its documentation) and `pending` (in real answers).
    pub fn is_known(&self) -> bool {
        match self {
            Self::Queued | Self::InProgress | Self::Completed | Self::Failed => true,
            Self::Other(word) => matches!(word.as_str(), "submitted" | "pending"),
        }
    }
}

impl fmt::Display for State {
    /// The status word, with invisible characters replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::sanitise::Sanitiser::default().message(self.word()))
    }
}
