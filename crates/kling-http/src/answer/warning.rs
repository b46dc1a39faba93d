//! Oddities of an answer that is used anyway.

use std::fmt;

/// Something odd about an answer that is used anyway. `Display` describes it in one clause, safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The answer to a question about one task does not say which task it is about.
    WithoutId,
    /// There is a video URL, so the task is treated as completed although its status says otherwise.
    DoneByAddress {
        /// The status word, bounded and safe to print; empty if there is none.
        word: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WithoutId => f.write_str(
                "the service's answer does not say which task it is about, and is assumed to be about the requested one",
            ),
            Self::DoneByAddress { word } if word.is_empty() => f.write_str(
                "the service gives no status, but a video URL: the task is treated as completed",
            ),
            Self::DoneByAddress { word } => write!(
                f,
                "the service says `{word}`, but also gives a video URL: the task is treated as completed"
            ),
        }
    }
}
