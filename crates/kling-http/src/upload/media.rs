//! A file that may be uploaded: read once, and checked before anything is sent.

use std::io::{self, Read as _};
use std::path::Path;

use bytes::Bytes;

use super::format::Format;
use super::kind::{MAX_VIDEO_BYTES, MediaKind};
use crate::error::{Error, Kind};

/// A file in memory that the service takes: its format and size were checked. Cheap to clone.
///
/// ```
/// use kling_http::{Media, MediaKind};
///
/// let media = Media::new("a.png", b"GIF89a...".as_slice()).expect("a GIF, whatever it is called");
/// assert_eq!(media.kind(), MediaKind::Image);
/// assert!(Media::new("a.mp4", b"a text".as_slice()).expect_err("neither").is_input());
/// ```
#[derive(Clone)]
pub struct Media {
    bytes: Bytes,
    format: Format,
}

impl Media {
    /// Checks a file by its size and its first bytes; its extension does not matter. `name` is used in messages only.
    ///
    /// # Errors
    /// [`is_input`](Error::is_input) if it is empty, too large, or neither an image nor a video that the service takes.
    pub fn new(name: &str, bytes: impl Into<Bytes>) -> Result<Self, Error> {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Err(refused(name, "is empty", "give an image or a video"));
        }
        let Some(format) = Format::of(&bytes) else {
            return Err(refused(
                name,
                "is by its first bytes neither an image nor a video that the service accepts",
                "convert it to JPEG, PNG, WebP or GIF, or to MP4, WebM or MOV",
            ));
        };
        let kind = format.kind();
        if bytes.len() as u64 > kind.max_bytes() {
            let megabytes = kind.max_bytes() / (1024 * 1024);
            let name_of_kind = kind.name();
            return Err(refused(
                name,
                &format!(
                    "is larger than {megabytes} MB, and the service does not accept a larger {name_of_kind}"
                ),
                &format!("make the {name_of_kind} smaller"),
            ));
        }
        Ok(Self { bytes, format })
    }

    /// Reads and checks a file. Anything but a regular file is not opened: that could block forever.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`is_local_io`](Error::is_local_io) if the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
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
                "give an image or a video",
            ));
        }
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(MAX_VIDEO_BYTES + 1).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        if bytes.len() as u64 != metadata.len() && metadata.len() <= MAX_VIDEO_BYTES {
            return Err(refused(
                &shown(path),
                "changed while it was read",
                "try again when nothing is writing to it",
            ));
        }
        Self::new(&shown(path), bytes)
    }

    /// Returns what it is.
    pub const fn kind(&self) -> MediaKind {
        self.format.kind()
    }

    /// Returns its type: `image/png`, `video/mp4`.
    pub const fn mime_type(&self) -> &'static str {
        self.format.mime_type()
    }

    /// Returns its content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its content, without a copy of it.
    pub(super) fn shared_bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The name under which it is sent, which says nothing about the file's own name: `image.png`.
    pub(super) fn sent_name(&self) -> String {
        format!("{}.{}", self.kind().name(), self.format.extension())
    }
}

impl std::fmt::Debug for Media {
    /// Shows the type and the size, not the content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Media")
            .field("mime_type", &self.mime_type())
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

fn refused(name: &str, what: &str, help: &str) -> Error {
    Error::new(Kind::Input, format!("the file `{name}` {what}")).with_help(help)
}

/// Formats a path for a message.
pub(crate) fn shown(path: &Path) -> String {
    crate::sanitise::Sanitiser::default().message(&path.to_string_lossy())
}
