//! The file beside the target that a video is downloaded to, and what is recorded of its source.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use tokio::io::{AsyncSeekExt, AsyncWriteExt, BufWriter};
use tokio::task::spawn_blocking;

use super::header_mismatch::HeaderMismatch;
use super::lock::{LockedPart, lock, still_locked};
use super::media::{self, BEGINNING};
use super::names::Names;
use super::options::{Existing, Saved};
use super::part_info::PartInfo;
use super::place;
use super::regular::unwritable;
use super::video::{Video, VideoError, no_video};
use crate::error::{Error, Kind};
use crate::task_ref::TaskRef;

/// The number of bytes written at a time.
const BUFFER: usize = 256 * 1024;

/// What a download finds when it begins.
pub(super) enum Opened {
    /// A part, new or to be continued.
    Part(Box<PartFile>),
    /// The video: another download of this task has put it in place in the meantime, or before it was stopped.
    Saved(Saved),
}

/// The existing part of a video. The file is locked: two programs never write to it.
pub(super) struct PartFile {
    file: BufWriter<tokio::fs::File>,
    files: Names,
    len: u64,
    beginning: Vec<u8>,
    part_info: PartInfo,
    /// What the host says about it.
    pub(super) mismatch: HeaderMismatch,
}

impl PartFile {
    /// Opens the part of this task for this target, new or as an earlier download left it.
    pub(super) async fn open(
        target: PathBuf,
        task: &TaskRef,
        existing: Existing,
    ) -> Result<Opened, Error> {
        let files = Names::new(&target, task);
        blocking(move || {
            place::check_target(&files.target, existing)?;
            loop {
                match lock(&files)? {
                    LockedPart::Part(file, part_info) => {
                        return Self::continued(file, files, part_info);
                    }
                    LockedPart::Placed(mut file, at) => {
                        let bytes = length(&file, &at)?;
                        // A foreign file, or one that was changed since, is not the video; its name is not used again.
                        if let Ok(video) = media::inspect(&mut file, bytes) {
                            return Ok(Opened::Saved(saved(
                                at,
                                bytes,
                                video,
                                &HeaderMismatch::default(),
                            )));
                        }
                    }
                }
            }
        })
        .await
    }

    /// Opens an existing part to continue at its end, or emptied if the source of its bytes is not known.
    fn continued(mut file: File, files: Names, mut part_info: PartInfo) -> Result<Opened, Error> {
        let mut len = length(&file, &files.part)?;
        let fits = part_info.total.is_none_or(|total| len <= total);
        if part_info.validator.is_none() || !fits {
            file.set_len(0)
                .map_err(|error| unwritable(&files.part, error))?;
            len = 0;
        }
        if len == 0 {
            part_info = part_info.of_nothing();
        }
        io::Seek::seek(&mut file, io::SeekFrom::Start(len))
            .map_err(|error| unwritable(&files.part, error))?;
        let file = tokio::fs::File::from_std(file);
        Ok(Opened::Part(Box::new(Self {
            file: BufWriter::with_capacity(BUFFER, file),
            files,
            len,
            beginning: Vec::new(),
            part_info,
            mismatch: HeaderMismatch::default(),
        })))
    }

    /// Bytes received so far.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The first bytes written since the video was started from its beginning; empty after continuing.
    pub(super) fn beginning(&self) -> &[u8] {
        &self.beginning
    }

    pub(super) fn part_info(&self) -> &PartInfo {
        &self.part_info
    }

