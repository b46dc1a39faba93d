//! The time by the service's clock.

use std::time::SystemTime;

use reqwest::Method;
use reqwest::header::DATE;

use super::{Client, transport_error};
use crate::date;
use crate::error::Error;

impl Client {
    /// Returns the time by the service's clock, to whole seconds, from the head of its next answer, whatever the
    /// answer says; `None` if the head has no time.
    ///
    /// Sends one request, for the balance, which costs nothing. The answer takes a moment to arrive, so the time is
    /// slightly in the past.
    ///
    /// Cancel-safe.
    ///
    /// # Errors
    /// If the service was not reached, or did not answer.
    #[tracing::instrument(name = "server_time", skip_all)]
    pub async fn server_time(&self) -> Result<Option<SystemTime>, Error> {
        let _permit = self.inner.connections.acquire().await;
        let request = self.free_request(Method::GET, self.endpoint(&["balance"]));
        let response = request.send().await.map_err(transport_error)?;
        let date = response.headers().get(DATE);
        let date = date.and_then(|date| date.to_str().ok());
        Ok(date.and_then(date::moment))
    }
}
