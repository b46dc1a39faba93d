//! Replaces the text of a file: at every moment it has the old or the new text, and concurrent changes by others are
//! kept.
//!
//! A file with one name is replaced by a new file with the same attributes. A file with several names is rewritten, so
//! that it stays one file.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, SpooledTempFile, TempPath};

use super::keep;

/// Texts up to this length are kept in memory.
const IN_MEMORY: usize = 8 << 20;

/// The prefix of a replacement file's name.
const PREFIX: &str = ".kling-";

/// The new text for a file.
pub(super) struct Replacement {
    path: PathBuf,
    file: File,
    old: SpooledTempFile,
    new: SpooledTempFile,
}

impl Replacement {
    /// Starts with no text, for a file that is open at the path.
    pub(super) fn of(path: &Path, file: File) -> Self {
        Self {
            path: path.to_owned(),
            file,
            old: SpooledTempFile::new(IN_MEMORY),
            new: SpooledTempFile::new(IN_MEMORY),
        }
    }

    /// Adds a piece as it was read, and its replacement.
    pub(super) fn add(&mut self, old: &[u8], new: &[u8]) -> io::Result<()> {
        self.old.write_all(old)?;
        self.new.write_all(new)
    }

    /// Replaces the old text by the new one.
    ///
    /// # Errors
    /// When the file is read-only, no longer contains what was read, cannot be written, or could not keep its
    /// attributes. It is then unchanged.
    pub(super) fn put(self) -> io::Result<()> {
        let metadata = self.file.metadata()?;
        if is_read_only(&metadata) {
            return Err(io::Error::other(
                "it is read-only; make it writable if you want it changed",
            ));
        }
        let put = if has_other_names(&metadata) {
            self.put_in_place()
        } else {
            self.replace_by_new_file()
        };
        put.map_err(with_remedy)
    }

    fn replace_by_new_file(mut self) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new(".")).to_owned();
        // An unnamed file disappears with the program, however that ends.
        let unnamed = tempfile::tempfile_in(&folder).map_err(|error| refused(&error))?;
        self.fill(&unnamed)?;
        let beside = if let Some(beside) = named(&unnamed, &folder) {
            beside
        } else {
            let beside = Builder::new().prefix(PREFIX).tempfile_in(&folder);
            let beside = beside.map_err(|error| refused(&error))?;
            self.fill(beside.as_file())?;
            beside.into_temp_path()
        };
        let mut current = self.file.try_clone()?;
        self.refuse_changed(&mut current)?;
        beside.persist(&self.path).map_err(|error| error.error)
    }

    /// Gives a new file the new text and the old file's attributes.
    fn fill(&mut self, mut new: &File) -> io::Result<()> {
        self.new.rewind()?;
        io::copy(&mut self.new, &mut new)?;
        keep::all(&self.file, new)?;
        new.sync_all()
    }

    fn put_in_place(mut self) -> io::Result<()> {
        let mut current = OpenOptions::new().read(true).write(true).open(&self.path)?;
        self.refuse_changed(&mut current)?;
        let old_length = current.metadata()?.len();
        let new_length = self.new.seek(SeekFrom::End(0))?;
        // Space is allocated first: if there is not enough, the old text has not been touched.
        if new_length > old_length {
            self.new.seek(SeekFrom::Start(old_length))?;
            current.seek(SeekFrom::Start(old_length))?;
            if let Err(error) =
                io::copy(&mut self.new, &mut current).and_then(|_| current.sync_all())
            {
                current.set_len(old_length)?;
                return Err(error);
            }
        }
        self.overwrite(&mut current, old_length, new_length)
            .map_err(|error| self.put_back(&mut current, old_length, error))
    }

    /// Writes the new text over the old one, up to its length.
    fn overwrite(
        &mut self,
        current: &mut File,
        old_length: u64,
        new_length: u64,
    ) -> io::Result<()> {
        self.new.rewind()?;
        current.rewind()?;
        io::copy(&mut (&mut self.new).take(old_length), current)?;
        current.set_len(new_length)?;
        current.sync_all()
    }

    /// Writes the old text again, since the new one could not be written completely; returns what to report.
    fn put_back(&mut self, current: &mut File, old_length: u64, error: io::Error) -> io::Error {
        let begun = self.old.rewind().and_then(|()| current.rewind());
        // What cannot be written now was not overwritten before, so only what the file then holds counts.
        let _ = begun.and_then(|()| io::copy(&mut self.old, current));
        let _ = current
            .set_len(old_length)
            .and_then(|()| current.sync_all());
        match self.refuse_changed(current) {
            Ok(()) => error,
            Err(_) => io::Error::new(
                error.kind(),
                format!(
                    "{error}, and it now has parts of the old text and of the new one; restore it from a copy"
                ),
            ),
        }
    }

    /// Checks that the path still leads to the file that was read, and that this still contains what was read.
    fn refuse_changed(&mut self, current: &mut File) -> io::Result<()> {
        self.old.rewind()?;
        current.rewind()?;
        let is_same = is_one(&self.file.metadata()?, &fs::metadata(&self.path)?)
            && is_one(&self.file.metadata()?, &current.metadata()?)
            && are_equal(BufReader::new(&mut self.old), BufReader::new(current))?;
        if is_same {
            Ok(())
        } else {
            Err(io::Error::other(
                "it changed after it was read, so it was left as it is; run the command again",
            ))
        }
    }
}

/// What to do where a file cannot be changed.
const APPLY: &str = "apply the changes that `--diff` shows";

/// Says what to do, as every error that is not one of the system does already.
fn with_remedy(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(_) => io::Error::new(error.kind(), format!("{error}; {APPLY}")),
        None => error,
    }
}

