//! The names of the files of a download.

use std::path::{Path, PathBuf};

use super::regular;
use crate::error::Error;
use crate::task_ref::TaskRef;

/// How many bytes of the target's name the name of the part contains.
const NAME_SHARE: usize = 200;

/// The names of a download's files.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// The target of the video.
    pub(super) target: PathBuf,
    /// The file it is downloaded to. Two tasks never share it, even for the same target.
    pub(super) part: PathBuf,
    /// The note about the part.
    pub(super) part_info: PathBuf,
    /// A word that identifies the task.
    pub(super) task: String,
}

impl Names {
    pub(super) fn new(target: &Path, task: &TaskRef) -> Self {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let mut end = name.len().min(NAME_SHARE);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        let task = word_of(task);
        let name = format!("{}.{task}", name.get(..end).unwrap_or_default());
        Self {
            target: target.to_owned(),
            part: target.with_file_name(format!("{name}.part")),
            part_info: target.with_file_name(format!("{name}.part-info")),
            task,
        }
    }

    /// Removes the part and its note. The note goes first: once the name of the part is free, a note belongs to
    /// another download.
    ///
    /// # Errors
    /// [`Error::is_local_io`].
    pub(super) fn remove(&self) -> Result<(), Error> {
        regular::remove(&self.part_info)?;
        regular::remove(&self.part)
    }
}

/// Returns a word for a task that can be part of any file name.
pub(super) fn word_of(task: &TaskRef) -> String {
    // FNV-1a, so that it is the same in every version of the program.
    let hash = task
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{hash:016x}")
}
