//! Questions to a service that is busy.

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage};

#[test]
fn a_retried_question_is_reported() {
    let (stage, service) = (Stage::new(), Service::new());
    let sent = stage.run(service.url(), &["submit", "request.json"]);
    let id = sent.json()["id"].as_str().unwrap().to_owned();
    for (fault, arguments) in [
        ("poll:status=503", &["status", &id][..]),
        ("balance:status=503", &["balance"]),
    ] {
        service.inject(fault);
        let before = service.emulator().request_count();
        let ran = stage.run(service.url(), arguments);
        assert_eq!(ran.code, 0, "{fault}: {}", ran.err);
        assert_eq!(service.emulator().request_count(), before + 2, "{fault}");
        let message = ran.err.lines().next().unwrap();
        assert!(message.starts_with("warning: "), "{}", ran.err);
        assert!(message.contains("503"), "{}", ran.err);
        assert!(message.contains("; trying again in "), "{}", ran.err);
    }
}

#[test]
fn a_submit_is_not_sent_again_while_the_rate_limiter_is_unavailable() {
    let fault = "submit:rate-limit-unavailable=0";
    let (stage, service) = (Stage::new(), Service::with(fault));
    let arguments = [&["generate", "request.json"], &FAST[..]].concat();
    let ran = stage.run(service.url(), &arguments);
    assert_eq!((ran.code, service.charges()), (4, 0), "{}", ran.err);
    assert!(ran.err.contains("503"), "{}", ran.err);
    let requests = service.emulator().requests();
    let posts = requests.iter().filter(|request| request.method == "POST");
    assert_eq!(posts.count(), 1);
    assert_eq!(stage.states(), ["unknown"]);
}

#[test]
fn an_id_that_the_journal_was_given_is_asked_for_until_the_time_is_up() {
    let stage = Stage::new();
    let server = Raw::start(false, |request| {
        if request.starts_with("POST ") {
            accepted("video_1")
        } else {
            answer("404 Not Found", r#"{"error":{"code":"task_not_found"}}"#)
        }
    });
    let sent = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!(sent.code, 0, "{}", sent.err);
    let wait = [&["wait", "video_1", "--timeout", "4"], &FAST[..]].concat();
    let given = stage.run(&server.url, &wait);
    assert_eq!(given.code, 5, "{}", given.err);
    let message = "the task was not done in time";
    assert!(given.err.contains(message), "{}", given.err);
}
