//! Waiting for a task while things go wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use kling_http::wait::{GaveUp, Reason};
use kling_http::{
    State, TaskRef, Timeouts, UnknownId, WaitEvent, WaitOptions, WaitOutcome, Warning,
};
use serde_json::json;

use crate::support::http::{answer, answer_with};
use crate::support::server::{Conn, Server};
use crate::support::{PATIENT, assert_no_key, builder, client};

crate::rows!(
    p01_no_usable_answer,
    p02_rate_limit,
    p03_not_known_yet,
    p04_status_goes_back,
    p05_unknown_words,
    p06_completed_without_a_url,
    p07_another_task,
    p08_key_refused_in_the_middle,
    p09_hang,
    p10_never_ends,
    p12_redirect,
);

/// Waits of milliseconds, except for the deadline.
pub(crate) fn quick() -> WaitOptions {
    WaitOptions {
        first_poll: Duration::from_millis(1),
        interval: Duration::from_millis(2),
        jitter: 0.0,
        deadline: Duration::from_secs(20),
        unknown_id: UnknownId::For(Duration::from_secs(20)),
        url_polls: 3,
        longest_pause: Duration::from_millis(30),
        seed: Some(7),
    }
}

/// What a server does with a poll.
#[derive(Clone)]
pub(crate) enum Step {
    Answer(Vec<u8>),
    Reset,
    Close,
    Hang,
}

pub(crate) fn status(word: &str, progress: u32) -> Step {
    let task = json!({"id": "video_1", "status": word, "progress": progress});
    Step::Answer(answer(200, &task.to_string()))
}

fn completed() -> Step {
    let task = json!({"id": "video_1", "status": "completed", "progress": 100,
        "result": {"type": "video", "data": [{"url": "https://a.example/x.mp4?sig=secret"}]}});
    Step::Answer(answer(200, &task.to_string()))
}

/// A server that takes the steps in turn, and then repeats the last one forever.
pub(crate) async fn steps(steps: Vec<Step>) -> Server {
    let taken = Arc::new(AtomicUsize::new(0));
    Server::start(move |mut conn: Conn| {
        let (steps, taken) = (steps.clone(), taken.clone());
        async move {
            while conn.read().await.is_some() {
                let number = taken.fetch_add(1, SeqCst);
                match steps.get(number).or(steps.last()).unwrap() {
                    Step::Answer(bytes) => {
                        if conn.send(bytes).await.is_err() {
                            return;
                        }
                    }
                    Step::Reset => return conn.reset(),
                    Step::Close => return,
                    Step::Hang => conn.drain().await,
                }
            }
        }
    })
    .await
}

/// Returns all events; the outcome is the last one.
pub(crate) async fn wait_events(
    server: &Server,
    options: WaitOptions,
) -> (Vec<WaitEvent>, WaitOutcome) {
    let mut wait = client(&server.url()).wait(&TaskRef::id("video_1"), options);
    let mut events = Vec::new();
    while let Some(event) = wait.next().await {
        assert_no_key(&format!("{event:?}"));
        if let WaitEvent::Done(outcome) = event {
            assert!(wait.next().await.is_none(), "something after the end");
            return (events, outcome);
        }
        events.push(event);
    }
    panic!("no outcome after {events:?}");
}

fn troubles(events: &[WaitEvent]) -> usize {
    events
        .iter()
        .filter(|event| matches!(event, WaitEvent::Trouble { .. }))
        .count()
}

/// The states and the progress that were reported.
fn changes(events: &[WaitEvent]) -> Vec<(String, f64)> {
    events
        .iter()
        .filter_map(|event| match event {
            WaitEvent::Changed(task) => Some((task.state().to_string(), task.percent().unwrap())),
            WaitEvent::UnknownStatus { .. }
            | WaitEvent::Warning(_)
            | WaitEvent::Trouble { .. }
            | WaitEvent::Done(_) => None,
        })
        .collect()
}

