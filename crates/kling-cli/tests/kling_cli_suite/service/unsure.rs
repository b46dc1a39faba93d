//! Requests whose outcome is unknown, and answers that could not be recorded.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::Signal;

use crate::service::journal::{leave_intent, leave_intent_of};
use crate::service::raw::{Raw, accepted, answer};
use crate::service::signals::Running;
use crate::service::stage::{FAST, Service, Stage, nowhere};
use crate::support::CLEAN;

/// A server that loses the answer to a submit, and answers questions with `found`.
fn losing(found: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Raw {
    Raw::start(false, move |request| {
        if request.starts_with("POST ") {
            Vec::new()
        } else {
            found(request)
        }
    })
}

#[test]
fn a_stopped_look_up_leaves_the_outcome_unknown() {
    let stage = Stage::new();
    let lost = losing(|_| answer("500 Internal Server Error", "{}"));
    assert_eq!(stage.run(&lost.url, &["submit", "request.json"]).code, 4);
    for signal in [Some(Signal::INT), Some(Signal::TERM), None] {
        // The look-up is never answered.
        let silent = Raw::start(true, |_| Vec::new());
        let resume = ["jobs", "resume", "1", "--base-url", &silent.url];
        let more: &[&str] = if signal.is_some() {
            &[]
        } else {
            &["--timeout", "0.5"]
        };
        let running = Running::start(&stage, &silent.url, &[&resume[..], more].concat());
        if let Some(signal) = signal {
            silent.wait_for_request();
            running.signal(signal);
        }
        let (code, message) = running.end();
        assert_eq!(code, 4, "{message}");
        let advice = message.lines().last().unwrap();
        assert!(
            advice.starts_with("  kling status --base-url "),
            "{message}"
        );
        assert_eq!(stage.states(), ["unknown"]);
    }
}

#[test]
fn an_id_that_cannot_be_recorded_is_reported_and_recorded_once_it_can_be() {
    let stage = Stage::new();
    let server = Raw::start(true, |_| accepted("video_7"));
    let mut running = Running::start(&stage, &server.url, &["submit", "request.json"]);
    server.wait_for_request();
    let mut other = rusqlite::Connection::open(stage.journal()).unwrap();
    let lock = other
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .unwrap();
    server.go();
    // Longer than one process waits for another.
    running.wait_for("the service accepted the request as the task video_7");
    lock.rollback().unwrap();
    let (code, message) = running.end();
    assert_eq!(code, 0, "{message}");
    assert!(message.contains("everything is now recorded"), "{message}");
    assert_eq!(stage.states(), ["accepted"]);
}

#[test]
fn a_task_that_is_older_than_the_job_is_not_its_own() {
    // The id was used before, with another journal.
    let asked = AtomicBool::new(false);
    let old = move |_: &str| {
        // Before the request is sent, the service does not know the id.
        if !asked.swap(true, Ordering::Relaxed) {
            return answer("404 Not Found", "{}");
        }
        answer(
            "200 OK",
            r#"{"id":"video_1","client_business_id":"order-7","status":"completed","created_at":1577836800,
               "url":"https://a.example/v.mp4"}"#,
        )
    };
    let (stage, server) = (Stage::new(), losing(old));
    let arguments = [
        &["generate", "request.json", "--client-id", "order-7"],
        &FAST[..],
    ]
    .concat();
    let ran = stage.run(&server.url, &arguments);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("of another request"), "{}", ran.err);
    // In case only a clock is wrong, the message says how to get the video without paying again.
    assert!(ran.err.contains("kling download order-7"), "{}", ran.err);
    assert_eq!(stage.states(), ["unknown"]);
    // A generated id is unique, whatever a clock says.
    let (stage, server) = (
        Stage::new(),
        losing(|request| {
            let id = request
                .split([' ', '/'])
                .find(|part| part.starts_with("kling-"));
            let id = id.expect("it is looked up by its own id");
            answer(
                "200 OK",
                &format!(
                    r#"{{"id":"video_1","client_business_id":"{id}","status":"queued","created_at":1577836800}}"#
                ),
            )
        }),
    );
    let arguments = [&["generate", "request.json", "--timeout", "5"], &FAST[..]].concat();
    let ran = stage.run(&server.url, &arguments);
    assert_eq!(ran.code, 5, "{}", ran.err);
    assert_eq!(stage.states(), ["accepted"]);
}

