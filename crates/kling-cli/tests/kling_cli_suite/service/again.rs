//! A second run when little is left of the first: another journal, other file names, several videos.

use std::fs;

use crate::service::raw::{self, Raw, accepted, answer, host};
use crate::service::stage::{FAST, Service, Stage};
use crate::support::CLEAN;

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";

fn generate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["generate", "request.json"], more, &FAST[..]].concat()
}

#[test]
fn an_id_that_the_service_knows_is_not_sent_again_from_another_journal() {
    let (stage, service) = (Stage::new(), Service::new());
    let chosen = ["submit", "request.json", "--client-id", "order-7"];
    let first = stage.run(service.url(), &chosen);
    assert_eq!(first.code, 0, "{}", first.err);
    // As on another machine.
    fs::remove_file(stage.journal()).unwrap();
    stage.folder.write(
        "own.json",
        CLEAN.replace('}', r#", "client_business_id": "order-7"}"#),
    );
    for arguments in [
        &chosen[..],
        &["submit", "own.json"],
        &["submit", "own.json", "--again"],
        &generate(&["--client-id", "order-7"]),
    ] {
        let again = stage.run(service.url(), arguments);
        assert_eq!(again.code, 2, "{arguments:?}: {}", again.err);
        let object = again.json();
        assert_eq!(object["id"], first.json()["id"], "{object}");
        assert_eq!(object["next"], "kling download order-7", "{object}");
    }
    // No job was begun, so another id can be used; ids in the journal are refused by the journal itself.
    assert_eq!(stage.states(), [""; 0]);
    let other = ["submit", "request.json", "--client-id", "order-8"];
    assert_eq!(stage.run(service.url(), &other).code, 0);
    let used = ["submit", "other.json", "--client-id", "order-8"];
    stage
        .folder
        .write("other.json", CLEAN.replace("boat", "ship"));
    let refused = stage.run(service.url(), &used);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("job 1"), "{}", refused.err);
    assert_eq!(service.charges(), 2);
}

#[test]
fn an_id_in_the_metadata_is_sent_once_too() {
    let (stage, service) = (Stage::new(), Service::in_edition("2026-09-zh"));
    let write = |name: &str, prompt: &str| {
        let body = format!(
            r#"{{"model": "kling-v3", "prompt": "{prompt}", "metadata": {{"client_business_id": "order-7"}}}}"#
        );
        stage.folder.write(name, body);
    };
    write("request.json", "a paper boat");
    write("other.json", "a steam train");
    let edition = ["--edition", "newest"];
    let submit = |more: &[&str]| {
        let arguments = [&["submit"], more, &edition[..]].concat();
        stage.run(service.url(), &arguments)
    };
    let first = submit(&["request.json"]);
    assert_eq!(first.code, 0, "{}", first.err);
    assert_eq!(first.json()["client_business_id"], "order-7");
    let known = stage.run(service.url(), &["status", "order-7"]);
    assert_eq!(known.json()["id"], first.json()["id"], "{}", known.err);
    for more in [
        &["request.json", "--again"][..],
        &["other.json"],
        &["request.json", "--client-id", "order-8"],
    ] {
        let refused = submit(more);
        assert_eq!(refused.code, 2, "{more:?}: {}", refused.err);
    }
    // As on another machine.
    fs::remove_file(stage.journal()).unwrap();
    for arguments in [vec!["submit", "request.json"], generate(&[])] {
        let again = stage.run(service.url(), &[arguments, edition.to_vec()].concat());
        assert_eq!(again.code, 2, "{}", again.err);
        assert_eq!(again.json()["id"], first.json()["id"], "{}", again.err);
    }
    assert_eq!(service.charges(), 1);
}

#[test]
fn an_id_that_finds_nothing_is_not_sent() {
    for members in [
        r#""client_business_id": """#,
        r#""client_business_id": 7"#,
        r#""client_business_id": "a", "metadata": {"client_business_id": "b"}"#,
        r#""metadata": {"client_business_id": ""}"#,
    ] {
        let (stage, service) = (Stage::new(), Service::in_edition("2026-09-zh"));
        let text = CLEAN.replace('}', &format!(", {members}}}"));
        stage.folder.write("request.json", text);
        let no_check = ["--no-check", "--edition", "newest"];
        for arguments in [vec!["submit", "request.json"], generate(&[])] {
            let ran = stage.run(service.url(), &[arguments, no_check.to_vec()].concat());
            assert_eq!(
                (ran.code, service.charges()),
                (2, 0),
                "{members}: {}",
                ran.err
            );
            let reason = ran.json()["reason"].clone();
            assert!(
                reason.as_str().unwrap().contains("could not be looked up"),
                "{reason}"
            );
        }
    }
}

