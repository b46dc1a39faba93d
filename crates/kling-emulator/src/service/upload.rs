//! `POST /v1/uploads/images` and `/v1/uploads/videos`: accept a file and give it a URL.

use std::sync::Arc;

use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Serialize;

use crate::app::App;
use crate::http::Answer;
use crate::state::{Media, Upload};

/// How many bytes of a body are read beyond those of the largest file: leaves room for a file that is slightly too
/// large, so that this can be reported.
const BEYOND_FILE: usize = 2 * 1024 * 1024;

/// The number of the account in the URLs of its files.
const ACCOUNT: u32 = 1;

/// What is uploaded; each kind has its own path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UploadKind {
    Image,
    Video,
}

impl UploadKind {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Image, Self::Video];

    /// Returns the kind that is uploaded at a path.
    pub(crate) fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path() == path)
    }

    /// Whether the service accepts it in the edition of its pages.
    pub(crate) fn exists(self, app: &App) -> bool {
        self == Self::Image || app.has_video_uploads()
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Image => "/v1/uploads/images",
            Self::Video => "/v1/uploads/videos",
        }
    }

    /// Returns the largest body of an upload in bytes.
    pub(crate) const fn max_body_bytes(self) -> usize {
        self.max_bytes() + BEYOND_FILE
    }

    /// The largest file in bytes.
    const fn max_bytes(self) -> usize {
        match self {
            Self::Image => 10 * 1024 * 1024,
            Self::Video => 50 * 1024 * 1024,
        }
    }

    /// The folder of the files in their URLs.
    const fn folder(self) -> &'static str {
        match self {
            Self::Image => "",
            Self::Video => "videos/",
        }
    }

    fn check(self, bytes: &[u8]) -> Result<Media, &'static str> {
        let is_too_large = bytes.len() > self.max_bytes();
        match self {
            Self::Image if is_too_large => Err("Image too large. Maximum size is 10MB"),
            Self::Image => {
                Media::image(bytes).ok_or("Unsupported image type. Allowed: JPEG, PNG, WebP, GIF")
            }
            Self::Video if is_too_large => Err("Video too large. Maximum size is 50MB"),
            Self::Video => {
                Media::video(bytes).ok_or("Unsupported or invalid video. Allowed: MP4, WebM, MOV")
            }
        }
    }
}

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

pub(super) async fn upload(
    State(app): State<Arc<App>>,
    request: Request,
    kind: UploadKind,
) -> Response {
    let accepted = file(request)
        .await
        .and_then(|bytes| Ok((kind.check(&bytes)?, bytes)));
    match accepted {
        Ok((media, bytes)) => keep(&app, kind, media, bytes).into_response(),
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

fn keep(app: &App, kind: UploadKind, media: Media, bytes: Bytes) -> Answer {
    let mut state = app.state();
    let id = format!("upload_{}", state.random.token(12).to_ascii_lowercase());
    let path = format!(
        "{ACCOUNT}/{}{}_{id}.{}",
        kind.folder(),
        app.now_ms() / 1000,
        media.extension()
    );
    let answer = Answer::json(
        200,
        &Uploaded {
            success: true,
            message: "",
            data: Data {
                id: &id,
                url: format!("{}/files/uploads/{path}", app.url),
                mime_type: media.mime_type(),
                size: bytes.len(),
            },
        },
    );
    let limit = app.limits.stored_upload_bytes;
    state.uploads.add(Upload { path, media, bytes }, limit);
    answer
}
