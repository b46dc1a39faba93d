//! `kling doctor`: what it finds, and its exit codes.

use std::fs;

use crate::service::raw::{Raw, answer};
use crate::service::stage::{Service, Stage, nowhere, ran};
use crate::support::Ran;

/// Returns the checks that found a fault.
#[track_caller]
fn faults(ran: &Ran) -> Vec<String> {
    let object = ran.json();
    let checks = object["checks"].as_array().unwrap();
    assert_eq!(object["ok"], checks.iter().all(|check| check["ok"] == true));
    checks
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| check["check"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn everything_in_place_is_0() {
    let (stage, service) = (Stage::new(), Service::new());
    let found = stage.run(service.url(), &["doctor"]);
    assert_eq!((found.code, faults(&found).len()), (0, 0), "{}", found.out);
    assert!(!stage.journal().exists(), "looking changes nothing");
    let found = stage.run(service.url(), &["doctor", "--format", "human"]);
    assert!(
        found.out.contains("\nkey: ok: found in `TOAPIS_API_KEY`\n")
            && found.out.contains("\nservice: ok: http://127.0.0.1:"),
        "{}",
        found.out
    );
}

#[test]
fn each_fault_is_reported() {
    let (stage, service) = (Stage::new(), Service::new());
    // A service on this machine may need no key, and one elsewhere is not contacted without one.
    for (url, code, expected) in [
        (service.url(), 3, &["service"][..]),
        ("https://kling.invalid", 2, &["key", "service"]),
    ] {
        let mut keyless = stage.command(url, &["doctor"]);
        let found = ran(keyless.env_remove("TOAPIS_API_KEY"));
        assert_eq!(
            (found.code, faults(&found)),
            (code, expected.iter().map(ToString::to_string).collect()),
            "{}",
            found.out
        );
    }
    let mut wrong = stage.command(service.url(), &["doctor"]);
    let found = ran(wrong.env("TOAPIS_API_KEY", "sk-another"));
    assert_eq!(
        (found.code, faults(&found)),
        (3, vec!["service".to_owned()]),
        "{}",
        found.out
    );
    assert!(!found.out.contains("sk-another"), "{}", found.out);
    // That there is a key does not say that it is the right one.
    stage.folder.write("the.key", "sk-another");
    let arguments = ["doctor", "--key-file", "the.key", "--format", "human"];
    let found = stage.run(service.url(), &arguments);
    assert!(
        found.out.contains("\nkey: ok: found in the.key\n")
            && found.out.contains("\nservice: problem: "),
        "{}",
        found.out
    );
    let found = stage.run(&nowhere(), &["doctor"]);
    assert_eq!(
        (found.code, faults(&found)),
        (10, vec!["service".to_owned()]),
        "{}",
        found.out
    );
    fs::write(
        stage.journal(),
        "no database, and longer than the smallest one".repeat(20),
    )
    .unwrap();
    let found = stage.run(service.url(), &["doctor"]);
    assert_eq!(
        (found.code, faults(&found)),
        (2, vec!["journal".to_owned()]),
        "{}",
        found.out
    );
}

#[test]
fn a_clock_that_is_wrong_is_a_fault() {
    let stage = Stage::new();
    let service = Raw::start(false, |_| {
        let body = r#"{"success":true,"remain_balance":1}"#;
        format!(
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    });
    let found = stage.run(&service.url, &["doctor"]);
    assert_eq!(
        (found.code, faults(&found)),
        (2, vec!["clock".to_owned()]),
        "{}",
        found.out
    );
    assert!(
        found.out.contains("s ahead of the service's; set it"),
        "{}",
        found.out
    );
}

#[test]
fn a_service_that_does_not_work_is_a_fault() {
    for status in ["503 Service Unavailable", "302 Found"] {
        let stage = Stage::new();
        let server = Raw::start(false, move |_| answer(status, "{}"));
        let found = stage.run(&server.url, &["doctor"]);
        assert_ne!(found.code, 0, "{status}: {}", found.out);
        assert_eq!(faults(&found), ["service"], "{status}: {}", found.out);
    }
}

#[test]
fn no_key_is_said_to_be_taken_where_none_was_given() {
    let stage = Stage::new();
    let server = Raw::start(false, |_| {
        answer(
            "200 OK",
            r#"{"success":true,"remain_balance":1.0,"used_balance":0,"unlimited_quota":false}"#,
        )
    });
    let mut keyless = stage.command(&server.url, &["doctor"]);
    let found = ran(keyless.env_remove("TOAPIS_API_KEY"));
    assert_eq!((found.code, faults(&found).len()), (0, 0));
    assert!(
        found.out.contains("answers without a key") && !found.out.contains("accepts the key"),
        "{}",
        found.out
    );
    let keyed = stage.run(&server.url, &["doctor"]);
    assert!(keyed.out.contains("accepts the key"), "{}", keyed.out);
}

#[test]
fn the_balance_shows_what_remains() {
    let stage = Stage::new();
    let server = Raw::start(false, |_| {
        answer(
            "200 OK",
            r#"{"success":true,"remain_balance":1.5,"used_balance":2}"#,
        )
    });
    let message = stage.run(&server.url, &["balance", "--format", "human"]);
    assert_eq!(message.out, "remaining: 1.5\nused: 2\n");
}

#[test]
fn the_credits_of_a_balance_are_shown_too() {
    let stage = Stage::new();
    let server = Raw::start(false, |_| {
        answer(
            "200 OK",
            r#"{"success":true,"remain_balance":-1,"used_balance":1234567890.125,"unlimited_quota":true,"remain_credits":0.1,"used_credits":25.5,"credits_per_usd":200}"#,
        )
    });
    let message = stage.run(&server.url, &["balance", "--format", "human"]);
    assert_eq!(
        message.out,
        "no limit; used: 1234567890.125\nremaining credits: 0.1\nused credits: 25.5\ncredits for a US dollar: 200\n"
    );
    let object = stage.run(&server.url, &["balance"]);
    assert_eq!(
        object.out,
        "{\"version\":1,\"remain_balance\":-1,\"used_balance\":1234567890.125,\"unlimited_quota\":true,\"remain_credits\":0.1,\"used_credits\":25.5,\"credits_per_usd\":200}\n"
    );
    let service = Service::in_edition("2026-09-zh");
    let object = stage.run(service.url(), &["balance"]).json();
    assert_eq!(object["credits_per_usd"], 200);
    assert!(object["remain_credits"].is_number(), "{object}");
}

/// What the doctor says about the edition.
#[track_caller]
fn edition(ran: &Ran) -> (serde_json::Value, String) {
    assert_eq!(ran.code, 0, "{}", ran.out);
    let object = ran.json();
    let checks = object["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["check"] == "edition");
    let message = check.unwrap()["message"].as_str().unwrap().to_owned();
    (object["editions"].clone(), message)
}

#[test]
fn the_models_of_the_service_show_its_edition() {
    let stage = Stage::new();
    let newer = Service::in_edition("2026-09-zh");
    let (editions, message) = edition(&stage.run(newer.url(), &["doctor"]));
    assert_eq!(editions, serde_json::json!(["2026-09-zh"]));
    assert!(
        message.starts_with("the service lists `kling-3.0-turbo`: edition 2026-09-zh; ")
            && message.contains("`--edition 2026-09-zh`"),
        "{message}"
    );
    let shown = stage.run(newer.url(), &["doctor", "--format", "human"]);
    assert!(
        shown
            .out
            .contains("\nedition: ok: the service lists `kling-3.0-turbo`"),
        "{}",
        shown.out
    );
    let older = Service::new();
    let (editions, message) = edition(&stage.run(older.url(), &["doctor"]));
    assert!(
        editions.as_array().unwrap().contains(&"seed".into()),
        "{editions}"
    );
    assert!(message.contains("`kling-v3-fast`"), "{message}");
    for (status, body, said) in [
        (
            "200 OK",
            r#"{"success":true,"data":[{"id":"kling-v3"}]}"#,
            "do not say",
        ),
        ("404 Not Found", "{}", "does not list its models"),
        ("200 OK", r#"{"success":true}"#, "does not list its models"),
    ] {
        let server = Raw::start(false, move |request| {
            if request.starts_with("GET /v1/models?type=video ") {
                answer(status, body)
            } else {
                answer("200 OK", r#"{"success":true,"remain_balance":1}"#)
            }
        });
        let (editions, message) = edition(&stage.run(&server.url, &["doctor"]));
        assert!(editions.is_null() && message.contains(said), "{message}");
    }
}
