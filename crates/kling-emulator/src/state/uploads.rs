//! The uploaded images.

use std::collections::VecDeque;

use bytes::Bytes;

/// The type of an image, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Image {
    Jpeg,
    Png,
    WebP,
    Gif,
}

impl Image {
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
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

    pub(crate) const fn mime_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
        }
    }
}

/// An uploaded image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// The last segment of its URL.
    pub(crate) name: String,
    pub(crate) image: Image,
    pub(crate) bytes: Bytes,
}

/// The most recent uploads, up to a number of bytes.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    uploads: VecDeque<Upload>,
    bytes: usize,
}

impl Uploads {
    pub(crate) fn add(&mut self, upload: Upload, limit: usize) {
        self.bytes += upload.bytes.len();
        self.uploads.push_back(upload);
        while self.bytes > limit {
            let Some(oldest) = self.uploads.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes.len();
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Upload> {
        self.uploads.iter().rev().find(|upload| upload.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_first_bytes() {
        assert_eq!(Image::of(b"\xff\xd8\xff\xe0"), Some(Image::Jpeg));
        assert_eq!(Image::of(b"RIFF\0\0\0\0WEBPVP8 "), Some(Image::WebP));
        assert_eq!(Image::of(b"RIFF\0\0\0\0WAVE"), None);
        assert_eq!(Image::of(b""), None);
    }

    #[test]
    fn the_oldest_uploads_make_room() {
        let mut uploads = Uploads::default();
        for name in ["a", "b", "c"] {
            let upload = Upload {
                name: name.to_owned(),
                image: Image::Png,
                bytes: Bytes::from_static(b"12345"),
            };
            uploads.add(upload, 10);
        }
        assert!(uploads.find("a").is_none());
        assert!(uploads.find("b").is_some() && uploads.find("c").is_some());
    }
}
