//! Reading an answer within limits.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::StatusCode;
use http::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER, TRANSFER_ENCODING};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use serde_json::{Map, Value};

use crate::answer::{ApiError, Task, reason as said};
use crate::date;
use crate::error::{Error, Kind};
use crate::rate_limit::{Category, RateLimit};
use crate::retry_after::retry_after;
use crate::sanitise::Sanitiser;
use crate::task_ref::TaskRef;

/// How the end of an answer's body is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By a length or by chunks: a body that was read to its end is complete.
    Delimited,
    /// By the end of the connection: a body that was cut off looks complete.
    UntilClose,
}

/// How reading a body ended.
#[derive(Debug)]
pub(crate) enum End {
    Complete,
    Cut(Error),
    TooLarge,
}

/// An answer with the parts of its head that are used.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) rate_limit: RateLimit,
    pub(crate) location: Option<String>,
    pub(crate) framing: Framing,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Makes an answer without its body, with the length of the body if that is known.
    pub(crate) fn head(status: StatusCode, headers: &HeaderMap, length: Option<u64>) -> Self {
        let framing = if headers.contains_key(TRANSFER_ENCODING) || length.is_some() {
            Framing::Delimited
        } else {
            Framing::UntilClose
        };
        Self {
            status: status.as_u16(),
            request_id: ["x-request-id", "x-oneapi-request-id"]
                .into_iter()
                .find_map(|name| text(headers, &HeaderName::from_static(name)))
                .map(str::to_owned),
            retry_after: asked_pause(headers),
            rate_limit: rate_limit(headers),
            location: text(headers, &reqwest::header::LOCATION).map(str::to_owned),
            framing,
            body: Vec::new(),
        }
    }

    /// As [`head`](Self::head), from a response of the library.
    pub(crate) fn head_of(response: &reqwest::Response) -> Self {
        Self::head(
            response.status(),
            response.headers(),
            response.content_length(),
        )
    }

    /// Adds the body, and makes the parts of the head that are shown safe to print.
    pub(crate) fn with_body(self, body: Vec<u8>, sanitiser: &Sanitiser) -> Self {
        Self {
            request_id: self.request_id.map(|id| sanitiser.message(&id)),
            body,
            ..self
        }
    }

    /// Returns the members of the body, without the key.
    ///
    /// # Errors
    /// If it is not a JSON object.
    pub(crate) fn object(&self, sanitiser: &Sanitiser) -> Result<Map<String, Value>, Error> {
        sanitiser
            .object(&self.body)
            .ok_or_else(|| self.no_object(sanitiser))
    }

    /// Returns the task in the body, without the key: the one asked for, if it is there.
    ///
    /// # Errors
    /// If the body is not a JSON object.
    pub(crate) fn task(
        &self,
        asked: Option<&TaskRef>,
        sanitiser: &Sanitiser,
    ) -> Result<Task, Error> {
        let task = if sanitiser.is_quoted_in(&self.body) {
            sanitiser.object(&self.body).map(Task::from)
        } else {
            // Parsed directly from the bytes, since this runs for every poll.
            serde_json::from_slice(&self.body).ok()
        };
        task.map(|task| task.unwrapped(asked).with_raw(sanitiser.raw(&self.body)))
            .ok_or_else(|| self.no_object(sanitiser))
    }

    /// How long the answer asks to wait before another request of this category: as `Retry-After` says, or else until
    /// the rate limit is lifted.
    pub(crate) fn pause(&self, category: Category) -> Option<Duration> {
        self.retry_after.or_else(|| self.rate_limit.pause(category))
    }

    /// Returns what an answer that is known to be bad says is wrong.
    pub(crate) fn said(&self, sanitiser: &Sanitiser) -> Option<ApiError> {
        said::of_body(&self.body).map(|error| error.sanitised(sanitiser))
    }

    fn no_object(&self, sanitiser: &Sanitiser) -> Error {
        self.unusable("the service's answer is not a JSON object", sanitiser)
            .with_help("check the base URL, or ask again later")
    }

    /// Makes an error for an answer that arrived but cannot be used.
    pub(crate) fn unusable(&self, message: impl Into<String>, sanitiser: &Sanitiser) -> Error {
        Error::new(Kind::Answer, message)
            .with_status(self.status)
            .with_request_id(self.request_id.clone())
            .with_body(sanitiser.evidence(&self.body))
    }

    /// Makes an error for a refusal that came with a success status.
    pub(crate) fn refusal(&self, what: &str, sanitiser: &Sanitiser) -> Error {
        let said = self.said(sanitiser);
        let why = self.why(said.as_ref(), sanitiser);
        Error::new(Kind::Status, format!("{what}: {why}"))
            .with_status(self.status)
            .with_request_id(self.request_id.clone())
            .with_body(sanitiser.evidence(&self.body))
            .with_service(said)
    }

    /// Returns why the answer is bad, in its own words, or else its beginning.
    pub(crate) fn why(&self, said: Option<&ApiError>, sanitiser: &Sanitiser) -> String {
        said.and_then(ApiError::summary)
            .or_else(|| {
                let excerpt = sanitiser.excerpt(&self.body)?;
                Some(format!(
                    "it does not say why; its answer begins with: {excerpt}"
                ))
            })
            .unwrap_or_else(|| "it does not say why".to_owned())
    }

    /// Converts an answer with an error status into an error.
    pub(crate) fn into_error(self, sanitiser: &Sanitiser) -> Error {
        let pause = self.pause(Category::Query);
        let service = self.said(sanitiser);
        let said = service.as_ref().and_then(ApiError::summary);
        let name = reason(self.status);
        let message = match (said, sanitiser.excerpt(&self.body)) {
            (Some(said), _) => format!("the service answered {}: {said}", self.status),
            (None, Some(excerpt)) => format!(
                "the service answered {} {name}, beginning with: {excerpt}",
                self.status
            ),
            (None, None) => format!("the service answered {} {name}", self.status),
        };
        let error = Error::new(Kind::Status, message)
            .with_status(self.status)
            .with_request_id(self.request_id)
            .with_retry_after(pause)
            .with_body(sanitiser.evidence(&self.body))
            .with_service(service);
        match (self.status, &self.location) {
            (300..=399, Some(to)) => {
                let to = sanitiser.message(to);
                error.with_help(format!(
                    "redirects are not followed; if {to} is the service, use it as the base URL"
                ))
            }
            (401 | 403, _) => error.with_help("check the key"),
            (402, _) => error.with_help("top up the account"),
            (404, _) => error.with_help("check the id and the base URL"),
            _ => error,
        }
    }
}

