//! Oddities of a video that is saved anyway.

use std::path::Path;

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName};

use super::options::VideoKind;
use super::video::Video;
use crate::sanitise::Sanitiser;
use crate::upload::shown;

/// What the host says about a file that does not fit a video.
#[derive(Debug, Default)]
pub(super) struct HeaderMismatch {
    content_type: Option<String>,
    pub(super) encoding: Option<String>,
}

impl HeaderMismatch {
    pub(super) fn of_head(headers: &HeaderMap, sanitiser: &Sanitiser) -> Self {
        let of = |name: &HeaderName, is_usual: fn(&str) -> bool| {
            let text = String::from_utf8_lossy(headers.get(name)?.as_bytes()).to_ascii_lowercase();
            let word = text.split(';').next().unwrap_or_default().trim();
            (!is_usual(word)).then(|| sanitiser.message(word))
        };
        Self {
            content_type: of(&CONTENT_TYPE, may_be_video),
            encoding: of(&CONTENT_ENCODING, |word| matches!(word, "" | "identity")),
        }
    }

    /// Returns the warnings about a video that was saved as this file.
    pub(super) fn warnings(&self, video: &Video, file: &Path) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(word) = &self.content_type {
            warnings.push(format!(
                "the host of the video calls it `{word}`; it is saved, because its content is a video"
            ));
        }
        if let Some(word) = &self.encoding {
            warnings.push(format!(
                "the host of the video says that it is compressed (`{word}`), which it is not"
            ));
        }
        if video.kind != VideoKind::Mp4 {
            warnings.push(format!(
                "the video is {}, not MP4, and is saved as `{}`",
                video.kind,
                shown(file)
            ));
        }
        if video.leading_boxes {
            warnings.push(
                "the video does not begin with the boxes an MP4 should; if a player refuses it, remux it"
                    .to_owned(),
            );
        }
        warnings
    }
}

/// Whether a content type can be that of a video: file hosts often do not know what they hold.
fn may_be_video(word: &str) -> bool {
    word.is_empty()
        || word.starts_with("video/")
        || matches!(
            word,
            "application/octet-stream"
                | "binary/octet-stream"
                | "application/mp4"
                | "application/x-download"
                | "application/force-download"
        )
}
