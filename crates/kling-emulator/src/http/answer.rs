//! A complete answer: what the service says before anything goes wrong with it.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;

/// Status, headers and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Without the headers for the body's length and the connection.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    /// The length that an answer to HEAD declares.
    pub(crate) declared_length: Option<usize>,
}

/// How the length of a body is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length(u64),
    Chunked,
    Nothing,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
            declared_length: None,
        }
    }

    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::new(status, "application/json", body)
    }

    /// Makes an error in the service's format.
    pub(crate) fn error(status: u16, kind: &str, message: &str) -> Self {
        Self::json(
            status,
            &serde_json::json!({"error": {"code": status, "message": message, "type": kind}}),
        )
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Adds or replaces a header.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.headers.retain(|(found, _)| found != name);
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Reads a handler's response into an answer of known length.
    pub(crate) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let own = ["content-length", "connection", "transfer-encoding"];
        let header = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let declared_length = header("content-length").and_then(|length| length.parse().ok());
        let headers = parts
            .headers
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()))
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
        // The handlers answer from memory, so reading a body never fails.
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap_or_default();
        Self {
            status: parts.status.as_u16(),
            headers,
            declared_length,
            body,
        }
    }

    /// Returns the bytes before the body.
    pub(crate) fn head(&self, framing: Framing, keep_alive: bool) -> Vec<u8> {
        let reason = StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("Unknown");
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        // Writing to a string never fails.
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = match framing {
            Framing::Length(length) => write!(head, "content-length: {length}\r\n"),
            Framing::Chunked => write!(head, "transfer-encoding: chunked\r\n"),
            Framing::Nothing => Ok(()),
        };
        if !keep_alive {
            head.push_str("connection: close\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Returns the bytes of the whole answer.
    pub(crate) fn bytes(&self, keep_alive: bool) -> Vec<u8> {
        let length = self.declared_length.filter(|_| self.body.is_empty());
        let framing = if self.status == 204 || self.status == 304 {
            Framing::Nothing
        } else {
            Framing::Length(wide(length.unwrap_or(self.body.len())))
        };
        let mut bytes = self.head(framing, keep_alive);
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response
            .body(Body::from(self.body))
            .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

/// Converts a length to 64 bits, which works on every machine.
pub(crate) fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