#[test]
fn a_task_that_failed_and_is_paid_for_is_not_sent_again_unasked() {
    let (stage, service) = (Stage::new(), Service::in_edition("2026-09-zh"));
    service.inject("job:fail");
    service.inject("poll:billing=settled*forever");
    let first = stage.run(service.url(), &generate(&[]));
    assert_eq!((first.code, service.charges()), (6, 1), "{}", first.err);
    for arguments in [vec!["submit", "request.json"], generate(&[])] {
        let again = stage.run(service.url(), &arguments);
        assert_eq!((again.code, service.charges()), (2, 1), "{}", again.err);
        let object = again.json();
        assert_eq!(object["id"], first.json()["id"], "{object}");
        assert!(
            again.json()["reason"]
                .as_str()
                .unwrap()
                .contains("`--again`")
        );
    }
    let asked = stage.run(service.url(), &["submit", "request.json", "--again"]);
    assert_eq!((asked.code, service.charges()), (0, 2), "{}", asked.err);
}

#[test]
fn where_the_service_cannot_be_asked_for_a_chosen_id_nothing_is_sent() {
    let stage = Stage::new();
    let server = Raw::start(false, |_| answer("503 Service Unavailable", "{}"));
    let arguments = [
        "submit",
        "request.json",
        "--client-id",
        "order-7",
        "--timeout",
        "1",
    ];
    let ran = stage.run(&server.url, &arguments);
    assert_eq!(server.posts(), 0);
    // On a busy machine the time may be up before the first answer.
    let reason = ran.json()["reason"].as_str().unwrap().to_owned();
    match ran.code {
        7 => assert!(reason.contains("503"), "{reason}"),
        code => assert_eq!(code, 10, "{reason}"),
    }
}

#[test]
fn only_where_the_service_has_no_such_task_is_a_chosen_id_sent() {
    let task = r#"{"id":"video_1","client_business_id":"order-7","status":"queued"}"#;
    for (status, body, posts) in [
        (
            "404 Not Found",
            r#"{"error":{"message":"no such task"}}"#,
            1,
        ),
        (
            "400 Bad Request",
            r#"{"error":{"code":"task_not_exist"}}"#,
            1,
        ),
        ("404 Not Found", task, 0),
        ("400 Bad Request", "{}", 0),
        ("401 Unauthorized", "{}", 0),
        ("403 Forbidden", "{}", 0),
        ("408 Request Timeout", "{}", 0),
        ("422 Unprocessable Content", "{}", 0),
        ("429 Too Many Requests", "{}", 0),
        ("302 Found", "", 0),
        ("200 OK", "<html>", 0),
        ("200 OK", "", 0),
    ] {
        let stage = Stage::new();
        let server = Raw::start(false, move |request| {
            if request.starts_with("POST ") {
                accepted("video_2")
            } else {
                answer(status, body)
            }
        });
        // Only what is asked again and again until the time is up takes all of it.
        let timeout = if posts == 1 { "120" } else { "2" };
        let submit = ["submit", "request.json", "--client-id", "order-7"];
        let ran = stage.run(
            &server.url,
            &[&submit[..], &["--timeout", timeout]].concat(),
        );
        assert_eq!(server.posts(), posts, "{status} {body}: {}", ran.err);
        assert_eq!(ran.code == 0, posts == 1, "{status} {body}: {}", ran.err);
    }
}

