//! Continuing jobs instead of paying again.

use std::fs;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::thread;

use kling_journal::{Claim, Holder, JobKey, Journal, NewJob};
use serde_json::Value;

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage, ran};
use crate::support::{CLEAN, Ran};

fn generate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [
        &["generate", "request.json", "-o", "a.mp4"],
        more,
        &FAST[..],
    ]
    .concat()
}

#[test]
fn a_job_that_runs_is_picked_up_and_another_has_to_be_asked_for() {
    let (stage, service) = (Stage::new(), Service::new());
    let first = stage.run(service.url(), &["submit", "request.json"]).json();
    // Written differently, it is the same request.
    stage.folder.write(
        "same.json",
        "{\"prompt\":\"a paper boat on a pond\",\n\"model\":\"kling-v3\"}",
    );
    let again = stage.run(service.url(), &["submit", "same.json"]);
    assert_eq!(again.json()["id"], first["id"]);
    assert_eq!(service.charges(), 1);
    let made = stage.run(service.url(), &generate(&[]));
    assert_eq!(
        (made.code, &made.json()["id"]),
        (0, &first["id"]),
        "{}",
        made.err
    );
    assert_eq!(
        (service.charges(), stage.states()),
        (1, vec!["saved".to_owned()])
    );
    // A saved video is returned again, and only `--again` asks for another.
    let known = stage.run(service.url(), &["submit", "request.json"]).json();
    assert_eq!(
        (&known["id"], known["known"].as_bool()),
        (&first["id"], Some(true))
    );
    let made = stage.run(service.url(), &generate(&[]));
    assert_eq!((made.code, service.charges()), (0, 1), "{}", made.err);
    let other = stage
        .run(service.url(), &["submit", "request.json", "--again"])
        .json();
    assert_ne!(other["id"], first["id"]);
    let third = stage
        .run(service.url(), &["submit", "request.json", "--again"])
        .json();
    assert_ne!(third["id"], other["id"]);
    assert_eq!((service.charges(), stage.states().len()), (3, 3));
}

#[test]
fn a_saved_video_is_copied_where_it_is_asked_for_and_fetched_again_where_it_is_gone() {
    let (stage, service) = (Stage::new(), Service::new());
    let made = stage.run(service.url(), &generate(&[]));
    assert_eq!(made.code, 0, "{}", made.err);
    // A second run returns the same to a program.
    let message = |ran: &Ran| {
        let mut object = ran.json();
        object["elapsed"] = Value::Null;
        object
    };
    let given = stage.run(service.url(), &generate(&[]));
    assert_eq!(message(&given), message(&made), "{}", given.err);
    let video = fs::read(stage.folder.path().join("a.mp4")).unwrap();
    let elsewhere = |name: &str| {
        let arguments = [&["generate", "request.json", "-o", name], &FAST[..]].concat();
        stage.run(service.url(), &arguments)
    };
    let copied = elsewhere("b.mp4");
    assert_eq!(
        (copied.code, stage.file(&copied)),
        (0, "b.mp4".to_owned()),
        "{}",
        copied.err
    );
    assert_eq!(fs::read(stage.folder.path().join("b.mp4")).unwrap(), video);
    // Another file is never overwritten, and nothing is saved twice.
    stage.folder.write("c.mp4", "another film");
    for name in ["c.mp4", "b.mp4"] {
        let kept = elsewhere(name);
        let file = name.replace("c.", "c (2).");
        assert_eq!((kept.code, stage.file(&kept)), (0, file), "{}", kept.err);
    }
    assert_eq!(stage.files(), ["a.mp4", "b.mp4", "c (2).mp4", "c.mp4"]);
    assert_eq!(
        fs::read(stage.folder.path().join("c.mp4")).unwrap(),
        b"another film"
    );
    fs::remove_file(stage.folder.path().join("a.mp4")).unwrap();
    let again = elsewhere("d.mp4");
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(fs::read(stage.folder.path().join("d.mp4")).unwrap(), video);
    assert_eq!(
        (service.charges(), stage.states()),
        (1, vec!["saved".to_owned()])
    );
}

