//! The commands that are advised keep what was given to the one that advises them.

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{CANARY, FAST, Service, Stage, nowhere};
use crate::support::Ran;

/// Runs a command whose place for the video needs quotation marks in a shell.
#[track_caller]
fn check(stage: &Stage, url: &str, arguments: &[&str], code: i32, next: &str) -> Ran {
    let ran = stage.run(url, arguments);
    assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
    assert_eq!(ran.json()["next"], next, "{arguments:?}");
    let last = format!("  {next}");
    assert_eq!(ran.err.lines().last(), Some(last.as_str()));
    ran
}

#[test]
fn a_video_that_is_not_saved_is_to_be_saved_where_it_was_asked_for() {
    let (stage, service) = (Stage::new(), Service::with("download:html*forever"));
    let generate = ["generate", "request.json", "--client-id", "order-7"];
    for (target, advised) in [
        (&["-o", "my boat.mp4"][..], "--output 'my boat.mp4'"),
        (
            &["-o", "a.mp4", "--overwrite", "--max-bytes", "5MB"],
            "--output a.mp4 --overwrite --max-bytes 5000000",
        ),
        (
            &["-o", "a.mp4", "--keep-both"],
            "--output a.mp4 --keep-both",
        ),
        (
            &["--output-dir", "my videos", "--name", "{date}-{id}.mp4"],
            "--output-dir 'my videos' --name '{date}-{id}.mp4'",
        ),
    ] {
        let arguments = [&generate[..], target, &FAST].concat();
        let ran = stage.run(service.url(), &arguments);
        let id = ran.json()["id"].clone();
        let id = id.as_str().unwrap();
        let next = format!("kling download {advised} {id}");
        check(&stage, service.url(), &arguments, 7, &next);
        let download = [&["download", id], target].concat();
        check(&stage, service.url(), &download, 7, &next);
    }
}

#[test]
fn a_limit_that_the_video_exceeds_is_not_advised_again() {
    let (stage, service) = (Stage::new(), Service::new());
    let arguments = [
        &[
            "generate",
            "request.json",
            "-o",
            "a.mp4",
            "--max-bytes",
            "9",
        ],
        &FAST[..],
    ]
    .concat();
    let ran = stage.run(service.url(), &arguments);
    assert_eq!(ran.code, 7, "{}", ran.err);
    let object = ran.json();
    let id = object["id"].as_str().unwrap();
    assert_eq!(
        object["next"],
        format!("kling download --output a.mp4 {id}")
    );
}

#[test]
fn a_resumed_job_continues_as_it_began() {
    let (stage, service) = (Stage::new(), Service::still());
    stage.folder.write("the.key", CANARY);
    let journal = stage.folder.path().join("my jobs.sqlite3");
    let journal = journal.to_str().unwrap();
    let given = [
        "--base-url",
        service.url(),
        "--key-file",
        "the.key",
        "--journal",
        journal,
    ];
    let place = ["--output-dir", "out", "--name", "{model}"];
    let generate = [
        &["generate", "request.json", "--timeout", "5"],
        &given[..],
        &place,
        &FAST,
    ]
    .concat();
    let next = format!(
        "kling jobs resume --base-url {} --key-file the.key --journal '{journal}' --output-dir out --name '{{model}}' 1",
        service.url()
    );
    check(&stage, &nowhere(), &generate, 5, &next);
    let resume = [
        &["jobs", "resume", "1", "--timeout", "5"],
        &given[..],
        &place,
        &FAST,
    ]
    .concat();
    check(&stage, &nowhere(), &resume, 5, &next);
    // What only looks has no place for a video.
    let wait = [&["wait", "nope", "--timeout", "1"], &given[..], &FAST].concat();
    assert!(
        !stage.run(&nowhere(), &wait).err.contains("--output"),
        "a wait saves nothing"
    );
}

#[test]
fn what_is_saved_beside_the_standard_output_does_not_go_there_too() {
    let server = Raw::start(false, |request| {
        if request.starts_with("POST ") {
            return accepted("video_1");
        }
        answer(
            "200 OK",
            r#"{"id":"video_1","status":"completed","result":{"data":[{"url":"http://127.0.0.1:1/a.mp4"}]}}"#,
        )
    });
    let stage = Stage::new();
    let ran = stage.run(&server.url, &["download", "video_1", "-o", "-"]);
    assert_eq!(ran.code, 7, "{}", ran.err);
    assert!(
        ran.err.contains("kling download --output - video_1"),
        "{}",
        ran.err
    );
}