/// Explains why a new file could not be created in the folder.
fn refused(error: &io::Error) -> io::Error {
    let why = format!("no file to replace it can be created in its folder: {error}; {APPLY}");
    io::Error::new(error.kind(), why)
}

/// Gives an unnamed file a name in the folder; `None` where that is not possible.
#[cfg(target_os = "linux")]
fn named(file: &File, folder: &Path) -> Option<TempPath> {
    use rustix::fs::{AtFlags, CWD, linkat};
    let open = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file));
    let link = |path: &Path| Ok(linkat(CWD, &*open, CWD, path, AtFlags::SYMLINK_FOLLOW)?);
    let named = Builder::new().prefix(PREFIX).make_in(folder, link);
    named.ok().map(tempfile::NamedTempFile::into_temp_path)
}

#[cfg(not(target_os = "linux"))]
fn named(_file: &File, _folder: &Path) -> Option<TempPath> {
    None
}

/// Whether two readers return the same bytes.
fn are_equal(mut one: impl BufRead, mut other: impl BufRead) -> io::Result<bool> {
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let length = left.len().min(right.len());
        if length == 0 {
            return Ok(left.len() == right.len());
        }
        if left[..length] != right[..length] {
            return Ok(false);
        }
        one.consume(length);
        other.consume(length);
    }
}

/// Whether the owner of a file has made it read-only; this applies even to users who could write anyway, such as an
/// administrator.
fn is_read_only(metadata: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o200 == 0;
    #[cfg(not(unix))]
    metadata.permissions().readonly()
}

/// Whether a file has several names.
#[cfg(unix)]
fn has_other_names(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) > 1
}

#[cfg(not(unix))]
fn has_other_names(_metadata: &Metadata) -> bool {
    false
}

/// Whether both are the metadata of one file.
#[cfg(unix)]
fn is_one(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_one(one: &Metadata, other: &Metadata) -> bool {
    (one.len(), one.modified().ok()) == (other.len(), other.modified().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[u8] = b"{\"duration\": \"5\"}";
    const NEW: &[u8] = b"{\"duration\": 5}";

    /// A file with the old text in its own folder, and its replacement.
    fn begun() -> (tempfile::TempDir, PathBuf, Replacement) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        fs::write(&path, OLD).expect("the file is written");
        let mut replacement = Replacement::of(&path, File::open(&path).expect("the file opens"));
        replacement.add(&OLD[..4], &NEW[..4]).expect("it is kept");
        replacement.add(&OLD[4..], &NEW[4..]).expect("it is kept");
        (folder, path, replacement)
    }

    #[track_caller]
    fn holds(path: &Path, text: &[u8]) {
        assert_eq!(fs::read(path).expect("the file is read"), text);
        let folder = path.parent().expect("a folder");
        let names = fs::read_dir(folder).expect("the folder is read");
        let others = names
            .map(|entry| entry.expect("an entry").file_name())
            .filter(|name| name.to_string_lossy().starts_with(".kling-"));
        assert_eq!(others.count(), 0, "nothing is left beside it");
    }

    #[test]
    fn the_new_text_takes_the_place_of_the_old_one() {
        let (_folder, path, replacement) = begun();
        replacement.put().expect("it is replaced");
        holds(&path, NEW);
    }

    #[test]
    fn what_somebody_else_has_written_stays() {
        for other in [
            &b"{\"duration\": \"9\"}"[..],
            b"",
            b"{\"duration\": \"5\"} ",
        ] {
            let (_folder, path, replacement) = begun();
            fs::write(&path, other).expect("the file is written");
            let error = replacement.put().expect_err("it has changed");
            assert!(
                error.to_string().contains("changed after it was read"),
                "{error}"
            );
            holds(&path, other);
        }
    }

    #[cfg(unix)]
    #[test]
    fn another_file_under_the_name_stays() {
        let (folder, path, replacement) = begun();
        let saved = folder.path().join("saved.json");
        fs::write(&saved, OLD).expect("the file is written");
        fs::rename(&saved, &path).expect("it takes the name");
        assert!(replacement.put().is_err());
        holds(&path, OLD);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_two_names_stays_one() {
        use std::os::unix::fs::MetadataExt as _;
        let long = [OLD, b"                         "].concat();
        for (old, new) in [(OLD, NEW), (OLD, &long[..])] {
            let (folder, path, _) = begun();
            let other = folder.path().join("b.json");
            fs::hard_link(&path, &other).expect("a second name");
            let file = File::open(&path).expect("the file opens");
            let number = file.metadata().expect("its metadata").ino();
            let mut replacement = Replacement::of(&path, file);
            replacement.add(old, new).expect("it is kept");
            replacement.put().expect("it is replaced");
            holds(&path, new);
            holds(&other, new);
            assert_eq!(fs::metadata(&other).expect("its metadata").ino(), number);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_changed_file_with_two_names_stays() {
        let (folder, path, replacement) = begun();
        fs::hard_link(&path, folder.path().join("b.json")).expect("a second name");
        fs::write(&path, "changed").expect("the file is written");
        assert!(replacement.put().is_err());
        holds(&path, b"changed");
    }

    #[test]
    fn a_read_only_file_stays() {
        let (_folder, path, replacement) = begun();
        let writable = fs::metadata(&path).expect("its metadata").permissions();
        let mut read_only = writable.clone();
        read_only.set_readonly(true);
        fs::set_permissions(&path, read_only).expect("it is closed");
        let error = replacement.put().expect_err("it is read-only");
        assert!(error.to_string().contains("read-only"), "{error}");
        holds(&path, OLD);
        // Lets every system remove it.
        fs::set_permissions(&path, writable).expect("it is opened");
    }
}
