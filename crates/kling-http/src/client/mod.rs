//! The client: two HTTP clients with opposite settings, one for paid and one for free requests, a third for hosts
//! other than the service, and a fast path for questions that are asked repeatedly.

mod builder;
mod connector;
mod exchange;
mod gate;
mod key;
mod origin;
mod questions;
mod resolver;
mod retried;
mod time;
mod tls;
mod transport;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Body as _;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use url::Url;

pub use builder::{ClientBuilder, Timeouts};
pub(crate) use exchange::{Answer, End, Framing, body_of, read_body, reason};
use transport::{cut, too_late};
pub(crate) use transport::{is_before_connection, transport_error};

use crate::error::{Error, Kind};
use crate::link::LinkPolicy;
use crate::retry::{OnRetry, Retries};
use crate::sanitise::Sanitiser;
use crate::task_ref::{TaskRef, is_usable_id};
use gate::Gate;
use origin::Base;
use questions::Questions;

/// The path of submit and status below `/v1`.
pub(crate) const GENERATIONS: [&str; 2] = ["videos", "generations"];

/// A client of the video service. Cheap to clone; clones share connections.
///
/// All of its futures must run within a tokio runtime with its timer and I/O drivers enabled.
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
    /// The URL of the tasks.
    tasks: Url,
    authorization: Option<HeaderValue>,
    extra_headers: HeaderMap,
    paid: reqwest::Client,
    free: reqwest::Client,
    files: reqwest::Client,
    /// A faster path than `free` for GET requests; `None` behind a proxy.
    questions: Option<Questions>,
    gate: Gate,
    /// Limits the connections of the free client: there may be many more waiting tasks.
    connections: Semaphore,
    timeouts: Timeouts,
    retries: Retries,
    on_retry: OnRetry,
    max_answer: usize,
    links: LinkPolicy,
    sanitiser: Sanitiser,
}

impl Client {
    /// The service's origin: scheme, host, and the port unless it is the scheme's default, such as
    /// `https://toapis.com`. Media URLs with this origin are always accepted, whatever the host.
    pub fn origin(&self) -> &str {
        self.inner.base.origin()
    }

    /// The base URL of the service without a slash at the end: the origin and the path that precedes `/v1`, such as
    /// `https://toapis.com` or `http://127.0.0.1:8080/gateway`. All spellings of a base URL yield the same text; a
    /// client built with it talks to the same service.
    pub fn base_url(&self) -> &str {
        self.inner.base.text()
    }

    /// Makes a text of the service safe to show, to use in file names and to record: without the key in any common
    /// form (plain, after `Bearer`, escaped, in base64), without the queries of URLs, which may be signatures, without
    /// characters that a terminal acts on or that are invisible, and at most 2000 characters long. All texts that this
    /// crate returns are already without the key.
    ///
    /// ```
    /// let client = kling_http::Client::builder("sk-0123456789".into()).build()?;
    /// assert_eq!(client.sanitise("Bearer sk-0123456789\u{1b}[2J"), "Bearer [key]\u{fffd}[2J");
    /// # Ok::<(), kling_http::Error>(())
    /// ```
    pub fn sanitise(&self, text: &str) -> String {
        self.inner.sanitiser.text(text)
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

    /// The time limit of one try of a request that costs nothing.
    pub(crate) fn request_timeout(&self) -> Duration {
        self.inner.timeouts.request
    }

    pub(crate) fn max_answer(&self) -> usize {
        self.inner.max_answer
    }

    /// The client for hosts other than the service; it does not have the key.
    pub(crate) fn files(&self) -> &reqwest::Client {
        &self.inner.files
    }

    /// Returns a URL of the service; each segment is percent-encoded.
    pub(crate) fn endpoint(&self, segments: &[&str]) -> Url {
        self.inner.base.endpoint(segments)
    }

    /// Returns the URL of a task; its id is percent-encoded.
    ///
    /// # Errors
    /// If the id cannot be a segment of a URL's path.
    pub(crate) fn task_url(&self, task: &TaskRef) -> Result<Url, Error> {
        let id = task.as_str();
        if !is_usable_id(id) {
            return Err(Error::new(
                Kind::Input,
                "this is not the id of a task: it is empty, a dot, longer than 512 bytes, or contains control characters",
            )
            .with_help("give the id that `submit` printed"));
        }
        let mut url = self.inner.tasks.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(id);
        }
        Ok(url)
    }

