//! Submits whose answer never arrives, or breaks off.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use crate::submit_rows;
use crate::support::ACCEPTED;
use crate::support::http::{answer, answer_until_close, answer_with};
use crate::support::matrix::Observed;
use crate::support::server::{Conn, Server};
use crate::support::subject::{Aim, Hardened, Seen, Subject};

submit_rows!(
    s10_closed_before_reading,
    s11_reset_at_once,
    s12_whole_request_read_then_fin,
    s13_whole_request_read_then_reset,
    s14_whole_request_read_then_silence,
    s15_kept_connection_closed,
    s16_half_a_head,
    s17_body_shorter_than_its_length,
    s18_chunks_cut,
    s19_until_close_cut,
    s35_flood_of_interim_answers,
    s36_answer_drips,
    s37_answer_without_end,
    s38_early_refusal,
);

/// A time limit that even a slow machine does not use up before the request is sent.
const SOON: Duration = Duration::from_millis(1500);

async fn once(subject: &dyn Subject, case: &str, server: Server, aim: Aim) -> Observed {
    let seen = subject.submit(&aim, 1).await;
    Observed {
        case: case.to_owned(),
        attempts: 1,
        posts: server.ledger.posts(),
        charges: server.ledger.charges(),
        seen,
    }
}

/// Reads the request, charges, sends these bytes and closes.
async fn charging(bytes: Vec<u8>) -> Server {
    Server::start(move |mut conn| {
        let bytes = bytes.clone();
        async move {
            conn.read().await;
            conn.ledger.charge();
            conn.send_last(&bytes).await;
        }
    })
    .await
}

pub(crate) async fn s10_closed_before_reading(subject: &dyn Subject) -> Vec<Observed> {
    let server = Server::start(|conn| async move { drop(conn) }).await;
    let aim = Aim::at(server.url());
    vec![once(subject, "close", server, aim).await]
}

pub(crate) async fn s11_reset_at_once(subject: &dyn Subject) -> Vec<Observed> {
    let server = Server::start(|conn| async move { conn.reset() }).await;
    let aim = Aim::at(server.url());
    vec![once(subject, "reset", server, aim).await]
}

pub(crate) async fn s12_whole_request_read_then_fin(subject: &dyn Subject) -> Vec<Observed> {
    let server = charging(Vec::new()).await;
    let aim = Aim::at(server.url());
    vec![once(subject, "close", server, aim).await]
}

pub(crate) async fn s13_whole_request_read_then_reset(subject: &dyn Subject) -> Vec<Observed> {
    let server = Server::start(|mut conn| async move {
        conn.read().await;
        conn.ledger.charge();
        conn.reset();
    })
    .await;
    let aim = Aim::at(server.url());
    vec![once(subject, "reset", server, aim).await]
}

pub(crate) async fn s14_whole_request_read_then_silence(subject: &dyn Subject) -> Vec<Observed> {
    let server = Server::start(|mut conn| async move {
        conn.read().await;
        conn.ledger.charge();
        conn.drain().await;
    })
    .await;
    let aim = Aim::at(server.url()).answered_in(SOON);
    vec![once(subject, "silence", server, aim).await]
}

pub(crate) async fn s15_kept_connection_closed(subject: &dyn Subject) -> Vec<Observed> {
    const TIMES: usize = 40;
    // What the race looks like from outside: a second request on a connection is never answered.
    let server = Server::start(|mut conn: Conn| async move {
        conn.read().await;
        conn.ledger.charge();
        if conn.send(&answer(200, ACCEPTED)).await.is_ok() {
            conn.read_some().await;
        }
    })
    .await;
    let seen = subject.submit(&Aim::at(server.url()), TIMES).await;
    vec![Observed {
        case: "one answer a connection".to_owned(),
        attempts: TIMES,
        posts: server.ledger.posts(),
        charges: server.ledger.charges(),
        seen,
    }]
}

