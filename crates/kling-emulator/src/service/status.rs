//! `GET /v1/videos/generations/{id}`: the state of a job.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::Context;
use crate::app::App;
use crate::http::Answer;
use crate::price;
use crate::state::{Task, TaskOutcome};

/// The beginning of every status URL.
pub(crate) const STATUS_PATH: &str = "/v1/videos/generations/";

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the service's")]
struct Status<'t> {
    id: &'t str,
    object: &'static str,
    model: &'t str,
    status: &'static str,
    progress: u8,
    created_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_business_id: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing: Option<Billing>,
}

#[derive(Debug, Serialize)]
struct ResultObject {
    #[serde(rename = "type")]
    kind: &'static str,
    data: [Media; 1],
}

#[derive(Debug, Serialize)]
struct Media {
    url: String,
    format: &'static str,
}

/// What the task costs. Amounts are decimal texts, once they are known.
#[derive(Debug, Serialize)]
struct Billing {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    credits: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_usd: Option<String>,
}

#[derive(Debug, Serialize)]
struct Failure<'t> {
    code: &'t str,
    message: &'static str,
}

pub(super) async fn status(
    State(app): State<Arc<App>>,
    Extension(context): Extension<Context>,
    Path(id): Path<String>,
) -> Response {
    let now_ms = app.now_ms();
    let mut state = app.state();
    let found = state.tasks.find(&id).cloned();
    let Some(task) = found else {
        let message = "there is no task with this id or `client_business_id`";
        return Answer::error(404, "task_not_found", message).into_response();
    };
    if let Some(exchange) = state.log.get(context.sequence) {
        exchange.task = Some(task.id.clone());
    }
    drop(state);
    let billing = app.has_bills().then(|| billing(&task, now_ms)).flatten();
    let answer = Status {
        billing,
        ..answer(&task, now_ms, &app.url)
    };
    Answer::json(200, &answer).into_response()
}

fn answer<'t>(task: &'t Task, now_ms: u64, url: &str) -> Status<'t> {
    let status = task.status(now_ms);
    let result = task.is_completed(now_ms).then(|| ResultObject {
        kind: "video",
        data: [Media {
            url: format!("{url}{}", task.video_path(task.expiry())),
            format: "mp4",
        }],
    });
    let error = match &task.outcome {
        TaskOutcome::Failed(code) if task.ended_ms(now_ms).is_some() => Some(Failure {
            code,
            message: "the emulator was asked to let this task fail",
        }),
        TaskOutcome::Failed(_) | TaskOutcome::Completed | TaskOutcome::Never => None,
    };
    Status {
        id: &task.id,
        object: "generation.task",
        model: &task.model,
        status: status.status,
        progress: status.progress,
        created_at: task.created_at(),
        completed_at: task.completed_at(now_ms),
        expires_at: task.expires_at(now_ms),
        client_business_id: task.client_business_id.as_deref(),
        result,
        error,
        billing: None,
    }
}

/// Returns what the task costs, if the request says how long its video is: it is pending until the task ends, and then
/// settled, or refunded if the task failed.
fn billing(task: &Task, now_ms: u64) -> Option<Billing> {
    let seconds = task.billed_seconds?;
    let (status, seconds) = match &task.outcome {
        TaskOutcome::Completed if task.is_completed(now_ms) => ("settled", Some(seconds)),
        TaskOutcome::Failed(_) if task.is_failed(now_ms) => ("refunded", Some(0)),
        TaskOutcome::Completed | TaskOutcome::Failed(_) | TaskOutcome::Never => ("pending", None),
    };
    Some(Billing {
        status,
        credits: seconds.map(price::credits),
        cost_usd: seconds.map(price::usd),
    })
}
