//! The client: two HTTP clients with opposite manners, one for what is paid and one for what is free,
//! and a third for hosts that are not the service.

mod builder;
mod exchange;
mod key;
mod origin;
mod resolver;
mod time;
mod tls;
mod transport;

use std::fmt;
use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};
use tokio::sync::Semaphore;
use url::Url;

pub use builder::{ClientBuilder, Timeouts};
pub(crate) use exchange::{Answer, End, Framing, read_body, reason};
pub(crate) use origin::is_loopback;
pub(crate) use transport::{is_before_connection, transport_error};

use crate::error::{Error, Kind};
use crate::link::LinkPolicy;
use crate::retry::Retries;
use crate::sanitise::Sanitiser;
use origin::Base;

/// A client of the video service. Cheap to clone; clones share connections.
///
/// All of its futures must run within a tokio runtime with its timer and its I/O driver.
///
/// ```no_run
/// # async fn example() -> Result<(), kling_http::Error> {
/// use kling_http::{Body, Client, Verdict};
///
/// let client = Client::from_env()?;
/// let body = Body::from_json_text(r#"{"model": "kling-v3", "prompt": "A cat in the rain."}"#);
/// match client.submit(&body).await {
///     Verdict::Accepted(accepted) => println!("{}", accepted.id),
///     Verdict::Rejected(rejected) => println!("not charged: {}", rejected.message),
///     Verdict::NotSent(not_sent) => println!("nothing was sent: {}", not_sent.error),
///     Verdict::Unknown(unknown) => println!("look it up: {:?}", unknown.client_business_id),
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    base: Base,
    authorization: Option<HeaderValue>,
    extra_headers: HeaderMap,
    paid: reqwest::Client,
    free: reqwest::Client,
    files: reqwest::Client,
    /// Caps the connections of the free client: waiting tasks may be many more.
    connections: Semaphore,
    timeouts: Timeouts,
    retries: Retries,
    max_answer: usize,
    links: LinkPolicy,
    sanitiser: Sanitiser,
}

impl Client {
    /// The service's origin: scheme, host, and the port where it is not the scheme's own, as
    /// `https://toapis.com`. Media URLs on it are the service's business, whatever its host is.
    pub fn origin(&self) -> &str {
        self.inner.base.origin()
    }

    pub(crate) fn retries(&self) -> &Retries {
        &self.inner.retries
    }

    pub(crate) fn links(&self) -> &LinkPolicy {
        &self.inner.links
    }

    pub(crate) fn sanitiser(&self) -> &Sanitiser {
        &self.inner.sanitiser
    }

    pub(crate) fn max_answer(&self) -> usize {
        self.inner.max_answer
    }

    /// The client for hosts that are not the service; it knows no key.
    pub(crate) fn files(&self) -> &reqwest::Client {
        &self.inner.files
    }

    /// A URL of the service; each segment is percent-encoded.
    pub(crate) fn endpoint(&self, segments: &[&str]) -> Url {
        self.inner.base.endpoint(segments)
    }

    /// A request that costs money: over a connection of its own, sent at most once.
    pub(crate) fn paid_request(&self, method: Method, url: Url) -> RequestBuilder {
        self.with_key(self.inner.paid.request(method, url))
    }

    /// A request that costs nothing: over a pooled connection.
    pub(crate) fn free_request(&self, method: Method, url: Url) -> RequestBuilder {
        self.with_key(self.inner.free.request(method, url))
            .timeout(self.inner.timeouts.request)
    }

    /// The headers are set on each request and not in the client, whose `Debug` would show them.
    fn with_key(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.headers(self.inner.extra_headers.clone());
        match &self.inner.authorization {
            Some(value) => request.header(reqwest::header::AUTHORIZATION, value.clone()),
            None => request,
        }
    }

    /// Sends a request that costs nothing, once, and reads its answer; an answer that is no 2xx is an error.
    ///
    /// The request is made, and the room for its future taken, only once it is its turn: thousands may wait.
    pub(crate) async fn exchange(
        &self,
        request: impl FnOnce() -> RequestBuilder,
    ) -> Result<Answer, Error> {
        let _permit = self.inner.connections.acquire().await;
        Box::pin(self.exchange_now(request())).await
    }

    async fn exchange_now(&self, request: RequestBuilder) -> Result<Answer, Error> {
        let response = request.send().await.map_err(Error::from_reqwest)?;
        let answer = self.read(response).await?;
        if (200..300).contains(&answer.status) {
            Ok(answer)
        } else {
            Err(answer.into_error(&self.inner.sanitiser))
        }
    }

    async fn read(&self, response: Response) -> Result<Answer, Error> {
        let head = Answer::head(&response);
        let (body, end) = read_body(response, self.inner.max_answer).await;
        match end {
            End::Complete => Ok(Answer { body, ..head }),
            End::Cut(error) => Err(error.with_status(head.status)),
            End::TooLarge => Err(Error::new(
                Kind::Answer,
                format!("the answer is longer than {} bytes", self.inner.max_answer),
            )
            .with_status(head.status)
            .with_request_id(head.request_id)),
        }
    }
}

impl fmt::Debug for Client {
    /// The origin, and nothing that could hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.origin())
            .finish_non_exhaustive()
    }
}
