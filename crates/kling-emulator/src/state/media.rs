//! The types of files that can be uploaded.

/// The type of a file, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Jpeg,
    Png,
    WebP,
    Gif,
    Mp4,
    WebM,
    Mov,
}

impl Media {
    /// Returns the type of an image.
    pub(crate) fn image(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
            Some(Self::Gif)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::WebP)
        } else {
            None
        }
    }

    /// Returns the type of a video. Boxes of other names before the first one of these are not skipped.
    pub(crate) fn video(bytes: &[u8]) -> Option<Self> {
        /// How far the header of a `WebM` is searched for its type.
        const HEADER_BYTES: usize = 256;
        match bytes.get(4..8)? {
            b"ftyp" if bytes.get(8..12)? == b"qt  " => Some(Self::Mov),
            b"ftyp" => Some(Self::Mp4),
            b"moov" | b"mdat" | b"wide" | b"free" | b"skip" => Some(Self::Mov),
            _ => {
                let header = bytes.get(..HEADER_BYTES).unwrap_or(bytes);
                let is_webm = header.starts_with(&[0x1a, 0x45, 0xdf, 0xa3])
                    && header.windows(4).any(|four| four == b"webm");
                is_webm.then_some(Self::WebM)
            }
        }
    }

    pub(crate) const fn mime_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Mp4 => "video/mp4",
            Self::WebM => "video/webm",
            Self::Mov => "video/quicktime",
        }
    }

    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Mp4 => "mp4",
            Self::WebM => "webm",
            Self::Mov => "mov",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Media;

    #[test]
    fn images_are_known_by_their_first_bytes() {
        assert_eq!(Media::image(b"\xff\xd8\xff\xe0"), Some(Media::Jpeg));
        assert_eq!(Media::image(b"RIFF\0\0\0\0WEBPVP8 "), Some(Media::WebP));
        assert_eq!(Media::image(b"RIFF\0\0\0\0WAVE"), None);
        assert_eq!(Media::image(b"\0\0\0\x18ftypisom"), None);
        assert_eq!(Media::image(b""), None);
    }

    #[test]
    fn videos_are_known_by_their_first_bytes() {
        for (bytes, media) in [
            (&b"\0\0\0\x18ftypisom"[..], Some(Media::Mp4)),
            (b"\0\0\0\x18ftypqt  ", Some(Media::Mov)),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Some(Media::Mov)),
            (b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm", Some(Media::WebM)),
            (b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska", None),
            (b"\x89PNG\r\n\x1a\n", None),
            (b"ftyp", None),
        ] {
            assert_eq!(Media::video(bytes), media, "{bytes:?}");
        }
    }
}
