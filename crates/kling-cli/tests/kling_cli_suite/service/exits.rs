//! Every exit code, and the message that comes with it.

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{CANARY, FAST, Service, Stage, nowhere, ran};
use crate::support::{ERROR, WARNING};

#[test]
fn a_video_is_made_and_saved() {
    let (stage, service) = (Stage::new(), Service::new());
    let ran = stage.run(
        service.url(),
        &[&["generate", "request.json", "-o", "boat.mp4"], &FAST[..]].concat(),
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let object = ran.json();
    assert_eq!(
        (stage.file(&ran), object["seconds"].as_f64()),
        ("boat.mp4".to_owned(), Some(5.0))
    );
    let bytes = std::fs::metadata(stage.folder.path().join("boat.mp4"))
        .unwrap()
        .len();
    assert_eq!(object["bytes"], bytes);
    assert_eq!(stage.files(), ["boat.mp4"]);
    assert_eq!(
        (stage.states(), service.charges()),
        (vec!["saved".to_owned()], 1)
    );
}

#[test]
fn what_the_check_refuses_is_not_sent() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("wrong.json", ERROR);
    for command in ["submit", "generate"] {
        let ran = stage.run(service.url(), &[command, "wrong.json"]);
        assert_eq!(ran.code, 1);
        assert_eq!(ran.json()["diagnostics"][0]["rule"], "wrong-value");
        let ran = stage.run(service.url(), &[command, "wrong.json", "--format", "human"]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        assert!(ran.err.starts_with("error[wrong-value]: "), "{}", ran.err);
    }
    assert_eq!(service.emulator().request_count(), 0);
    assert!(!stage.journal().exists());
    // The user's setting takes precedence.
    let ran = stage.run(
        service.url(),
        &["submit", "wrong.json", "--allow", "wrong-value"],
    );
    assert_eq!(ran.code, 3, "{}", ran.err);
    let ran = stage.run(service.url(), &["submit", "wrong.json", "--no-check"]);
    assert_eq!(ran.code, 3);
    assert_eq!(service.emulator().request_count(), 2);
    let ran = stage.run(
        service.url(),
        &["submit", "wrong.json", "--allow", "wrong-vlaue"],
    );
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("did you mean `wrong-value`?"),
        "{}",
        ran.err
    );
}

#[test]
fn warnings_are_reported_and_do_not_matter() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("odd.json", WARNING);
    let ran = stage.run(service.url(), &["submit", "odd.json"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.starts_with("warning["), "{}", ran.err);
}

