//! The file beside the target that a video grows in, and what is remembered of where it comes from.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncSeekExt, AsyncWriteExt, BufWriter};
use tokio::task::spawn_blocking;

use super::attempt::no_video;
use super::mp4::{self, BEGINNING};
use super::place::put_in_place;
use crate::error::{Error, Kind};
use crate::task_ref::TaskRef;
use crate::upload::shown;

/// What is written at once.
const BUFFER: usize = 256 * 1024;

/// Most bytes of a memo that are read. It holds a header.
const MEMO_LIMIT: u64 = 64 * 1024;

/// How often, and with which pauses, the lock is tried.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(30);

/// How much of the target's name is in the name of the part, in bytes.
const NAME_SHARE: usize = 200;

/// What has to be known to continue: without a validator, another video could be glued on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memo {
    /// The strong entity tag or the date of the video.
    pub(super) validator: Option<String>,
    /// Its length.
    pub(super) total: Option<u64>,
}

/// The part of a video that is there. The file is locked: two programs never write to it.
pub(super) struct Part {
    file: BufWriter<tokio::fs::File>,
    path: PathBuf,
    memo_path: PathBuf,
    len: u64,
    beginning: Vec<u8>,
    memo: Memo,
}

impl Part {
    /// Opens the part of this task for this target, new or as an earlier download left it.
    pub(super) async fn open(target: &Path, task: &TaskRef) -> Result<Self, Error> {
        let name = part_name(target, task);
        let path = target.with_file_name(format!("{name}.part"));
        let memo_path = target.with_file_name(format!("{name}.part-info"));
        let (open_path, open_memo) = (path.clone(), memo_path.clone());
        let (file, len, memo) = blocking(move || open(&open_path, &open_memo)).await?;
        let mut file = tokio::fs::File::from_std(file);
        file.seek(io::SeekFrom::Start(len))
            .await
            .map_err(|error| unwritable(&path, error))?;
        Ok(Self {
            file: BufWriter::with_capacity(BUFFER, file),
            path,
            memo_path,
            len,
            beginning: Vec::new(),
            memo,
        })
    }

    /// Bytes that are there.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The first bytes that were written since the beginning was; none after continuing.
    pub(super) fn beginning(&self) -> &[u8] {
        &self.beginning
    }

    pub(super) fn memo(&self) -> &Memo {
        &self.memo
    }

    /// Remembers where the bytes come from, durably before they do.
    pub(super) async fn remember(&mut self, memo: Memo) -> Result<(), Error> {
        self.memo = memo.clone();
        let path = self.memo_path.clone();
        blocking(move || {
            if memo.validator.is_none() {
                return remove_if_there(&path).map_err(|error| unwritable(&path, error));
            }
            let text = serde_json::to_vec(&memo).map_err(io::Error::from);
            text.and_then(|text| write_whole(&path, &text))
                .map_err(|error| unwritable(&path, error))
        })
        .await
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
            .map_err(|error| unwritable(&self.path, error))?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Begins again with nothing.
    pub(super) async fn restart(&mut self) -> Result<(), Error> {
        if self.len == 0 {
            return Ok(());
        }
        let result = async {
            self.file.flush().await?;
            self.file.get_mut().set_len(0).await?;
            self.file.seek(io::SeekFrom::Start(0)).await.map(drop)
        };
        result
            .await
            .map_err(|error| unwritable(&self.path, error))?;
        self.len = 0;
        self.beginning.clear();
        self.memo = Memo::default();
        Ok(())
    }

    /// Makes the file durable and checks that it is a whole video; gives its length in seconds.
    pub(super) async fn check(&mut self) -> Result<Option<f64>, Error> {
        let result = async {
            self.file.flush().await?;
            self.file.get_ref().sync_all().await?;
            self.file.get_ref().try_clone().await
        };
        let file = result
            .await
            .map_err(|error| unwritable(&self.path, error))?;
        let mut file = file.into_std().await;
        let (len, path) = (self.len, self.path.clone());
        blocking(move || {
            let there = file
                .metadata()
                .map_err(|error| unwritable(&path, error))?
                .len();
            if there != len {
                return Err(no_video(
                    "the file on disk has another length than what was written",
                ));
            }
            match mp4::walk(&mut file, len) {
                Ok(video) => Ok(video.seconds),
                Err(mp4::Fault::NotVideo(why)) => Err(no_video(why)),
                Err(mp4::Fault::Io(error)) => Err(unwritable(&path, error)),
            }
        })
        .await
    }

    /// Gives the checked file its name, or the next free one, and removes what is left beside it.
    pub(super) async fn put_in_place(self, target: PathBuf) -> Result<PathBuf, Error> {
        let Self {
            file,
            path,
            memo_path,
            ..
        } = self;
        let placed = blocking(move || {
            let placed =
                put_in_place(&path, &target).map_err(|error| unwritable(&target, error))?;
            // A memo that stays behind is never read without its part.
            let _left = remove_if_there(&memo_path);
            Ok(placed)
        })
        .await;
        // The lock is held until the name is taken.
        drop(file);
        placed
    }

    /// Leaves the file to be continued. Its error does not matter: a shorter file is continued as well.
    pub(super) async fn keep(mut self) {
        let _shorter = self.file.flush().await;
    }

    /// Removes the file. What cannot be removed is not lost either.
    pub(super) async fn remove(self) {
        let Self {
            file,
            path,
            memo_path,
            ..
        } = self;
        let _left = blocking(move || {
            let part = remove_if_there(&path);
            let memo = remove_if_there(&memo_path);
            part.and(memo).map_err(|error| unwritable(&path, error))
        })
        .await;
        drop(file);
    }
}

fn open(path: &Path, memo_path: &Path) -> Result<(File, u64, Memo), Error> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| unwritable(path, error))?;
    // Some network file systems have no locks; a second writer is found by the check of the length.
    if is_locked(&file) {
        return Err(Error::new(
            Kind::File,
            format!("`{}` is being downloaded already", shown(path)),
        )
        .with_help("wait for the other program"));
    }
    let memo = read_memo(memo_path).unwrap_or_default();
    let len = file
        .metadata()
        .map_err(|error| unwritable(path, error))?
        .len();
    let fits = memo.total.is_none_or(|total| len <= total);
    if memo.validator.is_some() && fits {
        return Ok((file, len, memo));
    }
    file.set_len(0).map_err(|error| unwritable(path, error))?;
    Ok((file, 0, Memo::default()))
}

/// Whether another program has the file. A download that was just dropped may still be writing its last bytes,
/// so it is given a moment.
fn is_locked(file: &File) -> bool {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Ok(()) | Err(TryLockError::Error(_)) => return false,
        }
    }
    true
}

/// What was remembered, if it can be read.
fn read_memo(path: &Path) -> Option<Memo> {
    let mut text = Vec::new();
    let file = File::open(path).ok()?;
    file.take(MEMO_LIMIT).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// A name that two tasks do not share, also for the same target.
fn part_name(target: &Path, task: &TaskRef) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut end = name.len().min(NAME_SHARE);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    // FNV-1a: the same in every version of the program.
    let hash = task
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{}.{hash:016x}", name.get(..end).unwrap_or_default())
}

fn write_whole(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text)?;
    file.sync_all()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(Kind::File, format!("`{}` cannot be written", shown(path)))
        .with_help("make room or give another place, then download it again; the id is kept")
        .with_source(error)
}

/// Runs file work where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Error::new(Kind::File, "the work on the file was stopped").with_source(error))
    })
}
