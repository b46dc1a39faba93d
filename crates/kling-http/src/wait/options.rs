//! How to wait.

use std::time::Duration;

/// How to wait. The times are those that the service's documentation asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaitOptions {
    /// The pause before the first question; zero to ask at once. 5 s unless set.
    pub first_poll: Duration,
    /// The pause between questions. 10 s unless set.
    pub interval: Duration,
    /// How much shorter or longer a pause may be at random, as a share from 0 to 1. 0.1 unless set.
    pub jitter: f64,
    /// How long to wait at all. 600 s unless set.
    pub deadline: Duration,
    /// How long the service may say that it does not know the task. 60 s unless set.
    pub unknown_id: UnknownId,
    /// How often a task that is completed without a URL is asked for again. 3 unless set.
    pub url_polls: u32,
    /// The longest pause that `Retry-After` can ask for. 60 s unless set.
    pub longest_pause: Duration,
    /// What the pauses of different waits are spread by; a random number for each wait unless set.
    pub seed: Option<u64>,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            first_poll: Duration::from_secs(5),
            interval: Duration::from_secs(10),
            jitter: 0.1,
            deadline: Duration::from_mins(10),
            unknown_id: UnknownId::GIVEN,
            url_polls: 3,
            longest_pause: Duration::from_mins(1),
            seed: None,
        }
    }
}

/// How long the service may say that it does not know the task (404, or 400 with `task_not_exist`) before a wait ends
/// with [`Reason::NotFound`](super::Reason::NotFound). Answers about the task begin it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownId {
    /// For this long from the first such answer on.
    For(Duration),
    /// Until so many such answers, each this long after the one before.
    Answers {
        /// How many.
        most: u32,
        /// How long after each other.
        apart: Duration,
    },
}

impl UnknownId {
    /// For an id that the service gave in answer to a submit: it may take a while to know it. 60 s.
    pub const GIVEN: Self = Self::For(Duration::from_mins(1));

    /// For an id from elsewhere, which may be mistyped: two answers, 1 s apart.
    pub const FROM_ELSEWHERE: Self = Self::Answers {
        most: 2,
        apart: Duration::from_secs(1),
    };
}
