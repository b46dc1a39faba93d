//! The ledger: what a client was charged for, and what it was charged for twice.

use serde_json::json;

use crate::client::{SUBMIT, chunks, get, manual, post};

#[tokio::test]
async fn a_client_that_sends_again_is_found_out() {
    let emulator = manual().start().await.unwrap();
    for body in [
        r#"{"model": "kling-v3", "prompt": "a boat"}"#,
        // The same, written differently.
        r#"{ "prompt":"a boat","model":"kling-v3" }"#,
        r#"{"model": "kling-v3", "prompt": "a boat", "client_business_id": "1"}"#,
        r#"{"model": "kling-v3", "prompt": "a boat", "client_business_id": "2"}"#,
        // The same id with another body.
        r#"{"model": "kling-v3", "prompt": "two boats", "mode": "pro", "client_business_id": "2"}"#,
    ] {
        assert_eq!(post(&emulator, SUBMIT, body).await.status, 200);
    }
    let json = get(&emulator, "/_emulator/ledger").await.json();
    assert_eq!(json["charges"], 5);
    assert_eq!(json["double_charges"], 2);
    assert_eq!(
        json["per_spec"]["720P"],
        json!({"charges": 4, "seconds": 20})
    );
    let doubles: Vec<_> = json["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["double"])
        .collect();
    assert_eq!(json!(doubles), json!([false, true, false, false, true]));
    insta::assert_json_snapshot!(json);

    let ledger = emulator.ledger();
    assert_eq!((ledger.double_charges(), ledger.charges_of("2")), (2, 2));
    assert_eq!(ledger.charges().len(), 5);
}

#[tokio::test]
async fn bodies_with_equal_keys_are_distinguished_by_their_bytes() {
    let emulator = manual().start().await.unwrap();
    let body = r#"{"model": "kling-v3", "prompt": "a boat", "prompt": "a boat"}"#;
    for _ in 0..2 {
        assert_eq!(post(&emulator, SUBMIT, body).await.status, 200);
    }
    assert_eq!(emulator.ledger().double_charges(), 1);
}

#[tokio::test]
async fn a_client_with_a_new_id_for_each_attempt_is_found_out() {
    let emulator = manual().start().await.unwrap();
    for id in ["1", "2", "3"] {
        let body =
            format!(r#"{{"model": "kling-v3", "prompt": "a boat", "client_business_id": "{id}"}}"#);
        assert_eq!(post(&emulator, SUBMIT, &body).await.status, 200);
    }
    let other = r#"{"model": "kling-v3", "prompt": "two boats", "client_business_id": "4"}"#;
    assert_eq!(post(&emulator, SUBMIT, other).await.status, 200);
    let bare = r#"{"prompt": "two boats", "model": "kling-v3"}"#;
    assert_eq!(post(&emulator, SUBMIT, bare).await.status, 200);
    let json = get(&emulator, "/_emulator/ledger").await.json();
    assert_eq!(
        (&json["double_charges"], &json["repeated_requests"]),
        (&json!(0), &json!(3))
    );
    assert_eq!(emulator.ledger().repeated_requests(), 3);
}

#[tokio::test]
async fn a_long_ledger_is_sent_in_pieces() {
    let emulator = manual().start().await.unwrap();
    for number in 0..200 {
        let body = format!(r#"{{"model": "kling-v3", "prompt": "boat {number}"}}"#);
        assert_eq!(post(&emulator, SUBMIT, &body).await.status, 200);
    }
    let answer = get(&emulator, "/_emulator/ledger").await;
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.declared_length(), None);
    let pieces: Vec<usize> = chunks(&answer.body)
        .iter()
        .map(|chunk| chunk.len())
        .collect();
    assert!(pieces.len() > 1, "{pieces:?}");
    assert!(pieces.iter().all(|length| *length < 40_000), "{pieces:?}");
    assert_eq!(answer.json()["entries"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn ids_are_repeated_by_a_seed_and_by_nothing_else() {
    let id_of = async |builder: kling_emulator::Builder| {
        let emulator = builder.start().await.unwrap();
        crate::client::submitted(&emulator).await
    };
    let seeded = || kling_emulator::Emulator::builder().seed(7);
    assert_eq!(id_of(seeded()).await, id_of(seeded()).await);
    let bare = kling_emulator::Emulator::builder;
    assert_ne!(id_of(bare()).await, id_of(bare()).await);
}
