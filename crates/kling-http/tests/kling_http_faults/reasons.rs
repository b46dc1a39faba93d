//! What the service says about a request that it did not simply accept, and what is reported while it is retried.

use std::sync::{Arc, Mutex};

use kling_http::{Body, TaskRef, Verdict};

use crate::support::http::{answer, answer_with};
use crate::support::server::Server;
use crate::support::{ACCEPTED, builder, client};

async fn submitted(status: u16, headers: &'static str, body: &'static str) -> Verdict {
    let server = Server::answering(move |_, _| answer_with(status, headers, body.as_bytes())).await;
    let verdict = client(&server.url())
        .submit(&Body::from_json_text(r#"{"client_business_id":"order-7"}"#))
        .await;
    assert_eq!(server.ledger.posts(), 1);
    verdict
}

#[tokio::test]
async fn a_rejection_says_why() {
    for (status, body, reason) in [
        (
            422,
            r#"{"detail":[{"loc":["body","duration"],"msg":"not allowed","type":"enum"}]}"#,
            "duration: not allowed",
        ),
        (400, r#"{"msg":"not allowed"}"#, "not allowed"),
        (400, r#"{"errors":["not allowed"]}"#, "not allowed"),
        (
            400,
            r#"{"error":{"message":"not allowed","param":"mode"}}"#,
            "not allowed (parameter `mode`)",
        ),
        (402, "insufficient user quota", "insufficient user quota"),
        (
            413,
            "<html><title>413 Too Large</title></html>",
            "413 Too Large",
        ),
        (
            403,
            r#"{"error":{"code":"insufficient_user_quota"}}"#,
            "insufficient_user_quota",
        ),
        (
            400,
            r#"{"a":1}"#,
            r#"it does not say why; its answer begins with: {"a":1}"#,
        ),
        (400, "", ""),
    ] {
        let verdict = submitted(status, "", body).await;
        let Verdict::Rejected(rejected) = verdict else {
            panic!("{verdict:?}")
        };
        assert_eq!(rejected.message, reason, "{body}");
    }
}

#[tokio::test]
async fn an_unknown_outcome_says_what_the_service_said() {
    for (status, body, reason) in [
        (200, "insufficient user quota", "insufficient user quota"),
        (
            200,
            r#"{"code":1301,"message":"risk control","data":null}"#,
            "risk control",
        ),
        (
            500,
            r#"{"code":"fail_to_fetch_task","message":"{\"error\":{\"message\":\"balance not enough\"}}"}"#,
            "balance not enough",
        ),
        (502, "<html><h1>Bad gateway</h1></html>", "Bad gateway"),
    ] {
        let verdict = submitted(status, "", body).await;
        let Verdict::Unknown(unknown) = verdict else {
            panic!("{verdict:?}")
        };
        assert_eq!(unknown.reason.as_deref(), Some(reason), "{body}");
        assert!(
            unknown.error.to_string().contains(reason),
            "{}",
            unknown.error
        );
    }
}

#[tokio::test]
async fn a_missing_model_is_reported_as_lasting_and_perhaps_charged() {
    let body =
        r#"{"error":{"code":"model_not_found","message":"no channel","type":"new_api_error"}}"#;
    let verdict = submitted(503, "", body).await;
    let Verdict::Unknown(unknown) = verdict else {
        panic!("{verdict:?}")
    };
    let text = unknown.error.to_string();
    assert!(
        text.contains("no channel") && text.contains("does not change by itself"),
        "{text}"
    );
    let help = unknown.error.help().unwrap();
    assert!(
        help.contains("another model") && help.contains("charged"),
        "{help}"
    );
}

#[tokio::test]
async fn a_redirect_is_named_in_the_message() {
    let verdict = submitted(
        301,
        "location: https://example.com/v1/videos/generations?a=b\r\n",
        "",
    )
    .await;
    let Verdict::Unknown(unknown) = verdict else {
        panic!("{verdict:?}")
    };
    let text = unknown.error.to_string();
    assert!(
        text.contains("to https://example.com/v1/videos/generations"),
        "{text}"
    );
}

#[tokio::test]
async fn an_id_with_an_error_is_reported_with_both() {
    for (body, reason) in [
        (
            r#"{"id":"video_1","status":"error","message":"boom"}"#,
            Some("boom"),
        ),
        (
            r#"{"id":"video_1","status":"failed","error":{"message":"boom"}}"#,
            Some("boom"),
        ),
        (r#"{"id":"video_1","error":"boom"}"#, Some("boom")),
        (
            r#"{"data":{"task_id":"video_1"},"error":{"message":"boom"}}"#,
            Some("boom"),
        ),
        (
            r#"{"id":"video_1","status":"queued","error":null,"message":""}"#,
            None,
        ),
        (
            r#"{"id":"video_1","status":"queued","message":"in line"}"#,
            None,
        ),
        (ACCEPTED, None),
    ] {
        let verdict = submitted(200, "", body).await;
        let Verdict::Accepted(accepted) = verdict else {
            panic!("{verdict:?}")
        };
        assert_eq!(accepted.id, "video_1");
        assert_eq!(accepted.reason().as_deref(), reason, "{body}");
    }
}

#[tokio::test]
async fn a_free_call_reports_that_it_is_retried() {
    let server = Server::answering(|_, number| match number {
        0 | 1 => answer(503, r#"{"error":{"message":"limiter down"}}"#),
        _ => answer(200, ACCEPTED),
    })
    .await;
    let retries = Arc::new(Mutex::new(Vec::new()));
    let seen = retries.clone();
    let client = builder(&server.url())
        .on_retry(move |error, pause| {
            seen.lock().unwrap().push((error.to_string(), pause));
        })
        .build()
        .unwrap();
    client.status(&TaskRef::id("video_1")).await.unwrap();
    let retries = retries.lock().unwrap();
    assert_eq!(retries.len(), 2, "{retries:?}");
    for (error, pause) in retries.iter() {
        assert!(
            error.contains("limiter down") && !pause.is_zero(),
            "{retries:?}"
        );
    }
}

#[tokio::test]
async fn a_base_url_keeps_its_path() {
    let server = Server::answering(|_, _| answer(200, ACCEPTED)).await;
    let base = format!("{}/gateway", server.url());
    let first = client(&format!("{base}/v1/"));
    assert_eq!(first.base_url(), base);
    // A stored base URL leads to the same place.
    client(first.base_url())
        .status(&TaskRef::id("video_1"))
        .await
        .unwrap();
    let requests = server.ledger.requests();
    assert_eq!(requests[0].path, "/gateway/v1/videos/generations/video_1");
}
