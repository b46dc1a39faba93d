//! The objects for programs: all members, with values that change from run to run replaced.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage, nowhere};
use crate::support::Ran;

/// Returns the objects with ids, times, URLs and paths replaced.
fn redacted(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let kept = matches!(
                    name.as_str(),
                    "version"
                        | "http_status"
                        | "progress"
                        | "seconds"
                        | "job"
                        | "attempts"
                        | "sequence"
                        | "remain_balance"
                        | "used_balance"
                        | "jobs"
                        | "not_known"
                );
                *member = match member.take() {
                    Value::Number(_) if !kept => Value::from("<number>"),
                    Value::String(text) if text.starts_with("video_") && !text.contains('.') => {
                        Value::from("<id>")
                    }
                    Value::String(text) if text.starts_with("kling-") && text.len() == 42 => {
                        Value::from("<own id>")
                    }
                    // Messages of the client, which differ between platforms.
                    Value::String(text) if name == "message" && text.len() > 10 => {
                        Value::from("<text>")
                    }
                    Value::String(_)
                        if matches!(
                            name.as_str(),
                            "url"
                                | "service"
                                | "source"
                                | "file"
                                | "key"
                                | "request"
                                | "next"
                                | "reason"
                                | "answer"
                        ) =>
                    {
                        Value::from("<text>")
                    }
                    other @ (Value::Null
                    | Value::Bool(_)
                    | Value::Number(_)
                    | Value::String(_)
                    | Value::Array(_)
                    | Value::Object(_)) => redacted(other),
                };
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = redacted(item.take());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    value
}

#[test]
fn each_command_prints_one_object() {
    let (stage, service) = (Stage::new(), Service::new());
    stage
        .folder
        .write("a.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;");
    let mut text = String::new();
    let mut add = |name: &str, ran: &Ran| {
        let object = serde_json::to_string_pretty(&redacted(ran.json())).unwrap();
        writeln!(text, "# {name} ({})\n{object}\n", ran.code).unwrap();
        assert_eq!(ran.out.lines().count(), 1, "{name}");
        assert_eq!(ran.json()["version"], 1, "{name}");
    };
    let url = service.url();
    let submitted = stage.run(url, &["submit", "request.json"]);
    add("submit", &submitted);
    let id = submitted.json()["id"].as_str().unwrap().to_owned();
    let rejecting = Raw::start(false, |_| {
        answer(
            "400 Bad Request",
            r#"{"error":{"code":"invalid_request","message":"no"}}"#,
        )
    });
    add(
        "submit, rejected",
        &stage.run(&rejecting.url, &["submit", "request.json"]),
    );
    add(
        "submit, not sent",
        &stage.run(&nowhere(), &["submit", "request.json"]),
    );
    let cutting = Raw::start(false, |_| {
        let mut bytes = accepted("video_9");
        bytes.truncate(bytes.len() - 2);
        bytes
    });
    add(
        "submit, unknown",
        &stage.run(&cutting.url, &["submit", "request.json", "--again"]),
    );
    let mut wait = vec!["wait", id.as_str()];
    wait.extend(FAST);
    add("wait", &stage.run(url, &wait));
    add("status", &stage.run(url, &["status", &id]));
    add(
        "download",
        &stage.run(url, &["download", &id, "-o", "a.mp4"]),
    );
    add(
        "generate",
        &stage.run(
            url,
            &[&["generate", "request.json", "--again"], &FAST[..]].concat(),
        ),
    );
    add("upload", &stage.run(url, &["upload", "a.gif"]));
    add("balance", &stage.run(url, &["balance"]));
    add(
        "jobs",
        &stage.run(url, &["jobs", "--service", "localhost", "--limit", "2"]),
    );
    add("jobs show", &stage.run(url, &["jobs", "show", "1"]));
    add("doctor", &stage.run(url, &["doctor"]));
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("service--objects", text);
    });
}

