//! The documented headers of the service's rate limits.

use std::time::{Duration, Instant};

use kling_http::{Body, Budget, Next, Retries, TaskRef, Verdict, next};
use serde_json::json;

use crate::support::http::{answer, answer_with};
use crate::support::server::Server;
use crate::support::{ACCEPTED, builder, client};

const EXCEEDED: &str =
    r#"{"error":{"code":"rate_limit_exceeded","message":"rate_limit_exceeded"}}"#;
const UNAVAILABLE: &str =
    r#"{"error":{"code":"rate_limit_unavailable","message":"rate_limit_unavailable"}}"#;

/// Submits to a service that answers with this status and these headers; returns the verdict and what follows from it
/// with a budget of a minute.
async fn submitted(status: u16, headers: &'static str, body: &'static str) -> (Verdict, Next) {
    let server = Server::answering(move |_, _| answer_with(status, headers, body.as_bytes())).await;
    let verdict = client(&server.url())
        .submit(&Body::from_json_text(r#"{"client_business_id":"order-7"}"#))
        .await;
    assert_eq!(server.ledger.posts(), 1);
    let budget = Budget {
        pause: Duration::from_secs(3),
        ..Budget::new(1, Duration::from_mins(1))
    };
    let next = next(&verdict, &budget);
    (verdict, next)
}

#[tokio::test]
async fn a_submit_beyond_the_limit_is_resent_when_the_limit_is_lifted() {
    for (headers, seconds) in [
        (
            "x-ratelimit-category: async_submit\r\nx-ratelimit-limit: 300\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 17\r\n",
            17,
        ),
        // As a moment, by the service's clock.
        (
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nx-ratelimit-reset: 784111787\r\n",
            784_111_787,
        ),
        (
            "date: Sat, 28 Nov 2026 10:40:00 GMT\r\nx-ratelimit-reset: 1795862420\r\n",
            20,
        ),
        ("retry-after: 7\r\nx-ratelimit-reset: 17\r\n", 7),
    ] {
        let (verdict, next) = submitted(429, headers, EXCEEDED).await;
        let Verdict::Rejected(rejected) = verdict else {
            panic!("{verdict:?}")
        };
        assert_eq!(rejected.code.as_deref(), Some("rate_limit_exceeded"));
        let after = Duration::from_secs(seconds).min(Duration::from_mins(1));
        assert_eq!(next, Next::Resend { after }, "{headers}");
    }
    // What is said of questions, or that some requests are left, says nothing about when to submit again.
    for headers in [
        "x-ratelimit-category: async_query\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 17\r\n",
        "x-ratelimit-remaining: 1\r\nx-ratelimit-reset: 17\r\n",
        "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: soon\r\n",
    ] {
        let (_, next) = submitted(429, headers, EXCEEDED).await;
        let Next::Resend { after } = next else {
            panic!("{headers}")
        };
        let own = Duration::from_secs(3)..=Duration::from_secs(6);
        assert!(own.contains(&after), "{headers}: {after:?}");
    }
}

#[tokio::test]
async fn a_submit_is_not_resent_while_the_limiter_is_unavailable() {
    let headers = "retry-after: 1\r\nx-ratelimit-category: async_submit\r\n";
    let (verdict, next) = submitted(503, headers, UNAVAILABLE).await;
    assert_eq!(next, Next::Stop);
    let Verdict::Unknown(unknown) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(unknown.client_business_id.as_deref(), Some("order-7"));
    assert_eq!(unknown.http_status, Some(503));
    assert!(
        unknown.error.to_string().contains("rate_limit_unavailable"),
        "{}",
        unknown.error
    );
}

/// The time between the first and the last of two questions, the first of which is answered with these headers, for a
/// client whose longest pause is this.
async fn apart(status: u16, headers: &'static str, longest_pause: Duration) -> Duration {
    let server = Server::answering(move |_, number| match number {
        0 => answer_with(status, headers, ACCEPTED.as_bytes()),
        _ => answer(200, ACCEPTED),
    })
    .await;
    let retries = Retries {
        max: 0,
        longest_pause,
        ..Retries::default()
    };
    let client = builder(&server.url()).retries(retries).build().unwrap();
    // Another copy of the client shares the limit.
    let _ = client.clone().status(&TaskRef::id("video_1")).await;
    let asked = Instant::now();
    client.status(&TaskRef::id("video_1")).await.unwrap();
    assert_eq!(server.ledger.requests().len(), 2);
    asked.elapsed()
}

#[tokio::test]
async fn questions_are_held_back_until_the_limit_is_lifted_or_the_longest_pause_is_over() {
    const PAUSE: Duration = Duration::from_millis(300);
    const HOUR: Duration = Duration::from_hours(1);
    for (status, headers) in [
        (
            200,
            "x-ratelimit-category: async_query\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 3600\r\n",
        ),
        (
            200,
            "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 9999999999\r\n",
        ),
        (
            429,
            "x-ratelimit-category: async_query\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 3600\r\n",
        ),
    ] {
        let waited = apart(status, headers, PAUSE).await;
        assert!(waited >= PAUSE, "{headers}: {waited:?}");
    }
    // With an hour to wait, the test would not end.
    for headers in [
        "x-ratelimit-category: async_submit\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 3600\r\n",
        "x-ratelimit-category: async_query\r\nx-ratelimit-remaining: 1\r\nx-ratelimit-reset: 3600\r\n",
        "x-ratelimit-category: async_query\r\nx-ratelimit-remaining: 0\r\n",
        "x-ratelimit-category: async_query\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 0\r\n",
        "x-ratelimit-remaining: none\r\nx-ratelimit-reset: -1\r\n",
    ] {
        apart(200, headers, HOUR).await;
    }
}

#[tokio::test]
async fn the_models_for_videos_are_listed() {
    let server = Server::answering(|request, _| {
        assert_eq!(request.path, "/v1/models?type=video");
        let list = json!({"object": "list", "data": [
            {"id": "kling-v3", "object": "model", "owned_by": "kling"},
            {"id": "kling-3.0-turbo\u{1b}[2J"}, "kling-v3-omni", {"name": "x"}, 7,
        ]});
        answer(200, &list.to_string())
    })
    .await;
    let models = client(&server.url()).video_models().await.unwrap();
    assert_eq!(
        models,
        ["kling-v3", "kling-3.0-turbo\u{fffd}[2J", "kling-v3-omni"]
    );
    for (status, body) in [
        (200, r#"{"success":true}"#),
        (200, r#"{"success":false,"message":"no"}"#),
        (404, "{}"),
    ] {
        let server = Server::answering(move |_, _| answer(status, body)).await;
        let refused = client(&server.url()).video_models().await.unwrap_err();
        assert_eq!(refused.status(), Some(status), "{body}");
    }
}
