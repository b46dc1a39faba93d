//! What reading tells of a request that it refuses: the place, and what was expected.

use kling_http::request::{KlingV3, Request};

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = serde_json::from_str::<Request>(text).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn the_model_is_missing_unknown_or_no_text() {
    refused(
        r#"{"prompt": "a"}"#,
        "missing field `model` at line 1 column 15",
    );
    refused(
        r#"{"model": "kling-v9"}"#,
        "invalid value: string \"kling-v9\", expected one of `kling-v3-omni`, `kling-v3`, `kling-v3-fast` \
         at line 1 column 21",
    );
    refused(
        r#"{"model": 3}"#,
        "invalid type: integer `3`, expected a string at line 1 column 11",
    );
    refused(
        "[]",
        "invalid type: sequence, expected an object at line 1 column 0",
    );
}

#[test]
fn a_member_is_unknown_missing_repeated_or_null() {
    refused(
        r#"{"model": "kling-v3-fast", "prompt": "a", "seconds": 5}"#,
        "unknown member \"seconds\", expected one of `model`, `prompt`, `reference_images`, `resolution`, \
         `duration`, `aspect_ratio`, `watermark`, `$schema`, `client_business_id` at line 1 column 51",
    );
    refused(
        r#"{"model": "kling-v3"}"#,
        "missing field `prompt` at line 1 column 21",
    );
    refused(
        r#"{"model": "kling-v3", "prompt": "a", "prompt": "b"}"#,
        "duplicate field `prompt` at line 1 column 45",
    );
    refused(
        r#"{"model": "kling-v3", "prompt": "a", "mode": null}"#,
        "invalid type: null, expected a string at line 1 column 49",
    );
}

#[test]
fn a_value_is_not_among_the_closed_ones() {
    refused(
        r#"{"model": "kling-v3", "prompt": "a", "duration": 7}"#,
        "invalid value: integer `7`, expected one of `5`, `10`, `15` at line 1 column 51",
    );
    refused(
        r#"{"model": "kling-v3", "prompt": "a", "duration": 5.0}"#,
        "invalid type: floating point `5.0`, expected i64 at line 1 column 52",
    );
    let error = serde_json::from_str::<KlingV3>(r#"{"model": "kling-v3-fast"}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid value: string \"kling-v3-fast\", expected `kling-v3` at line 1 column 26"
    );
}

#[test]
fn a_foreign_name_is_shown_short_and_without_control_characters() {
    let name = format!("\\u001b[2J{}", "x".repeat(1000));
    let text = format!(r#"{{"model": "kling-v3", "prompt": "a", "{name}": 1}}"#);
    let error = serde_json::from_str::<Request>(&text)
        .unwrap_err()
        .to_string();
    assert!(!error.chars().any(char::is_control), "{error}");
    assert!(error.contains("xxx\", expected"), "{error}");
    assert!(error.len() < 400, "{error}");
}

#[test]
fn a_foreign_value_is_shown_short() {
    let long = "é".repeat(1000);
    for text in [
        format!(r#"{{"model": "{long}"}}"#),
        format!(r#"{{"model": "kling-v3", "prompt": "a", "mode": "{long}"}}"#),
    ] {
        let error = serde_json::from_str::<Request>(&text)
            .unwrap_err()
            .to_string();
        assert!(error.contains("ééé") && error.len() < 200, "{error}");
    }
}
