//! The same scenarios with a typical client: it fails them, so the scenarios can detect faults.

use crate::support::matrix::{Observed, violations};
use crate::support::subject::{Subject, Unhardened};
use crate::{submit_answer, submit_cut, submit_protocol, submit_status};

/// Fails unless the row is violated, with this message.
#[track_caller]
fn assert_fails(id: &str, observed: &[Observed], how: &str) {
    let violations = violations(id, observed);
    assert!(
        violations.iter().any(|violation| violation.contains(how)),
        "an unhardened client keeps {id}: {observed:?}"
    );
}

const SUBJECT: &dyn Subject = &Unhardened;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_pays_more_than_once() {
    let rows = [
        (
            "S30",
            submit_status::s30_redirect_to_the_same_host(SUBJECT).await,
        ),
        (
            "S31",
            submit_status::s31_redirect_to_another_host(SUBJECT).await,
        ),
        (
            "S33",
            submit_protocol::s33_stream_refused_after_reading(SUBJECT).await,
        ),
        (
            "S34",
            submit_protocol::s34_going_away_after_reading(SUBJECT).await,
        ),
    ];
    for (id, observed) in rows {
        assert_fails(id, &observed, "submits arrived");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_takes_what_was_sent_for_not_sent() {
    let observed = submit_status::s32_redirect_to_a_closed_port(SUBJECT).await;
    assert_fails("S32", &observed, "NotSent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_loses_answers_on_kept_connections() {
    let observed = submit_cut::s15_kept_connection_closed(SUBJECT).await;
    assert_fails("S15", &observed, "Unknown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_takes_anything_for_an_answer() {
    let observed = submit_status::s26_server_errors(SUBJECT).await;
    assert_fails("S26", &observed, "Rejected");
    let observed = submit_answer::s21_error_object_with_200(SUBJECT).await;
    assert_fails("S21", &observed, "Accepted");
}
