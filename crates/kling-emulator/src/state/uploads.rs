//! The uploaded files.

use std::collections::VecDeque;

use bytes::Bytes;

use super::media::Media;

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// The end of its URL: `1/videos/1777000000_upload_abc.mp4`.
    pub(crate) path: String,
    pub(crate) media: Media,
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

    pub(crate) fn find(&self, path: &str) -> Option<&Upload> {
        self.uploads.iter().rev().find(|upload| upload.path == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_uploads_make_room() {
        let mut uploads = Uploads::default();
        for name in ["a", "b", "c"] {
            let upload = Upload {
                path: name.to_owned(),
                media: Media::Png,
                bytes: Bytes::from_static(b"12345"),
            };
            uploads.add(upload, 10);
        }
        assert!(uploads.find("a").is_none());
        assert!(uploads.find("b").is_some() && uploads.find("c").is_some());
    }
}
