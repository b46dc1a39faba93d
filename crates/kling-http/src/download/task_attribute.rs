//! The extended attribute that names the task of a video, so that videos of two tasks with the same bytes stay two
//! files. Where the file system has no extended attributes, only the bytes are compared.

use std::fs::File;
use std::path::Path;

/// The name of the extended attribute.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
const NAME: &str = "user.kling.task";

/// Sets the attribute. A failure does not matter.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
pub(super) fn set(file: &File, task: &str) {
    use rustix::fs::{XattrFlags, fsetxattr};
    let _unset = fsetxattr(file, NAME, task.as_bytes(), XattrFlags::empty());
}

/// Whether a file has the attribute of another task.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
pub(super) fn is_of_another(path: &Path, task: &str) -> bool {
    let mut value = [0; 64];
    rustix::fs::lgetxattr(path, NAME, &mut value)
        .is_ok_and(|length| value.get(..length) != Some(task.as_bytes()))
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
pub(super) fn set(_file: &File, _task: &str) {}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
pub(super) fn is_of_another(_path: &Path, _task: &str) -> bool {
    false
}
