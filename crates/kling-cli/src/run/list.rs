//! Paths in a file, as other programs list them.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::exit::Failure;
use crate::input::files::{Named, STDIN};
use crate::output::waiting;
use crate::regular;

/// The maximum length of a list, in bytes.
const LONGEST: u64 = 64 << 20;

/// Reads a list: its paths are separated by NUL bytes if there are any, otherwise they are lines.
pub(crate) fn read(list: &Path, named: &[Named]) -> Result<Vec<Named>, Failure> {
    let is_stdin = list.as_os_str() == STDIN;
    if is_stdin && named.iter().any(|given| given.path.as_os_str() == STDIN) {
        return Err(Failure::new(
            "standard input cannot be both a list of files (`--files-from -`) and a request (`-`); name a file for one of them",
        ));
    }
    let read = if is_stdin {
        waiting::note_reading("a list of files");
        content(io::stdin())
    } else {
        regular::open_given(list).and_then(content)
    };
    let content = read.map_err(|error| {
        let name = kling_text::plain(&list.to_string_lossy()).into_owned();
        Failure::new(&format!(
            "cannot read the list of files `{name}`: {}; name another file",
            kling_text::plain(&error.to_string())
        ))
    })?;
    let separator = if content.contains(&0) { 0 } else { b'\n' };
    let paths = content.split(|byte| *byte == separator).map(|path| {
        if separator == 0 {
            path
        } else {
            path.strip_suffix(b"\r").unwrap_or(path)
        }
    });
    Ok(paths
        .filter(|path| !path.is_empty())
        .map(|path| Named {
            path: path_of(path),
            listed: true,
        })
        .collect())
}

fn content(input: impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    input.take(LONGEST + 1).read_to_end(&mut content)?;
    if content.len() as u64 > LONGEST {
        return Err(io::Error::other(format!(
            "it is longer than {LONGEST} bytes"
        )));
    }
    Ok(content)
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::new(String::from_utf8_lossy(bytes).as_ref()))
}
