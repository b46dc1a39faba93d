//! What is found in a file that should be a video.

use std::io;

use super::options::VideoKind;
use crate::error::{Error, Kind};

/// What to do about a file that is not a video.
pub(super) const ASK_AGAIN: &str =
    "ask for the status of the task again, which may give another URL; the id is kept";

/// What was found in a complete file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Video {
    pub(super) kind: VideoKind,
    /// The length in seconds, according to its header.
    pub(super) seconds: Option<f64>,
    /// Whether it is an MP4 that does not begin with the box it should.
    pub(super) leading_boxes: bool,
}

/// Why a file is not a complete video.
#[derive(Debug)]
pub(super) enum VideoError {
    /// Not a video, or a broken one.
    NotVideo(&'static str),
    /// The file could not be read.
    Io(io::Error),
}

impl From<io::Error> for VideoError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::NotVideo("it ends in the middle")
        } else {
            Self::Io(error)
        }
    }
}

pub(super) fn no_video(why: &str) -> Error {
    Error::new(
        Kind::Media,
        format!("the download may not be a complete video: {why}"),
    )
    .with_help(ASK_AGAIN)
}
