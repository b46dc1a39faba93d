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
        /// The folder. It must be there.
        folder: PathBuf,
        /// The name.
        name: NameTemplate,
        /// What `{index}` stands for.
        index: u32,
    },
}

/// What to do with an existing file that has the name of a video. One with the same bytes counts as the video itself,
/// whatever is set: a download that was stopped before it could report has saved it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and the download ends with an error that names the `.part` file, in which the video is kept.
    Refuse,
    /// It stays, and the video gets the same name with ` (2)` and so on.
    #[default]
    KeepBoth,
    /// The video takes its place at once. Only files and links are replaced, and a link itself, not what it leads to.
    Overwrite,
}

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes received so far.
    pub bytes: u64,
    /// Bytes in total, if the server says.
    pub total: Option<u64>,
}

/// What is called with the progress: often, so it must be quick.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// How to download.
#[derive(Clone)]
pub struct DownloadOptions {
    /// Where the video goes. Of several videos of a task, each has its number before the ending: ` 1`, ` 2`, ….
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
    /// The usual limits, and this target.
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

    /// The usual limits, and this file as the target.
    pub fn to_file(path: impl Into<PathBuf>) -> Self {
        Self::new(Target::File(path.into()))
    }

    /// The usual limits, and a file in this folder as the target, named after the task's id.
    pub fn to_folder(folder: impl Into<PathBuf>) -> Self {
        Self::new(Target::Folder {
            folder: folder.into(),
            name: NameTemplate::default(),
            index: 0,
        })
    }

    pub(super) fn tell(&self, bytes: u64, total: Option<u64>) {
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
    /// The usual extension of its files, without the dot: `mp4`, `mov`, `webm`.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::WebM => "webm",
        }
    }
}

impl fmt::Display for VideoKind {
    /// As people call it: MP4, `QuickTime`, `WebM`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mp4 => "MP4",
            Self::Mov => "QuickTime",
            Self::WebM => "WebM",
        })
    }
}

/// A video that is on disk.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Saved {
    /// Where.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its length in seconds, as its header says; none if it does not.
    pub seconds: Option<f64>,
    /// What it is, by its content.
    pub kind: VideoKind,
    /// What is odd about it, each in one clause, safe to print: it is not an MP4 and has a different extension than
    /// requested, or its host calls it something else.
    pub warnings: Vec<String>,
}
