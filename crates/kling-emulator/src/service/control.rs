//! The paths below `/_emulator`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::fault::Faults;
use crate::http::Answer;
use crate::state::StateView;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Injection {
    fault: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u64,
}

pub(super) async fn state(State(app): State<Arc<App>>) -> Response {
    Answer::new(200, "application/json", state_json(&app))
        .with("cache-control", "no-store")
        .into_response()
}

/// Returns the whole state on one line.
pub(crate) fn state_json(app: &App) -> Vec<u8> {
    let state = app.state();
    serde_json::to_vec(&StateView::of(&state, &app.clock, &app.url)).unwrap_or_default()
}

/// Accepts `{"fault": "submit:html"}`; several faults are separated by commas.
pub(super) async fn inject(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let Ok(injection) = serde_json::from_slice::<Injection>(&body) else {
        return wrong(r#"the body is {"fault": "PHASE:NAME"}"#).into_response();
    };
    let faults: Faults = match injection.fault.parse() {
        Ok(faults) => faults,
        Err(error) => return wrong(&error.to_string()).into_response(),
    };
    let count = faults.iter().count();
    for fault in faults {
        if !app.inject(fault) {
            return Answer::error(429, "rate_limit_exceeded", "too many faults are waiting")
                .into_response();
        }
    }
    Answer::json(200, &json!({"injected": count})).into_response()
}

pub(super) async fn clear(State(app): State<Arc<App>>) -> Response {
    app.clear_faults();
    Answer::json(200, &json!({"injected": 0})).into_response()
}

/// Accepts `{"advance_ms": 5000}`.
pub(super) async fn advance(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let Ok(advance) = serde_json::from_slice::<Advance>(&body) else {
        return wrong(r#"the body is {"advance_ms": 5000}"#).into_response();
    };
    app.clock.advance(Duration::from_millis(advance.advance_ms));
    app.changed();
    Answer::json(200, &json!({"now_ms": app.now_ms()})).into_response()
}

fn wrong(message: &str) -> Answer {
    Answer::error(400, "invalid_request_error", message)
}
