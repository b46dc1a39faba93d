//! Members of a request that are only for editors and people.

use std::process::Stdio;

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage, ran};
use crate::specs::CONTRACT;
use crate::support::{Ran, program};

/// A request that names the schema of its contract.
const WITH_SCHEMA: &str = r#"{"$schema": "kling-v3.schema.json", "model": "kling-v3", "prompt": "a paper boat on a pond"}"#;

/// The row of a field that is for editors.
fn for_editors(field: &str, kind: &str) -> String {
    format!(
        "\n[field.{field}]\ntype = \"{kind}\"\nfor-editors = true\nabout = \"For people.\"\nsource = \"Parameters\"\n"
    )
}

#[test]
fn what_is_for_editors_is_neither_sent_nor_another_request() {
    let stage = Stage::new();
    let server = Raw::start(false, |request| {
        // The service would refuse the member.
        if request.contains("$schema") {
            answer(
                "400 Bad Request",
                r#"{"error":{"message":"unknown field"}}"#,
            )
        } else {
            accepted("video_1")
        }
    });
    stage.folder.write("with.json", WITH_SCHEMA);
    for file in ["with.json", "request.json"] {
        let ran = stage.run(&server.url, &["submit", file]);
        assert_eq!(
            (ran.code, ran.json()["id"].as_str()),
            (0, Some("video_1")),
            "{}",
            ran.err
        );
    }
    assert_eq!(server.posts(), 1);
}

#[test]
fn what_is_for_editors_is_not_sent_for_a_video_either() {
    let stage = Stage::new();
    let server = Raw::start(false, |request| {
        if request.contains("$schema") {
            answer("400 Bad Request", "{}")
        } else if request.starts_with("POST ") {
            accepted("video_1")
        } else {
            answer("200 OK", r#"{"id":"video_1","status":"failed"}"#)
        }
    });
    stage.folder.write("request.json", WITH_SCHEMA);
    let generate = [&["generate", "request.json"], &FAST[..]].concat();
    let ran = stage.run(&server.url, &generate);
    // The task is accepted, and fails.
    assert_eq!((ran.code, server.posts()), (6, 1), "{}", ran.err);
}

#[test]
fn what_is_for_editors_is_not_sent_to_the_emulator() {
    let stage = Stage::new();
    let marked = for_editors("duration", "integer");
    let contract = CONTRACT.replace("own-model", "kling-v3");
    stage
        .folder
        .write("own.toml", [&*contract, &marked].concat());
    stage.folder.write(
        "request.json",
        WITH_SCHEMA.replace('}', r#", "duration": 7}"#),
    );
    let generate = |more: &[&str]| {
        let arguments = [&["generate", "request.json", "--emulator"], more, &FAST[..]].concat();
        let mut command = program(stage.folder.path());
        ran(command.args(arguments).stdin(Stdio::null()))
    };
    let refused = generate(&["--no-check"]);
    assert_eq!(refused.code, 3, "{}", refused.err);
    let made = generate(&["--spec", "own.toml"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(made.json()["seconds"], 5.0);
}

#[test]
fn what_a_contract_marks_as_for_editors_is_not_sent_either() {
    let stage = Stage::new();
    let server = Raw::start(false, |request| {
        assert!(!request.contains("shelf"), "{request}");
        accepted("video_1")
    });
    let marked = for_editors("shelf", "string");
    stage.folder.write("own.toml", [CONTRACT, &marked].concat());
    for (name, shelf) in [("a.json", "left"), ("b.json", "right")] {
        stage.folder.write(
            name,
            format!(r#"{{"model": "own-model", "prompt": "a boat", "shelf": "{shelf}"}}"#),
        );
    }
    for name in ["a.json", "b.json"] {
        let ran = stage.run(&server.url, &["submit", name, "--spec", "own.toml"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    // It does not make it a different request.
    assert_eq!(server.posts(), 1);
}

/// Leaves a job that was not sent, because its image could not be uploaded, with a contract of the user's own.
fn unsent(stage: &Stage, service: &Service, model: &str) -> Ran {
    let more = r#"
[field.duration]
type = "integer"
for-editors = true
about = "How long the scene is in the script."
source = "Parameters"

[field.image_urls]
type = "array"
about = "The first image."
source = "Parameters"

[field."image_urls[]"]
type = "string"
format = "public-url"
about = "Its URL."
source = "Parameters"
"#;
    let contract = CONTRACT.replace("own-model", model);
    stage.folder.write("own.toml", [&contract, more].concat());
    stage
        .folder
        .write("a.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;");
    stage.folder.write(
        "request.json",
        format!(
            r#"{{"model": "{model}", "prompt": "a boat", "duration": 10, "image_urls": ["a.gif"]}}"#
        ),
    );
    service.inject("upload:status=400");
    let arguments = ["generate", "request.json", "--spec", "own.toml"];
    let ran = stage.run(service.url(), &arguments);
    assert_eq!(
        (ran.code, stage.states()),
        (3, vec!["intent".to_owned()]),
        "{}",
        ran.err
    );
    ran
}

#[test]
fn what_a_contract_marks_is_not_sent_by_a_run_without_the_contract() {
    let (stage, service) = (Stage::new(), Service::new());
    unsent(&stage, &service, "kling-v3");
    let resume = [&["jobs", "resume", "1", "-o", "a.mp4"], &FAST[..]].concat();
    let ran = stage.run(service.url(), &resume);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let charged: Vec<_> = service
        .emulator()
        .ledger()
        .charges()
        .iter()
        .map(|charge| charge.seconds)
        .collect();
    assert_eq!(charged, [Some(5)]);
}

#[test]
fn a_job_that_needs_options_which_resume_lacks_is_continued_with_them() {
    let (stage, service) = (Stage::new(), Service::new());
    unsent(&stage, &service, "own-model");
    let resume = [&["jobs", "resume", "1"], &FAST[..]].concat();
    let ran = stage.run(service.url(), &resume);
    assert_eq!((ran.code, service.charges()), (1, 0), "{}", ran.err);
    let told = ran.err.lines().last().unwrap();
    assert!(
        told.contains("`kling generate`") && told.contains("`--spec`"),
        "{told}"
    );
    let submit = ["generate", "request.json", "--spec", "own.toml"];
    let ran = stage.run(service.url(), &submit);
    assert!(
        ran.err.contains("job 1 of this request was not sent yet"),
        "{}",
        ran.err
    );
}