    /// Builds a request that costs money: over its own connection, sent at most once.
    pub(crate) fn paid_request(&self, method: Method, url: Url) -> RequestBuilder {
        self.with_key(self.inner.paid.request(method, url))
    }

    /// Builds a request that costs nothing: over a pooled connection.
    pub(crate) fn free_request(&self, method: Method, url: Url) -> RequestBuilder {
        self.with_key(self.inner.free.request(method, url))
            .timeout(self.inner.timeouts.request)
    }

    /// Adds the headers to each request rather than to the client, whose `Debug` output would show them.
    fn with_key(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.headers(self.inner.extra_headers.clone());
        match &self.inner.authorization {
            Some(value) => request.header(reqwest::header::AUTHORIZATION, value.clone()),
            None => request,
        }
    }

    /// Sends a request that costs nothing, once, and reads its answer; an answer that is not 2xx is an error.
    ///
    /// The request is made, and the memory for its future allocated, only when it is its turn: thousands may wait.
    pub(crate) async fn exchange(
        &self,
        request: impl FnOnce() -> RequestBuilder,
    ) -> Result<Answer, Error> {
        let _permit = self.inner.connections.acquire().await;
        let (answer, end) = Box::pin(self.exchange_now(request())).await?;
        self.whole(answer, end)
    }

    /// Sends a GET request to a URL of the service, like [`exchange`](Self::exchange). If the service has said that it
    /// answers no more of them for a while, waits until then first, at most [`Retries::longest_pause`].
    pub(crate) async fn ask(&self, url: Url) -> Result<Answer, Error> {
        self.inner.gate.pass().await;
        let _permit = self.inner.connections.acquire().await;
        let (answer, end) = match &self.inner.questions {
            Some(questions) => Box::pin(self.ask_now(questions, &url)).await?,
            None => Box::pin(self.exchange_now(self.free_request(Method::GET, url))).await?,
        };
        let most = self.inner.retries.longest_pause;
        self.inner.gate.note(&answer.rate_limit, most);
        self.whole(answer, end)
    }

    async fn exchange_now(&self, request: RequestBuilder) -> Result<(Answer, End), Error> {
        let response = request.send().await.map_err(transport_error)?;
        let head = Answer::head_of(&response);
        let (body, end) =
            read_body(body_of(response), self.inner.max_answer, transport_error).await;
        Ok((head.with_body(body, &self.inner.sanitiser), end))
    }

    async fn ask_now(&self, questions: &Questions, url: &Url) -> Result<(Answer, End), Error> {
        let end = Instant::now() + self.inner.timeouts.request;
        let response = timeout_at(end, questions.get(url.as_str()))
            .await
            .map_err(too_late)??;
        let length = response.body().size_hint().exact();
        let head = Answer::head(response.status(), response.headers(), length);
        let reading = read_body(response.into_body(), self.inner.max_answer, cut);
        let (body, end) = timeout_at(end, reading)
            .await
            .map_err(|error| too_late(error).with_status(head.status))?;
        Ok((head.with_body(body, &self.inner.sanitiser), end))
    }

    /// Returns the answer if its body was read to the end and its status is 2xx.
    fn whole(&self, answer: Answer, end: End) -> Result<Answer, Error> {
        match end {
            End::Complete if (200..300).contains(&answer.status) => Ok(answer),
            End::Complete => Err(answer.into_error(&self.inner.sanitiser)),
            End::Cut(error) => Err(error.with_status(answer.status)),
            End::TooLarge => Err(Error::new(
                Kind::Answer,
                format!("the answer is longer than {} bytes", self.inner.max_answer),
            )
            .with_status(answer.status)
            .with_request_id(answer.request_id)),
        }
    }
}

impl fmt::Debug for Client {
    /// Shows the origin, and nothing that could hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.origin())
            .finish_non_exhaustive()
    }
}
