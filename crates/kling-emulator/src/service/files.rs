//! The files at the URLs that the service returns: uploads and videos.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::range::{Asked, Content};
use crate::app::App;
use crate::date::Date;
use crate::http::Answer;
use crate::poster;
use crate::random::hash;
use crate::state::Task;

/// The query of a video's URL.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Signed {
    expires: Option<String>,
    signature: Option<String>,
}

pub(super) async fn upload(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = app.state().uploads.find(&path).cloned();
    let Some(upload) = found else {
        return refused(404, "NoSuchKey", "There is no such file").into_response();
    };
    let content = Content {
        etag: etag(&upload.bytes),
        bytes: upload.bytes,
        media_type: upload.media.mime_type(),
        last_modified: None,
    };
    content.answer(asked(&headers)).into_response()
}

pub(super) async fn video(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    query: Result<Query<Signed>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let signed = query.map(|Query(signed)| signed).unwrap_or_default();
    let now_ms = app.now_ms();
    let task = name
        .strip_suffix(".mp4")
        .and_then(|token| app.state().tasks.of_video(token).cloned())
        .filter(|task| task.is_completed(now_ms));
    let Some(task) = task else {
        return refused(404, "NoSuchKey", "There is no such file").into_response();
    };
    let expires = signed
        .expires
        .and_then(|expires| expires.parse::<u64>().ok());
    if expires.is_some_and(|expires| now_ms / 1000 >= expires) {
        return refused(403, "AccessDenied", "Request has expired").into_response();
    }
    let is_signed =
        expires.is_some_and(|expires| signed.signature == Some(task.signature(expires)));
    if !is_signed {
        let message = "The signature is not valid";
        return refused(403, "SignatureDoesNotMatch", message).into_response();
    }
    content_of(&app, &task, &headers)
}

/// Serves the video of a task to the page: it never expires, and does not count as a client's download.
pub(super) async fn watched(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = app.state().tasks.find(&id).cloned();
    match found.filter(|task| task.is_completed(app.now_ms())) {
        Some(task) => content_of(&app, &task, &headers),
        None => refused(404, "NoSuchKey", "There is no such file").into_response(),
    }
}

/// Serves the poster of a video.
pub(super) async fn poster(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let found = app.state().tasks.find(&id).map(poster::draw);
    let Some(svg) = found else {
        return refused(404, "NoSuchKey", "There is no such file").into_response();
    };
    Answer::new(200, "image/svg+xml", svg)
        .with(
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'",
        )
        .with("x-content-type-options", "nosniff")
        .with("cache-control", "no-store")
        .into_response()
}

fn content_of(app: &App, task: &Task, headers: &HeaderMap) -> Response {
    let bytes = app.video(&task.video);
    let completed = task.completed_at(app.now_ms()).unwrap_or_default();
    let content = Content {
        etag: etag(&bytes),
        bytes,
        media_type: "video/mp4",
        last_modified: Some(Date::of_unix(completed).imf()),
    };
    content.answer(asked(headers)).into_response()
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", hash(bytes))
}

fn asked(headers: &HeaderMap) -> Asked<'_> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Asked {
        range: header("range"),
        if_range: header("if-range"),
        if_none_match: header("if-none-match"),
    }
}

/// Returns an error in XML, as file stores do.
pub(crate) fn refused(status: u16, code: &str, message: &str) -> Answer {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>\n"
    );
    Answer::new(status, "application/xml", body)
}
