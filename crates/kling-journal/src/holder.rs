//! Who is at work on a job: a process, told by a lock that the kernel frees when the process ends, however it ends.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};

/// A process that works on jobs, as others are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The number of the process.
    pub pid: u32,
    /// The name of its machine.
    pub host: String,
    /// When it began: seconds since 1970 began.
    pub started: i64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "process {} on {}",
            self.pid,
            crate::plain::plain(&self.host)
        )
    }
}

/// The most marks of one process: more would mean that something else makes files of these names.
const MAX_MARKS: u32 = 1000;

/// A locked file beside the journal. Its lock is what tells a living process from a dead one; the file itself means
/// nothing and is removed by whoever finds it unlocked.
#[derive(Debug)]
pub(crate) struct Mark {
    name: String,
    path: PathBuf,
    /// Keeps the lock.
    _file: File,
}

impl Mark {
    /// Makes the mark of this process beside `journal`. Numbers of processes come again, so its beginning is in the name.
    pub(crate) fn make(journal: &Path, holder: &Holder) -> Result<Self, Error> {
        let Holder { pid, started, .. } = holder;
        let base = journal.file_name().unwrap_or_default().to_string_lossy();
        for attempt in 0..MAX_MARKS {
            let name = format!("{base}.{pid}-{started}-{attempt}.lock");
            let path = journal.with_file_name(&name);
            let file = match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(Error::io("cannot make the lock", &path, &error)),
            };
            return match file.try_lock() {
                Ok(()) => Ok(Self {
                    name,
                    path,
                    _file: file,
                }),
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => {
                    let _ = fs::remove_file(&path);
                    Err(Error::no_locks(&error))
                }
            };
        }
        Err(Error::new(
            ErrorKind::Unusable,
            format!(
                "there are too many files such as {base}.{pid}-{started}-0.lock beside the journal; remove them"
            ),
        ))
    }

    /// The name of the file, which claims hold.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        // A mark that stays is unlocked, and the next process removes it.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the process that made a mark is alive. The mark of a dead one is removed.
///
/// The caller has the journal locked, so no two ask at once.
pub(crate) fn is_alive(journal: &Path, name: &str) -> Result<bool, Error> {
    // A name with a folder in it was not written by this program.
    if Path::new(name).file_name().is_none_or(|only| only != name) {
        return Err(Error::damaged("a claim names no lock"));
    }
    let path = journal.with_file_name(name);
    let file = match OpenOptions::new().write(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::io("cannot open the lock", &path, &error)),
    };
    match file.try_lock() {
        Ok(()) => {
            let _ = fs::remove_file(&path);
            Ok(false)
        }
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(Error::no_locks(&error)),
    }
}
