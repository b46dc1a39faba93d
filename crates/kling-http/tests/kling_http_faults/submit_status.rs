//! Submits that are answered with an error or a redirect.

use std::time::Duration;

use jiff::Timestamp;
use kling_http::{Body, Budget, Next, Verdict, next};

use crate::submit_rows;
use crate::support::http::{answer, answer_with};
use crate::support::matrix::Observed;
use crate::support::server::{Server, closed_port};
use crate::support::subject::{Aim, Subject};
use crate::support::{CANARY, assert_no_key, client};

submit_rows!(
    s23_rate_limit_in_seconds,
    s24_rate_limit_by_date_or_nonsense,
    s26_server_errors,
    s27_unavailable,
    s28_refusals,
    s29_refusals_that_stop_a_batch,
    s30_redirect_to_the_same_host,
    s31_redirect_to_another_host,
    s32_redirect_to_a_closed_port,
);

const REFUSAL: &str = r#"{"error":{"code":"invalid_request","message":"`duration` is wrong","type":"invalid_request_error"}}"#;

/// One attempt at a server that charges or does not, and always answers the same.
async fn answered(subject: &dyn Subject, case: &str, charges: bool, bytes: Vec<u8>) -> Observed {
    let server = Server::start(move |mut conn| {
        let bytes = bytes.clone();
        async move {
            while conn.read().await.is_some() {
                if charges {
                    conn.ledger.charge();
                }
                if conn.send(&bytes).await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    let seen = subject.submit(&Aim::at(server.url()), 1).await;
    Observed {
        case: case.to_owned(),
        attempts: 1,
        posts: server.ledger.posts(),
        charges: server.ledger.charges(),
        seen,
    }
}

async fn statuses(subject: &dyn Subject, charges: bool, statuses: &[u16]) -> Vec<Observed> {
    let mut observed = Vec::new();
    for status in statuses {
        for body in [REFUSAL, "", "<html>Bad gateway</html>"] {
            let case = format!("{status} {body}");
            observed.push(answered(subject, &case, charges, answer(*status, body)).await);
        }
    }
    observed
}

fn retry_after(value: &str) -> Vec<u8> {
    answer_with(
        429,
        &format!("retry-after: {value}\r\n"),
        REFUSAL.as_bytes(),
    )
}

/// The pause that [`next`] allows after a 429 with this header, with a budget of a minute.
async fn pause(value: &str) -> Duration {
    let value = value.to_owned();
    let server = Server::answering(move |_, _| retry_after(&value)).await;
    let verdict = client(&server.url())
        .submit(&Body::from_json_text("{}"))
        .await;
    let budget = Budget {
        pause: Duration::from_secs(3),
        ..Budget::new(1, Duration::from_mins(1))
    };
    match next(&verdict, &budget) {
        Next::Resend { after } => after,
        Next::Stop => panic!("{verdict:?}"),
    }
}

pub(crate) async fn s23_rate_limit_in_seconds(subject: &dyn Subject) -> Vec<Observed> {
    assert_eq!(pause("7").await, Duration::from_secs(7));
    assert_eq!(pause("0").await, Duration::ZERO);
    vec![answered(subject, "7 seconds", false, retry_after("7")).await]
}

pub(crate) async fn s24_rate_limit_by_date_or_nonsense(subject: &dyn Subject) -> Vec<Observed> {
    // Counted by the server's clock, if it sends its time.
    let date = "Sun, 06 Nov 1994 08:49:07 GMT\r\ndate: Sun, 06 Nov 1994 08:48:37 GMT";
    assert_eq!(pause(date).await, Duration::from_secs(30));
    let soon = Timestamp::now() + Duration::from_secs(40);
    let soon = pause(&soon.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).await;
    assert!(
        (Duration::from_secs(30)..=Duration::from_secs(40)).contains(&soon),
        "{soon:?}"
    );
    let own = Duration::from_secs(3)..=Duration::from_secs(6);
    for nonsense in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "-5",
        "soon",
        "1e9",
        "",
    ] {
        let pause = pause(nonsense).await;
        assert!(own.contains(&pause), "{nonsense}: {pause:?}");
    }
    for far in [
        "99999999999999999999",
        "86400",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        assert_eq!(pause(far).await, Duration::from_mins(1), "{far}");
    }
    vec![
        answered(
            subject,
            "a date",
            false,
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT"),
        )
        .await,
    ]
}

pub(crate) async fn s26_server_errors(subject: &dyn Subject) -> Vec<Observed> {
    statuses(
        subject,
        true,
        &[500, 502, 504, 520, 521, 522, 523, 524, 408, 409, 418],
    )
    .await
}

pub(crate) async fn s27_unavailable(subject: &dyn Subject) -> Vec<Observed> {
    statuses(subject, true, &[503]).await
}

pub(crate) async fn s28_refusals(subject: &dyn Subject) -> Vec<Observed> {
    statuses(subject, false, &[400, 404, 405, 413, 415, 422]).await
}

pub(crate) async fn s29_refusals_that_stop_a_batch(subject: &dyn Subject) -> Vec<Observed> {
    statuses(subject, false, &[401, 402, 403]).await
}

pub(crate) async fn s30_redirect_to_the_same_host(subject: &dyn Subject) -> Vec<Observed> {
    let mut observed = Vec::new();
    for status in [307, 308] {
        let bytes = answer_with(status, "location: /v1/elsewhere\r\n", b"");
        observed.push(answered(subject, &status.to_string(), true, bytes).await);
    }
    observed
}

pub(crate) async fn s31_redirect_to_another_host(subject: &dyn Subject) -> Vec<Observed> {
    let mut observed = Vec::new();
    for status in [301, 302, 303, 307, 308] {
        let other = Server::answering(|_, _| answer(200, crate::support::ACCEPTED)).await;
        let location = format!("location: {}/v1/videos/generations\r\n", other.url());
        let bytes = answer_with(status, &location, b"");
        let mut one = answered(subject, &status.to_string(), true, bytes).await;
        one.posts += other.ledger.connections();
        observed.push(one);
    }
    observed
}

pub(crate) async fn s32_redirect_to_a_closed_port(subject: &dyn Subject) -> Vec<Observed> {
    let location = format!("location: {}/\r\n", closed_port());
    let bytes = answer_with(307, &location, b"");
    vec![answered(subject, "307", true, bytes).await]
}

#[tokio::test]
async fn the_caller_gets_what_the_service_said() {
    let body = format!(
        r#"{{"error":{{"code":"invalid_request","message":"no {CANARY}\u001b[31m","type":"invalid_request_error"}}}}"#
    );
    let server =
        Server::answering(move |_, _| answer_with(422, "x-request-id: r-1\r\n", body.as_bytes()))
            .await;
    let verdict = client(&server.url())
        .submit(&Body::from_json_text("{}"))
        .await;
    assert_no_key(&format!("{verdict:?}"));
    let Verdict::Rejected(rejected) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(rejected.message, "no [key]\u{fffd}[31m");
    assert_eq!(rejected.code.as_deref(), Some("invalid_request"));
    assert_eq!(
        rejected.error_type.as_deref(),
        Some("invalid_request_error")
    );
    assert_eq!(rejected.request_id.as_deref(), Some("r-1"));
}

#[tokio::test]
async fn what_is_not_known_is_evident() {
    let page = "<html>502 for https://a.example/x?sig=secret</html>";
    let server = Server::answering(move |_, _| answer(502, page)).await;
    let verdict = client(&server.url())
        .submit(&Body::from_json_text(r#"{"client_business_id":"order-7"}"#))
        .await;
    let Verdict::Unknown(unknown) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(unknown.http_status, Some(502));
    assert_eq!(
        unknown.evidence.as_deref(),
        Some("<html>502 for https://a.example/x?[…]</html>")
    );
    assert_eq!(unknown.client_business_id.as_deref(), Some("order-7"));
    assert!(unknown.error.help().unwrap().contains("client_business_id"));
    assert!(
        unknown.error.to_string().contains("502"),
        "{}",
        unknown.error
    );
}

#[tokio::test]
async fn a_redirect_names_its_place() {
    let server = Server::answering(|_, _| {
        answer_with(
            307,
            "location: https://api.example/v2?token=secret\r\n",
            b"",
        )
    })
    .await;
    let verdict = client(&server.url())
        .submit(&Body::from_json_text("{}"))
        .await;
    let Verdict::Unknown(unknown) = verdict else {
        panic!("{verdict:?}");
    };
    let help = unknown.error.help().unwrap();
    assert!(
        help.contains("https://api.example/v2") && !help.contains("secret"),
        "{help}"
    );
}

#[tokio::test]
async fn the_body_arrives_byte_for_byte_with_the_key() {
    let server = Server::answering(|_, _| answer(200, crate::support::ACCEPTED)).await;
    let text = " {\"a\" : 1.0e0,\r\n\"prompt\":\"\\u00e9é\"}\n";
    let verdict = client(&format!("{}/v1/", server.url()))
        .submit(&Body::from_json_text(text))
        .await;
    assert!(
        matches!(&verdict, Verdict::Accepted(accepted) if accepted.id == "video_1"),
        "{verdict:?}"
    );
    let requests = server.ledger.requests();
    assert_eq!(requests[0].body, text.as_bytes());
    assert_eq!(requests[0].path, "/v1/videos/generations");
    assert_eq!(
        requests[0].header("authorization"),
        Some(format!("Bearer {CANARY}").as_str())
    );
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[0].header("accept-encoding"), None);
    assert_eq!(requests[0].header("idempotency-key"), None);
}
