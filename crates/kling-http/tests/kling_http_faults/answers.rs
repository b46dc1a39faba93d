//! Answers that are not as documented, and are understood anyway.

use kling_http::{TaskRef, WaitEvent, WaitOutcome, Warning};
use serde_json::{Value, json};

use crate::poll::{Step, quick, steps, wait_events};
use crate::support::client;
use crate::support::http::answer;
use crate::support::server::Server;

const VIDEO: &str = "https://a.example/v.mp4?sig=secret";

fn step(body: &Value) -> Step {
    Step::Answer(answer(200, &body.to_string()))
}

#[tokio::test]
async fn every_way_to_say_that_it_is_done_ends_the_wait() {
    for done in [
        json!({"id": "video_1", "status": "SUCCESS", "progress": "100%", "result": {"data": [{"url": VIDEO}]}}),
        json!({"id": "video_1", "status": "succeeded", "url": VIDEO}),
        json!({"id": "video_1", "status": "completed", "result": {"videos": [{"url": [VIDEO]}]}}),
        json!({"id": "video_1", "task_id": "video_1", "object": "video", "status": "completed", "video_url": VIDEO}),
        json!({"code": 0, "message": "SUCCEED", "data": {"task_id": "video_1", "task_status": "succeed",
            "task_result": {"videos": [{"id": "v", "url": VIDEO, "duration": "5.041"}]}}}),
        json!({"id": "evt_1", "type": "generation.completed", "data": {"task_id": "video_1", "status": "SUCCESS",
            "result": {"type": "video", "data": [{"url": VIDEO}]}}}),
        json!({"request_id": "r", "output": {"task_id": "video_1", "task_status": "SUCCEEDED", "video_url": VIDEO}}),
    ] {
        let server = steps(vec![step(&done)]).await;
        let (events, outcome) = wait_events(&server, quick()).await;
        let WaitOutcome::Completed(task) = outcome else {
            panic!("{done}: {outcome:?}")
        };
        assert_eq!(task.video_urls(), [VIDEO], "{done}");
        assert_eq!(task.id.as_deref(), Some("video_1"), "{done}");
        assert!(events.is_empty(), "{done}: {events:?}");
        assert!(
            task.raw().contains("https://a.example/v.mp4?[…]"),
            "{}",
            task.raw()
        );
    }
}

