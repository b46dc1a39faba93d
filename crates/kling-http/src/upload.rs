//! Uploads of images.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::answer::{deserialize_from, is_error_object, take};
use crate::client::{Client, transport_error};
use crate::error::{Error, Kind};

/// The maximum size of an image in bytes. The service says 10 MB; it is not known which of the two kinds of megabyte
/// that is, so only what is too large by both is refused here.
pub const MAX_IMAGE_BYTES: u64 = 10 * 1024 * 1024;

/// An image stored at the service.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uploaded {
    /// Its URL, for use in a request.
    pub url: String,
    /// Its size.
    pub bytes: u64,
    /// Its type, by its first bytes: `image/jpeg`, `image/png`, `image/webp` or `image/gif`.
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
    /// Whether the image was taken; also in an answer with status 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) success: Option<bool>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// The image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<UploadData>,
    /// All other members.
    #[serde(flatten)]
    pub(crate) other: Map<String, Value>,
}

/// The image of an [`UploadAnswer`].
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct UploadData {
    /// The service's id of the upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// Where the image is.
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

/// An image that was read and passed the checks.
#[derive(Clone)]
struct Image {
    bytes: Bytes,
    mime_type: &'static str,
    extension: &'static str,
}

impl Client {
    /// Uploads an image file, for use in a request. Size and type are checked before a byte is sent: at most 10 MB,
    /// and JPEG, PNG, WebP or GIF by the first bytes. Costs nothing, so it is retried within
    /// [`Retries`](crate::Retries).
    ///
    /// The file's name is not sent. Cancel-safe: at worst the service keeps an unused image.
    ///
    /// # Errors
    /// [`is_input`](Error::is_input) or [`is_local_io`](Error::is_local_io) before anything is sent;
    /// [`is_status`](Error::is_status) if the service refuses the image;
    /// [`is_refused_address`](Error::is_refused_address) if it returns a URL that is neither public nor its own.
    #[tracing::instrument(name = "upload", skip_all)]
    pub async fn upload_image(&self, path: impl AsRef<Path>) -> Result<Uploaded, Error> {
        let path: PathBuf = path.as_ref().to_owned();
        let (name, bytes) = tokio::task::spawn_blocking(move || {
            read_file(&path).map(|bytes| (shown(&path), bytes))
        })
        .await
        .map_err(|error| {
            Error::new(Kind::File, "the file could not be read").with_source(error)
        })??;
        self.upload_image_bytes(&name, bytes).await
    }

    /// Uploads an image that is already in memory, as [`upload_image`](Self::upload_image) does: exactly these bytes,
    /// whatever has become of the file. `name` is used in messages, and is not sent.
    ///
    /// # Errors
    /// As [`upload_image`](Self::upload_image), except those of reading.
    pub async fn upload_image_bytes(
        &self,
        name: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<Uploaded, Error> {
        let image = image(name, bytes.into())?;
        self.retried(|| self.upload_once(image.clone())).await
    }

    async fn upload_once(&self, image: Image) -> Result<Uploaded, Error> {
        let size = image.bytes.len() as u64;
        let part = Part::stream_with_length(image.bytes, size)
            .file_name(format!("image.{}", image.extension))
            .mime_str(image.mime_type)
            .map_err(transport_error)?;
        let form = Form::new().part("file", part).text("purpose", "generation");
        let request = || {
            self.free_request(Method::POST, self.endpoint(&["uploads", "images"]))
                .multipart(form)
        };
        let answer = self.exchange(request).await?;
        let members = answer.object(self.sanitiser())?;
        if is_error_object(&members) {
            return Err(answer.refusal("the service did not accept the image", self.sanitiser()));
        }
        let upload = UploadAnswer::from(members);
        let at_top = || upload.other.get("url").and_then(Value::as_str);
        let data = upload.data.as_ref();
        let Some(url) = data.and_then(|data| data.url.as_deref()).or_else(at_top) else {
            return Err(answer.unusable(
                "the service accepted the image but gave no URL",
                self.sanitiser(),
            ));
        };
        self.links().check(url)?;
        Ok(Uploaded {
            url: url.trim().to_owned(),
            bytes: size,
            mime_type: image.mime_type.to_owned(),
            id: data.and_then(|data| data.id.clone()),
        })
    }
}

/// Reads a file completely, if it may be an image. Anything but a regular file is not opened: that could block
/// forever.
fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    let unreadable = |error: io::Error| {
        Error::new(
            Kind::File,
            format!("the file `{}` cannot be read", shown(path)),
        )
        .with_source(error)
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(refused(
            &shown(path),
            "is not a regular file",
            "give an image file",
        ));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_IMAGE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 != metadata.len() && metadata.len() <= MAX_IMAGE_BYTES {
        return Err(refused(
            &shown(path),
            "changed while it was read",
            "try again when nothing is writing to it",
        ));
    }
    Ok(bytes)
}

/// Checks an image by its size and its first bytes.
fn image(name: &str, bytes: Bytes) -> Result<Image, Error> {
    if bytes.is_empty() {
        return Err(refused(name, "is empty", "give an image file"));
    }
    if bytes.len() as u64 > MAX_IMAGE_BYTES {
        return Err(refused(
            name,
            "is larger than 10 MB, which the service does not accept",
            "make the image smaller",
        ));
    }
    let Some((mime_type, extension)) = image_type(&bytes) else {
        return Err(refused(
            name,
            "is not a JPEG, PNG, WebP or GIF image by its first bytes",
            "convert it to one of these",
        ));
    };
    Ok(Image {
        bytes,
        mime_type,
        extension,
    })
}

fn refused(name: &str, what: &str, help: &str) -> Error {
    Error::new(Kind::Input, format!("the file `{name}` {what}")).with_help(help)
}

fn image_type(beginning: &[u8]) -> Option<(&'static str, &'static str)> {
    match beginning {
        [0xff, 0xd8, 0xff, ..] => Some(("image/jpeg", "jpg")),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(("image/png", "png")),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(("image/gif", "gif")),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(("image/webp", "webp")),
        _ => None,
    }
}

/// Formats a path for a message.
pub(crate) fn shown(path: &Path) -> String {
    crate::sanitise::Sanitiser::default().message(&path.to_string_lossy())
}
