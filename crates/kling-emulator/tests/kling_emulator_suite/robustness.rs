//! Hostile clients: they are answered or disconnected, and never affect others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kling_emulator::Limits;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use tokio::io::AsyncWriteExt as _;

use crate::client::{
    BODY, Ending, SUBMIT, charges, connect, get, manual, raw, request, rest, send, submitted,
};

/// E01
#[tokio::test]
async fn e01_a_client_that_is_slow_with_its_headers_is_left() {
    let mut limits = Limits::default();
    limits.head_timeout = Duration::from_millis(50);
    limits.body_timeout = Duration::from_millis(50);
    let emulator = manual().limits(limits).start().await.unwrap();
    let mut silent = connect(&emulator).await;
    let mut slow = connect(&emulator).await;
    slow.write_all(b"GET / HTTP/1.1\r\nHost: 127")
        .await
        .unwrap();
    let mut stalled = connect(&emulator).await;
    let submit = request("POST", SUBMIT, &[], BODY.as_bytes());
    stalled
        .write_all(&submit[..submit.len() - 1])
        .await
        .unwrap();
    for stream in [&mut silent, &mut slow, &mut stalled] {
        assert_eq!(rest(stream).await.text(), "");
    }
    assert_eq!(charges(&emulator), 0);
}

/// E01: headers that never end are not waited for.
#[tokio::test]
async fn headers_are_bounded() {
    let emulator = manual().start().await.unwrap();
    let endless = format!(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {}",
        "x".repeat(80 * 1024)
    );
    assert_eq!(
        raw(&emulator, endless.as_bytes()).await.answer().status,
        431
    );
    let many = format!(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n",
        "x: y\r\n".repeat(200)
    );
    assert_eq!(raw(&emulator, many.as_bytes()).await.answer().status, 431);
}

/// E02
#[tokio::test]
async fn e02_connections_beyond_the_limit_are_reset() {
    let mut limits = Limits::default();
    limits.connections = 8;
    // Held connections stay open for as long as the test takes.
    limits.head_timeout = Duration::from_hours(1);
    let emulator = manual().limits(limits).start().await.unwrap();
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(connect(&emulator).await);
    }
    for _ in 0..200 {
        let mut one_more = connect(&emulator).await;
        let received = rest(&mut one_more).await;
        assert_eq!(
            (received.text().as_str(), received.ending),
            ("", Ending::Reset)
        );
    }
    held.clear();
    let balance = request("GET", "/v1/balance", &[], b"");
    while raw(&emulator, &balance).await.bytes.is_empty() {}
    submitted(&emulator).await;
}

