//! Where the workspace is, and progress messages for people.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Returns the folder with the workspace's `Cargo.toml`.
///
/// # Panics
/// Never: this crate is a folder of the workspace.
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent()
        .expect("this crate is a folder of the workspace")
}

/// Returns the source files in a folder and in those below it.
///
/// # Errors
/// A folder cannot be read.
pub fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// Prints a progress message on standard error.
pub fn print_line(line: impl fmt::Display) {
    // If standard error is closed, the chore continues.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
