//! The URLs for people and tests: state, events, faults, clock and the page.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{
    BODY, PATIENCE, SUBMIT, completed, connect, fault, find, get, manual, post, request, send,
    submitted,
};

#[tokio::test]
async fn the_state_has_all_that_the_page_shows() {
    let emulator = manual().start().await.unwrap();
    let body = r#"{"model": "kling-v3", "prompt": "a boat", "seconds": 10}"#;
    emulator.inject(fault("submit:status-with-body=202"));
    emulator.inject(fault("upload:status=502*3"));
    assert_eq!(post(&emulator, SUBMIT, body).await.status, 202);
    completed(&emulator).await;
    let mut state = get(&emulator, "/_emulator/state").await.json();
    let catalogue = state["faults"]["catalogue"].take();
    let state = state.to_string().replace(emulator.url(), "URL");
    let state: Value = serde_json::from_str(&state).unwrap();
    insta::assert_json_snapshot!(state);
    assert!(catalogue.as_array().unwrap().len() > 200);
    for kind in catalogue.as_array().unwrap() {
        let text = format!(
            "{}:{}",
            kind["phase"].as_str().unwrap(),
            kind["name"].as_str().unwrap()
        );
        assert_eq!(fault(&text).to_string(), text);
        assert!(!kind["about"].as_str().unwrap().is_empty());
    }
}

/// Reads up to the next event and returns its state.
async fn event(stream: &mut TcpStream, read: &mut Vec<u8>) -> Value {
    loop {
        if let Some(begin) = find(read, b"event: state\ndata: ")
            && let Some(length) = find(&read[begin..], b"\n\n")
        {
            let state = serde_json::from_slice(&read[begin + 19..begin + length]).unwrap();
            read.drain(..begin + length + 2);
            return state;
        }
        let mut buffer = [0; 4096];
        let more = timeout(PATIENCE, stream.read(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        assert!(more > 0);
        read.extend_from_slice(&buffer[..more]);
    }
}

#[tokio::test]
async fn events_report_each_change() {
    let emulator = manual().start().await.unwrap();
    let mut stream = connect(&emulator).await;
    let bytes = request("GET", "/_emulator/events", &[], b"");
    stream.write_all(&bytes).await.unwrap();
    let mut read = Vec::new();
    let first = event(&mut stream, &mut read).await;
    assert!(String::from_utf8_lossy(&read).is_empty());
    assert_eq!(first["tasks"], json!([]));
    submitted(&emulator).await;
    let until = async |stream: &mut TcpStream, read: &mut Vec<u8>, holds: fn(&Value) -> bool| {
        loop {
            let state = event(stream, read).await;
            if holds(&state) {
                return state;
            }
        }
    };
    until(&mut stream, &mut read, |state| {
        state["ledger"]["charges"] == 1
    })
    .await;
    emulator.inject(fault("poll:html*2"));
    let state = until(&mut stream, &mut read, |state| {
        state["faults"]["pending"] != json!([])
    })
    .await;
    assert_eq!(
        state["faults"]["pending"],
        json!([{"phase": "poll", "name": "html", "remaining": 2}])
    );
    emulator.advance(std::time::Duration::from_mins(10));
    until(&mut stream, &mut read, |state| {
        state["tasks"][0]["status"] == "completed"
    })
    .await;
}

#[tokio::test]
async fn faults_and_the_clock_are_steered_from_outside() {
    let emulator = manual().start().await.unwrap();
    let path = "/_emulator/faults";
    let answer = post(
        &emulator,
        path,
        r#"{"fault": "balance:html, balance:xml*forever"}"#,
    )
    .await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"injected": 2}))
    );
    assert!(
        get(&emulator, "/v1/balance")
            .await
            .body
            .starts_with(b"<!DOCTYPE")
    );
    assert!(
        get(&emulator, "/v1/balance")
            .await
            .body
            .starts_with(b"<?xml")
    );
    assert_eq!(send(&emulator, "DELETE", path, &[], b"").await.status, 200);
    assert!(
        get(&emulator, "/v1/balance").await.json()["success"]
            .as_bool()
            .unwrap()
    );
    for wrong in [
        r#"{"fault": "balance:nonsense"}"#,
        "{}",
        "[",
        r#"{"fault": 1}"#,
    ] {
        assert_eq!(post(&emulator, path, wrong).await.status, 400, "{wrong}");
    }
    let before = emulator.now_ms();
    let answer = post(&emulator, "/_emulator/clock", r#"{"advance_ms": 5000}"#).await;
    assert_eq!(answer.json(), json!({"now_ms": before + 5000}));
    assert_eq!(emulator.now_ms(), before + 5000);
    for wrong in [r#"{"advance_ms": -1}"#, r#"{"advance": 1}"#, ""] {
        assert_eq!(post(&emulator, "/_emulator/clock", wrong).await.status, 400);
    }
    // None of these are requests of a client.
    assert_eq!(emulator.request_count(), 3);
}

#[tokio::test]
async fn the_page_is_there_and_may_load_nothing_else() {
    let emulator = manual().key("sk-1").start().await.unwrap();
    let page = get(&emulator, "/").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'"));
    let text = String::from_utf8(page.body.clone()).unwrap();
    let named: Vec<&str> = text
        .split('"')
        .filter(|part| part.starts_with("/_emulator/page/"))
        .collect();
    assert!(named.len() > 2);
    for path in named {
        assert_eq!(get(&emulator, path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn what_is_shown_of_requests_is_bounded() {
    let mut limits = kling_emulator::Limits::default();
    limits.logged_requests = 3;
    limits.logged_body_bytes = 10;
    let emulator = manual().limits(limits).start().await.unwrap();
    for _ in 0..5 {
        post(&emulator, SUBMIT, BODY).await;
    }
    let requests = emulator.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(
        (requests[2].sequence, requests[2].body.as_str()),
        (5, &BODY[..10])
    );
    assert_eq!(emulator.request_count(), 5);
}