/// E03
#[tokio::test]
async fn e03_bodies_are_bounded() {
    let emulator = manual().start().await.unwrap();
    let large = request("POST", SUBMIT, &[], &vec![b' '; (1 << 20) + 1]);
    let answer = raw(&emulator, &large).await.answer();
    assert_eq!(
        (answer.status, answer.header("connection")),
        (413, Some("close"))
    );
    // Only declared to be large, and never sent.
    let request =
        format!("POST {SUBMIT} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n");
    assert_eq!(
        raw(&emulator, request.as_bytes()).await.answer().status,
        413
    );

    let mut stream = connect(&emulator).await;
    let head =
        format!("POST {SUBMIT} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("400\r\n{}\r\n", " ".repeat(0x400));
    // Without end, until the emulator closes the connection.
    let mut sent = 0;
    while sent < 64 << 20 && stream.write_all(chunk.as_bytes()).await.is_ok() {
        sent += chunk.len();
    }
    assert!(sent < 64 << 20, "the emulator goes on reading");
    assert_eq!(charges(&emulator), 0);
    let exchange = emulator.requests().pop().unwrap();
    assert_eq!((exchange.status, exchange.complete), (Some(413), false));
}

/// E04
#[tokio::test]
async fn e04_what_can_be_read_in_two_ways_is_refused() {
    let emulator = manual().start().await.unwrap();
    let chunked = "Transfer-Encoding: chunked\r\n";
    let post = |headers: &str, body: &str| {
        format!("POST {SUBMIT} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n{body}")
    };
    let length = format!("Content-Length: {}\r\n", BODY.len());
    for text in [
        post(&format!("{length}{chunked}"), "0\r\n\r\n"),
        post(&format!("{chunked}{length}"), "0\r\n\r\n"),
        post(&format!("{length}{length}"), BODY),
        post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"),
        post("Content-Length: 1e3\r\n", BODY),
        post(chunked, "zz\r\n"),
        post(chunked, "-5\r\nabc\r\n"),
        post(chunked, "fffffffffffffffff\r\n"),
        post(chunked, "1\nx\n0\n\n"),
        post(chunked, "1\r\nxx\r\n0\r\n\r\n"),
        post(chunked, &format!("1;{}\r\n", "x".repeat(5000))),
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "GET / HTTP/3.0\r\nHost: 127.0.0.1\r\n\r\n".to_owned(),
        "GET nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1} hello\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ] {
        let answer = raw(&emulator, text.as_bytes()).await.answer();
        assert_eq!(
            (answer.status, answer.header("connection")),
            (400, Some("close")),
            "{text:?}"
        );
    }
    assert_eq!(charges(&emulator), 0);
    submitted(&emulator).await;
}

/// E05
#[tokio::test]
async fn e05_other_hosts_and_other_origins_are_refused() {
    let emulator = manual().start().await.unwrap();
    let port = emulator.address().port();
    let asked_as = async |host: &str| {
        let text = format!("GET /v1/balance HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        raw(&emulator, text.as_bytes()).await.answer().status
    };
    for own in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST:80",
        &format!("127.0.0.1:{port}"),
    ] {
        assert_eq!(asked_as(own).await, 200, "{own}");
    }
    for foreign in [
        "example.com",
        "127.0.0.1.example.com",
        "localhost.example.com:80",
        "127.0.0.1@example.com",
        "0.0.0.0",
        "[::1]",
        "127.0.0.1:x",
        "10.0.0.1",
        "",
    ] {
        assert_eq!(asked_as(foreign).await, 403, "{foreign}");
    }
    let from = async |method: &str, origin: &str, target: &str| {
        send(&emulator, method, target, &[("Origin", origin)], b"")
            .await
            .status
    };
    for target in [SUBMIT, "/_emulator/faults", "/_emulator/events", "/"] {
        for origin in [
            "https://example.com",
            "null",
            "http://127.0.0.1:1",
            "file://",
        ] {
            assert_eq!(from("GET", origin, target).await, 403, "{origin} {target}");
            assert_eq!(from("POST", origin, target).await, 403, "{origin} {target}");
            assert_eq!(
                from("OPTIONS", origin, target).await,
                403,
                "{origin} {target}"
            );
        }
        assert_eq!(from("OPTIONS", emulator.url(), target).await, 403);
    }
    assert_eq!(from("GET", emulator.url(), "/v1/balance").await, 200);
    let url = "GET http://example.com/v1/balance HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    assert_eq!(raw(&emulator, url.as_bytes()).await.answer().status, 403);
    assert!(emulator.address().ip().is_loopback());
}

/// E04: whatever is sent, the next client is served.
#[test]
fn e04_no_bytes_harm_the_emulator() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("under-fire")
        .enable_all()
        .build()
        .unwrap();
    let panics = count_panics("under-fire");
    let emulator = runtime.block_on(manual().start()).unwrap();
    let pieces = prop_oneof![
        3 => vec(any::<u8>(), 0..40),
        2 => "[ -~]{0,30}".prop_map(String::into_bytes),
        6 => prop::sample::select(vec![
            "GET ", "POST ", "/", SUBMIT, "/v1/uploads/images", "/v1/uploads/videos", "/_emulator/faults", " HTTP/1.1", "\r\n", "\r\n\r\n",
            "Host: 127.0.0.1\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "5\r\n", "0\r\n\r\n", BODY,
            "Expect: 100-continue\r\n", "Range: bytes=", "X-Emulator-Fault: ", "any:drip=0", "{\"fault\": \"",
            "Content-Type: multipart/form-data; boundary=x\r\n", "--x\r\n", "--x--",
        ]).prop_map(|text: &str| text.as_bytes().to_vec()),
    ];
    let config = Config {
        cases: 400,
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&vec(pieces, 0..30), |pieces| {
            runtime.block_on(async {
                let mut stream = connect(&emulator).await;
                let _ = stream.write_all(&pieces.concat()).await;
                let _ = stream.shutdown().await;
                rest(&mut stream).await;
            });
            Ok(())
        })
        .unwrap();
    runtime.block_on(async {
        emulator.clear_faults();
        submitted(&emulator).await;
        assert_eq!(get(&emulator, "/v1/balance").await.status, 200);
    });
    assert_eq!(panics.load(Ordering::SeqCst), 0);
}

/// Counts the panics of threads with this name: a connection that panics ends like any other.
fn count_panics(name: &'static str) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() == Some(name) {
            counted.fetch_add(1, Ordering::SeqCst);
        }
        usual(panic);
    }));
    count
}
