//! The note beside a part: where its bytes come from, and which process is writing it.

use std::io::{Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::regular::{self, unwritable};
use crate::error::Error;

/// The maximum size of a note that is read, in bytes. It holds a header.
const LIMIT: u64 = 64 * 1024;

/// What must be known to continue: without a validator, parts of two videos could be joined.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartInfo {
    /// The strong entity tag or the date of the video.
    pub(super) validator: Option<String>,
    /// Its length.
    pub(super) total: Option<u64>,
    /// The process that writes the part, to report to others that find it locked.
    #[serde(default)]
    pub(super) process: Option<u32>,
}

impl PartInfo {
    /// Reads the note; an empty one if there is no note, or none that can be read.
    ///
    /// # Errors
    /// If there is something other than a regular file at the path.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let Some(file) = regular::open(path)? else {
            return Ok(Self::default());
        };
        let mut text = Vec::new();
        let read = file.take(LIMIT).read_to_end(&mut text);
        let part_info = read.ok().and_then(|_| serde_json::from_slice(&text).ok());
        Ok(part_info.unwrap_or_default())
    }

    /// Returns the note for an empty part.
    pub(super) fn of_nothing(self) -> Self {
        Self {
            process: self.process,
            ..Self::default()
        }
    }

    /// Writes the note as a new file, so that a file with a second name is left unchanged. It is made durable if a
    /// download can be continued from it.
    ///
    /// # Errors
    /// If it cannot be written, or if there is something other than a regular file at the path.
    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        regular::look(path)?;
        regular::remove(path)?;
        let failed = |error| unwritable(path, error);
        let text = serde_json::to_vec(self)
            .map_err(std::io::Error::from)
            .map_err(failed)?;
        let taken = || std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        let mut file = regular::create(path)?.ok_or_else(|| failed(taken()))?;
        file.write_all(&text).map_err(failed)?;
        if self.validator.is_some() {
            file.sync_all().map_err(failed)?;
        }
        Ok(())
    }
}
