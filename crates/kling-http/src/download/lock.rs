//! Takes the part of a download for this process alone.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::names::Names;
use super::part_info::PartInfo;
use super::place;
use super::regular::{self, is_same, names, unwritable};
use super::task_attribute;
use crate::error::{Error, Kind};
use crate::upload::shown;

/// How often, and with which pauses, the lock is tried: a download that was just dropped may still be writing its last
/// bytes.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(30);

/// How often the file may turn out to be a different one by the time it is locked. Each time, another download has
/// ended.
const LOOKS: u32 = 1000;

/// What was found at the path of the part.
#[derive(Debug)]
pub(super) enum LockedPart {
    /// The part, locked, with no other name, and its note.
    Part(File, PartInfo),
    /// Another download of this task has put the part in place in the meantime, or was stopped right after doing so.
    Placed(File, PathBuf),
}

/// Opens the part and locks it.
///
/// The lock belongs to the file, not to its name: its previous holder may have given the file its final name before
/// releasing it. So the lock counts only if the file is still the one at the name of the part, and has no other name.
///
/// # Errors
/// [`Error::is_local_io`] if another process has it, or if it cannot be opened or locked.
pub(super) fn lock(files: &Names) -> Result<LockedPart, Error> {
    let part = files.part.as_path();
    let (mut tries, mut owner) = (0, None);
    regular::look(&files.part_info)?;
    for _ in 0..LOOKS {
        let file = match regular::open(part)? {
            Some(file) => file,
            None => match regular::create(part)? {
                Some(file) => file,
                None => continue,
            },
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                owner = PartInfo::read(&files.part_info)?.process.or(owner);
                tries += 1;
                if tries == LOCK_TRIES {
                    return Err(busy(&files.target, owner));
                }
                std::thread::sleep(LOCK_PAUSE);
                continue;
            }
            Err(TryLockError::Error(error)) => return Err(unlockable(part, error)),
        }
        let held = file.metadata().map_err(|error| unwritable(part, error))?;
        let is_there = regular::look(part)?.is_some_and(|there| is_same(&there, &held));
        if is_there && names(&held) == 1 {
            let mut part_info = PartInfo::read(&files.part_info)?;
            part_info.process = Some(std::process::id());
            part_info.write(&files.part_info)?;
            task_attribute::set(&file, &files.task);
            return Ok(LockedPart::Part(file, part_info));
        }
        let placed = place::find(&files.target, &held);
        if is_there {
            // The bytes also belong to the other name and are not overwritten; this name becomes free for a new file.
            files.remove()?;
        }
        if let Some(placed) = placed {
            return Ok(LockedPart::Placed(file, placed));
        }
    }
    Err(busy(&files.target, owner))
}

/// Checks that the part still has its name and no other, so that it may be emptied or given its final name.
///
/// # Errors
/// If it does not.
pub(super) fn still_locked(file: &File, part: &Path) -> Result<(), Error> {
    let held = file.metadata().map_err(|error| unwritable(part, error))?;
    let there = regular::look(part)?;
    if there.is_some_and(|there| is_same(&there, &held)) && names(&held) == 1 {
        return Ok(());
    }
    Err(Error::new(
        Kind::File,
        format!(
            "`{}` was moved, linked or replaced while it was written",
            shown(part)
        ),
    )
    .with_help("leave it alone, and download it again; the id is kept"))
}

fn busy(target: &Path, owner: Option<u32>) -> Error {
    let owner = owner.map_or_else(
        || "another process".to_owned(),
        |process| format!("process {process}"),
    );
    Error::new(
        Kind::File,
        format!("`{}` is being downloaded by {owner}", shown(target)),
    )
    .with_help("wait until it has ended, or give another name")
}