/// The standard name of a status.
pub(crate) fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("(no standard status)")
}

/// Reads a body and stops after `limit` bytes; `into_error` converts an error of the body.
pub(crate) async fn read_body<B>(
    mut body: B,
    limit: usize,
    into_error: impl Fn(B::Error) -> Error,
) -> (Vec<u8>, End)
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut read = Vec::new();
    loop {
        let piece = match body.frame().await {
            // Frames without data are trailers, which are not used.
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(error)) => return (read, End::Cut(into_error(error))),
            None => return (read, End::Complete),
        };
        if piece.len() > limit - read.len() {
            let room = limit - read.len();
            read.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            return (read, End::TooLarge);
        }
        read.extend_from_slice(&piece);
    }
}

/// Returns the body of a response of the library.
pub(crate) fn body_of(response: reqwest::Response) -> reqwest::Body {
    http::Response::from(response).into_body()
}

/// The pause that `Retry-After` asks for.
fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    retry_after(text(headers, &RETRY_AFTER)?, now(headers))
}

/// What the headers say of the rate limit.
fn rate_limit(headers: &HeaderMap) -> RateLimit {
    let header = |name| text(headers, &HeaderName::from_static(name));
    let reset = header("x-ratelimit-reset");
    let remaining = header("x-ratelimit-remaining");
    if reset.is_none() && remaining.is_none() {
        return RateLimit::default();
    }
    let category = header("x-ratelimit-category");
    RateLimit::read(category, remaining, reset, now(headers))
}

/// The time by the server's own clock if it sends its time, or else by the clock of this machine.
fn now(headers: &HeaderMap) -> SystemTime {
    text(headers, &DATE)
        .and_then(date::moment)
        .unwrap_or_else(SystemTime::now)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