#[test]
fn people_get_lines() {
    let (stage, service) = (Stage::new(), Service::new());
    let url = service.url();
    let human = ["--format", "human"];
    let ran = stage.run(url, &[&["submit", "request.json"], &human[..]].concat());
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!((ran.code, lines[0]), (0, "accepted"));
    let id = lines[1].strip_prefix("id: ").unwrap();
    assert!(
        lines[2].starts_with("client_business_id: kling-"),
        "{}",
        ran.out
    );
    let arguments = [&["wait", id], &FAST[..], &human[..]].concat();
    let waited = stage.run(url, &arguments).out;
    assert!(
        waited.starts_with(&format!("{id}: completed\nhttp://")),
        "{waited}"
    );
    let arguments = [&["download", id, "-o", "a.mp4"], &human[..]].concat();
    let saved = stage.run(url, &arguments).out;
    assert!(
        saved.starts_with("a.mp4: ") && saved.ends_with(" bytes, 5 s of video\n"),
        "{saved}"
    );
    let shown = stage
        .run(url, &["jobs", "show", "1", "--format", "human"])
        .out;
    assert!(
        shown.starts_with("job 1: saved\n") && shown.contains("+00:00: sending it\n"),
        "{shown}"
    );
}

#[test]
fn no_foreign_byte_reaches_a_terminal_as_it_is() {
    let stage = Stage::new();
    let nasty = "\\u001b[31m\\u202e\\u009b\\n\u{1b}]0;x\u{7}";
    let body = format!(
        r#"{{"error":{{"code":"x","message":"{}"}}}}"#,
        nasty.replace(['\u{1b}', '\u{7}'], "")
    );
    let rejecting = Raw::start(false, move |_| answer("400 Bad Request", &body));
    let id = "video_\\u001b[2J\\u202e";
    let body = format!(r#"{{"id":"{id}","status":"\u001b[5m","error":{{"message":"\u009b"}}}}"#);
    let odd = Raw::start(false, move |_| answer("200 OK", &body));
    for format in ["human", "json"] {
        for (url, arguments) in [
            (&rejecting.url, &["submit", "request.json", "--again"][..]),
            (&rejecting.url, &["status", "video_1"]),
            (&odd.url, &["submit", "request.json", "--again"]),
            (&odd.url, &["status", "video_\u{1b}[2J\u{202e}"]),
            (&odd.url, &["balance"]),
        ] {
            let ran = stage.run(url, &[arguments, &["--format", format]].concat());
            for text in [&ran.out, &ran.err] {
                let harmful = |character: char| {
                    character != '\n' && (character.is_control() || character == '\u{202e}')
                };
                assert_eq!(text.find(harmful), None, "{arguments:?} {text:?}");
            }
        }
    }
}

#[test]
fn a_status_of_900_kb_is_cut_wherever_it_is_shown() {
    for (command, code) in [
        (&["status", "video_1"][..], 0),
        (&["wait", "video_1"], 5),
        (&["generate", "request.json"], 5),
    ] {
        for format in ["human", "json"] {
            let stage = Stage::new();
            let is_asked = AtomicBool::new(false);
            let server = Raw::start(false, move |request| {
                if request.starts_with("POST ") {
                    accepted("video_1")
                } else if is_asked.swap(true, Ordering::Relaxed) {
                    answer("401 Unauthorized", "{}")
                } else {
                    let word = "ripe".repeat(225_000);
                    answer(
                        "200 OK",
                        &format!(r#"{{"id":"video_1","status":"{word}"}}"#),
                    )
                }
            });
            let pace: &[&str] = if command[0] == "status" { &[] } else { &FAST };
            let arguments = [command, pace, &["--format", format]].concat();
            let ran = stage.run(&server.url, &arguments);
            let length = ran.out.len() + ran.err.len();
            assert_eq!(ran.code, code, "{arguments:?}: {length} bytes");
            assert!(
                ran.out.contains("riperipe") || ran.err.contains("riperipe"),
                "{arguments:?}"
            );
            assert!(length < 4_096, "{arguments:?}: {length} bytes");
        }
    }
}