#[tokio::test]
async fn every_way_to_say_that_it_failed_ends_the_wait_with_the_reason() {
    for failed in [
        json!({"id": "video_1", "status": "FAILURE", "fail_reason": "risk control"}),
        json!({"id": "video_1", "status": "error", "error": {"message": "risk control"}}),
        json!({"id": "video_1", "status": "failed", "message": "risk control"}),
        json!({"id": "video_1", "status": "failed", "error": {"code": "upstream_error",
            "message": "{\"error\":{\"message\":\"risk control\"}}"}}),
        json!({"code": 0, "message": "SUCCEED", "data": {"task_id": "video_1", "task_status": "failed",
            "task_status_msg": "risk control"}}),
        json!({"code": "success", "data": {"task_id": "video_1", "status": "Cancelled"}, "message": "risk control"}),
    ] {
        let server = steps(vec![step(&failed)]).await;
        let (_, outcome) = wait_events(&server, quick()).await;
        let WaitOutcome::Failed(task) = outcome else {
            panic!("{failed}: {outcome:?}")
        };
        let reason = task.failure().unwrap().message_text().unwrap();
        assert_eq!(reason, "risk control", "{failed}");
    }
    let server = steps(vec![step(
        &json!({"id": "video_1", "status": "expired", "x": "y"}),
    )])
    .await;
    let (_, outcome) = wait_events(&server, quick()).await;
    let WaitOutcome::Failed(task) = outcome else {
        panic!("{outcome:?}")
    };
    let reason = task.failure().unwrap().message_text().unwrap();
    assert!(reason.contains(r#""x":"y""#), "{reason}");
}

#[tokio::test]
async fn an_answer_without_a_name_counts_with_a_warning() {
    let server = steps(vec![
        step(&json!({"status": "queued"})),
        step(&json!({"status": "in_progress"})),
        step(&json!({"status": "completed", "url": VIDEO})),
    ])
    .await;
    let (events, outcome) = wait_events(&server, quick()).await;
    let WaitOutcome::Completed(task) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(task.id.as_deref(), Some("video_1"));
    assert_eq!(task.warnings(), [Warning::WithoutId]);
    let warnings = events
        .iter()
        .filter(|event| matches!(event, WaitEvent::Warning(Warning::WithoutId)))
        .count();
    assert_eq!(warnings, 1, "{events:?}");

    // A look-up by the caller's own id does not supply the task's id.
    let own = TaskRef::client_business_id("order-7");
    let task = client(&server.url()).status(&own).await.unwrap();
    assert_eq!(
        (task.id.as_deref(), task.warnings()),
        (None, &[Warning::WithoutId][..])
    );
}

#[tokio::test]
async fn both_names_have_to_be_the_right_ones() {
    let answers = json!({"id": "video_1", "status": "queued", "client_business_id": "order-8"});
    let server = Server::answering(move |_, _| answer(200, &answers.to_string())).await;
    let client = client(&server.url());
    let task = TaskRef::id("video_1");
    assert!(client.status(&task).await.is_ok());
    let task = task.expecting_client_business_id("order-7");
    let error = client.status(&task).await.unwrap_err();
    assert!(error.is_other_task(), "{error:?}");
    let task = task.expecting_client_business_id("order-8");
    assert!(client.status(&task).await.is_ok());
}

#[tokio::test]
async fn an_error_without_a_state_says_nothing_about_the_task() {
    for error in [
        json!({"id": "video_1", "error": {"code": 500, "message": "boom"}}),
        json!({"success": false, "message": "boom"}),
        json!({"code": 1301, "message": "boom", "data": null}),
        json!({"status": "error", "message": "boom", "data": {"id": "video_1"}}),
    ] {
        let done = json!({"id": "video_1", "status": "completed", "url": VIDEO});
        let server = steps(vec![step(&error), step(&done)]).await;
        let (events, outcome) = wait_events(&server, quick()).await;
        assert!(matches!(outcome, WaitOutcome::Completed(_)), "{outcome:?}");
        let [WaitEvent::Trouble { error: trouble, .. }] = events.as_slice() else {
            panic!("{error}: {events:?}")
        };
        assert!(trouble.to_string().contains("boom"), "{trouble}");
        assert!(!trouble.is_not_found());
    }
    let unknown = json!({"success": false, "message": "Task not found"});
    let server = steps(vec![step(&unknown)]).await;
    let error = client(&server.url())
        .status(&TaskRef::id("video_1"))
        .await
        .unwrap_err();
    assert!(
        error.is_not_found() && error.to_string().contains("Task not found"),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_raw_answer_is_bounded() {
    let long =
        json!({"id": "video_1", "status": "completed", "url": VIDEO, "x": "y".repeat(100_000)});
    let server = steps(vec![step(&long)]).await;
    let task = client(&server.url())
        .status(&TaskRef::id("video_1"))
        .await
        .unwrap();
    assert!(
        task.raw().len() <= 16 * 1024 && task.raw().starts_with('{'),
        "{}",
        task.raw().len()
    );
}

#[tokio::test]
async fn what_a_task_costs_is_read_with_all_its_digits() {
    for (body, expected) in [
        (
            r#"{"id":"video_1","status":"completed","url":"https://a.example/v.mp4","billing":{"status":"settled","credits":"12.50","cost_usd":"0.062500"}}"#,
            Some(("settled", Some("12.50"), Some("0.062500"))),
        ),
        (
            r#"{"id":"video_1","status":"failed","billing":{"status":"REFUNDED","credits":"0.10000000000000000001","cost_usd":"12345678901234567890.5"}}"#,
            Some((
                "refunded",
                Some("0.10000000000000000001"),
                Some("12345678901234567890.5"),
            )),
        ),
        (
            r#"{"code":0,"data":{"id":"video_1","status":"queued","billing":{"status":"pending"}}}"#,
            Some(("pending", None, None)),
        ),
        (
            r#"{"data":{"id":"video_1","status":"queued"},"billing":{"status":"frozen","credits":1.25,"cost_usd":3}}"#,
            Some(("frozen", Some("1.25"), Some("3"))),
        ),
        (r#"{"id":"video_1","status":"queued"}"#, None),
        (r#"{"id":"video_1","status":"queued","billing":null}"#, None),
        (
            r#"{"id":"video_1","status":"queued","billing":"free"}"#,
            None,
        ),
    ] {
        let server = steps(vec![Step::Answer(answer(200, body))]).await;
        let task = client(&server.url())
            .status(&TaskRef::id("video_1"))
            .await
            .unwrap();
        let state = task.billing().map(kling_http::Billing::state);
        let read = task.billing().zip(state.as_ref()).map(|(billing, state)| {
            (
                state.word(),
                billing.credits.as_deref(),
                billing.cost_usd.as_deref(),
            )
        });
        assert_eq!(read, expected, "{body}");
    }
}

#[tokio::test]
async fn what_an_accepted_task_costs_is_read_too() {
    let body = r#"{"id":"video_1","status":"queued","billing":{"status":"settled","credits":"0.10000000000000000001"}}"#;
    let server = Server::answering(move |_, _| answer(200, body)).await;
    let request = kling_http::Body::from_json_text("{}");
    let kling_http::Verdict::Accepted(accepted) = client(&server.url()).submit(&request).await
    else {
        panic!("there is an id")
    };
    let billing = accepted.task.billing().unwrap();
    assert_eq!(billing.credits.as_deref(), Some("0.10000000000000000001"));
}