pub(crate) async fn s16_half_a_head(subject: &dyn Subject) -> Vec<Observed> {
    let mut observed = Vec::new();
    for half in [
        "HTTP/1.",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n",
        "HTTP/1.1 400 Bad\r\n",
    ] {
        let server = charging(half.into()).await;
        let aim = Aim::at(server.url());
        observed.push(once(subject, half, server, aim).await);
    }
    observed
}

/// When an answer is cut, an id that arrived is kept as a candidate.
async fn cut(
    subject: &dyn Subject,
    case: &str,
    bytes: Vec<u8>,
    candidate: Option<&str>,
) -> Observed {
    let server = charging(bytes).await;
    let aim = Aim::at(server.url());
    let observed = once(subject, case, server, aim).await;
    assert_eq!(
        observed.seen,
        [Seen::Unknown {
            candidate: candidate.map(str::to_owned)
        }],
        "{case}"
    );
    observed
}

pub(crate) async fn s17_body_shorter_than_its_length(subject: &dyn Subject) -> Vec<Observed> {
    let mut whole = answer(200, ACCEPTED);
    whole.truncate(whole.len() - 5);
    let mut in_the_id = answer(200, r#"{"id":"video_1"}"#);
    in_the_id.truncate(in_the_id.len() - 3);
    let mut refusal = answer(400, r#"{"error":{"message":"no"}}"#);
    refusal.truncate(refusal.len() - 1);
    vec![
        cut(subject, "after the id", whole, Some("video_1")).await,
        cut(subject, "in the id", in_the_id, None).await,
        cut(subject, "a refusal", refusal, None).await,
    ]
}

pub(crate) async fn s18_chunks_cut(subject: &dyn Subject) -> Vec<Observed> {
    let bytes = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{ACCEPTED}\r\n",
        ACCEPTED.len()
    );
    vec![
        cut(
            subject,
            "before the last chunk",
            bytes.into(),
            Some("video_1"),
        )
        .await,
    ]
}

pub(crate) async fn s19_until_close_cut(subject: &dyn Subject) -> Vec<Observed> {
    let body = &ACCEPTED.as_bytes()[..ACCEPTED.len() - 1];
    let refusal = br#"{"error":{"message":"no"}"#;
    vec![
        cut(
            subject,
            "after the id",
            answer_until_close(200, "", body),
            Some("video_1"),
        )
        .await,
        cut(
            subject,
            "everything",
            answer_until_close(200, "", b""),
            None,
        )
        .await,
        cut(
            subject,
            "a refusal",
            answer_until_close(400, "", refusal),
            None,
        )
        .await,
    ]
}

pub(crate) async fn s35_flood_of_interim_answers(subject: &dyn Subject) -> Vec<Observed> {
    let mut flood = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
        .repeat(5000)
        .into_bytes();
    flood.extend(answer(200, ACCEPTED));
    let headers = format!("x-filler: {}\r\n", "x".repeat(1000)).repeat(100);
    let large = answer_with(200, &headers, ACCEPTED.as_bytes());
    let one = format!("x-filler: {}\r\n", "x".repeat(1_000_000));
    let mut observed = Vec::new();
    for (case, bytes) in [
        ("5000 interim answers", flood),
        ("100 KB of headers", large),
        (
            "a header of 1 MB",
            answer_with(200, &one, ACCEPTED.as_bytes()),
        ),
    ] {
        let server = charging(bytes).await;
        let aim = Aim::at(server.url());
        observed.push(once(subject, case, server, aim).await);
    }
    observed
}

pub(crate) async fn s36_answer_drips(subject: &dyn Subject) -> Vec<Observed> {
    let server = Server::start(|mut conn| async move {
        conn.read().await;
        conn.ledger.charge();
        let whole = answer(200, ACCEPTED);
        let (last, drops) = whole.split_last().unwrap();
        for drop in drops {
            if conn.send(&[*drop]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // The last byte is sent after the client has hung up.
        conn.drain().await;
        let _ = conn.send(&[*last]).await;
    })
    .await;
    let aim = Aim::at(server.url()).answered_in(SOON);
    vec![once(subject, "a byte at a time", server, aim).await]
}

pub(crate) async fn s37_answer_without_end(subject: &dyn Subject) -> Vec<Observed> {
    const LIMIT: usize = 64 * 1024 * 1024;
    let mut observed = Vec::new();
    for (case, head) in [
        (
            "1 GiB",
            "HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n",
        ),
        (
            "no end",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        ),
        (
            "packed",
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1073741824\r\n\r\n\u{1f}\u{0}\u{8}\u{0}",
        ),
    ] {
        let taken = Arc::new(AtomicUsize::new(0));
        let counter = taken.clone();
        let server = Server::start(move |mut conn| {
            let counter = counter.clone();
            async move {
                conn.read().await;
                conn.ledger.charge();
                let mut chunk = b"10000\r\n".to_vec();
                chunk.resize(0x10000 + 7, b' ');
                chunk.extend_from_slice(b"\r\n");
                let mut sent = conn.send(head.as_bytes()).await;
                while sent.is_ok() && counter.load(SeqCst) < LIMIT {
                    sent = conn.send(&chunk).await;
                    counter.fetch_add(chunk.len(), SeqCst);
                }
            }
        })
        .await;
        let aim = Aim::at(server.url());
        observed.push(once(subject, case, server, aim).await);
        let taken = taken.load(SeqCst);
        assert!(taken < LIMIT, "{case}: {taken} bytes were taken");
    }
    observed
}

pub(crate) async fn s38_early_refusal(subject: &dyn Subject) -> Vec<Observed> {
    let server = Server::start(|mut conn| async move {
        conn.read_head().await;
        if conn
            .send(&answer(413, r#"{"error":{"message":"too large"}}"#))
            .await
            .is_ok()
        {
            conn.drain().await;
        }
    })
    .await;
    let mut aim = Aim::at(server.url());
    aim.body = format!(r#"{{"prompt":"{}"}}"#, "x".repeat(8 << 20));
    vec![once(subject, "413 after the head", server, aim).await]
}

/// Cut at every byte, in each framing: one submit each time, never a wrong id, and accepted only if complete.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cut_of_an_answer() {
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{SHORT}\r\n0\r\n\r\n",
        SHORT.len()
    );
    let framings = [
        answer(200, SHORT),
        answer_until_close(200, "", SHORT.as_bytes()),
        chunked.into_bytes(),
    ];
    for whole in framings {
        let cuts = whole.len();
        let connections = Arc::new(AtomicUsize::new(0));
        let server = Server::start(move |mut conn| {
            let cut = connections.fetch_add(1, SeqCst);
            let bytes = whole.get(..cut).unwrap_or(&whole).to_vec();
            async move {
                conn.read().await;
                conn.ledger.charge();
                conn.send_last(&bytes).await;
            }
        })
        .await;
        let seen = Hardened.submit(&Aim::at(server.url()), cuts + 1).await;
        assert_eq!(server.ledger.posts(), cuts + 1);
        for (cut, seen) in seen.iter().enumerate() {
            match seen {
                Seen::Accepted(id) => {
                    assert!(cut == cuts && id == "video_1", "{cut} of {cuts}: {seen:?}");
                }
                Seen::Unknown { candidate } => {
                    assert!(cut < cuts, "whole and unknown");
                    assert!(
                        candidate.as_deref().is_none_or(|id| id == "video_1"),
                        "{cut}: {seen:?}"
                    );
                }
                Seen::Rejected(_) | Seen::NotSent { .. } => panic!("{cut} of {cuts}: {seen:?}"),
            }
        }
        assert_eq!(seen.last(), Some(&Seen::Accepted("video_1".to_owned())));
    }
}

const SHORT: &str = r#"{"id":"video_1","status":"queued"}"#;
