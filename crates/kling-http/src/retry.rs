//! How often and for how long free requests are retried, and the callback for it. Submits are never retried here.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::error::Error;

/// How often and for how long free requests are retried after transport faults, 429 and 5xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// The maximum number of tries after the first. 4 unless set.
    pub max: usize,
    /// The first pause; each one is twice as long, with up to its own length added at random.
    /// 500 ms unless set.
    pub first_pause: Duration,
    /// The longest pause, even if `Retry-After` asks for more. It also bounds how long questions are held back after an
    /// answer with `X-RateLimit-Remaining: 0`. 30 s unless set.
    pub longest_pause: Duration,
    /// No try begins after this time. 120 s unless set.
    pub deadline: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            max: 4,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            deadline: Duration::from_mins(2),
        }
    }
}

impl Retries {
    /// The pauses, with random jitter.
    pub(crate) fn pauses(&self) -> impl Iterator<Item = Duration> + use<> {
        ExponentialBuilder::default()
            .with_min_delay(self.first_pause)
            .with_max_delay(self.longest_pause)
            .with_max_times(self.max)
            .with_jitter()
            .build()
    }
}

type Callback = dyn Fn(&Error, Duration) + Send + Sync;

/// The callback before each pause.
#[derive(Clone, Default)]
pub(crate) struct OnRetry(Option<Arc<Callback>>);

impl OnRetry {
    pub(crate) fn new(callback: impl Fn(&Error, Duration) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(callback)))
    }

    pub(crate) fn notify(&self, error: &Error, pause: Duration) {
        if let Some(callback) = &self.0 {
            callback(error, pause);
        }
    }
}

impl fmt::Debug for OnRetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnRetry").field(&self.0.is_some()).finish()
    }
}
