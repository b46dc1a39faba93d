//! The client: two HTTP clients with opposite settings, one for paid and one for free requests, a third for hosts
//! other than the service, and a fast path for questions that are asked over and over.

mod builder;
mod connector;
mod exchange;
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
use origin::Base;
use questions::Questions;

/// The path of submit and status below `/v1`.
pub(crate) const GENERATIONS: [&str; 2] = ["videos", "generations"];

/// A client of the video service. Cheap to clone; clones share connections.
///
/// All of its futures must run within a tokio runtime with timer and I/O driver.
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
    /// Where tasks are.
    tasks: Url,
    authorization: Option<HeaderValue>,
    extra_headers: HeaderMap,
    paid: reqwest::Client,
    free: reqwest::Client,
    files: reqwest::Client,
    /// A faster way for GET requests than `free`; none behind a proxy.
    questions: Option<Questions>,
    /// Caps the connections of the free client: waiting tasks may be many more.
    connections: Semaphore,
    timeouts: Timeouts,
    retries: Retries,
    on_retry: OnRetry,
    max_answer: usize,
    links: LinkPolicy,
    sanitiser: Sanitiser,
}

impl Client {
    /// The service's origin: scheme, host, and the port where it is not the scheme's own, as `https://toapis.com`.
    /// Media URLs with it are always accepted, whatever its host is.
    pub fn origin(&self) -> &str {
        self.inner.base.origin()
    }

    /// The base URL of the service: the origin and the path below which its `/v1` is, without a slash at the end, as
    /// `https://toapis.com` or `http://127.0.0.1:8080/gateway`. Each way to write the base URL gives the same text; a
    /// client that is built with it talks to the same service.
    pub fn base_url(&self) -> &str {
        self.inner.base.text()
    }

    /// A text of the service made fit for people, file names and records, however it is to be used: without the key in
    /// any usual form (as it is, after `Bearer`, escaped, in base64), without the queries of URLs, which may be
    /// signatures, without characters that a terminal acts on or a reader does not see, and at most 2000 characters
    /// long. All texts that this crate gives are without the key already.
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

    /// The URL of a task; its id is percent-encoded.
    ///
    /// # Errors
    /// If the id cannot be a part of a URL's path.
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

    /// A request that costs money: over its own connection, sent at most once.
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

    /// Sends a request that costs nothing, once, and reads its answer; an answer that is not 2xx is an error.
    ///
    /// The request is made, and the room for its future taken, only once it is its turn: thousands may wait.
    pub(crate) async fn exchange(
        &self,
        request: impl FnOnce() -> RequestBuilder,
    ) -> Result<Answer, Error> {
        let _permit = self.inner.connections.acquire().await;
        Box::pin(self.exchange_now(request())).await
    }

    /// Asks for what is at a URL of the service, as [`exchange`](Self::exchange) does.
    pub(crate) async fn ask(&self, url: Url) -> Result<Answer, Error> {
        let _permit = self.inner.connections.acquire().await;
        match &self.inner.questions {
            Some(questions) => Box::pin(self.ask_now(questions, &url)).await,
            None => Box::pin(self.exchange_now(self.free_request(Method::GET, url))).await,
        }
    }

    async fn exchange_now(&self, request: RequestBuilder) -> Result<Answer, Error> {
        let response = request.send().await.map_err(transport_error)?;
        let head = Answer::head_of(&response);
        let (body, end) =
            read_body(body_of(response), self.inner.max_answer, transport_error).await;
        self.whole(head.with_body(body, &self.inner.sanitiser), end)
    }

    async fn ask_now(&self, questions: &Questions, url: &Url) -> Result<Answer, Error> {
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
        self.whole(head.with_body(body, &self.inner.sanitiser), end)
    }

    /// The answer, if its body was read to the end and its status is 2xx.
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
    /// The origin, and nothing that could hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.origin())
            .finish_non_exhaustive()
    }
}