#[test]
fn usage_and_settings_are_2() {
    let (stage, service) = (Stage::new(), Service::new());
    let url = service.url();
    stage.folder.write("bad.key", "two words\n");
    for (arguments, message) in [
        (&["submit", "missing.json"][..], "missing.json"),
        (
            &["submit", "request.json", "--base-url", "http://a.example"],
            "http",
        ),
        (
            &["submit", "request.json", "--base-url", "nonsense"],
            "base URL",
        ),
        (
            &["submit", "request.json", "--key-file", "missing.key"],
            "missing.key",
        ),
        (&["submit", "request.json", "--key-file", "bad.key"], "key"),
        (&["generate", "request.json", "--name", "{url}"], "--name"),
        (&["jobs", "show", "7"], "no journal"),
    ] {
        let ran = stage.run(url, arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains(message), "{arguments:?}: {}", ran.err);
        let reason = ran.json()["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains(message), "{arguments:?}: {reason}");
    }
    for (arguments, message) in [
        (&["submit"][..], "FILE"),
        (&["generate", "request.json", "--timeout", "0"], "--timeout"),
        (&["submit", "request.json", "--client-id", "a/b"], "letters"),
    ] {
        let ran = stage.run(url, arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains(message), "{arguments:?}: {}", ran.err);
        let reason = ran.json()["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains(message), "{arguments:?}: {reason}");
    }
    let mut command = stage.command("", &["submit", "request.json"]);
    let keyless = ran(command.env_remove("TOAPIS_API_KEY"));
    assert_eq!(keyless.code, 2);
    assert!(keyless.err.contains("no key is set"), "{}", keyless.err);
    assert_eq!(service.emulator().request_count(), 0);
}

#[test]
fn a_refusal_of_the_service_is_3() {
    let stage = Stage::new();
    for (status, message) in [
        ("400 Bad Request", "bad prompt"),
        ("402 Payment Required", "no balance"),
    ] {
        let body = format!(r#"{{"error":{{"code":"x","message":"{message}"}}}}"#);
        let server = Raw::start(false, move |_| answer(status, &body));
        let ran = stage.run(&server.url, &["submit", "request.json"]);
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert_eq!(ran.json()["verdict"], "rejected");
        let reason = ran.json()["reason"].as_str().unwrap().to_owned();
        assert!(
            reason.ends_with(&format!("charged nothing: {message}")),
            "{reason}"
        );
        assert_eq!(server.posts(), 1);
        assert_eq!(stage.states().pop().unwrap(), "rejected");
    }
    let server = Raw::start(false, |_| {
        answer("404 Not Found", r#"{"error":{"code":"task_not_found"}}"#)
    });
    // A question about a task costs nothing, and its refusal says nothing about the task.
    assert_eq!(stage.run(&server.url, &["status", "video_1"]).code, 5);
}

#[test]
fn an_unknown_outcome_is_4_and_ends_with_the_command_that_looks_it_up() {
    let stage = Stage::new();
    for bytes in [
        Vec::new(),
        answer("200 OK", "<html>"),
        answer("200 OK", ""),
        answer("502 Bad Gateway", "{}"),
        answer("307 Temporary Redirect", ""),
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\":\"video_9\",".to_vec(),
    ] {
        let is_cut = bytes.ends_with(b",");
        let server = Raw::start(false, move |_| bytes.clone());
        let ran = stage.run(&server.url, &["submit", "request.json", "--again"]);
        assert_eq!(ran.code, 4, "{}", ran.err);
        let object = ran.json();
        assert_eq!(object["verdict"], "unknown");
        assert_eq!(object.get("candidate").is_some(), is_cut, "{object}");
        let id = object["client_business_id"].as_str().unwrap();
        assert_eq!(
            ran.err.lines().last().unwrap(),
            format!("  kling status {id}"),
            "{}",
            ran.err
        );
        assert_eq!(server.posts(), 1);
        assert_eq!(stage.states().pop().unwrap(), "unknown");
    }
}

#[test]
fn a_deadline_inside_the_request_is_4_and_while_waiting_5() {
    let stage = Stage::new();
    let server = Raw::start(true, |_| accepted("video_1"));
    let ran = stage.run(&server.url, &["submit", "request.json", "--timeout", "4"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert_eq!(server.posts(), 1);
    let service = Service::still();
    let arguments = [&["generate", "request.json", "--timeout", "5"], &FAST[..]].concat();
    let ran = stage.run(service.url(), &arguments);
    assert_eq!(ran.code, 5, "{}", ran.err);
    assert_eq!(ran.err.lines().last().unwrap(), "  kling jobs resume 2");
    assert_eq!(
        (stage.states().pop().unwrap().as_str(), service.charges()),
        ("accepted", 1)
    );
}

#[test]
fn a_failed_task_is_6() {
    let (stage, service) = (Stage::new(), Service::with("job:fail"));
    let ran = stage.run(
        service.url(),
        &[&["generate", "request.json"], &FAST[..]].concat(),
    );
    assert_eq!(
        (ran.code, ran.json()["state"].as_str()),
        (6, Some("failed")),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("generation_failed"), "{}", ran.err);
    assert_eq!(stage.states(), ["failed"]);
    let id = {
        let listed = stage
            .run(service.url(), &["jobs", "--service", "localhost"])
            .json();
        listed["jobs"][0]["id"].as_str().unwrap().to_owned()
    };
    for command in [&["status", &id][..], &["wait", &id, "--first-poll", "0.05"]] {
        let ran = stage.run(service.url(), command);
        assert_eq!(ran.code, 6, "{}", ran.err);
        assert_eq!(ran.json()["error"]["code"], "generation_failed");
    }
    assert_eq!(stage.run(service.url(), &["download", &id]).code, 6);
    // It does not prevent another one from being paid for, and is then mentioned.
    let again = stage.run(service.url(), &["submit", "request.json"]);
    assert_eq!((again.code, service.charges()), (0, 2), "{}", again.err);
    assert!(
        again.err.contains("note: job 1 of this request failed ("),
        "{}",
        again.err
    );
}

#[test]
fn a_video_that_cannot_be_had_is_7_and_keeps_its_id() {
    for fault in ["poll:no-url*forever", "download:html*forever"] {
        let (stage, service) = (Stage::new(), Service::with(fault));
        let ran = stage.run(
            service.url(),
            &[&["generate", "request.json"], &FAST[..]].concat(),
        );
        assert_eq!(ran.code, 7, "{fault}: {}", ran.err);
        assert!(stage.files().is_empty(), "{:?}", stage.files());
        // The next run continues, and does not pay again.
        service.emulator().clear_faults();
        let ran = stage.run(
            service.url(),
            &[&["generate", "request.json", "-o", "a.mp4"], &FAST[..]].concat(),
        );
        assert_eq!(ran.code, 0, "{fault}: {}", ran.err);
        assert!(ran.err.contains("not paid for again"), "{}", ran.err);
        assert_eq!(
            (stage.files(), service.charges()),
            (vec!["a.mp4".to_owned()], 1)
        );
    }
}

#[test]
fn a_video_that_is_longer_than_allowed_is_7_and_not_kept() {
    let (stage, service) = (Stage::new(), Service::new());
    let arguments = [
        &["generate", "request.json", "--max-bytes", "1000"],
        &FAST[..],
    ]
    .concat();
    let ran = stage.run(service.url(), &arguments);
    assert_eq!(ran.code, 7, "{}", ran.err);
    assert!(stage.files().is_empty(), "{:?}", stage.files());
    assert_eq!(stage.states(), ["completed"]);
}

#[test]
fn a_local_file_is_8() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("image.png", "no image");
    for arguments in [
        &["upload", "missing.png"][..],
        &["upload", "image.png"],
        &["generate", "request.json", "-o", "missing/a.mp4"],
        &["generate", "request.json", "--output-dir", "request.json"],
    ] {
        let ran = stage.run(service.url(), arguments);
        assert_eq!(
            (ran.code, ran.json().get("id")),
            (8, None),
            "{arguments:?}: {}",
            ran.err
        );
    }
    assert_eq!(service.emulator().request_count(), 0);
}

#[test]
fn a_service_that_is_not_there_is_10_and_nothing_was_sent() {
    let (stage, url) = (Stage::new(), nowhere());
    let ran = stage.run(&url, &["submit", "request.json"]);
    assert_eq!(ran.code, 10, "{}", ran.err);
    assert_eq!(ran.json()["verdict"], "not-sent");
    // The job may be sent later: it is the same one.
    assert_eq!(stage.states(), ["intent"]);
    let ran = stage.run(&url, &["generate", "request.json", "--timeout", "1"]);
    assert_eq!(ran.code, 10, "{}", ran.err);
    assert_eq!(stage.states(), ["intent"]);
}

#[test]
fn what_may_be_sent_again_is_sent_again_by_generate_alone() {
    let (stage, service) = (Stage::new(), Service::with("submit:rate-limit=0"));
    let ran = stage.run(service.url(), &["submit", "request.json"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(service.emulator().request_count(), 1);
    service.inject("submit:rate-limit=0");
    let ran = stage.run(
        service.url(),
        &[&["generate", "request.json", "-o", "a.mp4"], &FAST[..]].concat(),
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("sending it again"), "{}", ran.err);
    assert_eq!(service.charges(), 1);
    let shown = stage.run(service.url(), &["jobs", "show", "2"]).json();
    assert_eq!(shown["attempts"], 2);
}

#[test]
fn all_commands_take_the_options_of_a_script() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("the.key", format!("{CANARY}\n"));
    let own = crate::support::CLEAN.replace('}', r#", "client_business_id": "order-7"}"#);
    stage.folder.write("own.json", own);
    stage
        .folder
        .write("a.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;");
    let options = [
        "--key-file",
        "the.key",
        "--timeout",
        "60",
        "--format",
        "json",
        "--base-url",
        service.url(),
    ];
    for (command, waits) in [
        (&["submit", "own.json"][..], false),
        (&["status", "order-7"], false),
        (&["wait", "order-7"], true),
        (&["download", "order-7", "-o", "a.mp4"], false),
        (&["upload", "a.gif"], false),
        (&["balance"], false),
        (&["doctor"], false),
        (&["generate", "request.json"], true),
        (&["jobs", "resume", "1"], true),
    ] {
        let run =
            |pace: &[&str]| stage.run("http://127.0.0.1:9", &[command, &options, pace].concat());
        let paced = run(&FAST);
        if waits {
            assert_eq!(paced.code, 0, "{command:?}: {}", paced.err);
            continue;
        }
        // Commands that do not wait have no polling options.
        assert_eq!(paced.code, 2, "{command:?}");
        assert!(paced.err.contains("unexpected argument"), "{}", paced.err);
        let ran = run(&[]);
        assert_eq!(ran.code, 0, "{command:?}: {}", ran.err);
    }
}

#[test]
fn what_costs_more_than_it_may_is_not_sent() {
    let (stage, service) = (Stage::new(), Service::new());
    let prices =
        "[prices]\ncurrency = \"EUR\"\n[prices.kling-v3]\n\"720P\" = { per-second = 0.05 }\n";
    for (configuration, most, message) in [
        (
            prices,
            "0.24",
            "it costs 0.25 EUR, but `--max-cost` is 0.24, so the request was not sent",
        ),
        (
            "[prices]\ncurrency = \"EUR\"\n",
            "100",
            "the price of this request is not known",
        ),
        ("", "100", "there are no prices"),
    ] {
        stage.folder.write("kling.toml", configuration);
        for command in ["submit", "generate"] {
            for more in [&[][..], &["--no-check"]] {
                let arguments = [&[command, "request.json", "--max-cost", most], more].concat();
                let ran = stage.run(service.url(), &arguments);
                assert_eq!(ran.code, 9, "{arguments:?}: {}", ran.err);
                assert!(ran.err.contains(message), "{}", ran.err);
            }
        }
    }
    assert_eq!(service.emulator().request_count(), 0);
    assert_eq!(stage.states(), [""; 0]);
    stage.folder.write("kling.toml", prices);
    let ran = stage.run(
        service.url(),
        &["submit", "request.json", "--max-cost", "0.25"],
    );
    assert_eq!((ran.code, service.charges()), (0, 1), "{}", ran.err);
    let ran = stage.run(
        service.url(),
        &["submit", "request.json", "--max-cost", "much"],
    );
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("give an amount such as 0.05"),
        "{}",
        ran.err
    );
}

#[test]
fn a_request_over_the_limit_of_the_project_is_not_read() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("kling.toml", "max-request-size = 10\n");
    let ran = stage.run(service.url(), &["submit", "request.json"]);
    assert_eq!((ran.code, service.emulator().request_count()), (2, 0));
    assert!(ran.err.contains("longer than 10 bytes"), "{}", ran.err);
}
