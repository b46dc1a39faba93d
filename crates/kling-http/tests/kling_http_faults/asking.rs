//! Polling a task once, and many tasks at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use kling_http::{State, TaskRef, WaitOutcome};
use serde_json::json;

use crate::poll::{Step, quick, status, steps};
use crate::support::http::{answer, answer_with};
use crate::support::server::{Conn, Server};
use crate::support::{builder, client};

#[tokio::test]
async fn a_failed_task_is_not_an_error() {
    let failed = json!({"id": "video_1", "status": "failed", "error": {"code": "generation_failed", "message": "no"}});
    let server = steps(vec![Step::Answer(answer(200, &failed.to_string()))]).await;
    let WaitOutcome::Failed(task) = client(&server.url())
        .wait(&TaskRef::id("video_1"), quick())
        .await
    else {
        panic!("not failed")
    };
    assert_eq!(
        task.failure().unwrap().code_text().as_deref(),
        Some("generation_failed")
    );
}

#[tokio::test]
async fn a_status_is_asked_for_again() {
    let unavailable = || Step::Answer(answer(503, ""));
    let server = steps(vec![
        Step::Reset,
        unavailable(),
        Step::Answer(answer_with(429, "retry-after: 1\r\n", b"")),
        status("queued", 0),
    ])
    .await;
    let task = client(&server.url())
        .status(&TaskRef::id("video_1"))
        .await
        .unwrap();
    assert_eq!(task.state(), State::Queued);

    let server = steps(vec![unavailable()]).await;
    let error = client(&server.url())
        .status(&TaskRef::id("video_1"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.status(), server.ledger.requests().len()),
        (Some(503), 5)
    );

    let permanent = answer(
        503,
        r#"{"error":{"code":"model_not_found","message":"no","type":"new_api_error"}}"#,
    );
    let server = steps(vec![Step::Answer(permanent)]).await;
    let error = client(&server.url())
        .status(&TaskRef::id("video_1"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.status(), server.ledger.requests().len()),
        (Some(503), 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_wait_for_their_turn() {
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, peak) = (open.clone(), most.clone());
    let server = Server::start(move |mut conn: Conn| {
        let (now, peak) = (now.clone(), peak.clone());
        async move {
            while conn.read().await.is_some() {
                peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                // Lets other requests arrive in the meantime.
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                now.fetch_sub(1, SeqCst);
                let task = json!({"id": "video_1", "status": "completed", "url": "https://a.example/x.mp4"});
                if conn.send(&answer(200, &task.to_string())).await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    let client = builder(&server.url()).max_connections(2).build().unwrap();
    let waits: Vec<_> = (0..50)
        .map(|_| tokio::spawn(client.wait(&TaskRef::id("video_1"), quick()).outcome()))
        .collect();
    for wait in waits {
        assert!(matches!(wait.await.unwrap(), WaitOutcome::Completed(_)));
    }
    assert_eq!((open.load(SeqCst), server.ledger.requests().len()), (0, 50));
    assert!(
        most.load(SeqCst) <= 2,
        "{} at the same time",
        most.load(SeqCst)
    );
}
