//! Questions about paid tasks, asked repeatedly: directly over `hyper-util`, on pooled connections.
//!
//! The library of the other clients parses two URLs per request and takes a third longer for it, which matters when
//! thousands of tasks are polled. It supports proxies, which this does not; behind a proxy, it therefore sends these
//! questions too.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;

use super::connector::{InTime, LookUp};
use super::transport::{not_sendable, question_error};
use crate::error::Error;

/// How long an idle connection is kept, and how often one in use is checked. The values are those of the library that
/// the other clients use.
const IDLE: Duration = Duration::from_secs(90);
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;

type Connector = InTime<HttpsConnector<HttpConnector<LookUp>>>;

/// A client for GET requests to one service, without a proxy.
pub(crate) struct Questions {
    http: legacy::Client<Connector, Empty<Bytes>>,
    /// The headers of every request. The key is among them, so they are never shown.
    headers: HeaderMap,
}

impl Questions {
    /// Makes a client that gives up connecting after `connect`, TLS included.
    pub(crate) fn new(
        tls: ClientConfig,
        connect: Duration,
        user_agent: HeaderValue,
        mut headers: HeaderMap,
    ) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(LookUp::default());
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(connect));
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
        let connector = InTime::new(HttpsConnector::from((tcp, Arc::new(tls))), connect);
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        // Headers that the caller set are kept.
        let any = HeaderValue::from_static("*/*");
        headers.entry(ACCEPT).or_insert(any);
        headers.entry(USER_AGENT).or_insert(user_agent);
        Self { http, headers }
    }

    /// Sends one request; the body is still to be read.
    ///
    /// # Errors
    /// If no head of an answer arrived.
    pub(crate) async fn get(&self, url: &str) -> Result<Response<Incoming>, Error> {
        let uri = Uri::try_from(url).map_err(not_sendable)?;
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        self.http.request(request).await.map_err(question_error)
    }
}
