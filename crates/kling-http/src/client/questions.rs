//! Questions about what was paid for, asked over and over: straight over `hyper-util`, on pooled connections.
//!
//! The client above it parses two URLs a request and takes a third longer for it, which counts where thousands of
//! tasks are asked for. It knows proxies, which this does not; so behind a proxy it asks these questions too.

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

/// How long a connection is kept that nobody uses, and how often one that is used proves to be alive. The values
/// of the library that the other clients are built on.
const IDLE: Duration = Duration::from_secs(90);
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;

type Connector = InTime<HttpsConnector<HttpConnector<LookUp>>>;

/// A client for GET requests to one service, without a proxy.
pub(crate) struct Questions {
    http: legacy::Client<Connector, Empty<Bytes>>,
    /// What every request has. The key is in it, so it is shown nowhere.
    headers: HeaderMap,
}

impl Questions {
    /// A client that gives up connecting after `connect`, TLS included.
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
        // What the caller gave for these stays.
        let any = HeaderValue::from_static("*/*");
        headers.entry(ACCEPT).or_insert(any);
        headers.entry(USER_AGENT).or_insert(user_agent);
        Self { http, headers }
    }

    /// Asks once; the body is still to be read.
    ///
    /// # Errors
    /// If no head of an answer came.
    pub(crate) async fn get(&self, url: &str) -> Result<Response<Incoming>, Error> {
        let uri = Uri::try_from(url).map_err(not_sendable)?;
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        self.http.request(request).await.map_err(question_error)
    }
}
