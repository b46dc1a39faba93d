//! Retries of requests that cost nothing: status, upload, balance. Submits are never retried here.

use std::future::Future;

use tokio::time::Instant;

use super::Client;
use crate::error::Error;

impl Client {
    /// Calls `attempt` until it succeeds, fails permanently, or the budget is spent; then returns its last error.
    pub(crate) async fn retried<T, F>(&self, mut attempt: impl FnMut() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let retries = &self.inner.retries;
        let deadline = Instant::now() + retries.deadline;
        let mut pauses = retries.pauses();
        loop {
            let error = match attempt().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let Some(pause) = pauses.next().filter(|_| error.is_retryable()) else {
                return Err(error);
            };
            let pause = error
                .retry_after()
                .map_or(pause, |asked| asked.max(pause))
                .min(retries.longest_pause);
            if Instant::now() + pause >= deadline {
                return Err(error);
            }
            tracing::debug!(%error, ?pause, "trying again");
            self.inner.on_retry.notify(&error, pause);
            tokio::time::sleep(pause).await;
        }
    }
}