#[test]
fn an_emptied_journal_is_reported() {
    let (stage, service) = (Stage::new(), Service::new());
    fs::write(stage.journal(), "").unwrap();
    let ran = stage.run(service.url(), &["submit", "request.json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("is empty, so no earlier job is known"),
        "{}",
        ran.err
    );
}

#[test]
fn an_image_is_what_it_holds_whatever_it_is_called() {
    let (stage, service) = (Stage::new(), Service::new());
    for name in ["c.gif", "d.gif", "images/c.gif"] {
        stage.folder.write(name, GIF);
    }
    let absolute = fs::canonicalize(stage.folder.path()).unwrap().join("d.gif");
    let absolute = absolute.to_str().unwrap();
    for (image, charges) in [
        ("c.gif", 1),
        ("./c.gif", 1),
        ("d.gif", 1),
        ("images/c.gif", 1),
        (absolute, 1),
    ] {
        stage.folder.write(
            "request.json",
            CLEAN.replace('}', &format!(r#", "image_urls": ["{image}"]}}"#)),
        );
        let ran = stage.run(service.url(), &generate(&["--output-dir", "."]));
        assert_eq!(
            (ran.code, service.charges()),
            (0, charges),
            "{image}: {}",
            ran.err
        );
    }
}

#[test]
fn what_is_paid_for_already_costs_nothing() {
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write(
        "kling.toml",
        "[prices]\ncurrency = \"EUR\"\n[prices.kling-v3]\n\"720P\" = { per-second = 0.05 }\n",
    );
    let limited = |most| generate(&["-o", "a.mp4", "--max-cost", most]);
    assert_eq!(stage.run(service.url(), &limited("0.01")).code, 9);
    assert_eq!(stage.run(service.url(), &limited("0.25")).code, 0);
    let given = stage.run(service.url(), &limited("0.01"));
    assert_eq!((given.code, service.charges()), (0, 1), "{}", given.err);
}

/// A service whose task has two videos, or is gone.
fn two_videos(video: Vec<u8>, is_gone: impl Fn() -> bool + Send + Sync + 'static) -> Raw {
    Raw::start(false, move |request| {
        let host = host(request);
        if request.starts_with("POST ") {
            return accepted("task_1");
        }
        if !request.contains(".mp4") {
            let body = if is_gone() {
                r#"{"id":"task_1","status":"expired"}"#.to_owned()
            } else {
                format!(
                    r#"{{"id":"task_1","status":"completed","result":{{"data":[{{"url":"http://{host}/1.mp4"}},{{"url":"http://{host}/2.mp4"}}]}}}}"#
                )
            };
            return answer("200 OK", &body);
        }
        raw::video(&video)
    })
}

#[test]
fn all_videos_of_a_task_are_given_again() {
    let (stage, service) = (Stage::new(), Service::new());
    let made = stage.run(service.url(), &generate(&["-o", "real.mp4"]));
    assert_eq!(made.code, 0, "{}", made.err);
    let video = fs::read(stage.folder.path().join("real.mp4")).unwrap();
    let gone = stage.folder.path().join("gone");
    let is_gone = gone.clone();
    let server = two_videos(video, move || is_gone.exists());
    let run = || stage.run(&server.url, &generate(&["-o", "v.mp4"]));
    let first = run();
    assert_eq!(first.code, 0, "{}", first.err);
    let files = first.json()["files"].clone();
    assert_eq!(files.as_array().map(Vec::len), Some(2), "{files}");
    // Both are still there, and both are listed again.
    let second = run();
    assert_eq!(
        (second.code, &second.json()["files"]),
        (0, &files),
        "{}",
        second.err
    );
    // One is missing, and is fetched again.
    fs::remove_file(stage.folder.path().join("v 2.mp4")).unwrap();
    let third = run();
    assert_eq!(
        (third.code, &third.json()["files"]),
        (0, &files),
        "{}",
        third.err
    );
    assert!(stage.folder.path().join("v 2.mp4").exists());
    // With or without `--overwrite`, a video that cannot be fetched is reported in the service's words.
    fs::remove_file(stage.folder.path().join("v 1.mp4")).unwrap();
    fs::write(&gone, "").unwrap();
    let fourth = run();
    assert_eq!(fourth.code, 7, "{}", fourth.err);
    assert!(
        fourth.err.contains("which no longer exists"),
        "{}",
        fourth.err
    );
    assert!(fourth.err.contains("now says `failed`"), "{}", fourth.err);
    assert_eq!(server.posts(), 1);
}

#[test]
fn of_several_videos_the_first_goes_to_the_standard_output_and_all_are_offered() {
    let (stage, service) = (Stage::new(), Service::new());
    let made = stage.run(service.url(), &generate(&["-o", "real.mp4"]));
    assert_eq!(made.code, 0, "{}", made.err);
    let video = fs::read(stage.folder.path().join("real.mp4")).unwrap();
    let server = two_videos(video.clone(), || false);
    let mut command = stage.command(&server.url, &generate(&["-o", "-"]));
    let output = command.output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert_eq!(output.stdout, video);
    let offer = "warning: the task has 2 videos, and only the first is written to standard output; save all of them with \
                 `kling download task_1`";
    assert!(message.lines().any(|line| line == offer), "{message}");
}
