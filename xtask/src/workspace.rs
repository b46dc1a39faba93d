//! Where the workspace is, and telling people how a chore goes.

use std::fmt;
use std::io::{self, Write as _};
use std::path::Path;

/// The folder with the workspace's `Cargo.toml`.
///
/// # Panics
/// Never: this crate is a folder of the workspace.
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent()
        .expect("this crate is a folder of the workspace")
}

/// Tells how a chore goes, on standard error.
pub(crate) fn tell(line: impl fmt::Display) {
    // A chore goes on when nobody listens any more.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
