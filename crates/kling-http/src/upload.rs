//! Uploads of images and videos.

mod format;
mod kind;
mod media;

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::answer::{deserialize_from, is_error_object, take};
use crate::client::{Client, transport_error};
use crate::error::{Error, Kind};

pub use kind::{MAX_IMAGE_BYTES, MAX_VIDEO_BYTES, MediaKind};
pub use media::Media;
pub(crate) use media::shown;

/// The slowest connection that an upload is given time for, in bytes a second: 1 Mbit/s.
const SLOWEST: u64 = 128 * 1024;

/// A file stored at the service.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uploaded {
    /// Its URL, for use in a request.
    pub url: String,
    /// Its size.
    pub bytes: u64,
    /// Its type, by its first bytes: `image/jpeg`, `image/png`, `image/webp`, `image/gif`, `video/mp4`, `video/webm` or
    /// `video/quicktime`.
    pub mime_type: String,
    /// The service's id of the upload.
    pub id: Option<String>,
}

impl std::fmt::Debug for Uploaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uploaded")
            .field("url", &kling_text::without_secrets(&self.url))
            .field("bytes", &self.bytes)
            .field("mime_type", &self.mime_type)
            .field("id", &self.id)
            .finish()
    }
}

/// The service's answer to an upload.
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct UploadAnswer {
    /// Whether the file was taken; also in an answer with status 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) success: Option<bool>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<UploadData>,
    /// All other members.
    #[serde(flatten)]
    pub(crate) other: Map<String, Value>,
}

/// The file of an [`UploadAnswer`].
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct UploadData {
    /// The service's id of the upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// Where the file is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// Its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mime_type: Option<String>,
    /// Its size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    /// All other members.
    #[serde(flatten)]
    pub(crate) other: Map<String, Value>,
}

deserialize_from!(Map<String, Value>: UploadAnswer, UploadData);

impl From<Map<String, Value>> for UploadAnswer {
    fn from(mut members: Map<String, Value>) -> Self {
        Self {
            success: take(&mut members, "success"),
            message: take(&mut members, "message"),
            data: take(&mut members, "data"),
            other: members,
        }
    }
}

impl From<Map<String, Value>> for UploadData {
    fn from(mut members: Map<String, Value>) -> Self {
        Self {
            id: take(&mut members, "id"),
            url: take(&mut members, "url"),
            mime_type: take(&mut members, "mime_type"),
            size: take(&mut members, "size"),
            other: members,
        }
    }
}

impl Client {
    /// Uploads an image or a video, for use in a request. Which of them it is shows by the first bytes, and that decides
    /// the endpoint. Format and size are checked before a byte is sent: JPEG, PNG, WebP or GIF of at most
    /// [`MAX_IMAGE_BYTES`]; MP4, `WebM` or MOV of at most [`MAX_VIDEO_BYTES`]. Costs nothing, so it is retried within
    /// [`Retries`](crate::Retries).
    ///
    /// The file's name is not sent. Cancel-safe: at worst the service keeps an unused file.
    ///
    /// # Errors
    /// Those of [`Media::read`] before anything is sent, and those of [`upload_media`](Self::upload_media).
    pub async fn upload(&self, path: impl AsRef<Path>) -> Result<Uploaded, Error> {
        let path: PathBuf = path.as_ref().to_owned();
        let media = tokio::task::spawn_blocking(move || Media::read(&path))
            .await
            .map_err(|error| {
                Error::new(Kind::File, "the file could not be read").with_source(error)
            })??;
        self.upload_media(&media).await
    }

    /// Uploads a file that is already in memory, as [`upload`](Self::upload) does: exactly these bytes, whatever has
    /// become of the file.
    ///
    /// # Errors
    /// [`is_status`](Error::is_status) if the service refuses the file;
    /// [`is_refused_address`](Error::is_refused_address) if it returns a URL that is neither public nor its own.
    #[tracing::instrument(name = "upload", skip_all)]
    pub async fn upload_media(&self, media: &Media) -> Result<Uploaded, Error> {
        self.retried(|| self.upload_once(media)).await
    }

    async fn upload_once(&self, media: &Media) -> Result<Uploaded, Error> {
        let kind = media.kind();
        let size = media.bytes().len() as u64;
        let part = Part::stream_with_length(media.shared_bytes(), size)
            .file_name(media.sent_name())
            .mime_str(media.mime_type())
            .map_err(transport_error)?;
        let form = Form::new().part("file", part).text("purpose", "generation");
        let request = || {
            self.free_request(Method::POST, self.endpoint(&["uploads", kind.segment()]))
                .timeout(time_for(self.request_timeout(), size))
                .multipart(form)
        };
        let answer = self.exchange(request).await?;
        let members = answer.object(self.sanitiser())?;
        if is_error_object(&members) {
            let message = format!("the service did not accept the {}", kind.name());
            return Err(answer.refusal(&message, self.sanitiser()));
        }
        let upload = UploadAnswer::from(members);
        let at_top = || upload.other.get("url").and_then(Value::as_str);
        let data = upload.data.as_ref();
        let Some(url) = data.and_then(|data| data.url.as_deref()).or_else(at_top) else {
            let message = format!("the service accepted the {} but gave no URL", kind.name());
            return Err(answer.unusable(&message, self.sanitiser()));
        };
        self.links().check(url)?;
        Ok(Uploaded {
            url: url.trim().to_owned(),
            bytes: size,
            mime_type: media.mime_type().to_owned(),
            id: data.and_then(|data| data.id.clone()),
        })
    }
}

/// Returns the time limit of one try to upload so many bytes: that of any request, and what they take on a slow
/// connection.
fn time_for(request: Duration, bytes: u64) -> Duration {
    request.saturating_add(Duration::from_secs(bytes / SLOWEST))
}

#[cfg(test)]
mod tests {
    use super::{Duration, MAX_VIDEO_BYTES, time_for};

    #[test]
    fn a_large_file_gets_more_time() {
        let usual = Duration::from_secs(30);
        assert_eq!(time_for(usual, 1000), usual);
        assert_eq!(time_for(usual, MAX_VIDEO_BYTES), Duration::from_secs(430));
        assert_eq!(time_for(Duration::MAX, MAX_VIDEO_BYTES), Duration::MAX);
    }
}
