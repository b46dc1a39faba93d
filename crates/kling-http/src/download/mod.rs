//! Downloads a video: streamed to a file beside its target, resumed after an interruption, checked, and put in place
//! completely or not at all.

mod attempt;
mod copy;
mod header_mismatch;
mod lock;
mod media;
mod mp4;
mod name;
mod names;
mod options;
mod part;
mod part_info;
mod place;
mod regular;
mod task_attribute;
mod validator;
mod video;
mod webm;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

pub use copy::copy;
pub use media::video_seconds;
pub use name::{NameParts, NameTemplate};
pub use options::{DownloadOptions, Existing, OnProgress, Progress, Saved, Target, VideoKind};

use crate::answer::Task;
use crate::client::Client;
use crate::error::{Error, Kind};
use crate::task_ref::TaskRef;
use crate::upload::shown;
use attempt::{End, Fetch};
use part::{Opened, PartFile};
use video::Video;

/// The maximum number of downloads that end without an error but not as a complete video, when the host does not send
/// the length.
const WHOLE_TRIES: u32 = 3;

/// Whether a saved file can be the video of a task: not if it is marked with another one. Where the file system does
/// not support marks, every file can.
pub fn may_be_of(file: &Path, task: &TaskRef) -> bool {
    !task_attribute::is_of_another(file, &names::word_of(task))
}

impl Client {
    /// Downloads the video of a completed task.
    ///
    /// The bytes go to a file beside the target whose name ends in `.part`. Only one process writes it at a time, and
    /// a later call for the same task and target continues it if the server confirms that the video is the same. Once
    /// the length is right and the file is a complete MP4, `QuickTime` or `WebM` video, it is put in place; an
    /// existing file is replaced only if [`Existing::Overwrite`] is set. A file that is not known to be a video is
    /// kept under the target's name followed by `.part`, which the error names. If a URL is refused (403, 404, 410), a
    /// fresh one is requested once by the task's id. The key is not sent.
    ///
    /// Cancel-safe: a download that is dropped leaves the `.part` file, and can be continued.
    ///
    /// # Errors
    /// [`is_answer`](Error::is_answer) if the task has no such URL; [`is_refused_address`](Error::is_refused_address)
    /// if the URL, or a redirect from it, is not https or not public; [`is_expired`](Error::is_expired) if the video
    /// is no longer available; [`is_media`](Error::is_media) if it is not known to be a complete video;
    /// [`is_too_large`](Error::is_too_large); [`is_local_io`](Error::is_local_io); and connection errors.
    #[tracing::instrument(name = "download", skip_all)]
    pub async fn download(&self, task: &Task, options: &DownloadOptions) -> Result<Saved, Error> {
        let id = task
            .id
            .as_deref()
            .or(task.client_business_id.as_deref())
            .ok_or_else(|| {
                Error::new(Kind::Input, "the task has no id").with_help("ask for its status first")
            })?;
        let urls = task.video_urls();
        let url = urls.get(options.video).ok_or_else(|| {
            let message = match urls.len() {
                0 => "the task has no video URL".to_owned(),
                there => format!(
                    "the task has {there} videos, but no number {}",
                    options.video + 1
                ),
            };
            Error::new(Kind::Answer, message)
                .with_help("wait until it is completed; do not submit it again")
        })?;
        let mut target = target_path(task, id, &options.target)?;
        if urls.len() > 1 {
            target = place::with_suffix(&target, &format!(" {}", options.video + 1));
        }
        self.download_url(&TaskRef::id(id), url, target, options)
            .await
    }

    async fn download_url(
        &self,
        task: &TaskRef,
        url: &str,
        target: PathBuf,
        options: &DownloadOptions,
    ) -> Result<Saved, Error> {
        let mut part = match PartFile::open(target, task, options.existing).await? {
            Opened::Part(part) => part,
            Opened::Saved(saved) => return Ok(saved),
        };
        let deadline = Instant::now() + options.deadline;
        let download = Download {
            client: self,
            task,
            options,
        };
        let result = tokio::time::timeout_at(deadline, download.run(url, &mut part)).await;
        match result.unwrap_or_else(|_| Err(attempt::too_slow())) {
            Ok(video) => part.put_in_place(video, options.existing).await,
            Err(error) => Err(left(part, error).await),
        }
    }
}

