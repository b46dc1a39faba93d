//! Servers that misbehave on purpose, and the clients that have to withstand them.

pub(crate) mod h2;
pub(crate) mod http;
pub(crate) mod matrix;
pub(crate) mod server;
pub(crate) mod subject;
pub(crate) mod tls;
pub(crate) mod video;

use std::time::Duration;

use kling_http::{Client, ClientBuilder, Retries, Timeouts};

/// A key that must not appear in any text.
pub(crate) const CANARY: &str = "sk-canary-3d1f0c";

/// An answer to a submit.
pub(crate) const ACCEPTED: &str = r#"{"id":"video_1","object":"generation.task","model":"kling-v3","status":"queued","progress":0,"created_at":1768380224,"metadata":{}}"#;

/// Settings for a server on this machine: enough time for a slow machine, and negligible pauses.
pub(crate) fn builder(base: &str) -> ClientBuilder {
    Client::builder(CANARY.into())
        .base_url(base)
        .timeouts(PATIENT)
        .retries(Retries {
            max: 4,
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(5),
            deadline: Duration::from_secs(20),
        })
}

/// A client for a server on this machine.
pub(crate) fn client(base: &str) -> Client {
    builder(base).build().unwrap()
}

/// Time limits that no test should reach.
pub(crate) const PATIENT: Timeouts = Timeouts {
    connect: Duration::from_secs(5),
    submit: Duration::from_secs(20),
    request: Duration::from_secs(20),
};

/// Fails if a text contains the key.
#[track_caller]
pub(crate) fn assert_no_key(text: &str) {
    assert!(!text.contains(CANARY), "the key is in: {text}");
}
