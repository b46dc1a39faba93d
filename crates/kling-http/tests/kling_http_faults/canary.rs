//! A service that quotes the key wherever it can: nothing that the client returns contains it.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kling_http::{Body, Client, Error, Media, Retries, Task, TaskRef, Verdict};

use crate::poll::{Step, quick, steps, wait_events};
use crate::support::http::{answer, answer_with};
use crate::support::server::Server;
use crate::support::{CANARY, builder};

/// The key in the forms in which services quote it.
fn forms() -> Vec<String> {
    let each = |form: fn(u32) -> String| CANARY.chars().map(u32::from).map(form).collect();
    vec![
        CANARY.to_owned(),
        CANARY.to_uppercase(),
        format!("Bearer {CANARY}"),
        each(|character| format!("%{character:02x}")),
        each(|character| format!("\\u{character:04x}")),
        STANDARD.encode(CANARY),
        STANDARD.encode(format!("Bearer {CANARY}")),
    ]
}

#[track_caller]
fn assert_clean(text: &str) {
    // Escapes are decoded as a reader would.
    let plain = text.replace("\\u00", "%");
    for form in forms() {
        // The end of a base64 form also depends on what follows.
        let form = form.trim_end_matches('=').replace("\\u00", "%");
        let form = &form[..form.len() - 2];
        assert!(!plain.contains(form), "{form} is in: {text}");
    }
}

#[track_caller]
fn assert_error_is_clean(error: &Error) {
    assert_clean(&format!(
        "{error} {error:?} {:?} {:?}",
        error.help(),
        error.body()
    ));
    assert_clean(&format!("{:?}", error.request_id()));
    if let Some(said) = error.service() {
        assert_clean(&serde_json::to_string(said).unwrap());
    }
}

#[track_caller]
fn assert_task_is_clean(task: &Task) {
    assert_clean(&serde_json::to_string(task).unwrap());
    assert_clean(task.raw());
    assert_clean(&format!("{task:?} {:?} {}", task.warnings(), task.state()));
    assert_clean(&format!("{:?} {:?}", task.failure(), task.video_urls()));
}

/// Bodies of a task with the key in each place in turn.
fn tasks(key: &str) -> Vec<String> {
    [
        r#"{"id":"video_1","status":"failed","error":{"code":"KEY","message":"no KEY","type":"KEY","param":"KEY"}}"#,
        r#"{"id":"video_1","status":"KEY"}"#,
        r#"{"id":"video_1","status":"queued","model":"KEY","object":"KEY","client_business_id":"KEY"}"#,
        r#"{"id":"video_1","status":"completed","url":"https://a.example/KEY.mp4?key=KEY"}"#,
        r#"{"id":"video_1","status":"completed","result":{"type":"video","data":[{"url":"https://a.example/KEY.mp4"}]}}"#,
        r#"{"id":"video_1","status":"failed","KEY":["KEY",{"KEY":"KEY"}]}"#,
        r#"{"id":"KEY","status":"queued"}"#,
        r#"{"data":{"task_id":"video_1","status":"failed","fail_reason":"KEY"},"message":"KEY"}"#,
        r#"{"id":"video_1","error":"KEY"}"#,
        r#"{"success":false,"message":"KEY"}"#,
        r#"{"status":"failed","message":"{\"error\":{\"message\":\"KEY\"}}"}"#,
        "KEY",
    ]
    .iter()
    .map(|body| body.replace("KEY", key))
    .collect()
}

/// A server that sends whatever the test asks for, and a client for it.
struct Parrot {
    server: Server,
    client: Client,
    says: Arc<Mutex<Vec<u8>>>,
}

impl Parrot {
    async fn new() -> Self {
        let says = Arc::new(Mutex::new(Vec::new()));
        let heard = says.clone();
        let server = Server::start(move |mut conn| {
            let heard = heard.clone();
            async move {
                conn.read().await;
                let bytes = heard.lock().unwrap().clone();
                conn.send_last(&bytes).await;
            }
        })
        .await;
        let retries = Retries {
            max: 0,
            ..Retries::default()
        };
        let client = builder(&server.url()).retries(retries).build().unwrap();
        Self {
            server,
            client,
            says,
        }
    }

    /// Returns the client; the server sends this next.
    fn saying(&self, status: u16, headers: &str, body: &str) -> &Client {
        let headers = format!("connection: close\r\n{headers}");
        *self.says.lock().unwrap() = answer_with(status, &headers, body.as_bytes());
        &self.client
    }

    /// The same, with the last bytes missing.
    fn breaking_off(&self, status: u16, headers: &str, body: &str) -> &Client {
        self.saying(status, headers, &format!("{body} and more"));
        let mut says = self.says.lock().unwrap();
        let length = says.len() - " and more".len();
        says.truncate(length);
        &self.client
    }
}

