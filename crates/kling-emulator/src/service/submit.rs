//! `POST /v1/videos/generations`: checks a request, charges for it, and starts its job.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use kling_text::shorten;
use serde::Serialize;
use serde_json::json;

use super::Context;
use crate::app::App;
use crate::check::{self, Checked, Order, Refusal};
use crate::clock::milliseconds;
use crate::fault::{Action, Fault, Phase};
use crate::http::Answer;
use crate::limits;
use crate::state::{
    Charge, Phases, State as AppState, Task, TaskOutcome, outcome_of, shortened_prompt, video_of,
};

/// Replaces a billing spec that the contract does not specify.
const UNKNOWN_SPEC: &str = "unknown";

#[derive(Debug, Serialize)]
struct Submitted<'t> {
    id: &'t str,
    object: &'static str,
    model: &'t str,
    status: &'static str,
    progress: u8,
    created_at: u64,
    metadata: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_business_id: Option<&'t str>,
}

pub(super) async fn submit(
    State(app): State<Arc<App>>,
    Extension(context): Extension<Context>,
    body: Bytes,
) -> Response {
    let Checked { findings, outcome } = check::check(&app.checker, &body, app.is_strict);
    let now_ms = app.now_ms();
    let mut state = app.state();
    if let Some(exchange) = state.log.get(context.sequence) {
        exchange.found(findings);
    }
    let order = match outcome {
        Ok(order) => order,
        Err(refusal) => return refused(&refusal).into_response(),
    };
    if state.tasks.len() >= app.limits.tasks {
        let message = "the emulator has reached its limit of tasks; restart it";
        return Answer::error(429, "rate_limit_exceeded", message)
            .with("retry-after", "3600")
            .into_response();
    }
    let task = accept(&app, &mut state, order, &context, now_ms);
    let answer = Answer::json(
        200,
        &Submitted {
            id: &task.id,
            object: "generation.task",
            model: &task.model,
            status: "queued",
            progress: 0,
            created_at: task.created_at(),
            metadata: serde_json::Map::new(),
            client_business_id: task.client_business_id.as_deref(),
        },
    );
    state.tasks.add(task);
    answer.into_response()
}

/// Charges, and creates the task.
fn accept(app: &App, state: &mut AppState, order: Order, context: &Context, now_ms: u64) -> Task {
    let video = video_of(&order);
    let fault = context
        .job_fault
        .clone()
        .or_else(|| state.plan.take(Phase::Job));
    let (outcome, slowness) = outcome_and_slowness(&order, fault.as_ref());
    let lifetime_ms = milliseconds(app.limits.url_lifetime);
    let phases = Phases::plan(now_ms, &app.pace, video.seconds, slowness, lifetime_ms);
    let mut id = format!("video_{}", state.random.token(26));
    if context.hostile_id {
        id = format!("../..\\{id} ?#%2F\u{e9}.");
    }
    let token = state.random.token(20);
    let spec = order.spec.unwrap_or_else(|| UNKNOWN_SPEC.to_owned());
    if let Some(exchange) = state.log.get(context.sequence) {
        exchange.task = Some(id.clone());
        exchange.charged = Some(spec.clone());
        if exchange.fault.is_none() {
            exchange.fault = fault.as_ref().map(Fault::shown);
        }
    }
    state.ledger.charge(Charge {
        task: id.clone(),
        client_business_id: order.client_business_id.clone(),
        body_hash: order.body_hash,
        request_hash: order.request_hash,
        spec: spec.clone(),
        seconds: order.billed_seconds,
        at_ms: now_ms,
        double: false,
        repeated: false,
    });
    Task {
        id,
        client_business_id: order.client_business_id,
        model: order.model,
        prompt: shortened_prompt(&order.prompt),
        spec,
        billed_seconds: order.billed_seconds,
        video,
        token,
        outcome,
        phases,
    }
}

/// Returns how the job ends, and the factor by which it takes longer.
fn outcome_and_slowness(order: &Order, fault: Option<&Fault>) -> (TaskOutcome, u32) {
    let usual = outcome_of(&order.prompt);
    let Some(fault) = fault else {
        return (usual, 1);
    };
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others happen to exchanges, not to jobs"
    )]
    match &fault.action {
        Action::Fail(code) => (TaskOutcome::Failed(code.clone()), 1),
        Action::Stall => (TaskOutcome::Never, 1),
        Action::Slow(times) => (usual, *times),
        _ => (usual, 1),
    }
}

/// Returns an error in the service's format, with the field in `param`.
fn refused(refusal: &Refusal) -> Answer {
    let mut error = json!({
        "code": 400,
        "message": refusal.message,
        "type": "invalid_request_error",
    });
    if !refusal.pointer.is_empty() {
        error["param"] = json!(shorten(&field(&refusal.pointer), limits::SHOWN_PLACE));
    }
    Answer::json(400, &json!({"error": error}))
}

/// Formats `/metadata/image_list/0` for people: `metadata.image_list[0]`.
fn field(pointer: &str) -> String {
    let mut field = String::new();
    for token in pointer.split('/').skip(1) {
        let name = kling_json::unescape_token(token).unwrap_or_default();
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
            field.extend(["[", &name, "]"]);
        } else {
            if !field.is_empty() {
                field.push('.');
            }
            field.push_str(&name);
        }
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_shown_as_a_field() {
        assert_eq!(
            field("/metadata/image_list/0/image_url"),
            "metadata.image_list[0].image_url"
        );
        assert_eq!(field("/a~1b"), "a/b");
    }
}