/// Deals with the part of a failed download: keeps what can be continued or may be of use.
async fn left(part: Box<PartFile>, error: Error) -> Error {
    let kind = error.kind();
    if part.len() == 0 {
        part.remove().await;
    } else if part.is_resumable() {
        part.keep().await;
    } else if kind == Kind::TooLarge || media::is_page(part.beginning(), part.len()) {
        part.remove().await;
    } else if kind == Kind::Media {
        return match part.set_aside().await {
            Ok(kept) => Error::new(
                Kind::Media,
                format!("{error}; it is kept as `{}`", shown(&kept)),
            )
            .with_help("rename it if it plays; otherwise ask for the status of the task again, which may give another URL"),
            Err(unkept) => unkept,
        };
    } else {
        part.keep().await;
    }
    error
}

struct Download<'d> {
    client: &'d Client,
    task: &'d TaskRef,
    options: &'d DownloadOptions,
}

impl Download<'_> {
    /// Tries until the file is complete.
    async fn run(&self, url: &str, part: &mut PartFile) -> Result<Video, Error> {
        let mut url = self.client.links().check(url)?;
        let mut renewed = false;
        let mut fruitless = 0;
        let mut whole = 0;
        let mut pauses = self.client.retries().pauses();
        loop {
            let before = part.len();
            let fetch = Fetch {
                client: self.client,
                options: self.options,
            };
            let error = match fetch.run(&url, part).await {
                Ok(End::Whole { length_known }) => match part.check().await {
                    Ok(video) => return Ok(video),
                    Err(error) if error.kind() == Kind::Media => {
                        whole += 1;
                        let page = fetch.page(part);
                        if length_known || page.is_some() || whole >= WHOLE_TRIES {
                            return Err(page.unwrap_or(error));
                        }
                        part.restart().await?;
                        error
                    }
                    Err(error) => return Err(error),
                },
                Ok(End::Restart) => {
                    part.restart().await?;
                    Error::new(
                        Kind::Answer,
                        "the host of the video sends a part other than the requested one",
                    )
                }
                Ok(End::Refused(error)) => {
                    if renewed {
                        return Err(error);
                    }
                    renewed = true;
                    url = self.renewed_url(&error).await?;
                    continue;
                }
                Err(error) if error.is_retryable() => error,
                Err(error) => return Err(error),
            };
            if part.len() > before {
                fruitless = 0;
                pauses = self.client.retries().pauses();
            } else {
                fruitless += 1;
            }
            if fruitless >= self.options.attempts {
                return Err(error);
            }
            let pause = pauses.next().unwrap_or(self.client.retries().longest_pause);
            let longest = self.client.retries().longest_pause;
            let pause = error
                .retry_after()
                .map_or(pause, |asked| asked.max(pause))
                .min(longest);
            tracing::debug!(%error, ?pause, bytes = part.len(), "continuing the download");
            tokio::time::sleep(pause).await;
        }
    }

    /// Requests a fresh URL after the host refused the old one.
    async fn renewed_url(&self, refusal: &Error) -> Result<url::Url, Error> {
        let gone = || {
            Error::new(
                Kind::Expired,
                format!("{refusal}, and the service no longer gives its URL"),
            )
            .with_help("the videos are kept for 24 hours; the id is kept, ask for its status")
        };
        match self.client.status(self.task).await {
            Ok(task) => match task.video_urls().get(self.options.video) {
                Some(url) => self.client.links().check(url),
                None => Err(gone()),
            },
            Err(error) if error.is_not_found() => Err(gone().with_source(error)),
            Err(error) => Err(error),
        }
    }
}

fn target_path(task: &Task, id: &str, target: &Target) -> Result<PathBuf, Error> {
    match target {
        Target::File(path) => {
            if path.file_name().is_none() {
                return Err(Error::new(
                    Kind::Input,
                    format!("`{}` does not name a file", shown(path)),
                )
                .with_help("give the name of a file"));
            }
            Ok(path.clone())
        }
        Target::Folder {
            folder,
            name,
            index,
        } => {
            let seconds = task.completed_at.or(task.created_at);
            let date = seconds
                .and_then(|seconds| u64::try_from(seconds).ok())
                .and_then(|seconds| {
                    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
                })
                .unwrap_or_else(SystemTime::now);
            let name = name.render(&NameParts {
                id,
                model: task.model.as_deref().unwrap_or("video"),
                index: *index,
                date,
            });
            Ok(folder.join(name))
        }
    }
}
