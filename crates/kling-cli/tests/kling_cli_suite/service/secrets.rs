//! The key, and the signatures of URLs, appear only where they belong.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::service::raw::{self, Raw, accepted, answer, host};
use crate::service::stage::{CANARY, FAST, Service, Stage, holds};
use crate::support::{CLEAN, Ran};

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

#[test]
fn the_addresses_of_a_request_are_in_the_journal_without_their_signatures() {
    let stage = Stage::new();
    let server = Raw::start(false, |_| accepted("video_1"));
    let image = r#", "image_urls": ["https://a.example/a.png?X-Signature=c4f3e1"]}"#;
    stage.folder.write("signed.json", CLEAN.replace('}', image));
    let ran = stage.run(&server.url, &["submit", "signed.json", "--no-check"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    fs::remove_file(stage.folder.path().join("signed.json")).unwrap();
    for format in ["json", "human"] {
        let shown = stage.run(&server.url, &["jobs", "show", "1", "--format", format]);
        assert!(
            shown.out.contains("https://a.example/a.png?"),
            "{}",
            shown.out
        );
        hides(&shown, "c4f3e1");
    }
    no_file_holds(&stage, "c4f3e1");
}

/// What a service that quotes the key says about a task.
fn quoting(members: &str) -> String {
    let members = members.replace("KEY", CANARY);
    format!(r#"{{"id":"video_1","model":"boats {CANARY}",{members}}}"#)
}

#[test]
fn a_task_that_quotes_the_key_does_not_reveal_it() {
    for (members, reported) in [
        (
            r#""status":"failed","error":{"code":"KEY","message":"we saw KEY today"}"#,
            "we saw ",
        ),
        (r#""status":"failed","fail_reason":"KEY""#, "failed"),
        (r#""status":"ripe KEY","progress":"KEY""#, "ripe "),
        (r#""status":"completed","hint":"KEY""#, "URL of a video"),
    ] {
        let is_asked = AtomicBool::new(false);
        let body = quoting(members);
        let server = Raw::start(false, move |request| {
            if request.starts_with("POST ") {
                accepted("video_1")
            } else if body.contains("ripe") && is_asked.fetch_not(Ordering::Relaxed) {
                answer("401 Unauthorized", &body)
            } else {
                answer("200 OK", &body)
            }
        });
        let stage = Stage::new();
        for command in [
            &["submit", "request.json"][..],
            &["generate", "request.json"],
            &["status", "video_1"],
            &["wait", "video_1"],
            &["download", "video_1"],
            &["jobs", "show", "1"],
        ] {
            for format in ["json", "human"] {
                let mut arguments = [command, &["--format", format]].concat();
                if let "generate" | "wait" = command[0] {
                    arguments.extend(["--timeout", "60"]);
                    arguments.extend(FAST);
                }
                let ran = stage.run(&server.url, &arguments);
                hides(&ran, CANARY);
                if command[0] == "wait" {
                    let text = [ran.out, ran.err].concat();
                    assert!(text.contains(reported), "{members}: {text}");
                }
            }
        }
        no_file_holds(&stage, CANARY);
    }
}

#[test]
fn a_model_that_quotes_the_key_names_no_file_with_it() {
    let (stage, service) = (Stage::new(), Service::new());
    let made = stage.run(
        service.url(),
        &[&["generate", "request.json", "-o", "real.mp4"], &FAST[..]].concat(),
    );
    assert_eq!(made.code, 0, "{}", made.err);
    let video = fs::read(stage.folder.path().join("real.mp4")).unwrap();
    let server = Raw::start(false, move |request| {
        if request.starts_with("POST ") {
            return accepted("video_1");
        }
        if request.starts_with("GET /v.mp4") {
            return raw::video(&video);
        }
        let host = host(request);
        let members = format!(r#""status":"completed","url":"http://{host}/v.mp4""#);
        answer("200 OK", &quoting(&members))
    });
    let arguments = ["generate", "request.json", "--name", "{model}.mp4"];
    let ran = stage.run(&server.url, &[&arguments[..], &FAST[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut names = stage.files();
    names.retain(|name| name != "real.mp4");
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].starts_with("boats "), "{names:?}");
    assert!(!names[0].contains(CANARY), "{names:?}");
    hides(&ran, CANARY);
}
