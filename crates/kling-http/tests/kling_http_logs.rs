//! Logs contain no secret. The test has its own program, since logging is configured for all threads.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "support/http.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod http;

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, answer};
use kling_http::{Body, Client, Retries, TaskRef};

const CANARY: &str = "sk-canary-3d1f0c";

/// The captured log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A server that sends these answers in turn, and ends after the last.
fn serve(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            let mut chunk = [0; 4096];
            while Request::parse(&bytes).is_none() {
                let read = stream.read(&mut chunk).unwrap();
                bytes.extend_from_slice(&chunk[..read]);
            }
            stream.write_all(&answer).unwrap();
        }
    });
    url
}

#[tokio::test]
async fn logs_hold_no_secret() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let error = answer(500, "https://a.example/x?sig=signature");
    let task = r#"{"id":"video_1","url":"https://a.example/x?sig=signature"}"#;
    let client = Client::builder(CANARY.into())
        .base_url(serve(vec![answer(200, task), error.clone(), error]))
        .retries(Retries {
            max: 1,
            first_pause: Duration::from_millis(1),
            ..Retries::default()
        })
        .build()
        .unwrap();
    let verdict = client
        .submit(&Body::from_json_text(r#"{"prompt":"a private cat"}"#))
        .await;
    let error = client.status(&TaskRef::id("video_1")).await.unwrap_err();

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        text.contains("submitted") && text.contains("trying again"),
        "nothing is logged: {text}"
    );
    for secret in [CANARY, "signature", "private cat"] {
        assert!(!text.contains(secret), "{secret} is logged: {text}");
        assert!(
            !format!("{verdict:?} {error:?}").contains(secret),
            "{secret} is told"
        );
    }
}
