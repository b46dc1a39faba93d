//! A mark on the file of a video, of which task it is, so that two tasks' videos of the same bytes stay two files.
//! Where the file system keeps no marks, the bytes alone decide.

use std::fs::File;
use std::path::Path;

/// Under this name the file system keeps it.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
const NAME: &str = "user.kling.task";

/// Marks a file. That it cannot be marked does not matter.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
pub(super) fn set(file: &File, task: &str) {
    use rustix::fs::{XattrFlags, fsetxattr};
    let _unmarked = fsetxattr(file, NAME, task.as_bytes(), XattrFlags::empty());
}

/// Whether a file has the mark of another task.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
pub(super) fn is_of_another(path: &Path, task: &str) -> bool {
    let mut mark = [0; 64];
    rustix::fs::lgetxattr(path, NAME, &mut mark)
        .is_ok_and(|length| mark.get(..length) != Some(task.as_bytes()))
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
pub(super) fn set(_file: &File, _task: &str) {}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
pub(super) fn is_of_another(_path: &Path, _task: &str) -> bool {
    false
}
