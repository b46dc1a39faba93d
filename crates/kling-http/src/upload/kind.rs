//! What an uploaded file is, and how large it may be.

/// The maximum size of an image in bytes. The service says 10 MB; it is not known which of the two kinds of megabyte
/// that is, so only what is too large by both is refused here.
pub const MAX_IMAGE_BYTES: u64 = 10 * 1024 * 1024;

/// The maximum size of a video in bytes. The service says 50 MB, which is read as in [`MAX_IMAGE_BYTES`].
pub const MAX_VIDEO_BYTES: u64 = 50 * 1024 * 1024;

/// What an uploaded file is. The service has an endpoint for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaKind {
    /// JPEG, PNG, WebP or GIF, at most [`MAX_IMAGE_BYTES`].
    Image,
    /// MP4, `WebM` or MOV, at most [`MAX_VIDEO_BYTES`].
    Video,
}

impl MediaKind {
    /// Returns its name in messages: `image` or `video`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
        }
    }

    /// Returns the maximum size in bytes.
    pub const fn max_bytes(self) -> u64 {
        match self {
            Self::Image => MAX_IMAGE_BYTES,
            Self::Video => MAX_VIDEO_BYTES,
        }
    }

    /// The segment of the endpoint's path.
    pub(super) const fn segment(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Video => "videos",
        }
    }
}
