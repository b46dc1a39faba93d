//! Reading an answer within limits.

use std::time::SystemTime;

use reqwest::Response;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER, TRANSFER_ENCODING};
use serde_json::{Map, Value};
use std::time::Duration;

use crate::answer::{ApiError, Task};
use crate::error::{Error, Kind};
use crate::retry_after::retry_after;
use crate::sanitise::Sanitiser;

/// How the end of an answer's body is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By a length or by chunks: a body that was read to its end is complete.
    Delimited,
    /// By the end of the connection: a body that was cut looks complete.
    UntilClose,
}

/// How reading a body ended.
#[derive(Debug)]
pub(crate) enum End {
    Complete,
    Cut(Error),
    TooLarge,
}

/// An answer with what is used of its head.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) location: Option<String>,
    pub(crate) framing: Framing,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The answer before its body was read.
    pub(crate) fn head(response: &Response) -> Self {
        let headers = response.headers();
        let framing =
            if headers.contains_key(TRANSFER_ENCODING) || response.content_length().is_some() {
                Framing::Delimited
            } else {
                Framing::UntilClose
            };
        Self {
            status: response.status().as_u16(),
            request_id: ["x-request-id", "x-oneapi-request-id"]
                .into_iter()
                .find_map(|name| text(headers, &HeaderName::from_static(name)))
                .map(|id| Sanitiser::default().message(id)),
            retry_after: asked_pause(headers),
            location: text(headers, &reqwest::header::LOCATION).map(str::to_owned),
            framing,
            body: Vec::new(),
        }
    }

    /// The members of the body, if it is a JSON object.
    pub(crate) fn members(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The members of the body.
    ///
    /// # Errors
    /// If it is no JSON object.
    pub(crate) fn object(&self, sanitiser: &Sanitiser) -> Result<Map<String, Value>, Error> {
        self.members().ok_or_else(|| self.no_object(sanitiser))
    }

    /// The task in the body.
    ///
    /// # Errors
    /// If the body is no JSON object.
    pub(crate) fn task(&self, sanitiser: &Sanitiser) -> Result<Task, Error> {
        serde_json::from_slice::<Task>(&self.body)
            .map(Task::unwrapped)
            .map_err(|_| self.no_object(sanitiser))
    }

    fn no_object(&self, sanitiser: &Sanitiser) -> Error {
        self.unusable("the service's answer is no JSON object", sanitiser)
    }

    /// An error about an answer that is there but cannot be used.
    pub(crate) fn unusable(&self, message: impl Into<String>, sanitiser: &Sanitiser) -> Error {
        Error::new(Kind::Answer, message)
            .with_status(self.status)
            .with_request_id(self.request_id.clone())
            .with_body(sanitiser.evidence(&self.body))
    }

    /// An error about a refusal that comes with a status of success.
    pub(crate) fn refusal(&self, message: impl Into<String>, sanitiser: &Sanitiser) -> Error {
        Error::new(Kind::Status, message)
            .with_status(self.status)
            .with_request_id(self.request_id.clone())
            .with_body(sanitiser.evidence(&self.body))
    }

    /// The error that the answer is.
    pub(crate) fn into_error(self, sanitiser: &Sanitiser) -> Error {
        let service = self
            .members()
            .and_then(|members| ApiError::of_answer(&members))
            .map(|error| error.sanitised(sanitiser));
        let said = service.as_ref().and_then(ApiError::message_text);
        let message = match said {
            Some(said) => format!("the service answered {}: {said}", self.status),
            None => format!(
                "the service answered {} {}",
                self.status,
                reason(self.status)
            ),
        };
        let error = Error::new(Kind::Status, message)
            .with_status(self.status)
            .with_request_id(self.request_id)
            .with_retry_after(self.retry_after)
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

/// What people call a status.
pub(crate) fn reason(status: u16) -> &'static str {
    reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("(no standard status)")
}

/// Reads a body up to `limit` bytes, in which it stops.
pub(crate) async fn read_body(mut response: Response, limit: usize) -> (Vec<u8>, End) {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                let room = limit - body.len();
                body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                return (body, End::TooLarge);
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return (body, End::Complete),
            Err(error) => return (body, End::Cut(Error::from_reqwest(error))),
        }
    }
}

/// What `Retry-After` asks for, counted by the server's own clock where it tells its time.
fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    let asked = text(headers, &RETRY_AFTER)?;
    let now = text(headers, &DATE)
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(SystemTime::now);
    retry_after(asked, now)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