#[tokio::test]
async fn a_status_does_not_quote_the_key() {
    let parrot = Parrot::new().await;
    let mut replaced = 0;
    for key in forms() {
        let headers = format!("x-request-id: {key}\r\n");
        for body in tasks(&key) {
            for status in [200, 400, 404, 500] {
                let client = parrot.saying(status, &headers, &body);
                match client.status(&TaskRef::id("video_1")).await {
                    Ok(task) => {
                        assert_task_is_clean(&task);
                        replaced += usize::from(task.raw().contains("[key]"));
                    }
                    Err(error) => {
                        assert_error_is_clean(&error);
                        replaced += usize::from(error.body().unwrap().contains("[key]"));
                    }
                }
            }
        }
    }
    // Each key is replaced by a mark, so nothing was left out by accident.
    assert_eq!(replaced, 7 * 12 * 4);
    assert_eq!(parrot.server.ledger.requests().len(), 7 * 12 * 4);
}

#[tokio::test]
async fn a_wait_does_not_quote_the_key() {
    for key in forms() {
        for body in tasks(&key) {
            let server = steps(vec![
                Step::Answer(answer(200, &body)),
                Step::Answer(answer(401, &body)),
            ])
            .await;
            let (events, outcome) = wait_events(&server, quick()).await;
            assert_clean(&format!("{events:?} {outcome:?}"));
        }
    }
}

#[tokio::test]
async fn a_submit_does_not_quote_the_key() {
    let parrot = Parrot::new().await;
    let request = Body::from_json_text("{}");
    for key in forms() {
        let headers = format!("location: https://a.example/{key}\r\nx-request-id: {key}\r\n");
        for body in tasks(&key) {
            for status in [200, 301, 400, 500] {
                let client = parrot.saying(status, &headers, &body);
                assert_verdict_is_clean(&client.submit(&request).await);
                let client = parrot.breaking_off(status, &headers, &body);
                assert_verdict_is_clean(&client.submit(&request).await);
            }
        }
    }
    assert_eq!(parrot.server.ledger.posts(), 7 * 12 * 4 * 2);
}

#[track_caller]
fn assert_verdict_is_clean(verdict: &Verdict) {
    let clean = |value: &dyn Debug| assert_clean(&format!("{value:?}"));
    clean(verdict);
    match verdict {
        Verdict::Accepted(accepted) => {
            assert_clean(&accepted.id);
            assert_task_is_clean(&accepted.task);
            clean(&accepted.reason());
        }
        Verdict::Rejected(rejected) => assert_clean(&rejected.message),
        Verdict::NotSent(not_sent) => assert_error_is_clean(&not_sent.error),
        Verdict::Unknown(unknown) => {
            assert_error_is_clean(&unknown.error);
            clean(&(&unknown.candidate, &unknown.reason, &unknown.evidence));
        }
    }
}

#[tokio::test]
async fn an_upload_and_the_balance_do_not_quote_the_key() {
    const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n and so on";
    let picture = Media::new("a.png", PICTURE).unwrap();
    let parrot = Parrot::new().await;
    for key in forms() {
        for body in [
            r#"{"success":false,"message":"KEY"}"#,
            r#"{"success":true,"data":{"id":"KEY","url":"https://a.example/KEY.png"}}"#,
            r#"{"success":true,"remain_balance":1,"KEY":"KEY"}"#,
            "<html><title>KEY</title></html>",
        ] {
            for status in [200, 413] {
                let client = parrot.saying(status, "", &body.replace("KEY", &key));
                match client.balance().await {
                    Ok(balance) => assert_clean(&serde_json::to_string(&balance).unwrap()),
                    Err(error) => assert_error_is_clean(&error),
                }
                match client.upload_media(&picture).await {
                    Ok(uploaded) => {
                        assert_clean(&format!("{uploaded:?} {} {:?}", uploaded.url, uploaded.id));
                    }
                    Err(error) => assert_error_is_clean(&error),
                }
            }
        }
    }
}

#[test]
fn the_sanitiser_is_there_for_other_texts() {
    let client = builder("http://127.0.0.1:1").build().unwrap();
    for form in forms() {
        assert_clean(&client.sanitise(&format!("<{form}>")));
    }
    let text = client.sanitise("a\u{1b}[2J\u{202e}b https://a.example/x?sig=1");
    assert_eq!(text, "a\u{fffd}[2J\u{fffd}b https://a.example/x?[…]");
    assert!(client.sanitise(&"x".repeat(5000)).chars().count() <= 2001);
}
