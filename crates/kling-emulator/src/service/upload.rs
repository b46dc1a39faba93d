//! `POST /v1/uploads/images`: accepts an image and gives it a URL.

use std::sync::Arc;

use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Serialize;

use crate::app::App;
use crate::http::Answer;
use crate::state::{Image, Upload};

/// The largest image, in bytes.
const MAX_IMAGE_BYTES: usize = 10 * 1024 * 1024;

/// The largest body of an upload, in bytes: leaves room for an image that is slightly too large, so that this can be
/// reported.
pub(crate) const MAX_UPLOAD_BYTES: usize = 12 * 1024 * 1024;

#[derive(Debug, Serialize)]
struct Uploaded<'u> {
    success: bool,
    message: &'static str,
    data: Data<'u>,
}

#[derive(Debug, Serialize)]
struct Data<'u> {
    id: &'u str,
    url: String,
    mime_type: &'static str,
    size: usize,
}

#[derive(Debug, Serialize)]
struct Refused<'m> {
    success: bool,
    message: &'m str,
}

pub(super) async fn upload(State(app): State<Arc<App>>, request: Request) -> Response {
    match file(request).await.and_then(check) {
        Ok((image, bytes)) => keep(&app, image, bytes).into_response(),
        Err(message) => Answer::json(
            400,
            &Refused {
                success: false,
                message,
            },
        )
        .into_response(),
    }
}

/// Reads the single part `file` of a form.
async fn file(request: Request) -> Result<Bytes, &'static str> {
    let broken = "The form is broken, or is not multipart/form-data";
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| broken)?;
    let mut found = None;
    while let Some(part) = form.next_field().await.map_err(|_| broken)? {
        let is_file = part.name() == Some("file");
        let bytes = part.bytes().await.map_err(|_| broken)?;
        if is_file && found.replace(bytes).is_some() {
            return Err("Exactly one file is accepted at a time");
        }
    }
    found.ok_or("The form has no part `file`")
}

fn check(bytes: Bytes) -> Result<(Image, Bytes), &'static str> {
    if bytes.len() > MAX_IMAGE_BYTES {
        return Err("Image too large. Maximum size is 10MB");
    }
    let image = Image::of(&bytes).ok_or("Unsupported image type. Allowed: JPEG, PNG, WebP, GIF")?;
    Ok((image, bytes))
}

fn keep(app: &App, image: Image, bytes: Bytes) -> Answer {
    let mut state = app.state();
    let id = format!("upload_{}", state.random.token(12).to_ascii_lowercase());
    let name = format!("{id}.{}", image.extension());
    let answer = Answer::json(
        200,
        &Uploaded {
            success: true,
            message: "",
            data: Data {
                id: &id,
                url: format!("{}/files/uploads/{name}", app.url),
                mime_type: image.mime_type(),
                size: bytes.len(),
            },
        },
    );
    let limit = app.limits.stored_upload_bytes;
    state.uploads.add(Upload { name, image, bytes }, limit);
    answer
}
