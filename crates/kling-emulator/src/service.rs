//! The service as it behaves when nothing goes wrong.

mod balance;
pub(crate) mod control;
pub(crate) mod files;
mod models;
mod range;
mod status;
mod submit;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};

use crate::app::App;
use crate::fault::Fault;
use crate::http::Answer;
use crate::page;

pub(crate) use status::STATUS_PATH;
pub(crate) use upload::UploadKind;

/// What a handler knows about the exchange that it answers.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// Its number in the log.
    pub(crate) sequence: u64,
    /// What happens to the job that it creates.
    pub(crate) job_fault: Option<Fault>,
    /// Whether the task gets a hostile id.
    pub(crate) hostile_id: bool,
}

/// Routes all URLs.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut service = Router::new();
    for kind in UploadKind::ALL.into_iter().filter(|kind| kind.exists(app)) {
        let upload = move |app, request| upload::upload(app, request, kind);
        service = service.route(kind.path(), post(upload));
    }
    let service = service
        .route("/v1/videos/generations", post(submit::submit))
        .route("/v1/videos/generations/{id}", get(status::status))
        .route("/v1/balance", get(balance::balance))
        .route("/v1/models", get(models::models))
        .route_layer(middleware::from_fn_with_state(app.clone(), authorize));
    let mut router = Router::new();
    for (path, content_type, content) in page::FILES {
        let file = || async { page_file(content_type, content) };
        router = router.route(path, get(file));
    }
    router
        .merge(service)
        .route("/files/uploads/{*path}", get(files::upload))
        .route("/files/videos/{name}", get(files::video))
        // Answers that are written piece by piece are handled before the router; this is left for other methods.
        .route("/_emulator/ledger", any(wrong_method))
        .route("/_emulator/events", any(wrong_method))
        .route("/_emulator/state", get(control::state))
        .route(
            "/_emulator/faults",
            post(control::inject).delete(control::clear),
        )
        .route("/_emulator/clock", post(control::advance))
        .route("/_emulator/videos/{id}", get(files::watched))
        .route("/_emulator/posters/{id}", get(files::poster))
        .route("/_emulator/loop", get(redirect_loop).post(redirect_loop))
        .fallback(no_such_address)
        .method_not_allowed_fallback(wrong_method)
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(app.clone())
}

/// Serves a file of the page, with the policy for it.
fn page_file(content_type: &str, content: &'static str) -> Response {
    Answer::new(200, content_type, content)
        .with("content-security-policy", page::CONTENT_SECURITY_POLICY)
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer")
        .with("cache-control", "no-store")
        .into_response()
}

/// Refuses requests without the key, if one is required.
async fn authorize(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    request: axum::extract::Request,
    next: Next,
) -> Response {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let is_open = match &app.key {
        None => true,
        Some(key) => given.is_some_and(|given| key.opens(given)),
    };
    if is_open {
        next.run(request).await
    } else {
        let message = "this emulator requires its key as `Authorization: Bearer KEY`";
        Answer::error(401, "authentication_error", message).into_response()
    }
}

async fn redirect_loop() -> Response {
    Answer::new(302, "text/plain", "")
        .with("location", "/_emulator/loop")
        .into_response()
}

async fn no_such_address(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let mut known = vec!["/v1/videos/generations"];
    let uploads = UploadKind::ALL.into_iter().filter(|kind| kind.exists(&app));
    known.extend(uploads.map(UploadKind::path));
    known.extend(["/v1/balance", "/v1/models"]);
    let message = if uri.path().starts_with("/v1/v1/") {
        "this path does not exist; it has `/v1` twice".to_owned()
    } else {
        format!("this path does not exist; there are {}", known.join(", "))
    };
    Answer::error(404, "not_found_error", &message).into_response()
}

async fn wrong_method() -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED.as_u16();
    Answer::error(
        status,
        "invalid_request_error",
        "this path does not support this method",
    )
    .into_response()
}