    /// Records the source of the bytes, durably before any of them.
    pub(super) async fn remember(
        &mut self,
        validator: Option<String>,
        total: Option<u64>,
    ) -> Result<(), Error> {
        self.part_info.validator = validator;
        self.part_info.total = total;
        let (part_info, path) = (self.part_info.clone(), self.files.part_info.clone());
        blocking(move || part_info.write(&path)).await
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let missing = if self.len < BEGINNING as u64 {
            BEGINNING.saturating_sub(self.beginning.len())
        } else {
            0
        };
        self.beginning.extend(bytes.iter().take(missing));
        self.file
            .write_all(bytes)
            .await
            .map_err(|error| unwritable(&self.files.part, error))?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Starts again with an empty file.
    pub(super) async fn restart(&mut self) -> Result<(), Error> {
        if self.len == 0 {
            return Ok(());
        }
        let file = self.durable(false).await?;
        let path = self.files.part.clone();
        blocking(move || {
            still_locked(&file, &path)?;
            file.set_len(0).map_err(|error| unwritable(&path, error))
        })
        .await?;
        self.file
            .seek(io::SeekFrom::Start(0))
            .await
            .map_err(|error| unwritable(&self.files.part, error))?;
        self.len = 0;
        self.beginning.clear();
        self.part_info = std::mem::take(&mut self.part_info).of_nothing();
        Ok(())
    }

    /// Returns the file with everything written to it, and with `sync` on disk.
    async fn durable(&mut self, sync: bool) -> Result<File, Error> {
        let result = async {
            self.file.flush().await?;
            if sync {
                self.file.get_ref().sync_all().await?;
            }
            self.file.get_ref().try_clone().await
        };
        let file = result
            .await
            .map_err(|error| unwritable(&self.files.part, error))?;
        Ok(file.into_std().await)
    }

    /// Whether the rest can be fetched later: the source of the existing bytes, and that some are missing, must be
    /// known for certain.
    pub(super) fn is_resumable(&self) -> bool {
        self.part_info.validator.is_some()
            && self.part_info.total.is_some_and(|total| self.len < total)
    }

    /// Makes the file durable and checks that it is a complete video.
    pub(super) async fn check(&mut self) -> Result<Video, Error> {
        let mut file = self.durable(true).await?;
        let (len, path) = (self.len, self.files.part.clone());
        blocking(move || {
            if length(&file, &path)? != len {
                return Err(no_video(
                    "the length of the file on disk is not that of what was written",
                ));
            }
            media::inspect(&mut file, len).map_err(|error| match error {
                VideoError::NotVideo(why) => no_video(why),
                VideoError::Io(error) => unwritable(&path, error),
            })
        })
        .await
    }

    /// Gives the checked file its name, and removes what is left beside it.
    pub(super) async fn put_in_place(
        self,
        video: Video,
        existing: Existing,
    ) -> Result<Saved, Error> {
        let bytes = self.len;
        let target = place::named(&self.files.target, video.kind);
        let (file, mismatch) = self.placed(target, existing).await?;
        Ok(saved(file, bytes, video, &mismatch))
    }

    /// Keeps a file that is not known to be a video under a name that no later download writes to.
    pub(super) async fn set_aside(mut self) -> Result<PathBuf, Error> {
        self.durable(true).await?;
        let mut target = self.files.target.clone().into_os_string();
        target.push(".part");
        let (file, _) = self.placed(target.into(), Existing::KeepBoth).await?;
        Ok(file)
    }

    async fn placed(
        self,
        target: PathBuf,
        existing: Existing,
    ) -> Result<(PathBuf, HeaderMismatch), Error> {
        let Self {
            file,
            files,
            mismatch,
            ..
        } = self;
        let file = file.into_inner().into_std().await;
        // The file moves into the closure, and with it the lock: it is held until the name is taken, even if the
        // caller is gone.
        let placed = blocking(move || {
            still_locked(&file, &files.part)?;
            let placed = place::put_in_place(&files, &target, existing);
            drop(file);
            placed
        })
        .await?;
        Ok((placed, mismatch))
    }

    /// Leaves the file to be continued. A write error does not matter: a shorter file can be continued too.
    pub(super) async fn keep(mut self) {
        let _shorter = self.file.flush().await;
    }

    /// Removes the file. A failure does no harm.
    pub(super) async fn remove(self) {
        let Self { file, files, .. } = self;
        let file = file.into_inner().into_std().await;
        let _left = blocking(move || {
            still_locked(&file, &files.part)?;
            let removed = files.remove();
            drop(file);
            removed
        })
        .await;
    }
}

fn saved(file: PathBuf, bytes: u64, video: Video, mismatch: &HeaderMismatch) -> Saved {
    Saved {
        bytes,
        seconds: video.seconds,
        kind: video.kind,
        warnings: mismatch.warnings(&video, &file),
        file,
    }
}

fn length(file: &File, path: &std::path::Path) -> Result<u64, Error> {
    file.metadata()
        .map(|metadata| metadata.len())
        .map_err(|error| unwritable(path, error))
}

/// Runs file work on a thread that may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Error::new(Kind::File, "the work on the file was stopped").with_source(error))
    })
}
