//! Questions use a path of their own, without the library of the other requests, and must behave like those.

use std::time::Duration;

use kling_http::{Client, ClientBuilder, Error, Retries, TaskRef, Timeouts};

use crate::submit_connect::FullQueue;
use crate::support::http::{Request, answer, answer_with};
use crate::support::server::{Server, closed_port};
use crate::support::tls::{Authority, Certificate};
use crate::support::{ACCEPTED, CANARY, PATIENT, assert_no_key, builder};

/// Settings that allow only one try.
fn once(base: &str) -> ClientBuilder {
    builder(base).retries(Retries {
        max: 0,
        ..Retries::default()
    })
}

async fn refused(client: &Client) -> Error {
    let error = client.status(&TaskRef::id("video_1")).await.unwrap_err();
    assert_no_key(&format!("{error} {error:?}"));
    error
}

/// A TLS server that prefers HTTP/2, if the client offers it.
async fn secure(authority: &Authority) -> Server {
    Server::start_tls(
        authority.acceptor(&["h2", "http/1.1"]),
        |mut conn| async move {
            while conn.read().await.is_some() {
                if conn.send(&answer(200, ACCEPTED)).await.is_err() {
                    return;
                }
            }
        },
    )
    .await
}

#[tokio::test]
async fn tls_with_http_1_over_one_connection() {
    let authority = Authority::new(Certificate::Good);
    let server = secure(&authority).await;
    let client = once(&server.url())
        .root_certificate(authority.root.clone())
        .build()
        .unwrap();
    for _ in 0..3 {
        let task = client.status(&TaskRef::id("video_1")).await.unwrap();
        assert_eq!(task.id.as_deref(), Some("video_1"));
    }
    assert_eq!(server.ledger.requests().len(), 3);
    assert_eq!(server.ledger.connections(), 1);
}

#[tokio::test]
async fn a_certificate_that_is_not_to_be_trusted_is_a_matter_of_settings() {
    let stranger = Authority::new(Certificate::Good).root;
    for certificate in [
        Certificate::Good,
        Certificate::Expired,
        Certificate::WrongName,
    ] {
        let authority = Authority::new(certificate);
        let server = secure(&authority).await;
        let root = match certificate {
            Certificate::Good => stranger.clone(),
            Certificate::Expired | Certificate::WrongName => authority.root.clone(),
        };
        let client = once(&server.url()).root_certificate(root).build().unwrap();
        let error = refused(&client).await;
        assert!(error.is_connect() && error.is_config(), "{error:?}");
        assert_eq!(error.to_string(), "the server's certificate is not trusted");
        assert_eq!(server.ledger.requests().len(), 0, "{certificate:?}");
    }
}

#[tokio::test]
async fn failed_connections_are_distinguished() {
    let soon = Timeouts {
        connect: Duration::from_millis(300),
        ..PATIENT
    };
    let root = Authority::new(Certificate::Good).root;
    let full = FullQueue::new().await;
    let silent = Server::start(|mut conn| async move { conn.drain().await }).await;
    for (case, client, message) in [
        (
            "no address",
            once("https://x.invalid").root_certificate(root.clone()),
            "the host name has no address",
        ),
        ("a closed port", once(&closed_port()), "could not connect"),
        (
            "a full queue",
            once(&full.url()).timeouts(soon),
            "could not connect in time",
        ),
        (
            "a silent handshake",
            once(
                &silent
                    .url()
                    .replace("http://127.0.0.1", "https://localhost"),
            )
            .root_certificate(root)
            .timeouts(soon),
            "could not connect in time",
        ),
    ] {
        let error = refused(&client.build().unwrap()).await;
        assert!(
            error.is_connect() && !error.is_config(),
            "{case}: {error:?}"
        );
        assert_eq!(error.to_string(), message, "{case}");
    }
}

#[tokio::test]
async fn an_answer_that_stays_out_is_too_late_and_one_that_breaks_off_is_cut() {
    let quick = Timeouts {
        connect: Duration::from_secs(1),
        request: Duration::from_millis(1500),
        ..PATIENT
    };
    for (head, hangs) in [
        ("", true),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", true),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", false),
    ] {
        let server = Server::start(move |mut conn| async move {
            conn.read().await;
            // The client may have hung up already; the test checks what the client does.
            let _ = conn.send(head.as_bytes()).await;
            if hangs {
                conn.drain().await;
            }
        })
        .await;
        let error = refused(&once(&server.url()).timeouts(quick).build().unwrap()).await;
        assert_eq!(error.is_timeout(), hangs, "{head:?}: {error:?}");
        assert_eq!(error.is_transport(), !hangs, "{head:?}: {error:?}");
        let status = (!head.is_empty()).then_some(200);
        assert_eq!(error.status(), status, "{head:?}: {error:?}");
    }
}

/// What a server sees of a question, except the host.
fn manners(request: &Request) -> (String, Vec<(String, String)>) {
    let mut headers = request.headers.clone();
    headers.retain(|(name, _)| name != "host");
    headers.sort();
    (request.method.clone(), headers)
}

#[tokio::test]
async fn both_ways_ask_alike() {
    let server = Server::answering(|_, _| answer_with(200, "", ACCEPTED.as_bytes())).await;
    let settings = |base: &str| {
        once(base)
            .insecure_http(true)
            .extra_header("x-team", "films")
            .user_agent("studio/1")
    };
    let straight = settings(&server.url()).build().unwrap();
    // The host behind the proxy is never reached: the proxy answers itself.
    let behind = settings("http://toapis.example.com")
        .proxy(server.url())
        .build()
        .unwrap();
    for client in [straight, behind] {
        let task = client.status(&TaskRef::id("video_1")).await.unwrap();
        assert_eq!(task.id.as_deref(), Some("video_1"));
    }
    let requests = server.ledger.requests();
    let [straight, behind] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    assert_eq!(straight.path, "/v1/videos/generations/video_1");
    assert_eq!(
        behind.path,
        "http://toapis.example.com/v1/videos/generations/video_1"
    );
    assert_eq!(manners(straight), manners(behind));
    assert_eq!(
        straight.header("authorization"),
        Some(format!("Bearer {CANARY}").as_str())
    );
    assert_eq!(straight.header("user-agent"), Some("studio/1"));
    assert_eq!(straight.header("x-team"), Some("films"));
}
