//! How a fault changes the right answer.

mod limit;
mod members;
mod wire;

use bytes::Bytes;

use crate::fault::{Action, Canned, Fault, Phase};
use crate::http::{Answer, End, Script, wide};
use crate::service::files;

/// What an effect may need to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EffectContext<'s> {
    pub(crate) phase: Phase,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: &'s str,
    /// The requested path and query.
    pub(crate) target: &'s str,
    /// For dates in headers.
    pub(crate) wall_ms: u64,
    /// Whether the connection may stay open.
    pub(crate) keep_alive: bool,
}

/// Whether the service receives the request, and charges for it, before the fault happens.
pub(crate) fn reaches_service(action: &Action) -> bool {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most faults spoil an answer that there has to be"
    )]
    match action {
        Action::Status(status) => *status >= 500 || *status < 300,
        Action::RateLimit(_)
        | Action::RateLimiterDown(_)
        | Action::Redirect(_)
        | Action::RedirectTo(_)
        | Action::RedirectLoop
        | Action::Canned(Canned::ErrorObject | Canned::ErrorText)
        | Action::SuccessFalse
        | Action::Expired(_)
        | Action::NotSatisfiable => false,
        _ => true,
    }
}

/// Returns what to write instead of the right answer. If the service was not called, `right` is empty.
pub(crate) fn apply(fault: &Fault, right: Answer, context: &EffectContext<'_>) -> Script {
    let place = fault.place;
    match &fault.action {
        Action::Pass
        | Action::Refuse(_)
        | Action::AtAccept(_)
        | Action::BeforeRead(_)
        | Action::MidRead(_)
        | Action::Early(_)
        | Action::HostileId
        | Action::IgnoreRange
        | Action::Fail(_)
        | Action::Stall
        | Action::Slow(_) => whole(&right, context),
        Action::AfterRead(end) => Script::silence(*end),
        Action::HalfStatus => wire::half_status(&right),
        Action::HalfHead => wire::half_head(&right, place),
        Action::Cut(end) => wire::cut(&right, place, *end),
        Action::CutChunked => wire::cut_chunked(&right, place),
        Action::CutUnframed => wire::cut_unframed(&right, place),
        Action::WrongLength(by) => wire::wrong_length(&right, *by),
        Action::CloseIdle(pause) => wire::close_idle(&right, *pause),
        Action::Drip(pause) => wire::drip(&right, *pause),
        Action::Informational(count) => wire::flood(&right, *count, context.keep_alive),
        Action::LongHead(kilobytes) => wire::long_head(&right, *kilobytes),
        Action::Huge(megabytes) => wire::huge(&right, *megabytes),
        Action::GzipBomb(kilobytes) => wire::gzip_bomb(&right, *kilobytes),
        Action::Gzip => whole(&wire::gzip(right), context),
        Action::Status(_)
        | Action::StatusWithBody(_)
        | Action::RateLimit(_)
        | Action::RateLimiterDown(_)
        | Action::LastInLimit(_)
        | Action::Redirect(_)
        | Action::RedirectTo(_)
        | Action::RedirectLoop
        | Action::Canned(_)
        | Action::ContentType(_)
        | Action::SuccessFalse
        | Action::Expired(_)
        | Action::WrongRange
        | Action::WrongTotal
        | Action::WrongEtag
        | Action::NotSatisfiable => whole(&other_answer(&fault.action, right, context), context),
        Action::IdIn(_)
        | Action::NoId
        | Action::Word(_)
        | Action::Regress
        | Action::NoUrl
        | Action::ExpiredUrl
        | Action::Url(_)
        | Action::UrlIn(_)
        | Action::Billing(_)
        | Action::OtherId => whole(&members::edit(&fault.action, right, context), context),
    }
}

/// Writes an answer without any fault on the wire.
pub(crate) fn whole(answer: &Answer, context: &EffectContext<'_>) -> Script {
    let end = if context.keep_alive {
        End::Stay
    } else {
        End::Close
    };
    Script::write(answer.bytes(context.keep_alive), end)
}

