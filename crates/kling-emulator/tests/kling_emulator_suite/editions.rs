//! What the service says in some editions of its pages only: what a task costs, the balance in credits, other models.

use std::time::Duration;

use kling_emulator::Emulator;
use serde_json::{Value, json};

use crate::client::{BODY, SUBMIT, fault, get, manual, post, status, submitted};

/// An emulator of the first edition that says what a task costs.
async fn newer() -> Emulator {
    let builder = manual().edition("2026-09-zh").unwrap();
    builder.start().await.unwrap()
}

#[tokio::test]
async fn a_task_is_billed_once_it_ends() {
    let emulator = newer().await;
    let id = submitted(&emulator).await;
    emulator.inject(fault("job:fail"));
    let failing = submitted(&emulator).await;
    emulator.inject(fault("job:stall"));
    let stalled = submitted(&emulator).await;
    let pending = json!({"status": "pending"});
    for id in [&id, &failing] {
        assert_eq!(status(&emulator, id).await["billing"], pending);
    }
    emulator.advance(Duration::from_mins(10));
    assert_eq!(
        status(&emulator, &id).await["billing"],
        json!({"status": "settled", "credits": "12.5", "cost_usd": "0.0625"})
    );
    assert_eq!(
        status(&emulator, &failing).await["billing"],
        json!({"status": "refunded", "credits": "0", "cost_usd": "0"})
    );
    assert_eq!(status(&emulator, &stalled).await["billing"], pending);
}

#[tokio::test]
async fn a_fault_changes_the_bill_or_leaves_it_out() {
    let emulator = newer().await;
    emulator.inject(fault("job:fail"));
    let id = submitted(&emulator).await;
    emulator.advance(Duration::from_mins(10));
    for (text, bill) in [
        ("poll:billing", Value::Null),
        ("poll:billing=pending", json!({"status": "pending"})),
        (
            "poll:billing=settled",
            json!({"status": "settled", "credits": "12.5", "cost_usd": "0.0625"}),
        ),
        (
            "poll:billing=frozen",
            json!({"status": "frozen", "credits": "12.5", "cost_usd": "0.0625"}),
        ),
    ] {
        emulator.inject(fault(text));
        let answer = status(&emulator, &id).await;
        assert_eq!(
            (&answer["status"], &answer["billing"]),
            (&json!("failed"), &bill),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_balance_is_also_in_credits_and_a_refund_is_given_back() {
    let emulator = newer().await;
    submitted(&emulator).await;
    emulator.inject(fault("job:fail"));
    submitted(&emulator).await;
    let balance = async || get(&emulator, "/v1/balance").await.json();
    assert_eq!(
        balance().await,
        json!({"success": true, "remain_balance": 999_990.0, "used_balance": 10.0, "unlimited_quota": false,
            "remain_credits": 2_499_975.0, "used_credits": 25.0, "credits_per_usd": 200})
    );
    emulator.advance(Duration::from_mins(10));
    assert_eq!(balance().await["used_credits"], 12.5);
    assert_eq!(emulator.ledger().charges().len(), 2);
}

#[tokio::test]
async fn the_callers_own_id_may_be_in_the_metadata() {
    let body =
        r#"{"model": "kling-v3", "prompt": "a boat", "metadata": {"client_business_id": "7"}}"#;
    let emulator = newer().await;
    let task = post(&emulator, SUBMIT, body).await.json();
    assert_eq!(task["client_business_id"], "7", "{task}");
    let found = status(&emulator, "7").await;
    assert_eq!(found["id"], task["id"]);

    // Earlier pages do not have it there.
    let emulator = manual().start().await.unwrap();
    let task = post(&emulator, SUBMIT, body).await.json();
    assert_eq!(task.get("client_business_id"), None, "{task}");
    let found = get(&emulator, &format!("{SUBMIT}/7")).await;
    assert_eq!(found.status, 404);
}

#[tokio::test]
async fn earlier_editions_say_nothing_of_this() {
    let emulator = manual().start().await.unwrap();
    emulator.inject(fault("job:fail"));
    let id = submitted(&emulator).await;
    emulator.advance(Duration::from_mins(10));
    assert_eq!(status(&emulator, &id).await["billing"], Value::Null);
    let balance = get(&emulator, "/v1/balance").await.json();
    assert_eq!(balance["remain_credits"], Value::Null);
    assert_eq!(balance["used_balance"], 5.0);
}

#[tokio::test]
async fn the_models_of_the_edition_are_listed() {
    let ids = async |emulator: &Emulator, query: &str| {
        let list = get(emulator, &format!("/v1/models{query}")).await.json();
        assert_eq!(list["object"], "list");
        let models = list["data"].as_array().unwrap().clone();
        let ids = models
            .iter()
            .map(|model| model["id"].as_str().unwrap().to_owned());
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    };
    let older = manual().start().await.unwrap();
    let newer = newer().await;
    for query in ["?type=video", "?limit=9&type=all"] {
        assert_eq!(
            ids(&older, query).await,
            ["kling-v3", "kling-v3-fast", "kling-v3-omni"]
        );
        assert_eq!(
            ids(&newer, query).await,
            ["kling-3.0-turbo", "kling-v3", "kling-v3-omni"]
        );
    }
    for query in ["", "?type=text", "?type=image"] {
        assert!(ids(&newer, query).await.is_empty(), "{query}");
    }
    let locked = manual().key("sk-canary").start().await.unwrap();
    assert_eq!(get(&locked, "/v1/models?type=video").await.status, 401);
}

#[tokio::test]
async fn limits_are_reported_in_headers() {
    let emulator = manual().start().await.unwrap();
    let headers = |answer: &crate::client::Answer| {
        [
            "retry-after",
            "x-ratelimit-category",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
        ]
        .map(|name| answer.header(name).map(str::to_owned))
    };
    let expected =
        |values: [&str; 5]| values.map(|value| (!value.is_empty()).then(|| value.to_owned()));
    let id = submitted(&emulator).await;
    let poll = format!("{SUBMIT}/{id}");

    emulator.inject(fault("submit:rate-limit=7"));
    let answer = post(&emulator, SUBMIT, BODY).await;
    assert_eq!(
        headers(&answer),
        expected(["7", "async_submit", "300", "0", "7"])
    );
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (429, &json!("rate_limit_exceeded"))
    );
    emulator.inject(fault("poll:rate-limit=none"));
    let answer = get(&emulator, &poll).await;
    assert_eq!(
        headers(&answer),
        expected(["", "async_query", "3000", "0", ""])
    );
    emulator.inject(fault("balance:rate-limit"));
    let answer = get(&emulator, "/v1/balance").await;
    assert_eq!(headers(&answer), expected(["30", "", "", "", ""]));
    emulator.inject(fault("poll:rate-limit-last=9"));
    let answer = get(&emulator, &poll).await;
    assert_eq!(
        headers(&answer),
        expected(["", "async_query", "3000", "0", "9"])
    );
    assert_eq!((answer.status, &answer.json()["id"]), (200, &json!(id)));

    emulator.inject(fault("submit:rate-limit-unavailable"));
    let answer = post(&emulator, SUBMIT, BODY).await;
    assert_eq!(
        headers(&answer),
        expected(["5", "async_submit", "", "", ""])
    );
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (503, &json!("rate_limit_unavailable"))
    );
    assert_eq!(emulator.ledger().charges().len(), 1);
}
