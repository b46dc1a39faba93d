//! The state of a task.

use std::fmt;

/// The maximum number of characters of an unknown word.
const WORD_LIMIT: usize = 100;

/// The state of a task, from its `status`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum State {
    /// It is queued.
    Queued,
    /// The video is being made.
    InProgress,
    /// The video is ready.
    Completed,
    /// There will be no video.
    Failed,
    /// Another word, as received, up to 100 characters; empty without a status. It counts as waiting.
    Other(String),
}

impl State {
    /// The state that a status word means, in any case. Services of this kind use different words for a final state:
    /// `completed`, `succeeded`, `SUCCESS`, `done`; `failed`, `FAILURE`, `error`, `cancelled`, `expired`, `rejected`.
    ///
    /// ```
    /// use kling_http::State;
    ///
    /// assert_eq!(State::from_word("SUCCESS"), State::Completed);
    /// assert_eq!(State::from_word("Canceled"), State::Failed);
    /// assert_eq!(State::from_word("warming_up"), State::Other("warming_up".to_owned()));
    /// ```
    pub fn from_word(word: &str) -> Self {
        // A longer word is none of these.
        let plain: String = word.trim().chars().take(WORD_LIMIT).collect();
        let plain = plain.to_ascii_lowercase().replace(['-', ' '], "_");
        match plain.strip_prefix("task_status_").unwrap_or(&plain) {
            "queued" => Self::Queued,
            "in_progress" => Self::InProgress,
            "completed" | "complete" | "succeeded" | "succeed" | "success" | "successful"
            | "done" | "finished" => Self::Completed,
            "failed" | "fail" | "failure" | "error" | "canceled" | "cancelled" | "expired"
            | "rejected" | "aborted" => Self::Failed,
            _ => Self::Other(word.chars().take(WORD_LIMIT).collect()),
        }
    }

    /// The word that the service's documentation uses; for an unknown state, the word as received.
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

    /// Whether the service is known to use the word. Besides the four documented ones these are `submitted` (in one
    /// table of its documentation) and `pending` (in real answers).
    pub(crate) fn is_known(&self) -> bool {
        match self {
            Self::Queued | Self::InProgress | Self::Completed | Self::Failed => true,
            Self::Other(word) => ["submitted", "pending"]
                .iter()
                .any(|known| known.eq_ignore_ascii_case(word.trim())),
        }
    }
}

impl fmt::Display for State {
    /// The status word, with invisible characters replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::sanitise::Sanitiser::default().message(self.word()))
    }
}

#[cfg(test)]
mod tests {
    use super::{State, WORD_LIMIT};

    #[test]
    fn every_end_word_ends() {
        let done = [
            "succeeded",
            "success",
            "SUCCESS",
            "succeed",
            "done",
            "completed",
            " Completed ",
        ];
        for word in done {
            assert_eq!(State::from_word(word), State::Completed, "{word}");
        }
        let failed = [
            "FAILURE",
            "failed",
            "error",
            "canceled",
            "Cancelled",
            "expired",
            "REJECTED",
        ];
        for word in failed {
            assert_eq!(State::from_word(word), State::Failed, "{word}");
        }
    }

    #[test]
    fn other_words_wait() {
        for word in [
            "",
            "unfinished",
            "not_failed",
            "processing",
            "erroneous",
            "5",
        ] {
            assert_eq!(State::from_word(word), State::Other(word.to_owned()));
        }
        assert_eq!(State::from_word("QUEUED"), State::Queued);
        assert_eq!(State::from_word("In-Progress"), State::InProgress);
        assert!(State::from_word("PENDING").is_known());
    }

    #[test]
    fn a_word_is_bounded() {
        let word = State::from_word(&"é".repeat(900_000));
        assert_eq!(word.word().chars().count(), WORD_LIMIT);
    }
}