#[test]
fn an_answer_that_names_no_task_counts_and_one_that_names_another_does_not() {
    for (named, code, state) in [
        ("", 6, "failed"),
        (r#""id":"video_9","#, 6, "failed"),
        (r#""id":"video_8","#, 4, "unknown"),
    ] {
        let stage = Stage::new();
        let server = Raw::start(false, move |request| {
            if request.starts_with("POST ") {
                // What arrives of the answer names the task.
                b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\":\"video_9\",".to_vec()
            } else if request.contains("/video_9 ") {
                answer("200 OK", &format!(r#"{{{named}"status":"failed"}}"#))
            } else {
                answer("404 Not Found", "{}")
            }
        });
        let arguments = [&["generate", "request.json"], &FAST[..]].concat();
        let ran = stage.run(&server.url, &arguments);
        assert_eq!(
            (ran.code, server.posts()),
            (code, 1),
            "{named}: {}",
            ran.err
        );
        assert_eq!(stage.states(), [state], "{named}");
        let warned = ran
            .err
            .matches("does not say which task it is about")
            .count();
        assert_eq!(
            warned,
            usize::from(named.is_empty()),
            "{named}: {}",
            ran.err
        );
    }
}

#[test]
fn an_intent_is_not_sent_beside_a_task_with_its_id_however_old() {
    // The clock of this machine was ahead when the job was begun, and the journal was restored since.
    let stage = Stage::new();
    let server = Raw::start(false, |_| {
        answer(
            "200 OK",
            r#"{"id":"video_1","client_business_id":"order-7","status":"completed","created_at":1577836800,
               "url":"https://a.example/v.mp4"}"#,
        )
    });
    let submit = ["submit", "request.json", "--client-id", "order-7"];
    leave_intent_of(&stage, &server.url, "order-7", 1_900_000_000);
    for arguments in [&["jobs", "resume", "1"][..], &submit] {
        let ran = stage.run(&server.url, arguments);
        assert_eq!((ran.code, server.posts()), (10, 0), "{}", ran.err);
        assert!(ran.err.contains("order-7"), "{}", ran.err);
    }
    assert_eq!(stage.states(), ["intent"]);
}

#[test]
fn a_chosen_id_is_sent_and_found_by() {
    let (stage, service) = (Stage::new(), Service::new());
    let submit = ["submit", "request.json", "--client-id", "order-7"];
    let sent = stage.run(service.url(), &submit);
    assert_eq!(sent.json()["client_business_id"], "order-7", "{}", sent.err);
    assert_eq!(stage.run(service.url(), &["status", "order-7"]).code, 0);
    // The id does not make it a different request.
    for arguments in [&submit[..], &["submit", "request.json"]] {
        let known = stage.run(service.url(), arguments);
        assert_eq!(known.json()["known"], true, "{}", known.err);
    }
    stage.folder.write(
        "own.json",
        CLEAN.replace('}', r#", "client_business_id": "order-8"}"#),
    );
    for (file, id, code) in [("own.json", "order-9", 2), ("own.json", "order-8", 0)] {
        let ran = stage.run(service.url(), &["submit", file, "--client-id", id]);
        assert_eq!(ran.code, code, "{id}: {}", ran.err);
    }
    assert_eq!(service.charges(), 2);
}

#[test]
fn an_intent_is_not_sent_on_an_answer_that_does_not_say_what_it_is_about() {
    let stage = Stage::new();
    let silent = Raw::start(false, |_| answer("200 OK", r#"{"status":"queued"}"#));
    leave_intent(&stage, &silent.url);
    let ran = stage.run(&silent.url, &["jobs", "resume", "1"]);
    assert_eq!((ran.code, silent.posts()), (10, 0), "{}", ran.err);
}

#[test]
fn an_intent_is_not_sent_to_another_service_or_beside_a_later_job() {
    let (stage, service) = (Stage::new(), Service::new());
    leave_intent(&stage, &nowhere());
    let resume = ["jobs", "resume", "1", "--base-url", service.url()];
    let elsewhere = stage.run(service.url(), &resume);
    assert_eq!(
        (elsewhere.code, service.charges()),
        (2, 0),
        "{}",
        elsewhere.err
    );
    // An older copy of the journal has an intent that was abandoned for another job.
    let stage = Stage::new();
    leave_intent(&stage, service.url());
    let again = ["submit", "request.json", "--again"];
    assert_eq!(stage.run(service.url(), &again).code, 0);
    let resumed = stage.run(service.url(), &["jobs", "resume", "1"]);
    assert_eq!((resumed.code, service.charges()), (2, 1), "{}", resumed.err);
    assert!(
        resumed.err.contains("has meanwhile been sent as job 2"),
        "{}",
        resumed.err
    );
}

#[test]
fn the_task_of_another_job_is_not_an_answer() {
    let stage = Stage::new();
    stage
        .folder
        .write("other.json", CLEAN.replace("boat", "train"));
    let server = Raw::start(false, |_| accepted("video_1"));
    assert_eq!(stage.run(&server.url, &["submit", "request.json"]).code, 0);
    let other = stage.run(&server.url, &["submit", "other.json"]);
    assert_eq!(other.code, 4, "{}", other.err);
    assert!(other.err.contains("to another job"), "{}", other.err);
    assert_eq!(stage.states(), ["accepted", "unknown"]);
}

#[test]
fn a_job_that_was_resumed_is_known_to_the_next_run() {
    let (stage, service) = (Stage::new(), Service::with("submit:close-after-read"));
    assert_eq!(
        stage.run(service.url(), &["submit", "request.json"]).code,
        4
    );
    let resume = [&["jobs", "resume", "1", "-o", "a.mp4"], &FAST[..]].concat();
    let resumed = stage.run(service.url(), &resume);
    assert_eq!(resumed.code, 0, "{}", resumed.err);
    let known = stage.run(service.url(), &["submit", "request.json"]).json();
    assert_eq!(
        (&known["known"], &known["state"]),
        (&true.into(), &"saved".into())
    );
    let generate = [&["generate", "request.json"], &FAST[..]].concat();
    let given = stage.run(service.url(), &generate);
    assert!(
        given.json()["file"].as_str().unwrap().ends_with("a.mp4"),
        "{}",
        given.out
    );
    assert_eq!(
        (
            service.charges(),
            fs::metadata(stage.folder.path().join("a.mp4")).is_ok()
        ),
        (1, true)
    );
}
