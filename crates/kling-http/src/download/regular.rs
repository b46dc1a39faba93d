//! Opens the files beside the target: only regular ones, never through a link, and without ever blocking.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::{Error, Kind};
use crate::upload::shown;

/// Returns what is at a path without following links; `None` if there is nothing.
///
/// # Errors
/// [`Error::is_local_io`] if it is something other than a regular file, or cannot be inspected.
pub(super) fn look(path: &Path) -> Result<Option<Metadata>, Error> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => {
            refuse(path, &metadata)?;
            Ok(Some(metadata))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unwritable(path, error)),
    }
}

/// Opens a file for reading and writing; `None` if there is nothing. Anything but a regular file is refused before it
/// is opened: opening a pipe can wait forever, and opening a device may have effects.
///
/// # Errors
/// As [`look`], or if it cannot be opened.
pub(super) fn open(path: &Path) -> Result<Option<File>, Error> {
    if look(path)?.is_none() {
        return Ok(None);
    }
    match options().open(path) {
        Ok(file) => {
            let metadata = file.metadata().map_err(|error| unwritable(path, error))?;
            refuse(path, &metadata)?;
            Ok(Some(file))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unwritable(path, error)),
    }
}

/// Creates a file; `None` if something is already there.
///
/// # Errors
/// If it cannot be created.
pub(super) fn create(path: &Path) -> Result<Option<File>, Error> {
    match options().create_new(true).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(unwritable(path, error)),
    }
}

/// Removes a name, if it is there.
///
/// # Errors
/// If it cannot be removed.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(path, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Whether both are the metadata of one file.
#[cfg(unix)]
pub(super) fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Cannot be determined here; while a file is locked, others cannot rename it.
#[cfg(not(unix))]
pub(super) fn is_same(_one: &Metadata, _other: &Metadata) -> bool {
    true
}

/// The number of names a file has.
#[cfg(unix)]
pub(super) fn names(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

/// Cannot be determined here.
#[cfg(not(unix))]
pub(super) fn names(_metadata: &Metadata) -> u64 {
    1
}

pub(super) fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(Kind::File, format!("`{}` cannot be written", shown(path)))
        .with_help("free some space or give another path, then download it again; the id is kept")
        .with_source(error)
}

/// Opens for reading and writing. If the file is replaced by a link or a pipe after it was inspected, the link is not
/// followed and the pipe does not block.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    options
}

fn refuse(path: &Path, metadata: &Metadata) -> Result<(), Error> {
    if metadata.is_file() {
        return Ok(());
    }
    let kind = if metadata.is_dir() {
        "a folder"
    } else if metadata.is_symlink() {
        "a link"
    } else if is_pipe(metadata) {
        "a pipe"
    } else {
        "a device or a socket"
    };
    Err(Error::new(
        Kind::File,
        format!("`{}` is {kind}, not a regular file", shown(path)),
    )
    .with_help("remove it or give another name, then download it again; the id is kept"))
}

#[cfg(unix)]
fn is_pipe(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_metadata: &Metadata) -> bool {
    false
}
