//! What people are told about a request that was sent before.

use std::fs;

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage};
use crate::support::Ran;

fn generate(stage: &Stage, url: &str) -> Ran {
    let arguments = [&["generate", "request.json", "-o", "a.mp4"], &FAST[..]].concat();
    stage.run(url, &arguments)
}

#[track_caller]
fn says(ran: &Ran, is: &str) {
    let message = format!("job 1 of this request {is}: it is continued and not paid for again");
    assert!(ran.err.contains(&message), "{message}\n{}", ran.err);
}

#[test]
fn a_saved_video_of_another_size_is_fetched_again_and_the_reason_is_printed() {
    let (stage, service) = (Stage::new(), Service::new());
    let made = generate(&stage, service.url());
    assert_eq!(made.code, 0, "{}", made.err);
    let file = stage.folder.path().join("a.mp4");
    let place = made.json()["file"].as_str().unwrap().to_owned();
    let video = fs::read(&file).unwrap();

    let given = generate(&stage, service.url());
    assert_eq!((given.code, stage.file(&given).as_str()), (0, "a.mp4"));
    says(&given, &format!("is saved in {place}"));

    // The mark of its task stays on the file.
    let mut longer = fs::OpenOptions::new().append(true).open(&file).unwrap();
    std::io::Write::write_all(&mut longer, b"!").unwrap();
    let again = generate(&stage, service.url());
    assert_eq!(again.code, 0, "{}", again.err);
    says(
        &again,
        &format!("was saved in {place}, which no longer exists or was changed"),
    );
    let fetched = stage.folder.path().join(stage.file(&again));
    assert_eq!(fs::read(fetched).unwrap(), video);
    // What somebody made of the other is left alone.
    assert_eq!(fs::read(&file).unwrap(), [&video[..], b"!"].concat());

    fs::remove_file(&file).unwrap();
    says(
        &stage.run(service.url(), &["submit", "request.json"]),
        &format!("was saved in {place}, which no longer exists or was changed"),
    );
    assert_eq!(service.charges(), 1);
}

#[test]
fn a_running_job_is_reported_with_its_task() {
    let (stage, service) = (Stage::new(), Service::with("download:html*forever"));
    let sent = stage.run(service.url(), &["submit", "request.json"]);
    let id = sent.json()["id"].as_str().unwrap().to_owned();
    let unsaved = generate(&stage, service.url());
    assert_eq!(unsaved.code, 7, "{}", unsaved.err);
    says(&unsaved, &format!("is running as {id}"));
    let done = stage.run(service.url(), &["submit", "request.json"]);
    says(&done, &format!("is done as {id}, but not saved"));
    assert_eq!(service.charges(), 1);

    let stage = Stage::new();
    let lost = Raw::start(false, |_| Vec::new());
    for is_known in [false, true] {
        let ran = stage.run(&lost.url, &["submit", "request.json"]);
        assert_eq!(ran.code, 4, "{}", ran.err);
        if is_known {
            says(&ran, "was sent, but its outcome is not known");
        }
    }
}

#[test]
fn a_request_is_known_under_every_name_of_this_machine() {
    let (stage, service) = (Stage::new(), Service::new());
    let sent = stage.run(service.url(), &["submit", "request.json"]);
    assert_eq!(sent.code, 0, "{}", sent.err);
    let requests = service.emulator().request_count();
    for name in ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"] {
        let url = service.url().replace("127.0.0.1", name);
        let known = stage.run(&url, &["submit", "request.json"]);
        assert_eq!(known.code, 0, "{name}: {}", known.err);
        assert_eq!(known.json()["known"], true, "{name}: {}", known.out);
        assert_eq!(known.json()["id"], sent.json()["id"], "{name}");
    }
    assert_eq!(service.emulator().request_count(), requests);
    // Another port is another service.
    let other = Raw::start(false, |_| accepted("video_2"));
    let ran = stage.run(&other.url, &["submit", "request.json"]);
    assert_eq!((ran.code, other.posts()), (0, 1), "{}", ran.err);
}

#[test]
fn a_request_that_was_accepted_with_an_error_is_reported_with_its_task() {
    for body in [
        r#"{"id":"video_1","status":"failed","error":{"code":"moderation","message":"no boats today"}}"#,
        r#"{"id":"video_1","status":"queued","error":{"message":"no boats today"}}"#,
    ] {
        let server = Raw::start(false, move |request| {
            if request.starts_with("POST ") {
                answer("200 OK", body)
            } else {
                answer("200 OK", r#"{"id":"video_1","status":"failed"}"#)
            }
        });
        let reported = "the service accepted the request, but reports a problem with it: ";
        let stage = Stage::new();
        let sent = stage.run(&server.url, &["submit", "request.json"]);
        assert_eq!(sent.code, 0, "{}", sent.err);
        assert!(sent.err.contains(reported), "{}", sent.err);
        assert!(sent.err.contains("no boats today"), "{}", sent.err);
        let object = sent.json();
        assert_eq!(object["id"], "video_1", "{object}");
        let reason = object["reason"].as_str().unwrap();
        assert!(reason.contains("no boats today"), "{object}");
        assert_eq!(stage.states(), ["accepted"]);

        let stage = Stage::new();
        let made = generate(&stage, &server.url);
        assert!(made.err.contains("accepted as video_1"), "{}", made.err);
        assert!(made.err.contains(reported), "{}", made.err);
        assert!(made.err.contains("no boats today"), "{}", made.err);
    }
}
