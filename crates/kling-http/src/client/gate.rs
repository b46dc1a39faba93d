//! Holds questions back while the service answers no more of them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::rate_limit::{Category, RateLimit};

/// When questions may be asked again. All clones of a client share it, as the service counts their questions together.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<Option<Instant>>);

impl Gate {
    /// Takes note of what an answer says: no question for a while, but not for longer than `most`, or that some are
    /// left.
    pub(crate) fn note(&self, limit: &RateLimit, most: Duration) {
        let until = match limit.pause(Category::Query) {
            Some(pause) => Instant::now().checked_add(pause.min(most)),
            None if limit.remaining.is_some() && limit.category != Some(Category::Submit) => None,
            None => return,
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// Waits until a question may be asked.
    pub(crate) async fn pass(&self) {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = until {
            Box::pin(sleep_until(until)).await;
        }
    }
}
