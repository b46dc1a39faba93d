//! Why a chore could not be done, and file access with errors that name the file.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

/// What is wrong and what to do, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(String);

/// The outcome of a chore.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// Makes a failure with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Makes a failure for something that could not be done to a file.
    pub fn file(path: &Path, verb: &str, error: &io::Error) -> Self {
        Self(format!("{} cannot be {verb}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// Reads the text of a file.
///
/// # Errors
/// The file cannot be read, or is not UTF-8.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Failure::file(path, "read", &error))
}

/// Writes a file and creates its folders.
///
/// # Errors
/// One of them cannot be written.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, "made", &error))?;
    }
    fs::write(path, text).map_err(|error| Failure::file(path, "written", &error))
}