fn other_answer(action: &Action, mut right: Answer, context: &EffectContext<'_>) -> Answer {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has sorted them")]
    match action {
        Action::Status(status) => error(*status, context.phase),
        Action::StatusWithBody(status) => {
            right.status = *status;
            right
        }
        Action::RateLimit(retry_after) => limit::exceeded(retry_after, context),
        Action::RateLimiterDown(retry_after) => limit::unavailable(retry_after, context),
        Action::LastInLimit(reset) => limit::reached(right, Some(*reset), context.phase),
        Action::Redirect(status) => redirect(*status, &marked(context.target)),
        Action::RedirectTo(url) => redirect(307, url),
        Action::RedirectLoop => redirect(307, "/_emulator/loop"),
        Action::Canned(canned) => canned_answer(*canned, right),
        Action::ContentType(content_type) => right.with("content-type", content_type),
        Action::SuccessFalse => {
            let message = "the file could not be read";
            Answer::json(
                200,
                &serde_json::json!({"success": false, "message": message}),
            )
        }
        Action::Expired(status) => files::refused(*status, "AccessDenied", "Request has expired"),
        Action::WrongRange => {
            let last = right.body.len();
            right.status = 206;
            right.with("content-range", format!("bytes 1-{last}/{}", last + 1))
        }
        Action::WrongTotal => {
            let range = right
                .headers
                .iter()
                .find(|(name, _)| name == "content-range");
            let begins =
                range.and_then(|(_, range)| range.rsplit_once('/').map(|(begins, _)| begins));
            let begins = match begins {
                Some(begins) => begins.to_owned(),
                None => format!("bytes 0-{}", right.body.len().saturating_sub(1)),
            };
            right.status = 206;
            right.with("content-range", format!("{begins}/999999999"))
        }
        Action::WrongEtag => right.with("etag", "\"another-video\""),
        Action::NotSatisfiable => {
            Answer::new(416, "video/mp4", "").with("content-range", "bytes */1")
        }
        _ => right,
    }
}

/// Returns an error as the service would word it.
pub(crate) fn error(status: u16, phase: Phase) -> Answer {
    let (kind, message) = match status {
        200..=399 => ("unknown", "this is a fault"),
        400 => ("invalid_request_error", "the request is not valid"),
        401 => ("authentication_error", "the API key is not valid"),
        402 => ("insufficient_quota", "the balance is used up"),
        403 => (
            "authentication_error",
            "the API key is not allowed to do this",
        ),
        404 if phase == Phase::Poll => ("task_not_found", "there is no such task"),
        404 => ("not_found_error", "not found"),
        405 => ("invalid_request_error", "this method is not allowed"),
        413 => ("invalid_request_error", "the request is too large"),
        415 => ("invalid_request_error", "this content type is not accepted"),
        422 => (
            "content_policy_violation",
            "the content is against the policy",
        ),
        429 => ("rate_limit_exceeded", "too many requests"),
        _ => ("internal_error", "an internal error occurred"),
    };
    if status == 504 || (520..=530).contains(&status) {
        // These come from a gateway in front of the service, which answers with a page for people.
        return Answer::new(
            status,
            "text/html",
            format!(
                "<html><head><title>{status}</title></head><body>gateway error {status}</body></html>\n"
            ),
        );
    }
    Answer::error(status, kind, message)
}

fn redirect(status: u16, to: &str) -> Answer {
    Answer::new(status, "text/plain", "moved\n").with("location", to)
}

/// Returns the same target with a mark in its query.
fn marked(target: &str) -> String {
    let sign = if target.contains('?') { '&' } else { '?' };
    format!("{target}{sign}redirected=1")
}

fn canned_answer(canned: Canned, right: Answer) -> Answer {
    const HTML: &str = "<!DOCTYPE html>\n<html><head><title>One moment, please</title></head><body><h1>One moment, please</h1></body></html>\n";
    match canned {
        Canned::Html => Answer::new(200, "text/html; charset=utf-8", HTML),
        Canned::Xml => files::refused(200, "InternalError", "Try again"),
        Canned::Text => Answer::new(200, "text/plain", "OK\n"),
        Canned::Empty => {
            let content_type = if right.body.starts_with(b"{") {
                "application/json"
            } else {
                "video/mp4"
            };
            Answer::new(200, content_type, "")
        }
        Canned::ByteOrderMark => {
            let mut marked = b"\xef\xbb\xbf".to_vec();
            marked.extend_from_slice(&right.body);
            Answer {
                body: Bytes::from(marked),
                ..right
            }
        }
        Canned::BrokenJson => {
            let half = right.body.slice(..right.body.len() / 2);
            Answer {
                body: half,
                ..right
            }
        }
        Canned::ErrorObject => Answer {
            status: 200,
            ..Answer::error(500, "internal_error", "an internal error occurred")
        },
        Canned::ErrorText => Answer::json(
            200,
            &serde_json::json!({"error": "an internal error occurred"}),
        ),
    }
}

/// Returns a percentage of a length.
fn part(length: usize, place: u8) -> usize {
    let part = wide(length) * u64::from(place) / 100;
    usize::try_from(part).unwrap_or(length).min(length)
}
