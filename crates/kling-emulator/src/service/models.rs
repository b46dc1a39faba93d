//! `GET /v1/models`: the ids of the models.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::app::App;
use crate::http::Answer;

#[derive(Debug, Serialize)]
struct List<'m> {
    object: &'static str,
    data: Vec<Model<'m>>,
}

#[derive(Debug, Serialize)]
struct Model<'m> {
    id: &'m str,
    object: &'static str,
}

/// Lists the models of the edition with `type=video` or `type=all`. Without a type the service lists models for texts,
/// of which the emulator has none.
pub(super) async fn models(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let mut members = uri.query().unwrap_or_default().split('&');
    let kind = members.find_map(|member| member.strip_prefix("type="));
    let has_videos = matches!(kind, Some("video" | "all"));
    let models = app.checker.models().filter(|_| has_videos);
    let list = List {
        object: "list",
        data: models
            .map(|id| Model {
                id,
                object: "model",
            })
            .collect(),
    };
    Answer::json(200, &list).into_response()
}
