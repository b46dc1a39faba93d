//! The options of a download, and its result.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::name::NameTemplate;

/// Where a video goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// This file.
    File(PathBuf),
    /// A file in this folder, named by a template.
    Folder {
        /// The folder. It must exist.
        folder: PathBuf,
        /// The name.
        name: NameTemplate,
        /// The value of `{index}`.
        index: u32,
    },
}

/// What to do with an existing file that has the name of a video. One with the same bytes counts as the video itself,
/// whatever this setting: a download that was stopped before it could report has saved it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and the download ends with an error that names the `.part` file in which the video is kept.
    Refuse,
    /// It stays, and the video gets the same name with ` (2)` and so on.
    #[default]
    KeepBoth,
    /// The video replaces it atomically. Only files and links are replaced; a link itself, not its target.
    Overwrite,
}

/// The progress of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes received so far.
    pub bytes: u64,
    /// Bytes in total, if the server sends the length.
    pub total: Option<u64>,
}

/// The progress callback. It is called often, so it must be quick.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// How to download.
#[derive(Clone)]
pub struct DownloadOptions {
    /// Where the video goes. If a task has several videos, each gets its number before the extension: ` 1`, ` 2`, ….
    pub target: Target,
    /// Which of [`Task::video_urls`](crate::Task::video_urls): the first, 0, unless set.
    pub video: usize,
    /// What to do with an existing file. Both are kept unless set.
    pub existing: Existing,
    /// The maximum number of bytes. 4 GiB unless set.
    pub max_bytes: u64,
    /// The longest time without a byte. 30 s unless set.
    pub stall_timeout: Duration,
    /// The longest time for the whole. An hour unless set.
    pub deadline: Duration,
    /// The maximum number of tries in a row without progress. 5 unless set.
    pub attempts: u32,
    /// Called with the progress.
    pub on_progress: Option<OnProgress>,
}

impl DownloadOptions {
    /// Returns the default limits with this target.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            video: 0,
            existing: Existing::default(),
            max_bytes: 4 * 1024 * 1024 * 1024,
            stall_timeout: Duration::from_secs(30),
            deadline: Duration::from_hours(1),
            attempts: 5,
            on_progress: None,
        }
    }

    /// Returns the default limits with this file as the target.
    pub fn to_file(path: impl Into<PathBuf>) -> Self {
        Self::new(Target::File(path.into()))
    }

    /// Returns the default limits with a file in this folder as the target, named after the task's id.
    pub fn to_folder(folder: impl Into<PathBuf>) -> Self {
        Self::new(Target::Folder {
            folder: folder.into(),
            name: NameTemplate::default(),
            index: 0,
        })
    }

    pub(super) fn notify(&self, bytes: u64, total: Option<u64>) {
        if let Some(on_progress) = &self.on_progress {
            on_progress(Progress { bytes, total });
        }
    }
}

impl fmt::Debug for DownloadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadOptions")
            .field("target", &self.target)
            .field("video", &self.video)
            .field("existing", &self.existing)
            .field("max_bytes", &self.max_bytes)
            .field("stall_timeout", &self.stall_timeout)
            .field("deadline", &self.deadline)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// A kind of video file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VideoKind {
    /// MP4, which the service promises.
    Mp4,
    /// `QuickTime`.
    Mov,
    /// `WebM`.
    WebM,
}

impl VideoKind {
    /// The usual file extension, without the dot: `mp4`, `mov`, `webm`.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::WebM => "webm",
        }
    }
}

impl fmt::Display for VideoKind {
    /// The usual name: MP4, `QuickTime`, `WebM`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mp4 => "MP4",
            Self::Mov => "QuickTime",
            Self::WebM => "WebM",
        })
    }
}

/// A video on disk.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Saved {
    /// Its path.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its length in seconds, according to its header; `None` if the header does not say.
    pub seconds: Option<f64>,
    /// Its kind, by its content.
    pub kind: VideoKind,
    /// What is odd about it, each in one clause, safe to print: it is not an MP4 and has a different extension than
    /// requested, or its host calls it something else.
    pub warnings: Vec<String>,
}
