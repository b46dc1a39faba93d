//! Long texts are shortened wherever they are shown and logged.

use kling_emulator::Faults;
use serde_json::Value;

use crate::client::{BODY, SUBMIT, fault, get, manual, post, send, status, submitted};

/// The maximum length of a body, approximately.
const LONG: usize = 900_000;

#[tokio::test]
async fn a_long_word_of_a_fault_is_cut_wherever_it_is_shown() {
    let emulator = manual().start().await.unwrap();
    let word = "x".repeat(2000);
    let id = submitted(&emulator).await;
    for text in ["poll:word", "job:fail", "balance:content-type"] {
        emulator.inject(fault(&format!("{text}={word}*2")));
    }
    // The faults have their effect.
    assert_eq!(status(&emulator, &id).await["status"], word);
    get(&emulator, "/v1/balance").await;
    submitted(&emulator).await;
    let with_header = [("X-Emulator-Fault", &*format!("submit:id-in={word}"))];
    send(&emulator, "POST", SUBMIT, &with_header, BODY.as_bytes()).await;
    let faults: Vec<String> = emulator
        .requests()
        .into_iter()
        .filter_map(|request| request.fault)
        .collect();
    assert_eq!(faults.len(), 4);
    assert!(
        faults.iter().all(|fault| fault.chars().count() == 80),
        "{faults:?}"
    );
    let state = get(&emulator, "/_emulator/state").await;
    let text = String::from_utf8(state.body).unwrap();
    assert!(text.contains("xxx") && !text.contains(&word[..100]));
}

#[tokio::test]
async fn faults_without_number_are_counted() {
    let emulator = manual().start().await.unwrap();
    for _ in 0..150 {
        emulator.inject(fault("poll:html"));
    }
    let faults = &get(&emulator, "/_emulator/state").await.json()["faults"];
    assert_eq!(faults["pending"].as_array().unwrap().len(), 100);
    assert_eq!(faults["more"], 50);
}

#[tokio::test]
async fn a_long_text_of_a_request_is_shortened_in_all_messages() {
    let emulator = manual().start().await.unwrap();
    let long = "x".repeat(LONG);
    for body in [
        format!(r#"{{"model": "kling-v3", "prompt": "a", "{long}": 1}}"#),
        format!(r#"{{"model": "kling-v3", "prompt": "a", "metadata": {{"{long}": 1}}}}"#),
        format!(r#"{{"model": "kling-v3", "prompt": "a", "mode": "{long}"}}"#),
        format!(r#"{{"model": "{long}", "prompt": "a"}}"#),
        format!(r#"{{"model": "kling-v3", "prompt": "a", "client_business_id": "{long}"}}"#),
        format!(r#"{{"model": "kling-v3", "prompt": "{long}"}}"#),
        format!("[\"{long}"),
    ] {
        let answer = post(&emulator, SUBMIT, &body).await;
        assert!(answer.body.len() < 2000, "{}", answer.body.len());
    }
    let target = format!("{SUBMIT}/{}", "x".repeat(60_000));
    assert!(get(&emulator, &target).await.body.len() < 2000);
    let wrong = format!(r#"{{"fault": "poll:{long}"}}"#);
    assert!(
        post(&emulator, "/_emulator/faults", &wrong)
            .await
            .body
            .len()
            < 2000
    );
    let mut state: Value = get(&emulator, "/_emulator/state").await.json();
    state["faults"].take();
    assert!(
        state.to_string().len() < 150_000,
        "{}",
        state.to_string().len()
    );
}

#[test]
fn a_long_text_of_a_file_of_faults_is_shortened_in_messages() {
    let long = "x".repeat(LONG);
    for error in [
        long.parse::<Faults>().unwrap_err(),
        Faults::from_toml(&format!("{long} = 1")).unwrap_err(),
        Faults::from_toml(&format!("faults = [\"poll:word={long}\"]")).unwrap_err(),
        Faults::from_toml(&format!("faults = \"{long}\"")).unwrap_err(),
        Faults::from_json_lines(&format!("\"poll:word={long}\"")).unwrap_err(),
        Faults::from_json_lines(&format!("{{\"{long}\": 1}}")).unwrap_err(),
    ] {
        assert!(error.to_string().len() < 400, "{}", error.to_string().len());
    }
}
