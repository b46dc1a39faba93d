//! The lock that distinguishes a living process from a dead one: the kernel releases it when the process ends, however
//! it ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::holder::Holder;

/// The maximum number of lock files of one process: more would mean that another program creates files with these
/// names.
const MAX_LOCK_FILES: u32 = 1000;

/// A locked file next to the journal. Its lock distinguishes a living process from a dead one; the file itself has no
/// meaning and is removed by any process that finds it unlocked.
#[derive(Debug)]
pub(crate) struct LockFile {
    name: String,
    path: PathBuf,
    /// Keeps the lock.
    _file: File,
}

impl LockFile {
    /// Creates the lock file of this process next to `journal`. Process ids are reused, so the name contains the start
    /// time.
    pub(crate) fn make(journal: &Path, holder: &Holder) -> Result<Self, Error> {
        let Holder { pid, started, .. } = holder;
        let base = journal.file_name().unwrap_or_default().to_string_lossy();
        for attempt in 0..MAX_LOCK_FILES {
            let name = format!("{base}.{pid}-{started}-{attempt}.lock");
            let path = journal.with_file_name(&name);
            let file = match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(Error::io("cannot create the lock", &path, &error)),
            };
            return match file.try_lock() {
                // Another process may have taken it for a dead process's lock file before it was locked.
                Ok(()) if !is_there(&file, &path) => continue,
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

    /// Returns the name of the file, which claims contain.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // A lock file that remains is unlocked, and the next process removes it.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the process that created a lock file is alive. Removes the lock file of a dead one.
///
/// The caller must have the journal locked, so that no two processes check at once.
pub(crate) fn is_alive(journal: &Path, name: &str) -> Result<bool, Error> {
    // A name with a path separator was not written by this program.
    if Path::new(name).file_name().is_none_or(|only| only != name) {
        return Err(Error::damaged("a claim does not name a lock"));
    }
    let path = journal.with_file_name(name);
    // A lock file is created as a regular file. Anything else with its name is not a lock file: a link may lead to a
    // file that another program keeps locked, and opening a pipe may block.
    if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
        return Ok(false);
    }
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

/// Removes the lock files that dead processes left next to the journal. One that cannot be removed is left for the next
/// start.
pub(crate) fn remove_dead(journal: &Path) {
    let (Some(folder), Some(base)) = (journal.parent(), journal.file_name()) else {
        return;
    };
    let base = base.to_string_lossy();
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = file.file_type().is_ok_and(|kind| kind.is_file());
        let name = file.file_name();
        if is_file && name.to_str().is_some_and(|name| is_lock_file(name, &base)) {
            let _ = name.to_str().map(|name| is_alive(journal, name));
        }
    }
}

/// Whether a file name is that of a lock file of this journal: `BASE.PID-STARTED-ATTEMPT.lock`.
fn is_lock_file(name: &str, base: &str) -> bool {
    let numbers = name
        .strip_prefix(base)
        .and_then(|rest| rest.strip_prefix('.'))
        .and_then(|rest| rest.strip_suffix(".lock"));
    numbers.is_some_and(|numbers| {
        let mut count = 0;
        numbers.split('-').all(|number| {
            count += 1;
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        }) && count == 3
    })
}

/// Whether an open file is still the one at this path.
fn is_there(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let _ = path;
        file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(pid: u32) -> Holder {
        Holder {
            pid,
            host: "here".to_owned(),
            started: 5,
        }
    }

    #[test]
    fn only_lock_files_of_dead_processes_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("j");
        let at = |name: &str| folder.path().join(name);
        let alive = LockFile::make(&journal, &holder(1)).unwrap();
        for name in [
            "j.2-5-0.lock",
            "other.2-5-0.lock",
            "j.lock",
            "j.2-5.lock",
            "j.a-5-0.lock",
        ] {
            fs::write(at(name), "").unwrap();
        }
        remove_dead(&journal);
        assert!(!at("j.2-5-0.lock").exists());
        assert!(at(alive.name()).exists());
        for name in ["other.2-5-0.lock", "j.lock", "j.2-5.lock", "j.a-5-0.lock"] {
            assert!(at(name).exists(), "{name}");
        }
    }

    #[test]
    fn opening_a_journal_removes_what_a_dead_process_left() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join("j.2-5-0.lock");
        fs::write(&left, "").unwrap();
        let journal = crate::Journal::open(&folder.path().join("j"), holder(1)).unwrap();
        assert!(!left.exists());
        drop(journal);
    }

    #[test]
    #[cfg(unix)]
    fn what_is_not_a_file_is_not_a_lock_file() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("j");
        let locked = File::create(folder.path().join("locked")).unwrap();
        locked.lock().unwrap();
        std::os::unix::fs::symlink("locked", folder.path().join("j.2-5-0.lock")).unwrap();
        assert!(!is_alive(&journal, "j.2-5-0.lock").unwrap());
        // The pipe has no reader: opening it would block.
        let pipe = folder.path().join("j.3-5-0.lock");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        assert!(!is_alive(&journal, "j.3-5-0.lock").unwrap());
        assert!(pipe.exists());
    }

    #[test]
    fn a_lock_file_that_was_removed_before_it_was_locked_counts_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        let file = File::create(&path).unwrap();
        assert!(is_there(&file, &path));
        fs::remove_file(&path).unwrap();
        assert!(!is_there(&file, &path));
    }

    #[test]
    #[cfg(unix)]
    fn the_lock_is_beside_the_file_and_not_beside_a_link_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let (real, links) = (folder.path().join("real"), folder.path().join("links"));
        fs::create_dir(&real).unwrap();
        fs::create_dir(&links).unwrap();
        fs::write(real.join("j"), "").unwrap();
        std::os::unix::fs::symlink("../real/j", links.join("l")).unwrap();
        let mut journal = crate::Journal::open(&links.join("l"), holder(1)).unwrap();
        let key = crate::JobKey::of("{}").unwrap();
        let claim = journal
            .claim(
                crate::NewJob {
                    key: &key,
                    service: "https://a.example",
                    text: "{}",
                    client_business_id: None,
                    source: None,
                    again: false,
                },
                0,
            )
            .unwrap();
        assert!(real.join("j.1-5-0.lock").exists());
        assert_eq!(fs::read_dir(&links).unwrap().count(), 1);
        drop(claim);
    }
}
