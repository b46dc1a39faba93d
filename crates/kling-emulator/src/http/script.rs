//! What is written to a connection, step by step, and how the connection ends.

use std::time::Duration;

use bytes::Bytes;

/// What happens to a connection after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Another request may follow.
    Stay,
    /// FIN.
    Close,
    /// RST.
    Reset,
    /// Nothing more is sent until the client gives up.
    Hang,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Write(Bytes),
    /// The same bytes this many times.
    Repeat(Bytes, u64),
    Pause(Duration),
    /// One byte, a pause, the next byte.
    Drip(Bytes, Duration),
}

/// The steps of an answer and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

impl Script {
    pub(crate) fn write(bytes: impl Into<Bytes>, end: End) -> Self {
        Self {
            steps: vec![Step::Write(bytes.into())],
            end,
        }
    }

    pub(crate) const fn silence(end: End) -> Self {
        Self {
            steps: Vec::new(),
            end,
        }
    }
}

impl Script {
    /// Returns the status of the first final answer, if its status line is written completely.
    pub(crate) fn status(&self) -> Option<u16> {
        let first = |bytes: &Bytes| {
            let line = bytes.split(|byte| *byte == b'\n').next()?;
            let is_whole = line.len() < bytes.len();
            let status = std::str::from_utf8(line.get(9..12)?).ok()?.parse().ok()?;
            (is_whole && status >= 200).then_some(status)
        };
        self.steps.iter().find_map(|step| match step {
            Step::Write(bytes) | Step::Drip(bytes, _) | Step::Repeat(bytes, _) => first(bytes),
            Step::Pause(_) => None,
        })
    }
}