#[track_caller]
fn gave_up(outcome: WaitOutcome, reason: Reason) -> GaveUp {
    match outcome {
        WaitOutcome::GaveUp(gave_up) => {
            assert_eq!(gave_up.reason, reason, "{gave_up:?}");
            assert_eq!(gave_up.id(), Some("video_1"));
            assert!(gave_up.to_string().contains("video_1"), "{gave_up}");
            *gave_up
        }
        WaitOutcome::Completed(_) | WaitOutcome::Failed(_) => panic!("{outcome:?}"),
    }
}

#[tokio::test]
async fn p01_no_usable_answer() {
    let server = steps(vec![
        Step::Close,
        Step::Reset,
        Step::Answer(answer(500, "")),
        Step::Answer(answer(524, "<html>timeout</html>")),
        Step::Answer(answer(200, "<html>hello</html>")),
        Step::Answer(answer(200, r#"{"id":"video_1","#)),
        Step::Answer(answer(200, "{}")),
        Step::Answer(answer(400, "")),
        completed(),
    ])
    .await;
    let (events, outcome) = wait_events(&server, quick()).await;
    assert!(matches!(outcome, WaitOutcome::Completed(_)), "{outcome:?}");
    assert_eq!(troubles(&events), 8, "{events:?}");
    assert!(changes(&events).is_empty());
}

#[tokio::test]
async fn p02_rate_limit() {
    let limited = answer_with(429, "retry-after: 5\r\n", b"{}");
    let server = steps(vec![Step::Answer(limited), completed()]).await;
    let (events, outcome) = wait_events(&server, quick()).await;
    assert!(matches!(outcome, WaitOutcome::Completed(_)));
    let [WaitEvent::Trouble { again_in, error }] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(*again_in, quick().longest_pause, "asked for 5 s, capped");
    assert_eq!(error.status(), Some(429));
}

#[tokio::test]
async fn p03_not_known_yet() {
    let unknown = || {
        Step::Answer(answer(
            404,
            r#"{"error":{"type":"task_not_found","message":"no"}}"#,
        ))
    };
    let server = steps(vec![unknown(), unknown(), status("queued", 0), completed()]).await;
    let (_, outcome) = wait_events(&server, quick()).await;
    assert!(matches!(outcome, WaitOutcome::Completed(_)), "{outcome:?}");

    // The time limit itself depends on the machine's clock, which is tested without a server.
    let server = steps(vec![unknown()]).await;
    let options = WaitOptions {
        unknown_id: UnknownId::For(Duration::ZERO),
        ..quick()
    };
    let (_, outcome) = wait_events(&server, options).await;
    let gave_up = gave_up(outcome, Reason::NotFound);
    assert!(gave_up.error.unwrap().is_not_found());

    for body in [
        r#"{"message":"task_not_exist"}"#,
        r#"{"error":{"code":"task_not_exist"}}"#,
    ] {
        let server = steps(vec![status("queued", 0), Step::Answer(answer(400, body))]).await;
        let options = WaitOptions {
            unknown_id: UnknownId::Answers {
                most: 2,
                apart: Duration::from_millis(1),
            },
            ..quick()
        };
        let (_, outcome) = wait_events(&server, options).await;
        let WaitOutcome::GaveUp(gave_up) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(gave_up.reason, Reason::NotFound);
        assert!(
            gave_up
                .error
                .unwrap()
                .to_string()
                .contains("task_not_exist")
        );
        assert_eq!(server.ledger.requests().len(), 3);
    }
}

#[tokio::test]
async fn p04_status_goes_back() {
    let server = steps(vec![
        status("queued", 0),
        status("in_progress", 40),
        status("queued", 0),
        status("in_progress", 30),
        status("in_progress", 60),
        completed(),
    ])
    .await;
    let (events, outcome) = wait_events(&server, quick()).await;
    assert!(matches!(outcome, WaitOutcome::Completed(_)));
    let expected = [
        ("queued", 0.0),
        ("in_progress", 40.0),
        ("in_progress", 60.0),
    ];
    let expected: Vec<(String, f64)> = expected
        .map(|(word, percent)| (word.to_owned(), percent))
        .into();
    assert_eq!(changes(&events), expected);

    // Completed without a URL, then back, and the URL arrives in the end.
    let back = json!({"id": "video_1", "status": "in_progress", "url": "https://a.example/x.mp4"});
    let server = steps(vec![
        status("completed", 100),
        status("in_progress", 99),
        Step::Answer(answer(200, &back.to_string())),
    ])
    .await;
    let (_, outcome) = wait_events(&server, quick()).await;
    let WaitOutcome::Completed(task) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(task.state(), State::Completed);
    assert_eq!(task.video_url(), Some("https://a.example/x.mp4"));
}

#[tokio::test]
async fn p05_unknown_words() {
    for (word, warns) in [
        (json!("processing"), true),
        (json!("NOT_START"), true),
        (json!(5), true),
        (json!(null), true),
        (json!("submitted"), false),
        (json!("PENDING"), false),
    ] {
        let task = json!({"id": "video_1", "status": word});
        let waiting = Step::Answer(answer(200, &task.to_string()));
        let server = steps(vec![waiting.clone(), waiting.clone(), waiting, completed()]).await;
        let (events, outcome) = wait_events(&server, quick()).await;
        assert!(matches!(outcome, WaitOutcome::Completed(_)), "{outcome:?}");
        let warnings = events
            .iter()
            .filter(|event| matches!(event, WaitEvent::UnknownStatus { .. }))
            .count();
        assert_eq!(warnings, usize::from(warns), "{word}: {events:?}");
    }

    // With a URL there is nothing to wait for, whatever the word.
    for (word, shown) in [
        (json!("processing"), "processing"),
        (json!("queued"), "queued"),
        (json!(5), "5"),
        (json!(""), ""),
    ] {
        let task = json!({"id": "video_1", "status": word, "url": "https://a.example/x.mp4"});
        let server = steps(vec![Step::Answer(answer(200, &task.to_string()))]).await;
        let (events, outcome) = wait_events(&server, quick()).await;
        let WaitOutcome::Completed(task) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(task.state(), State::Completed);
        let [WaitEvent::Warning(warning)] = events.as_slice() else {
            panic!("{events:?}")
        };
        let word = shown.to_owned();
        assert_eq!(*warning, Warning::DoneByAddress { word });
        assert!(warning.to_string().contains(shown), "{warning}");
        let asked = client(&server.url()).status(&TaskRef::id("video_1")).await;
        assert_eq!(asked.unwrap().warnings(), std::slice::from_ref(warning));
    }
}

#[tokio::test]
async fn p06_completed_without_a_url() {
    for body in [
        json!({}),
        json!({"data": []}),
        json!({"data": [{"url": " "}]}),
        json!({"data": [{"url": "https://a.example/cover.jpg"}]}),
    ] {
        let task = json!({"id": "video_1", "status": "completed", "result": body});
        let server = steps(vec![Step::Answer(answer(200, &task.to_string()))]).await;
        let (_, outcome) = wait_events(&server, quick()).await;
        let gave_up = gave_up(outcome, Reason::NoUrl);
        let last = gave_up.last.unwrap();
        assert_eq!(last.state(), State::Completed);
        assert!(last.raw().contains("completed"), "{}", last.raw());
        assert_eq!(
            server.ledger.requests().len(),
            4,
            "asked once and three times more"
        );
    }
}

#[tokio::test]
async fn p07_another_task() {
    let other = json!({"id": "video_2", "status": "completed", "url": "https://a.example/x.mp4"});
    let server = steps(vec![Step::Answer(answer(200, &other.to_string()))]).await;
    let (_, outcome) = wait_events(&server, quick()).await;
    assert!(
        gave_up(outcome, Reason::OtherTask)
            .error
            .unwrap()
            .is_other_task()
    );
    let error = client(&server.url())
        .status(&TaskRef::id("video_1"))
        .await
        .unwrap_err();
    assert!(error.is_other_task() && error.is_answer(), "{error:?}");
    // An id of another task is reported, since the user may have paid for that task.
    assert!(error.to_string().contains("`video_2`"), "{error}");

    // Found by the caller's own id, which is percent-encoded in the path.
    let own = json!({"id": "video_2", "client_business_id": "order/7", "status": "queued"});
    let server = steps(vec![Step::Answer(answer(200, &own.to_string()))]).await;
    let task = client(&server.url())
        .status(&TaskRef::client_business_id("order/7"))
        .await
        .unwrap();
    assert_eq!(task.id.as_deref(), Some("video_2"));
    assert_eq!(
        server.ledger.requests()[0].path,
        "/v1/videos/generations/order%2F7"
    );
}

#[tokio::test]
async fn p08_key_refused_in_the_middle() {
    for code in [401, 403] {
        let refused = answer(
            code,
            r#"{"error":{"code":401,"message":"no","type":"authentication_error"}}"#,
        );
        let server = steps(vec![status("in_progress", 40), Step::Answer(refused)]).await;
        let (_, outcome) = wait_events(&server, quick()).await;
        let gave_up = gave_up(outcome, Reason::Unauthorized);
        assert_eq!(gave_up.last.unwrap().state(), State::InProgress);
        assert!(gave_up.error.unwrap().is_unauthorized());
        assert_eq!(server.ledger.requests().len(), 2, "not asked again");
    }
}

#[tokio::test]
async fn p09_hang() {
    let server = steps(vec![Step::Hang, completed()]).await;
    let client = builder(&server.url())
        .timeouts(Timeouts {
            connect: Duration::from_millis(900),
            request: Duration::from_secs(1),
            ..PATIENT
        })
        .build()
        .unwrap();
    let mut wait = client.wait(&TaskRef::id("video_1"), quick());
    let Some(WaitEvent::Trouble { error, .. }) = wait.next().await else {
        panic!("no trouble")
    };
    assert!(error.is_timeout(), "{error:?}");
    assert!(matches!(wait.outcome().await, WaitOutcome::Completed(_)));
}

#[tokio::test]
async fn p10_never_ends() {
    let server = steps(vec![status("in_progress", 40)]).await;
    // The next poll would be after the deadline, so that the deadline falls within a pause.
    let options = WaitOptions {
        interval: Duration::from_hours(1),
        longest_pause: Duration::from_hours(1),
        deadline: Duration::from_secs(2),
        ..quick()
    };
    let (_, outcome) = wait_events(&server, options).await;
    let gave_up = gave_up(outcome, Reason::Deadline);
    assert!(gave_up.help().contains("wait for `video_1` again"));
    assert!(gave_up.error.is_none());

    // The deadline may also fall within a poll.
    let server = steps(vec![Step::Hang]).await;
    let options = WaitOptions {
        deadline: Duration::from_secs(2),
        ..quick()
    };
    let (_, outcome) = wait_events(&server, options).await;
    let WaitOutcome::GaveUp(gave_up) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(gave_up.reason, Reason::Deadline);
    // On a busy machine it may be over before the poll is sent.
    if server.ledger.connections() > 0 {
        assert!(gave_up.error.unwrap().is_timeout());
    }
}

#[tokio::test]
async fn p12_redirect() {
    let other = Server::answering(|_, _| answer(200, "{}")).await;
    let location = format!(
        "location: {}/v1/videos/generations/video_1\r\n",
        other.url()
    );
    let server = steps(vec![Step::Answer(answer_with(302, &location, b""))]).await;
    let (_, outcome) = wait_events(&server, quick()).await;
    gave_up(outcome, Reason::Redirected);
    let error = client(&server.url())
        .status(&TaskRef::id("video_1"))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(302));
    assert_eq!(other.ledger.connections(), 0);
}
