//! How to wait.

use std::time::Duration;

/// How to wait. The default times are those that the service's documentation recommends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaitOptions {
    /// The pause before the first poll; zero to poll at once. 5 s unless set.
    pub first_poll: Duration,
    /// The pause between polls. 10 s unless set.
    pub interval: Duration,
    /// How much shorter or longer a pause may be at random, as a fraction from 0 to 1. 0.1 unless set.
    pub jitter: f64,
    /// How long to wait in total. 600 s unless set.
    pub deadline: Duration,
    /// How long the service may say that it does not know the task. 60 s unless set.
    pub unknown_id: UnknownId,
    /// How many times a task that is completed without a URL is polled again. 3 unless set.
    pub url_polls: u32,
    /// The longest pause that `Retry-After` can request. 60 s unless set.
    pub longest_pause: Duration,
    /// Spreads the pauses of different waits; a random number for each wait unless set.
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
/// with [`Reason::NotFound`](super::Reason::NotFound). An answer about the task resets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownId {
    /// For this long from the first such answer.
    For(Duration),
    /// Until this many such answers, each at least this long after the previous one.
    Answers {
        /// How many.
        most: u32,
        /// The interval between them.
        apart: Duration,
    },
}

impl UnknownId {
    /// For an id that the service returned for a submit, which it may not know at once: 60 s.
    pub const GIVEN: Self = Self::For(Duration::from_mins(1));

    /// For an id from elsewhere, which may be mistyped: two answers, 1 s apart.
    pub const FROM_ELSEWHERE: Self = Self::Answers {
        most: 2,
        apart: Duration::from_secs(1),
    };
}