fn unlockable(part: &Path, error: std::io::Error) -> Error {
    Error::new(
        Kind::File,
        format!(
            "`{}` cannot be locked, and without a lock two downloads could spoil each other's file",
            shown(part)
        ),
    )
    .with_help("give a path on another file system, then download it again; the id is kept")
    .with_source(error)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::Path;

    use super::{LockedPart, Names, PartInfo, lock, still_locked};
    use crate::task_ref::TaskRef;

    fn names(folder: &Path) -> Names {
        Names::new(&folder.join("cat.mp4"), &TaskRef::id("video_1"))
    }

    #[test]
    fn a_part_that_has_its_final_name_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let files = names(folder.path());
        for (target, found) in [("cat.mp4", "cat.mp4"), ("cat (2).mp4", "cat (2).mp4")] {
            let target = folder.path().join(target);
            fs::write(&target, "the whole video").unwrap();
            fs::hard_link(&target, &files.part).unwrap();
            let LockedPart::Placed(_, at) = lock(&files).unwrap() else {
                panic!("locked as a part");
            };
            assert_eq!(at, folder.path().join(found));
            assert!(!files.part.exists());
            // In the next round another file already has this name.
            fs::write(folder.path().join("cat.mp4"), "another").unwrap();
        }
    }

    #[test]
    fn a_part_that_is_another_name_of_a_file_is_left_for_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let files = names(folder.path());
        let victim = folder.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        for path in [&files.part, &files.part_info] {
            fs::hard_link(&victim, path).unwrap();
        }
        let LockedPart::Part(mut file, part_info) = lock(&files).unwrap() else {
            panic!("it is in no place");
        };
        file.write_all(b"new").unwrap();
        assert_eq!((part_info.validator, part_info.total), (None, None));
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        assert_eq!(fs::read_to_string(&files.part).unwrap(), "new");
    }

    #[test]
    fn the_holder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let files = names(folder.path());
        let held = lock(&files).unwrap();
        let error = lock(&files).unwrap_err();
        let owner = format!("is being downloaded by process {}", std::process::id());
        assert!(error.to_string().ends_with(&owner), "{error}");
        drop(held);
        assert!(matches!(lock(&files).unwrap(), LockedPart::Part(..)));
    }

    #[test]
    fn who_waits_gets_a_new_part_or_the_video() {
        let folder = tempfile::tempdir().unwrap();
        let files = names(folder.path());
        let LockedPart::Part(mut file, _) = lock(&files).unwrap() else {
            panic!("it is in no place");
        };
        file.write_all(b"the whole video").unwrap();
        let waiting = {
            let files = files.clone();
            std::thread::spawn(move || lock(&files))
        };
        fs::hard_link(&files.part, &files.target).unwrap();
        files.remove().unwrap();
        drop(file);
        match waiting.join().unwrap() {
            Ok(LockedPart::Part(mut file, _)) => file.write_all(b"x").unwrap(),
            Ok(LockedPart::Placed(_, at)) => assert_eq!(at, files.target),
            Err(error) => assert!(error.to_string().contains("is being downloaded by")),
        }
        let video = fs::read_to_string(&files.target).unwrap();
        assert_eq!(video, "the whole video");
    }

    #[test]
    fn a_part_that_gets_another_name_is_no_longer_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let files = names(folder.path());
        let LockedPart::Part(file, _) = lock(&files).unwrap() else {
            panic!("it is in no place");
        };
        still_locked(&file, &files.part).unwrap();
        let other = folder.path().join("other");
        fs::hard_link(&files.part, &other).unwrap();
        assert!(still_locked(&file, &files.part).is_err());
        fs::remove_file(&other).unwrap();
        still_locked(&file, &files.part).unwrap();
        fs::rename(&files.part, &other).unwrap();
        assert!(still_locked(&file, &files.part).is_err());
    }

    #[test]
    fn old_notes_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let files = names(folder.path());
        fs::write(&files.part_info, r#"{"validator":"\"x\"","total":7}"#).unwrap();
        let part_info = PartInfo::read(&files.part_info).unwrap();
        assert_eq!((part_info.total, part_info.process), (Some(7), None));
    }
}
