//! Faults in the rate of requests: too many of them, and a limiter that does not work.

use serde_json::json;

use super::EffectContext;
use crate::date::Date;
use crate::fault::{Phase, RetryAfter};
use crate::http::Answer;

/// Returns the answer to a request beyond the limit.
pub(super) fn exceeded(retry_after: &RetryAfter, context: &EffectContext<'_>) -> Answer {
    let answer = refusal(429, "rate_limit_exceeded", "too many requests");
    let answer = reached(answer, retry_after.seconds(), context.phase);
    with_retry_after(answer, retry_after, context)
}

/// Returns the answer to a submit while the limiter does not work.
pub(super) fn unavailable(retry_after: &RetryAfter, context: &EffectContext<'_>) -> Answer {
    let message = "the rate of requests cannot be determined";
    let answer = refusal(503, "rate_limit_unavailable", message)
        .with("x-ratelimit-category", "async_submit");
    with_retry_after(answer, retry_after, context)
}

/// Adds that no request is left until the limit is lifted, if the service limits requests of this kind. The service's
/// pages do not give the unit of the last header; here it is seconds from now.
pub(super) fn reached(answer: Answer, reset: Option<u64>, phase: Phase) -> Answer {
    let (category, limit) = match phase {
        Phase::Submit => ("async_submit", "300"),
        Phase::Poll => ("async_query", "3000"),
        Phase::Connect
        | Phase::Job
        | Phase::Upload
        | Phase::Download
        | Phase::Balance
        | Phase::Any => return answer,
    };
    let answer = answer
        .with("x-ratelimit-category", category)
        .with("x-ratelimit-limit", limit)
        .with("x-ratelimit-remaining", "0");
    match reset {
        Some(reset) => answer.with("x-ratelimit-reset", reset.to_string()),
        None => answer,
    }
}

/// Makes an error in the form that the service uses for these: its code is a word.
fn refusal(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({"error": {"code": code, "message": message}}),
    )
}

fn with_retry_after(
    answer: Answer,
    retry_after: &RetryAfter,
    context: &EffectContext<'_>,
) -> Answer {
    let now = context.wall_ms / 1000;
    let soon = Date::of_unix(now + 30);
    match retry_after {
        RetryAfter::Absent => answer,
        RetryAfter::Text(text) => answer.with("retry-after", text),
        RetryAfter::Date(after) => {
            let date = Date::of_unix(now.saturating_add_signed(*after));
            answer.with("retry-after", date.imf())
        }
        RetryAfter::Rfc850 => answer.with("retry-after", soon.rfc850()),
        RetryAfter::Asctime => answer.with("retry-after", soon.asctime()),
    }
}