#[test]
fn a_request_with_an_id_of_its_own_is_sent_with_it_once() {
    let (stage, service) = (Stage::new(), Service::new());
    let write = |name: &str, prompt: &str| {
        stage.folder.write(
            name,
            format!(
                r#"{{"model": "kling-v3", "prompt": "{prompt}", "client_business_id": "order-7"}}"#
            ),
        );
    };
    write("one.json", "a paper boat");
    write("two.json", "a steam train");
    let first = stage.run(service.url(), &["submit", "one.json"]);
    assert_eq!(first.code, 0, "{}", first.err);
    for arguments in [
        &["submit", "two.json"][..],
        &["submit", "one.json", "--again"],
    ] {
        let refused = stage.run(service.url(), arguments);
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(
            refused.err.contains("`client_business_id`"),
            "{}",
            refused.err
        );
    }
    assert_eq!(service.charges(), 1);
}

/// Leaves an intent in the journal, like a process that ends before it sends.
pub(crate) fn leave_intent(stage: &Stage, service: &str) {
    leave_intent_of(
        stage,
        service,
        "kling-0b4f6a5e-6f0c-4c53-9d43-2f3a1c9d8e7f",
        0,
    );
}

pub(crate) fn leave_intent_of(stage: &Stage, service: &str, client_id: &str, created: i64) {
    leave_intent_to_send(stage, service, CLEAN, client_id, created);
}

/// As [`leave_intent`], to send this text with this `client_business_id`, created at this time.
pub(crate) fn leave_intent_to_send(
    stage: &Stage,
    service: &str,
    text: &str,
    client_id: &str,
    created: i64,
) {
    let holder = Holder {
        pid: 1,
        host: "studio".to_owned(),
        started: 0,
    };
    let mut journal = Journal::open(&stage.journal(), holder).unwrap();
    let key = JobKey::of(text).unwrap();
    let new = NewJob {
        key: &key,
        service,
        text,
        client_business_id: Some(client_id),
        source: None,
        again: false,
    };
    let Claim::New(claimed_job) = journal.claim(new, created).unwrap() else {
        panic!("the journal is new");
    };
    journal.release(claimed_job).unwrap();
}

#[test]
fn an_intent_that_is_found_is_looked_up_before_it_is_sent() {
    for command in ["submit", "generate"] {
        let (stage, service) = (Stage::new(), Service::new());
        leave_intent(&stage, service.url());
        let copy = fs::read(stage.journal()).unwrap();
        let sent = stage.run(service.url(), &["submit", "request.json"]);
        assert_eq!((sent.code, service.charges()), (0, 1), "{}", sent.err);
        // The copy does not know that the request has left since.
        fs::write(stage.journal(), copy).unwrap();
        let options: &[&str] = if command == "generate" { &FAST } else { &[] };
        let again = stage.run(
            service.url(),
            &[&[command, "request.json"], options].concat(),
        );
        assert_eq!(
            (again.code, service.charges()),
            (0, 1),
            "{command}: {}",
            again.err
        );
        assert_eq!(again.json()["id"], sent.json()["id"]);
    }
}

