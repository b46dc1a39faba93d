//! `kling jobs`, and the journal's part in `status`, `wait` and `download`.

use crate::service::raw::{Raw, accepted};
use crate::service::stage::{FAST, Service, Stage, nowhere};

#[test]
fn without_a_journal_there_are_no_jobs() {
    let stage = Stage::new();
    let ran = stage.run(&nowhere(), &["jobs"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "{\"version\":1,\"jobs\":[]}\n")
    );
    let ran = stage.run(&nowhere(), &["jobs", "list", "--format", "human"]);
    assert_eq!(ran.out, "no jobs\n");
    assert!(!stage.journal().exists());
}

#[test]
fn a_job_is_resumed_where_it_stopped() {
    let (stage, service) = (Stage::new(), Service::with("submit:close-after-read"));
    assert_eq!(
        stage.run(service.url(), &["submit", "request.json"]).code,
        4
    );
    // The job knows its service, whatever the environment says now.
    let arguments = [&["jobs", "resume", "1", "-o", "a.mp4"], &FAST[..]].concat();
    let ran = stage.run(&nowhere(), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        (stage.files(), service.charges()),
        (vec!["a.mp4".to_owned()], 1)
    );
    let ran = stage.run(&nowhere(), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // There is nothing left to do, and it says where the video is.
    assert!(
        ran.json()["file"].as_str().unwrap().ends_with("a.mp4"),
        "{}",
        ran.out
    );
    assert_eq!(stage.files(), ["a.mp4"]);
}

#[test]
fn a_job_that_was_not_sent_is_sent_when_resumed() {
    let (stage, service) = (Stage::new(), Service::with("connect:refuse=600000"));
    let submitted = stage.run(service.url(), &["submit", "request.json"]);
    assert_eq!(submitted.code, 10, "{}", submitted.err);
    service.emulator().clear_faults();
    let arguments = [&["jobs", "resume", "1", "-o", "a.mp4"], &FAST[..]].concat();
    let ran = stage.run(&nowhere(), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        (stage.states(), service.charges()),
        (vec!["saved".to_owned()], 1)
    );
    // With the id that it was given at first.
    let id = submitted.json()["client_business_id"].clone();
    assert_eq!(
        stage.run(service.url(), &["jobs", "show", "1"]).json()["client_business_id"],
        id
    );
}

#[test]
fn what_is_learned_of_a_task_is_recorded() {
    let (stage, service) = (Stage::new(), Service::with("submit:close-after-read"));
    let own =
        stage.run(service.url(), &["submit", "request.json"]).json()["client_business_id"].clone();
    let own = own.as_str().unwrap();
    let found = stage.run(service.url(), &["status", own]);
    assert_eq!(found.code, 0, "{}", found.err);
    assert!(matches!(
        stage.states()[0].as_str(),
        "accepted" | "completed"
    ));
    let waited = stage.run(service.url(), &[&["wait", own], &FAST[..]].concat());
    assert_eq!(waited.json()["state"], "completed");
    assert_eq!(stage.states(), ["completed"]);
    assert_eq!(
        stage
            .run(service.url(), &["download", own, "-o", "a.mp4"])
            .code,
        0
    );
    assert_eq!(stage.states(), ["saved"]);
}

#[test]
fn jobs_of_another_service_are_other_jobs() {
    let stage = Stage::new();
    let (one, two) = (
        Raw::start(false, |_| accepted("video_1")),
        Raw::start(false, |_| accepted("video_1")),
    );
    assert_eq!(stage.run(&one.url, &["submit", "request.json"]).code, 0);
    assert_eq!(stage.run(&two.url, &["submit", "request.json"]).code, 0);
    assert_eq!((one.posts(), two.posts(), stage.states().len()), (1, 1, 2));
}
