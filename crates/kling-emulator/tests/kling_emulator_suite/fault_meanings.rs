//! Answers that are complete, but whose content is wrong.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{
    Answer, BODY, SUBMIT, charges, fault, get, manual, post, status, submitted, target,
};
use kling_emulator::Emulator;

async fn submit(emulator: &Emulator, text: &str) -> Answer {
    emulator.inject(fault(text));
    post(emulator, SUBMIT, BODY).await
}

#[tokio::test]
async fn answers_to_submits_that_were_charged() {
    let emulator = manual().start().await.unwrap();
    for (text, status) in [
        ("submit:html", 200),
        ("submit:text", 200),
        ("submit:empty", 200),
        ("submit:xml", 200),
        ("submit:byte-order-mark", 200),
        ("submit:broken-json", 200),
        ("submit:no-id", 200),
        ("submit:status", 500),
        ("submit:status=502", 502),
        ("submit:status=503", 503),
        ("submit:status=504", 504),
        ("submit:status=520", 520),
        ("submit:status-with-body", 429),
        ("submit:status-with-body=202", 202),
    ] {
        let before = charges(&emulator);
        assert_eq!(submit(&emulator, text).await.status, status, "{text}");
        assert_eq!(charges(&emulator) - before, 1, "{text}");
    }
    let marked = submit(&emulator, "submit:byte-order-mark").await.body;
    assert!(marked.starts_with(b"\xef\xbb\xbf{\"id\""));
    let broken = submit(&emulator, "submit:broken-json").await;
    assert_eq!(broken.declared_length(), Some(broken.body.len() as u64));
    assert!(serde_json::from_slice::<Value>(&broken.body).is_err());
    let limited = submit(&emulator, "submit:status-with-body").await;
    assert!(limited.json()["id"].is_string());
    let gateway = submit(&emulator, "submit:status=504").await;
    assert_eq!(gateway.header("content-type"), Some("text/html"));
}

#[tokio::test]
async fn answers_to_submits_that_were_not_charged() {
    let emulator = manual().start().await.unwrap();
    let mut answers = Vec::new();
    for text in [
        "submit:status=400",
        "submit:status=401",
        "submit:status=402",
        "submit:status=403",
        "submit:status=404",
        "submit:status=405",
        "submit:status=413",
        "submit:status=415",
        "submit:status=422",
        "submit:rate-limit",
        "submit:error-object",
        "submit:error-text",
    ] {
        let answer = submit(&emulator, text).await;
        answers.push((text, answer.status, answer.json()));
    }
    insta::assert_json_snapshot!(answers);
    assert_eq!(charges(&emulator), 0);
}

#[tokio::test]
async fn times_to_come_again() {
    let emulator = manual().start().await.unwrap();
    let mut answers = Vec::new();
    for value in [
        "",
        "=120",
        "=date",
        "=past",
        "=far",
        "=rfc850",
        "=asctime",
        "=negative",
        "=overflow",
        "=junk",
        "=none",
    ] {
        let answer = submit(&emulator, &format!("submit:rate-limit{value}")).await;
        assert_eq!(answer.status, 429);
        answers.push((value, answer.header("retry-after").map(str::to_owned)));
    }
    insta::assert_json_snapshot!(answers);
}

#[tokio::test]
async fn ids_in_other_places() {
    let emulator = manual().start().await.unwrap();
    let answers = submit(&emulator, "submit:id-in=data.id").await.json();
    assert!(answers["data"]["id"].is_string() && answers.get("id").is_none());
    let answers = submit(&emulator, "submit:id-in=task_id").await.json();
    assert!(answers["task_id"].is_string());
    let answers = submit(&emulator, "submit:hostile-id").await.json();
    let id = answers["id"].as_str().unwrap();
    assert!(id.starts_with("../..\\") && id.contains('%'), "{id}");
    let mut escaped = String::new();
    for byte in id.bytes() {
        write!(escaped, "%{byte:02X}").unwrap();
    }
    assert_eq!(status(&emulator, &escaped).await["id"], id);
}

#[tokio::test]
async fn redirects_are_charged_only_if_they_are_followed() {
    let emulator = manual().start().await.unwrap();
    let answer = submit(&emulator, "submit:redirect=308").await;
    assert_eq!(answer.status, 308);
    let to = answer.header("location").unwrap();
    assert_eq!(
        (to, charges(&emulator)),
        ("/v1/videos/generations?redirected=1", 0)
    );
    assert_eq!(post(&emulator, to, BODY).await.status, 200);
    assert_eq!(charges(&emulator), 1);
    let answer = submit(&emulator, "submit:redirect-to=http://example.com/x").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (307, Some("http://example.com/x"))
    );
    let mut to = submit(&emulator, "submit:redirect-loop")
        .await
        .header("location")
        .unwrap()
        .to_owned();
    for _ in 0..3 {
        let answer = get(&emulator, &to).await;
        assert_eq!(answer.status, 302);
        to = answer.header("location").unwrap().to_owned();
    }
    assert_eq!(charges(&emulator), 1);
}

#[tokio::test]
async fn answers_to_polls_without_a_status() {
    let emulator = manual().start().await.unwrap();
    let id = submitted(&emulator).await;
    emulator.advance(Duration::from_mins(10));
    let answers = async |text: &str| {
        emulator.inject(fault(text));
        status(&emulator, &id).await
    };
    for (text, word) in [
        ("poll:word=submitted", json!("submitted")),
        ("poll:word=COMPLETED", json!("COMPLETED")),
        ("poll:word=5", json!(5)),
        ("poll:word=null", Value::Null),
        ("poll:regress", json!("queued")),
        ("poll:no-url", json!("completed")),
    ] {
        let answers = answers(text).await;
        assert_eq!(answers["status"], word, "{text}");
        assert!(answers["result"]["data"][0]["url"].is_null(), "{text}");
    }
    let other = answers("poll:other-id").await;
    assert!(other["id"] != json!(id) && other["result"]["data"][0]["url"].is_string());
    assert!(answers("poll:url-in=url").await["url"].is_string());
    let bad = answers("poll:url=http://169.254.169.254/x").await;
    assert_eq!(bad["result"]["data"][0]["url"], "http://169.254.169.254/x");
    let expired = answers("poll:expired-url").await;
    assert_eq!(
        get(&emulator, &target(&emulator, &expired)).await.status,
        403
    );
    let fresh = status(&emulator, &id).await;
    assert_eq!(get(&emulator, &target(&emulator, &fresh)).await.status, 200);
    assert_eq!(charges(&emulator), 1);
}
