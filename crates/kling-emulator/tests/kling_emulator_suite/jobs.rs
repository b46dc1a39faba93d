//! Jobs from their submit to their video, and the service's answers to invalid requests.

use std::time::Duration;

use kling_check::Service;
use kling_emulator::{Clock, Emulator};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::{
    BODY, SUBMIT, charges, completed, fault, get, manual, post, raw, request, send, status,
    submitted, target,
};

#[tokio::test]
async fn a_job_goes_from_its_submit_to_its_video() {
    let emulator = manual().start().await.unwrap();
    let answer = post(&emulator, &format!("{SUBMIT}?x=1"), BODY).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    insta::assert_json_snapshot!("submitted", answer.json());
    let id = answer.json()["id"].as_str().unwrap().to_owned();

    insta::assert_json_snapshot!("queued", status(&emulator, &id).await);
    emulator.advance(Duration::from_secs(35));
    insta::assert_json_snapshot!("in_progress", status(&emulator, &id).await);
    emulator.advance(Duration::from_secs(30));
    let last = status(&emulator, &id).await;
    assert_eq!(last["status"], "completed");
    assert_eq!(
        last["expires_at"].as_u64().unwrap() - last["completed_at"].as_u64().unwrap(),
        86_400
    );

    let video = get(&emulator, &target(&emulator, &last)).await;
    assert_eq!(video.status, 200);
    assert_eq!(video.header("content-type"), Some("video/mp4"));
    assert_eq!(video.declared_length(), Some(video.body.len() as u64));
    assert_eq!(&video.body[4..8], b"ftyp");
    assert_eq!(charges(&emulator), 1);
    emulator.shutdown().await;
}

#[tokio::test]
async fn progress_only_rises() {
    let emulator = manual().start().await.unwrap();
    let id = submitted(&emulator).await;
    let mut last = 0;
    for _ in 0..20 {
        emulator.advance(Duration::from_secs(4));
        let progress = status(&emulator, &id).await["progress"].as_u64().unwrap();
        assert!(progress >= last);
        last = progress;
    }
    assert_eq!(last, 100);
}

#[tokio::test]
async fn a_scaled_clock_ends_jobs_by_itself() {
    let emulator = Emulator::builder()
        .clock(Clock::scaled(100_000.0))
        .start()
        .await
        .unwrap();
    let id = submitted(&emulator).await;
    while status(&emulator, &id).await["status"] != "completed" {}
}

#[tokio::test]
async fn the_video_is_what_was_asked_for() {
    let emulator = manual().start().await.unwrap();
    let body = json!({"model": "kling-v3", "prompt": "a boat", "mode": "pro", "duration": 10,
        "aspect_ratio": "9:16", "audio": true});
    assert_eq!(post(&emulator, SUBMIT, &body.to_string()).await.status, 200);
    let state = get(&emulator, "/_emulator/state").await.json();
    let task = &state["tasks"][0];
    assert_eq!(
        json!([
            task["spec"],
            task["seconds"],
            task["width"],
            task["height"],
            task["sound"]
        ]),
        json!(["1080P+Sound", 10, 1080, 1920, true])
    );
}

#[tokio::test]
async fn a_job_is_found_by_the_callers_own_id() {
    let emulator = manual().start().await.unwrap();
    let body = r#"{"model": "kling-v3", "prompt": "a boat", "client_business_id": "my id/1"}"#;
    let first = post(&emulator, SUBMIT, body).await.json();
    assert_eq!(first["client_business_id"], "my id/1");
    let found = status(&emulator, "my%20id%2F1").await;
    assert_eq!(found["id"], first["id"]);
    assert_eq!(found["client_business_id"], "my id/1");

    // A repeated id creates another job, is charged again, and from then on refers to that one.
    let second = post(&emulator, SUBMIT, body).await.json();
    assert_ne!(second["id"], first["id"]);
    assert_eq!(status(&emulator, "my%20id%2F1").await["id"], second["id"]);
    assert_eq!(charges(&emulator), 2);
}