#[test]
fn a_task_that_is_another_jobs_settles_nothing() {
    let stage = Stage::new();
    let server = Raw::start(false, |request| {
        if request.starts_with("POST ") && request.contains("boat") {
            accepted("video_1")
        } else if request.starts_with("POST ") {
            b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\":\"video_1\",".to_vec()
        } else if request.contains("/video_1 ") {
            answer("200 OK", r#"{"id":"video_1","status":"queued"}"#)
        } else {
            answer("404 Not Found", "{}")
        }
    });
    assert_eq!(stage.run(&server.url, &["submit", "request.json"]).code, 0);
    stage.folder.write(
        "train.json",
        r#"{"model": "kling-v3", "prompt": "a steam train"}"#,
    );
    let made = stage.run(
        &server.url,
        &[&["generate", "train.json"], &FAST[..]].concat(),
    );
    assert_eq!(made.code, 4, "{}", made.err);
    assert_eq!(stage.states(), ["accepted", "unknown"]);
}

#[test]
fn a_job_of_another_service_is_mentioned_and_not_used() {
    let (stage, one, other) = (Stage::new(), Service::new(), Service::new());
    assert_eq!(stage.run(one.url(), &["submit", "request.json"]).code, 0);
    let ran = stage.run(other.url(), &["submit", "request.json"]);
    assert_eq!(
        (ran.code, one.charges(), other.charges()),
        (0, 1, 1),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains(&format!("job 1 at {}", one.url())),
        "{}",
        ran.err
    );
}

#[test]
fn an_unknown_request_is_looked_up_and_never_sent_again() {
    // Everything was read and charged, and no answer arrived.
    let (stage, service) = (Stage::new(), Service::with("submit:close-after-read"));
    let ran = stage.run(service.url(), &["submit", "request.json"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    let again = stage.run(service.url(), &["submit", "request.json"]);
    assert_eq!(
        (again.code, again.json()["verdict"].as_str()),
        (4, Some("unknown"))
    );
    assert_eq!(service.charges(), 1);
    let made = stage.run(service.url(), &generate(&[]));
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(
        (service.charges(), stage.states()),
        (1, vec!["saved".to_owned()])
    );
}

#[test]
fn generate_settles_what_is_unknown_at_once() {
    for fault in [
        "submit:reset-after-read",
        "submit:html",
        "submit:cut@50%",
        "submit:status=503",
    ] {
        let (stage, service) = (Stage::new(), Service::with(fault));
        let made = stage.run(service.url(), &generate(&[]));
        assert_eq!(made.code, 0, "{fault}: {}", made.err);
        assert_eq!(
            (service.charges(), stage.states()),
            (1, vec!["saved".to_owned()]),
            "{fault}"
        );
    }
}

#[test]
fn that_a_look_up_finds_nothing_proves_nothing() {
    let stage = Stage::new();
    let server = Raw::start(false, |request| {
        if request.starts_with("POST ") {
            b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\":\"video_9\",".to_vec()
        } else {
            answer("404 Not Found", r#"{"error":{"code":"task_not_found"}}"#)
        }
    });
    for _ in 0..2 {
        let made = stage.run(&server.url, &generate(&[]));
        assert_eq!(made.code, 4, "{}", made.err);
        assert_eq!(made.json()["state"], "unknown");
        assert!(made.err.contains("does not prove"), "{}", made.err);
        assert!(
            made.err
                .lines()
                .last()
                .unwrap()
                .starts_with("  kling status kling-"),
            "{}",
            made.err
        );
    }
    assert_eq!(
        (server.posts(), stage.states()),
        (1, vec!["unknown".to_owned()])
    );
}

#[test]
fn a_candidate_of_another_request_is_not_taken() {
    let stage = Stage::new();
    let server = Raw::start(false, |request| {
        if request.starts_with("POST ") {
            b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\":\"video_9\",".to_vec()
        } else if request.contains("/video_9 ") {
            answer(
                "200 OK",
                r#"{"id":"video_9","client_business_id":"somebody-elses","status":"completed","url":"https://a.example/v.mp4"}"#,
            )
        } else {
            answer("404 Not Found", "{}")
        }
    });
    let made = stage.run(&server.url, &generate(&[]));
    assert_eq!(made.code, 4, "{}", made.err);
    assert_eq!(stage.states(), ["unknown"]);
}

#[test]
fn without_an_id_of_its_own_a_request_is_sent_as_it_is() {
    let stage = Stage::new();
    let server = Raw::start(false, |_| Vec::new());
    let ran = stage.run(&server.url, &["submit", "request.json", "--no-client-id"]);
    assert_eq!(ran.code, 4);
    assert_eq!(ran.json().get("client_business_id"), None);
    // There is nothing to look it up by.
    assert_eq!(ran.json().get("next"), None);
    let message =
        "it was sent without a `client_business_id`: look for the task on the service's website";
    assert!(ran.err.contains(message), "{}", ran.err);
    let service = Service::new();
    stage.run(service.url(), &["submit", "request.json", "--no-client-id"]);
    let sent = stage.run(service.url(), &["jobs", "show", "2"]).json();
    assert_eq!(sent["request"], CLEAN);
    stage.folder.write(
        "own.json",
        CLEAN.replace('}', r#", "client_business_id": "order-7"}"#),
    );
    let ran = stage.run(service.url(), &["submit", "own.json"]);
    assert_eq!(ran.json()["client_business_id"], "order-7");
    assert!(
        ran.err.contains("client_business_id: order-7\n"),
        "{}",
        ran.err
    );
    assert_eq!(stage.run(service.url(), &["status", "order-7"]).code, 0);
}

#[test]
fn l07_of_eight_at_once_one_pays_and_the_others_name_it() {
    let stage = Stage::new();
    let server = Raw::start(true, |_| accepted("video_1"));
    let (sender, ended) = channel();
    for _ in 0..8 {
        let child = stage
            .command(&server.url, &["submit", "request.json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let sender = sender.clone();
        thread::spawn(move || {
            let pid = child.id();
            let output = child.wait_with_output().unwrap();
            let message = String::from_utf8(output.stderr).unwrap();
            sender.send((pid, output.status.code(), message)).unwrap();
        });
    }
    // Seven end on their own while the request of the eighth is in transit.
    let others: Vec<_> = (0..7).map(|_| ended.recv().unwrap()).collect();
    server.go();
    let (payer, code, message) = ended.recv().unwrap();
    assert_eq!(code, Some(0), "{message}");
    for (_, code, message) in others {
        assert_eq!(code, Some(8), "{message}");
        assert!(
            message.contains(&format!("process {payer} on ")),
            "{message}"
        );
    }
    assert_eq!(
        (server.posts(), stage.states()),
        (1, vec!["accepted".to_owned()])
    );
    assert!(stage.files().is_empty(), "{:?}", stage.files());
}

#[test]
fn l01_a_process_that_was_killed_leaves_an_unknown_job() {
    let stage = Stage::new();
    let server = Raw::start(true, |_| Vec::new());
    let mut child = stage
        .command(&server.url, &["submit", "request.json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    server.wait_for_request();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(stage.states(), ["unknown"]);
    let ran = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert_eq!(server.posts(), 1);
}

#[test]
fn l06_a_journal_that_breaks_while_the_request_is_out_does_not_lose_the_id() {
    let stage = Stage::new();
    let path = stage.journal();
    let server = Raw::start(false, move |_| {
        fs::write(
            &path,
            "what was here is gone, and this is no database at all",
        )
        .unwrap();
        accepted("video_7")
    });
    let ran = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!(ran.code, 8, "{}", ran.err);
    assert!(
        ran.err
            .contains("the service accepted the request as the task video_7"),
        "{}",
        ran.err
    );
    assert_eq!(ran.json()["id"], "video_7");
    assert_eq!(server.posts(), 1);
    // Nothing more is sent with such a journal.
    let ran = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(server.posts(), 1);
}

#[test]
fn l09_a_journal_that_cannot_be_used_keeps_everything_from_being_sent() {
    let stage = Stage::new();
    let server = Raw::start(false, |_| accepted("video_1"));
    assert_eq!(stage.run(&server.url, &["submit", "request.json"]).code, 0);
    let whole = fs::read(stage.journal()).unwrap();
    let database = |change: &str| {
        fs::write(stage.journal(), &whole).unwrap();
        let connection = rusqlite::Connection::open(stage.journal()).unwrap();
        connection.execute_batch(change).unwrap();
    };
    for (change, code) in [
        ("PRAGMA user_version = 5", 2),
        (
            "UPDATE events SET id = 'video_2' WHERE event = 'accepted'",
            8,
        ),
        ("DELETE FROM events", 8),
    ] {
        database(change);
        for again in [
            &["submit", "request.json"][..],
            &["submit", "request.json", "--again"],
        ] {
            let ran = stage.run(&server.url, again);
            assert_eq!(
                (ran.code, ran.json().get("id")),
                (code, None),
                "{change}: {}",
                ran.err
            );
        }
    }
    let mut command = stage.command(&server.url, &["submit", "request.json"]);
    let ran_elsewhere = ran(command.env("TOAPIS_JOURNAL", stage.folder.path()));
    assert_eq!(ran_elsewhere.code, 2, "{}", ran_elsewhere.err);
    assert_eq!(server.posts(), 1);
}
