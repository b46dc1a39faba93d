//! What can go wrong: one opaque error with methods to classify it.

use std::error::Error as StdError;
use std::fmt;

use crate::answer::{ApiError, may_mention_task};

type Source = Box<dyn StdError + Send + Sync>;

/// Who is responsible for an [`Error`], and so has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Responsible {
    /// The caller: settings, the key, the request, a file that was passed in.
    Caller,
    /// The network between here and the service: name lookup, connection, time.
    Network,
    /// The service: its answer cannot be used, or it failed.
    Service,
    /// This machine: a file could not be written.
    Machine,
}

/// The kinds of error. Not public: callers use the predicates, and kinds may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Config,
    Connect,
    Timeout,
    Transport,
    Status,
    Answer,
    OtherTask,
    Address,
    Expired,
    Media,
    TooLarge,
    File,
    Input,
}

/// Why a call failed.
///
/// `Display` says what is wrong in one clause, [`help`](Self::help) what to do, and [`source`](StdError::source)
/// returns the underlying error. None of its texts, `Debug` included, contains the key or the query of a URL, and what
/// it quotes from the service is bounded and safe to print.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: Kind,
    message: String,
    help: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    body: Option<String>,
    service: Option<ApiError>,
    retry_after: Option<std::time::Duration>,
    configuration: bool,
    source: Option<Source>,
}

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                help: None,
                status: None,
                request_id: None,
                body: None,
                service: None,
                retry_after: None,
                configuration: kind == Kind::Config,
                source: None,
            }),
        }
    }

    pub(crate) fn config(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Kind::Config, message).with_help(help)
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.inner.help = Some(help.into());
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.inner.status = Some(status);
        self
    }

    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.inner.request_id = id;
        self
    }

    pub(crate) fn with_body(mut self, body: Option<String>) -> Self {
        self.inner.body = body;
        self
    }

    pub(crate) fn with_service(mut self, service: Option<ApiError>) -> Self {
        self.inner.service = service;
        self
    }

    pub(crate) fn with_retry_after(mut self, after: Option<std::time::Duration>) -> Self {
        self.inner.retry_after = after;
        self
    }

    /// Marks an error that another try cannot help before a setting is changed.
    pub(crate) fn into_configuration(mut self) -> Self {
        self.inner.configuration = true;
        self
    }

    /// Returns the error without its source and its body.
    pub(crate) fn summary(&self) -> Self {
        let Inner {
            kind,
            message,
            help,
            status,
            request_id,
            service,
            retry_after,
            configuration,
            ..
        } = &*self.inner;
        Self {
            inner: Box::new(Inner {
                kind: *kind,
                message: message.clone(),
                help: help.clone(),
                status: *status,
                request_id: request_id.clone(),
                body: None,
                service: service.clone(),
                retry_after: *retry_after,
                configuration: *configuration,
                source: None,
            }),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.inner.kind
    }

    pub(crate) fn retry_after(&self) -> Option<std::time::Duration> {
        self.inner.retry_after
    }

    /// Whether a request that costs nothing may be sent again.
    pub(crate) fn is_retryable(&self) -> bool {
        if self.inner.configuration {
            return false;
        }
        match self.inner.kind {
            Kind::Connect | Kind::Timeout | Kind::Transport | Kind::Answer => true,
            Kind::Status => match self.inner.status {
                Some(408 | 429) => true,
                // A gateway answers this for an unknown model too, and will keep doing so.
                Some(503) => !self
                    .service()
                    .is_some_and(ApiError::is_about_an_unknown_model),
                Some(status) => status >= 500,
                None => false,
            },
            Kind::Config
            | Kind::OtherTask
            | Kind::Address
            | Kind::Expired
            | Kind::Media
            | Kind::TooLarge
            | Kind::File
            | Kind::Input => false,
        }
    }

    /// Whether settings are wrong (key, base URL, proxy, certificates): retrying cannot help.
    pub fn is_config(&self) -> bool {
        self.inner.configuration
    }

    /// Whether no connection could be made, so that nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.inner.kind == Kind::Connect
    }

    /// Whether a time limit passed.
    pub fn is_timeout(&self) -> bool {
        self.inner.kind == Kind::Timeout
    }

    /// Whether the connection broke before the answer was complete.
    pub fn is_transport(&self) -> bool {
        self.inner.kind == Kind::Transport
    }

    /// Whether the service answered with an error: see [`status`](Self::status).
    pub fn is_status(&self) -> bool {
        self.inner.kind == Kind::Status
    }

    /// Whether the service does not accept the key (401 or 403).
    pub fn is_unauthorized(&self) -> bool {
        self.is_status() && matches!(self.inner.status, Some(401 | 403))
    }

    /// Whether the service does not know the task: 404, or an error that says so in words, such as 400 with
    /// `task_not_exist`. After a submit whose outcome is unknown this does not prove that nothing was charged.
    pub fn is_not_found(&self) -> bool {
        let is_said = || {
            self.service()
                .is_some_and(ApiError::is_about_an_unknown_task)
        };
        self.is_status()
            && match self.inner.status {
                Some(404) => true,
                Some(200..300 | 400 | 422) => is_said(),
                Some(_) | None => false,
            }
    }

    /// Whether the service does not [know](Self::is_not_found) the task, and its answer mentions none and is complete: only
    /// after such an answer may the request in question be sent again.
    pub fn is_plainly_not_found(&self) -> bool {
        self.is_not_found() && !self.body().is_some_and(may_mention_task)
    }

    /// Whether an answer cannot be used: it is broken, in an unknown format, or without a URL.
    pub fn is_answer(&self) -> bool {
        matches!(self.inner.kind, Kind::Answer | Kind::OtherTask)
    }

    /// Whether the answer was about a task other than the requested one.
    pub fn is_other_task(&self) -> bool {
        self.inner.kind == Kind::OtherTask
    }

    /// Whether an address was refused: it is not https, or its host is not public.
    pub fn is_refused_address(&self) -> bool {
        self.inner.kind == Kind::Address
    }

    /// Whether the video is no longer (or never was) available at its URL, even a fresh one.
    pub fn is_expired(&self) -> bool {
        self.inner.kind == Kind::Expired
    }

    /// Whether the downloaded file may not be a complete video, so that it did not get its final name.
    pub fn is_media(&self) -> bool {
        self.inner.kind == Kind::Media
    }

    /// Whether a size limit was exceeded.
    pub fn is_too_large(&self) -> bool {
        self.inner.kind == Kind::TooLarge
    }

    /// Whether a local file could not be read or written.
    pub fn is_local_io(&self) -> bool {
        self.inner.kind == Kind::File
    }

    /// Whether an argument was refused before anything was sent: a file to upload, a name.
    pub fn is_input(&self) -> bool {
        self.inner.kind == Kind::Input
    }

    /// Who is responsible for the error.
    pub fn responsible(&self) -> Responsible {
        if self.inner.configuration {
            return Responsible::Caller;
        }
        match self.inner.kind {
            Kind::Config | Kind::Input | Kind::TooLarge => Responsible::Caller,
            Kind::Connect | Kind::Timeout | Kind::Transport => Responsible::Network,
            Kind::Status => match self.inner.status {
                Some(400..500) => Responsible::Caller,
                Some(_) | None => Responsible::Service,
            },
            Kind::Answer | Kind::OtherTask | Kind::Address | Kind::Expired | Kind::Media => {
                Responsible::Service
            }
            Kind::File => Responsible::Machine,
        }
    }

    /// The HTTP status, if the service (or the host of a video) answered.
    pub fn status(&self) -> Option<u16> {
        self.inner.status
    }

    /// The id that the service gave its answer (`X-Request-Id`), for its support team.
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_deref()
    }

    /// The beginning of the answer's body: at most 2000 characters, safe to print.
    pub fn body(&self) -> Option<&str> {
        self.inner.body.as_deref()
    }

    /// The error object of the service's answer, if it had one.
    pub fn service(&self) -> Option<&ApiError> {
        self.inner.service.as_ref()
    }

    /// Returns what to do about it, if there is a remedy: an imperative clause without a full stop.
    pub fn help(&self) -> Option<&str> {
        self.inner.help.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            kind,
            message,
            help,
            status,
            request_id,
            body,
            service,
            retry_after,
            configuration,
            source,
        } = &*self.inner;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("message", message)
            .field("help", help)
            .field("status", status)
            .field("request_id", request_id)
            .field("body", body)
            .field("service", service)
            .field("retry_after", retry_after)
            .field("configuration", configuration)
            .field("source", source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.inner.source.as_deref()?;
        Some(source)
    }
}