#[tokio::test]
async fn jobs_fail_when_prompts_or_faults_say_so() {
    let emulator = manual().start().await.unwrap();
    let body =
        r#"{"model": "kling-v3", "prompt": "a boat [emulator: fail=content_policy_violation]"}"#;
    let by_prompt = post(&emulator, SUBMIT, body).await.json();
    emulator.inject(fault("job:fail"));
    let by_fault = submitted(&emulator).await;
    emulator.inject(fault("job:stall"));
    let stalled = submitted(&emulator).await;
    emulator.inject(fault("job:slow=100"));
    let slow = submitted(&emulator).await;
    emulator.advance(Duration::from_mins(10));
    let reported = status(&emulator, by_prompt["id"].as_str().unwrap()).await;
    insta::assert_json_snapshot!("failed", reported);
    assert_eq!(
        status(&emulator, &by_fault).await["error"]["code"],
        "generation_failed"
    );
    assert_eq!(status(&emulator, &stalled).await["status"], "in_progress");
    assert_eq!(status(&emulator, &slow).await["status"], "in_progress");
    emulator.advance(Duration::from_mins(100));
    assert_eq!(status(&emulator, &slow).await["status"], "completed");
    assert_eq!(status(&emulator, &stalled).await["status"], "in_progress");
}

#[tokio::test]
async fn what_is_missing_is_reported_in_the_form_of_the_service() {
    let emulator = manual().start().await.unwrap();
    let body = [
        get(&emulator, &format!("{SUBMIT}/video_none")).await,
        get(&emulator, "/v1/v1/balance").await,
        get(&emulator, SUBMIT).await,
        get(&emulator, "/elsewhere").await,
    ];
    let body: Vec<_> = body
        .iter()
        .map(|answer| (answer.status, answer.json()))
        .collect();
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn a_refused_request_is_reported_with_its_field_and_costs_nothing() {
    let emulator = manual().start().await.unwrap();
    let body =
        r#"{"model": "kling-v3", "prompt": "a boat", "image_urls": ["data:image/png;base64,AA"]}"#;
    let answer = post(&emulator, SUBMIT, body).await;
    assert_eq!(answer.status, 400);
    insta::assert_json_snapshot!(answer.json());
    assert_eq!(charges(&emulator), 0);
    assert_eq!(emulator.requests()[0].charged, None);
}

#[tokio::test]
async fn an_ignored_field_is_dropped_and_charged() {
    let body = r#"{"model": "kling-v3", "prompt": "a boat", "seconds": 10}"#;
    let emulator = manual().start().await.unwrap();
    assert_eq!(post(&emulator, SUBMIT, body).await.status, 200);
    let ledger = emulator.ledger();
    let charge = &ledger.charges()[0];
    assert_eq!((charge.spec.as_str(), charge.seconds), ("720P", Some(5)));
    let exchange = &emulator.requests()[0];
    assert_eq!(exchange.charged.as_deref(), Some("720P"));
    assert_eq!(exchange.diagnostics[0].service, Service::Ignores);
    assert_eq!(exchange.diagnostics[0].pointer, "/seconds");

    let strict = manual().strict(true).start().await.unwrap();
    let answer = post(&strict, SUBMIT, body).await;
    assert_eq!((answer.status, charges(&strict)), (400, 0));
    assert_eq!(answer.json()["error"]["param"], "seconds");
}

#[tokio::test]
async fn a_key_is_required_where_one_was_given() {
    let emulator = manual().key("sk-canary").start().await.unwrap();
    assert!(!format!("{emulator:?}").contains("canary"));
    for target in ["/v1/balance", "/v1/videos/generations/x"] {
        let answer = get(&emulator, target).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["error"]["type"], "authentication_error");
        let wrong = [("Authorization", "Bearer sk-other")];
        assert_eq!(
            send(&emulator, "GET", target, &wrong, b"").await.status,
            401
        );
    }
    assert_eq!(post(&emulator, SUBMIT, BODY).await.status, 401);
    assert_eq!(charges(&emulator), 0);
    let right = [("Authorization", "Bearer sk-canary")];
    assert_eq!(
        send(&emulator, "GET", "/v1/balance", &right, b"")
            .await
            .status,
        200
    );
    let answer = send(&emulator, "POST", SUBMIT, &right, BODY.as_bytes()).await;
    assert_eq!(answer.status, 200);
    let state = get(&emulator, "/_emulator/state").await;
    assert!(!String::from_utf8_lossy(&state.body).contains("canary"));
    assert!(!format!("{emulator:?}").contains("canary"));
}

