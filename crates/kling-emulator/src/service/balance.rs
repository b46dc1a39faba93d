//! `GET /v1/balance`: what is left.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::app::App;
use crate::http::Answer;
use crate::price::{CREDITS_PER_SECOND, CREDITS_PER_USD};

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the service's")]
struct Balance {
    success: bool,
    remain_balance: f64,
    used_balance: f64,
    unlimited_quota: bool,
    #[serde(flatten)]
    credits: Option<Credits>,
}

/// The same in credits.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the service's")]
struct Credits {
    remain_credits: f64,
    used_credits: f64,
    credits_per_usd: u32,
}

/// The initial balance. The emulator has its own prices.
const FUNDS: u32 = 1_000_000;

/// Charges one unit a second of video, whatever its billing spec.
pub(super) async fn balance(State(app): State<Arc<App>>) -> Response {
    let now_ms = app.now_ms();
    let state = app.state();
    let mut seconds = state.ledger.seconds();
    if app.has_bills() {
        seconds = seconds.saturating_sub(state.tasks.failed_seconds(now_ms));
    }
    drop(state);
    let used = u32::try_from(seconds).unwrap_or(u32::MAX).min(FUNDS);
    let (remaining, used) = (f64::from(FUNDS - used), f64::from(used));
    let balance = Balance {
        success: true,
        remain_balance: remaining,
        used_balance: used,
        unlimited_quota: false,
        credits: app.has_bills().then_some(Credits {
            remain_credits: remaining * CREDITS_PER_SECOND,
            used_credits: used * CREDITS_PER_SECOND,
            credits_per_usd: CREDITS_PER_USD,
        }),
    };
    Answer::json(200, &balance).into_response()
}
