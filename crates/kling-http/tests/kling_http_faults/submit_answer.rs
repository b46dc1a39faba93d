//! Submits whose complete answer is not what it should be.

use crate::submit_rows;
use crate::support::ACCEPTED;
use crate::support::http::{answer, answer_until_close};
use crate::support::matrix::Observed;
use crate::support::server::Server;
use crate::support::subject::{Aim, Seen, Subject};

submit_rows!(
    s20_no_json,
    s21_error_object_with_200,
    s22_id_in_another_place,
    s25_rate_limit_with_an_id,
);

/// One attempt for each answer.
async fn each(subject: &dyn Subject, answers: Vec<(String, Vec<u8>)>) -> Vec<Observed> {
    let mut observed = Vec::new();
    for (case, bytes) in answers {
        let server = Server::start(move |mut conn| {
            let bytes = bytes.clone();
            async move {
                conn.read().await;
                conn.ledger.charge();
                conn.send_last(&bytes).await;
            }
        })
        .await;
        let seen = subject.submit(&Aim::at(server.url()), 1).await;
        observed.push(Observed {
            case,
            attempts: 1,
            posts: server.ledger.posts(),
            charges: server.ledger.charges(),
            seen,
        });
    }
    observed
}

async fn bodies(subject: &dyn Subject, status: u16, bodies: &[&str]) -> Vec<Observed> {
    let answers = bodies
        .iter()
        .map(|body| ((*body).to_owned(), answer(status, body)));
    each(subject, answers.collect()).await
}

pub(crate) async fn s20_no_json(subject: &dyn Subject) -> Vec<Observed> {
    let marked = format!("\u{feff}{ACCEPTED}");
    let deep = "[".repeat(100_000);
    let deep_object = "{\"data\":".repeat(50_000);
    let observed = bodies(
        subject,
        200,
        &[
            "<html><body>Just a moment</body></html>",
            "ok",
            "",
            "{}",
            "[]",
            "null",
            "5",
            r#"{"id":"}"#,
            &marked,
            &deep,
            &deep_object,
            "{\"id\":\"a\"}}",
        ],
    )
    .await;
    let candidates: Vec<_> = observed
        .iter()
        .flat_map(|one| &one.seen)
        .filter_map(|seen| match seen {
            Seen::Unknown { candidate } => candidate.clone(),
            Seen::Accepted(_) | Seen::Rejected(_) | Seen::NotSent { .. } => None,
        })
        .collect();
    assert_eq!(candidates, ["video_1", "a"]);
    observed
}

pub(crate) async fn s21_error_object_with_200(subject: &dyn Subject) -> Vec<Observed> {
    bodies(
        subject,
        200,
        &[
            r#"{"error":{"code":401,"message":"no","type":"authentication_error"}}"#,
            r#"{"error":"no such model"}"#,
            r#"{"success":false,"message":"no"}"#,
            r#"{"error":{"id":"not-a-task"},"request_id":"r"}"#,
        ],
    )
    .await
}

pub(crate) async fn s22_id_in_another_place(subject: &dyn Subject) -> Vec<Observed> {
    let mut observed = bodies(
        subject,
        200,
        &[
            r#"{"task_id":"video_1"}"#,
            r#"{"code":"success","data":{"id":"video_1"}}"#,
            r#"{"data":{"task_id":"video_1","status":"queued"}}"#,
            r#"{"id":"video_1","status":"failed","error":{"message":"no"}}"#,
        ],
    )
    .await;
    let other_statuses = [201, 202, 299, 400, 404, 409, 500, 503, 307];
    let answers = other_statuses.map(|status| (status.to_string(), answer(status, ACCEPTED)));
    observed.extend(each(subject, answers.into()).await);
    let open = (
        "no length".to_owned(),
        answer_until_close(200, "", ACCEPTED.as_bytes()),
    );
    observed.extend(each(subject, vec![open]).await);
    for one in &observed {
        assert_eq!(
            one.seen,
            [Seen::Accepted("video_1".to_owned())],
            "{}",
            one.case
        );
    }
    observed
}

pub(crate) async fn s25_rate_limit_with_an_id(subject: &dyn Subject) -> Vec<Observed> {
    bodies(
        subject,
        429,
        &[
            ACCEPTED,
            r#"{"error":{"message":"slow down"},"task_id":"video_1"}"#,
        ],
    )
    .await
}