#[tokio::test]
async fn the_balance_falls_with_each_charge() {
    let emulator = manual().start().await.unwrap();
    submitted(&emulator).await;
    insta::assert_json_snapshot!(get(&emulator, "/v1/balance").await.json());
}

#[tokio::test]
async fn a_connection_takes_one_request_after_another() {
    let emulator = manual().start().await.unwrap();
    let mut bytes = b"GET /v1/balance HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec();
    bytes.extend_from_slice(
        format!("POST {SUBMIT} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            .as_bytes(),
    );
    let (first, second) = BODY.split_at(9);
    for part in [first, second] {
        bytes.extend_from_slice(format!("{:X};note=x\r\n{part}\r\n", part.len()).as_bytes());
    }
    bytes.extend_from_slice(b"0\r\nTrailer: x\r\n\r\n");
    bytes.extend_from_slice(&request("HEAD", "/v1/balance", &[], b""));
    let received = raw(&emulator, &bytes).await;
    let text = received.text();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3);
    assert_eq!(charges(&emulator), 1);
    let (_, last) = text.rsplit_once("HTTP/1.1 ").unwrap();
    let (head, body) = last.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: ") && body.is_empty());
}

#[tokio::test]
async fn a_client_that_expects_100_continue_gets_it() {
    let emulator = manual().start().await.unwrap();
    let expect = [("Expect", "100-continue")];
    let mut head = request("POST", SUBMIT, &expect, BODY.as_bytes());
    head.truncate(head.len() - BODY.len());
    let mut stream = crate::client::connect(&emulator).await;
    stream.write_all(&head).await.unwrap();
    let mut body = [0; 25];
    stream.read_exact(&mut body).await.unwrap();
    assert_eq!(&body, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(BODY.as_bytes()).await.unwrap();
    let answer = crate::client::rest(&mut stream).await.answer();
    assert_eq!((answer.status, charges(&emulator)), (200, 1));
}

#[tokio::test]
async fn a_seed_repeats_ids() {
    let one = manual().seed(7).start().await.unwrap();
    let two = manual().seed(7).start().await.unwrap();
    let other = manual().seed(8).start().await.unwrap();
    let id = submitted(&one).await;
    assert_eq!(id, submitted(&two).await);
    assert_ne!(id, submitted(&other).await);
}

#[tokio::test]
async fn tasks_beyond_the_limit_are_refused_and_not_charged() {
    let mut limits = kling_emulator::Limits::default();
    limits.tasks = 2;
    let emulator = manual().limits(limits).start().await.unwrap();
    submitted(&emulator).await;
    submitted(&emulator).await;
    assert_eq!(post(&emulator, SUBMIT, BODY).await.status, 429);
    assert_eq!(charges(&emulator), 2);
}

#[tokio::test]
async fn an_emulator_that_is_dropped_frees_its_port() {
    let emulator = manual().start().await.unwrap();
    let address = emulator.address();
    completed(&emulator).await;
    emulator.shutdown().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    let again = manual().port(address.port()).start().await.unwrap();
    drop(again);
    // The listener goes away on the next turn of the runtime.
    while tokio::net::TcpStream::connect(address).await.is_ok() {}
}
