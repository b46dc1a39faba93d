//! The key, and the signatures of URLs, appear only where they belong.

use std::fs;

use crate::service::raw::{Raw, answer};
use crate::service::stage::{CANARY, FAST, Service, Stage, holds};
use crate::support::Ran;

#[track_caller]
fn hides(ran: &Ran, secret: &str) {
    assert!(!ran.out.contains(secret), "{}", ran.out);
    assert!(!ran.err.contains(secret), "{}", ran.err);
}

#[track_caller]
fn no_file_holds(stage: &Stage, secret: &str) {
    for file in fs::read_dir(stage.folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        assert!(!holds(&bytes, secret), "{}", path.display());
    }
}

#[test]
fn the_key_is_shown_by_nothing() {
    let (stage, service) = (Stage::new(), Service::new());
    let url = service.url();
    // A service that echoes the key.
    let echo = Raw::start(false, |request| {
        let body = format!(
            r#"{{"error":{{"message":"{}"}}}}"#,
            request.replace(['"', '\r', '\n'], " ")
        );
        answer("400 Bad Request", &body)
    });
    let lost = Raw::start(false, |request| request.as_bytes().to_vec());
    let runs = [
        stage.run(url, &[&["generate", "request.json"], &FAST[..]].concat()),
        stage.run(url, &["doctor"]),
        stage.run(url, &["doctor", "--format", "human"]),
        stage.run(url, &["balance"]),
        stage.run(&echo.url, &["submit", "request.json"]),
        stage.run(&echo.url, &["status", "video_1"]),
        stage.run(&lost.url, &["submit", "request.json", "--again"]),
        stage.run(
            &lost.url,
            &["submit", "request.json", "--format", "human", "--again"],
        ),
        stage.run(
            url,
            &["submit", "request.json", "--base-url", "ftp://a.example"],
        ),
        stage.run(url, &["jobs", "--service", "localhost"]),
    ];
    for ran in &runs {
        hides(ran, CANARY);
    }
    no_file_holds(&stage, CANARY);
    // The key may also come from a file, with a line break.
    stage.folder.write("the.key", format!("{CANARY}\n"));
    let ran = stage.run(url, &["balance", "--key-file", "the.key"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    hides(&ran, CANARY);
}

#[test]
fn signed_addresses_are_in_no_journal() {
    let (stage, service) = (Stage::new(), Service::new());
    let ran = stage.run(service.url(), &["submit", "request.json"]);
    let id = ran.json()["id"].as_str().unwrap().to_owned();
    let mut wait = vec!["wait", id.as_str()];
    wait.extend(FAST);
    let waited = stage.run(service.url(), &wait).json();
    let (_, query) = waited["url"].as_str().unwrap().split_once('?').unwrap();
    assert!(query.contains("signature="), "{query}");
    stage.run(service.url(), &["download", &id, "-o", "a.mp4"]);
    assert_eq!(stage.states(), ["saved"]);
    no_file_holds(&stage, query);
    // Not even if the service quotes one in an error.
    let server = Raw::start(false, |_| {
        answer(
            "400 Bad Request",
            r#"{"error":{"message":"see https://a.example/v.mp4?signature=c4f3e1"}}"#,
        )
    });
    let ran = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!(ran.code, 3);
    hides(&ran, "c4f3e1");
    no_file_holds(&stage, "c4f3e1");
}
