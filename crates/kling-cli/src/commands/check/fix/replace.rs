//! Replacing a file: at every moment there is the old one, whole, or the new one, whole.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// The text that takes the place of a file.
pub(super) struct Replacement {
    path: PathBuf,
    new: BufWriter<NamedTempFile>,
}

impl Replacement {
    /// An empty text in the folder of the file; it is gone if it is not put in the file's place.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        Ok(Self {
            path: path.to_owned(),
            new: BufWriter::new(Builder::new().prefix(".kling-").tempfile_in(folder)?),
        })
    }

    /// Puts it in the file's place, with the file's permissions.
    pub(super) fn put(self) -> io::Result<()> {
        let new = self
            .new
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        let permissions = fs::metadata(&self.path)?.permissions();
        new.as_file().set_permissions(permissions)?;
        new.as_file().sync_all()?;
        new.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.new.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.new.flush()
    }
}
