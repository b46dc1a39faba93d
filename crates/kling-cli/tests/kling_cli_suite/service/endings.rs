//! Commands that end early: each prints one object, which says why and how to continue.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage, nowhere};
use crate::support::{CLEAN, Ran};

/// Returns the single object of a run, whose reason must be the message for people too.
#[track_caller]
fn object(ran: &Ran) -> Value {
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    let object = ran.json();
    let reason = object["reason"].as_str().expect("it says why");
    let message = reason.chars().take(60).collect::<String>();
    assert!(ran.err.contains(&message), "{reason}\n{}", ran.err);
    if let Some(next) = object.get("next") {
        let command = format!("  {}", next.as_str().unwrap());
        assert_eq!(ran.err.lines().last(), Some(command.as_str()));
    }
    object
}

/// A server that answers every question about a task with this.
fn refusing(status: &'static str) -> Raw {
    Raw::start(false, move |request| {
        if request.starts_with("POST ") {
            accepted("video_1")
        } else {
            answer(status, r#"{"error":{"code":"x","message":"not for you"}}"#)
        }
    })
}

#[test]
fn every_bad_end_of_generate_has_one_object_and_the_code_that_the_charges_say() {
    for (fault, code, state, charges) in [
        ("submit:status=400", 3, "rejected", 0),
        ("submit:close-after-read*forever", 4, "unknown", 1),
        ("job:fail", 6, "failed", 1),
        ("poll:no-url*forever", 7, "completed", 1),
        ("download:html*forever", 7, "completed", 1),
        ("", 10, "intent", 0),
    ] {
        let (stage, service) = (Stage::new(), Service::with(fault));
        if code == 4 {
            // Nor can it be looked up.
            service.inject("poll:status=500*forever");
        }
        let nobody = nowhere();
        // It is retried for as long as there is time.
        let (url, timeout) = if fault.is_empty() {
            (nobody.as_str(), "1")
        } else {
            (service.url(), "60")
        };
        let arguments = [
            &[
                "generate",
                "request.json",
                "-o",
                "a.mp4",
                "--timeout",
                timeout,
            ],
            &FAST[..],
        ]
        .concat();
        let ran = stage.run(url, &arguments);
        assert_eq!(ran.code, code, "{fault}: {}", ran.err);
        let object = object(&ran);
        assert_eq!(object["state"], state, "{fault}: {object}");
        assert_eq!(object["job"], 1, "{fault}: {object}");
        assert_eq!(service.charges(), charges, "{fault}");
        let may_go_on = matches!(code, 4 | 7 | 10);
        assert_eq!(object.get("next").is_some(), may_go_on, "{object}");
        if charges == 1 && code != 4 {
            assert!(object["id"].is_string(), "{fault}: {object}");
        }
    }
}

#[test]
fn a_task_that_is_not_shown_is_5_and_never_takes_a_charge_for_granted() {
    for status in [
        "302 Found",
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "422 Unprocessable Content",
    ] {
        let (stage, server) = (Stage::new(), refusing(status));
        // `wait` continues to poll if the answer may change.
        let is_waited_out = matches!(
            status,
            "302 Found" | "400 Bad Request" | "422 Unprocessable Content"
        );
        for command in ["status", "wait", "download"] {
            if command == "wait" && is_waited_out {
                continue;
            }
            let ran = stage.run(&server.url, &[command, "nope"]);
            assert_eq!(ran.code, 5, "{command} {status}: {}", ran.err);
            object(&ran);
            assert!(!ran.err.contains("is paid for"), "{}", ran.err);
            assert!(!ran.err.contains("goes on at the service"), "{}", ran.err);
        }
        // If the service has accepted a task, it is known to be paid for.
        assert_eq!(stage.run(&server.url, &["submit", "request.json"]).code, 0);
        for command in ["status", "download"] {
            let ran = stage.run(&server.url, &[command, "video_1"]);
            assert_eq!(ran.code, 5, "{command} {status}: {}", ran.err);
            assert_eq!(object(&ran)["job"], 1);
            assert!(ran.err.contains("is paid for"), "{}", ran.err);
        }
    }
}

#[test]
fn a_request_of_which_nothing_is_known_stays_4_whoever_asks() {
    let (stage, server) = (
        Stage::new(),
        Raw::start(false, |request| {
            if request.starts_with("POST ") {
                Vec::new()
            } else {
                answer("404 Not Found", r#"{"error":{"code":"task_not_found"}}"#)
            }
        }),
    );
    let sent = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!(sent.code, 4, "{}", sent.err);
    let id = object(&sent)["client_business_id"]
        .as_str()
        .unwrap()
        .to_owned();
    for arguments in [
        &["status", &id][..],
        &["download", &id],
        &["jobs", "resume", "1"],
        &["generate", "request.json"],
        &["submit", "request.json"],
    ] {
        let ran = stage.run(&server.url, arguments);
        assert_eq!(ran.code, 4, "{arguments:?}: {}", ran.err);
        let object = object(&ran);
        assert_eq!(object["job"], 1, "{arguments:?}: {object}");
        assert!(object["next"].is_string(), "{arguments:?}: {object}");
    }
    assert_eq!(server.posts(), 1);
}

#[test]
fn a_job_that_another_process_works_on_is_named_with_what_continues_it() {
    let stage = Stage::new();
    let server = Raw::start(true, |_| accepted("video_1"));
    let mut first = stage
        .command(&server.url, &["generate", "request.json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    server.wait_for_request();
    for command in [
        &["generate", "request.json"][..],
        &["generate", "request.json", "--again"],
        &["submit", "request.json"],
        &["jobs", "resume", "1"],
    ] {
        let ran = stage.run(&server.url, &[command, &["--format", "json"]].concat());
        assert_eq!(ran.code, 8, "{command:?}: {}", ran.err);
        let object = object(&ran);
        assert_eq!(
            (&object["job"], &object["state"]),
            (&1.into(), &"sending".into()),
            "{command:?}: {object}"
        );
        // Which service a job was sent to is known to the journal alone.
        let url = if command[0] == "jobs" {
            format!("--base-url {} ", server.url)
        } else {
            String::new()
        };
        assert_eq!(
            object["next"],
            format!("kling jobs resume {url}1"),
            "{command:?}"
        );
    }
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(server.posts(), 1);
}

#[test]
fn a_video_that_cannot_be_written_is_8_with_the_command_that_gets_it() {
    let stage = Stage::new();
    let folder = stage.folder.path().join("out");
    fs::create_dir(&folder).unwrap();
    let server = Raw::start(false, move |request| {
        if request.starts_with("POST ") {
            return accepted("video_1");
        }
        // It could be written to before anything was paid for.
        let _ = fs::remove_dir(&folder);
        answer(
            "200 OK",
            r#"{"id":"video_1","status":"completed","url":"http://127.0.0.1:1/v.mp4"}"#,
        )
    });
    let arguments = [&["generate", "request.json", "-o", "out/a.mp4"], &FAST[..]].concat();
    let ran = stage.run(&server.url, &arguments);
    assert_eq!(ran.code, 8, "{}", ran.err);
    let object = object(&ran);
    let next = "kling download --output out/a.mp4 video_1";
    assert_eq!(
        (
            &object["job"],
            &object["id"],
            &object["state"],
            &object["next"]
        ),
        (
            &1.into(),
            &"video_1".into(),
            &"completed".into(),
            &next.into()
        ),
        "{object}"
    );
}

#[test]
fn a_job_that_is_not_sent_after_all_is_named() {
    let (stage, url) = (Stage::new(), nowhere());
    assert_eq!(stage.run(&url, &["submit", "request.json"]).code, 10);
    for (arguments, code) in [
        (&["submit", "request.json", "--max-cost", "1"][..], 9),
        (&["generate", "request.json", "-o", "missing/a.mp4"], 8),
    ] {
        let ran = stage.run(&url, arguments);
        assert_eq!(ran.code, code, "{}", ran.err);
        let object = object(&ran);
        assert_eq!(
            (&object["job"], &object["state"]),
            (&1.into(), &"intent".into()),
            "{object}"
        );
    }
}

#[test]
fn no_object_is_printed_for_people() {
    let (stage, url) = (Stage::new(), nowhere());
    let arguments = ["submit", "request.json", "--format", "human"];
    let ran = stage.run(&url, &arguments);
    assert_eq!((ran.code, ran.out.as_str()), (10, ""), "{}", ran.err);
    assert!(ran.err.contains("nothing was sent"), "{}", ran.err);
}

/// Ids with special characters for a shell, or that look like an option.
const HOSTILE: [&str; 12] = [
    "$(touch ran)",
    "`touch ran`",
    "a; touch ran",
    "a && touch ran",
    "a | touch ran",
    "a' ; touch ran ; '",
    "a\" ; touch ran ; \"",
    "--journal=ran",
    "-h",
    "a b",
    "a\ntouch ran",
    "*",
];

/// Returns the arguments that the program gets when a command is pasted into a shell.
#[cfg(unix)]
#[track_caller]
fn pasted(stage: &Stage, command: &str) -> Vec<String> {
    let files = stage.files();
    // A shell function replaces the program.
    let script = format!("kling() {{ printf '%s\\0' \"$@\"; }}\n{command}\n");
    let output = std::process::Command::new("sh")
        .arg("-c")
        .arg(script)
        .current_dir(stage.folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}");
    assert_eq!(stage.files(), files, "{command}");
    let words = String::from_utf8(output.stdout).unwrap();
    let mut words: Vec<String> = words.split('\0').map(str::to_owned).collect();
    words.pop();
    words
}

#[cfg(unix)]
#[test]
fn a_command_that_is_advised_can_be_pasted() {
    for id in HOSTILE {
        let (stage, service) = (Stage::new(), Service::still());
        let waited = stage.run(service.url(), &["wait", "--timeout", "0.01", "--", id]);
        // A video that cannot be fetched.
        let quoted = serde_json::to_string(id).unwrap();
        let server = Raw::start(false, move |request| {
            if request.starts_with("GET /v.mp4") {
                answer("404 Not Found", "")
            } else if request.starts_with("POST ") {
                answer("200 OK", &format!(r#"{{"id":{quoted},"status":"queued"}}"#))
            } else {
                let host = request.split("ost: ").nth(1).unwrap_or_default();
                let host = host.lines().next().unwrap_or_default();
                answer(
                    "200 OK",
                    &format!(
                        r#"{{"id":{quoted},"status":"completed","url":"http://{host}/v.mp4"}}"#
                    ),
                )
            }
        });
        let generated = stage.run(
            &server.url,
            &[&["generate", "request.json"], &FAST[..]].concat(),
        );
        let mut advised = Vec::new();
        for (ran, command) in [(&waited, "wait"), (&generated, "download")] {
            assert_ne!(ran.code, 0, "{id}: {}", ran.err);
            let object = ran.json();
            // The service cannot be asked for some ids; the request is then looked up by its own id.
            if let Some(next) = object["next"].as_str()
                && !next.starts_with("kling status ")
            {
                advised.push((command, Some(id), next.to_owned()));
                let printed = ran.err.lines().last().unwrap();
                // The printed message has no line break, so it differs if the id contains one.
                let shown = Some(id).filter(|id| !id.contains('\n'));
                advised.push((command, shown, printed.trim().to_owned()));
            }
        }
        assert!(advised.len() == 4 || id.contains('\n'), "{id}: {advised:?}");
        for (command, id, text) in advised {
            let words = pasted(&stage, &text);
            assert_eq!(words[0], command, "{text}");
            let Some(id) = id else {
                continue;
            };
            assert_eq!(words.last().unwrap(), id, "{text}");
            let is_separated = words[words.len() - 2] == "--";
            assert_eq!(is_separated, id.starts_with('-'), "{text}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_command_with_an_id_of_the_request_can_be_pasted() {
    let plain = HOSTILE.into_iter().filter(|id| !id.contains('\n'));
    for id in plain.chain(["a b'$(touch ran)"]) {
        let stage = Stage::new();
        let quoted = serde_json::to_string(id).unwrap();
        let request = CLEAN.replace('}', &format!(r#", "client_business_id": {quoted}}}"#));
        stage.folder.write("request.json", request);
        let server = Raw::start(false, |request| {
            if request.starts_with("POST ") {
                Vec::new()
            } else {
                answer("404 Not Found", r#"{"error":{"code":"task_not_found"}}"#)
            }
        });
        let sent = stage.run(&server.url, &["submit", "request.json"]);
        assert_eq!((sent.code, server.posts()), (4, 1), "{id}: {}", sent.err);
        let next = object(&sent)["next"].as_str().unwrap().to_owned();
        let words = pasted(&stage, &next);
        let expected = if id.starts_with('-') {
            vec!["status", "--", id]
        } else {
            vec!["status", id]
        };
        assert_eq!(words, expected, "{next}");
        // It asks about that request.
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let asked = stage.run(&server.url, &words);
        assert_eq!(asked.code, 4, "{next}: {}", asked.err);
        assert_eq!(object(&asked)["job"], 1, "{next}");
    }
}

#[test]
fn an_unknown_state_is_reported_with_the_command_that_gets_the_video() {
    for command in [&["generate", "request.json"][..], &["wait", "video_1"]] {
        let stage = Stage::new();
        let is_asked = std::sync::atomic::AtomicBool::new(false);
        let server = Raw::start(false, move |request| {
            if request.starts_with("POST ") {
                accepted("video_1")
            } else if is_asked.swap(true, std::sync::atomic::Ordering::Relaxed) {
                answer("401 Unauthorized", "{}")
            } else {
                answer("200 OK", r#"{"id":"video_1","status":"ripened"}"#)
            }
        });
        let ran = stage.run(&server.url, &[command, &FAST[..]].concat());
        assert_eq!(ran.code, 5, "{}", ran.err);
        let object = object(&ran);
        assert_eq!(object["next"], "kling download video_1", "{object}");
        let reason = object["reason"].as_str().unwrap();
        let message = "its status is `ripened`, which is not known";
        assert!(reason.contains(message), "{reason}");
    }
}
