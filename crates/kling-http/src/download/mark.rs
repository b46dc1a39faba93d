//! Marks the file of a video with its task, so that videos of two tasks with the same bytes stay two files. Where the
//! file system does not support marks, only the bytes are compared.

use std::fs::File;
use std::path::Path;

/// The name of the extended attribute.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
const NAME: &str = "user.kling.task";

/// Marks a file. A failure does not matter.
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
