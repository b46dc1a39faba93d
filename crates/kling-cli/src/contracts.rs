//! Builds the checker for the command line.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use kling_check::Checker;
use kling_spec::{Spec, SpecError};

use crate::exit::Failure;
use crate::regular;

/// The maximum number of bytes of a contract that are read; the longest embedded one has 15 KB.
const MAX_CONTRACT_SIZE: u64 = 4 << 20;

/// Returns a checker with the contracts given by the user, then those named by a `kling.toml`, then the embedded ones in
/// an edition, which was named by `origin`.
pub(crate) fn checker(
    edition: Option<(&str, &str)>,
    given: &[PathBuf],
    configured: &[PathBuf],
) -> Result<Checker, Failure> {
    let checker = match edition {
        None => Checker::embedded(),
        Some((id, origin)) => {
            Checker::edition(id).map_err(|unknown| Failure::new(&format!("{origin}: {unknown}")))?
        }
    };
    if given.is_empty() && configured.is_empty() {
        return Ok(checker);
    }
    let mut specs = Vec::new();
    let mut faults = Vec::new();
    let given = given.iter().map(|path| (path, regular::open_given(path)));
    // The author of the `kling.toml` need not be the user, and so must not name this process's pipes.
    let configured = configured.iter().map(|path| (path, regular::open(path)));
    for (path, file) in given.chain(configured) {
        match read(path, file) {
            Ok(spec) => specs.push(spec),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() {
        Ok(checker.with_specs(specs))
    } else {
        Err(Failure::placed(faults))
    }
}

/// Returns the checker with a model to assume, which was named by `origin`.
pub(crate) fn assuming(checker: Checker, id: &str, origin: &str) -> Result<Checker, Failure> {
    checker
        .assume_model(id)
        .map_err(|unknown| Failure::new(&format!("{origin}: {unknown}")))
}

fn read(path: &Path, file: io::Result<File>) -> Result<Spec, Vec<String>> {
    let text = text(path, file).map_err(|fault| vec![fault])?;
    Spec::from_toml(&text).map_err(|errors| {
        let errors = errors.as_slice().iter();
        errors.map(|error| placed(path, error)).collect()
    })
}

fn text(path: &Path, file: io::Result<File>) -> Result<String, String> {
    let shown = path.display();
    let mut text = String::new();
    let length = file
        .and_then(|file| file.take(MAX_CONTRACT_SIZE + 1).read_to_string(&mut text))
        .map_err(|error| format!("{shown}: cannot be read: {error}; name another file"))?;
    if length as u64 > MAX_CONTRACT_SIZE {
        return Err(format!(
            "{shown}: it is longer than {MAX_CONTRACT_SIZE} bytes, so it is not a contract; name another file"
        ));
    }
    Ok(text)
}

/// Formats a fault in a contract with its location, as compilers do.
fn placed(path: &Path, error: &SpecError) -> String {
    let shown = path.display();
    let mut message = format!(
        "{shown}:{}:{}: {}",
        error.line(),
        error.column(),
        error.message()
    );
    if let Some(expected) = error.expected() {
        message.push_str("; expected ");
        message.push_str(expected);
    }
    if let Some(suggestion) = error.suggestion() {
        message.push_str("; did you mean `");
        message.push_str(suggestion);
        message.push_str("`?");
    }
    if error.expected().or(error.suggestion()).is_none() {
        message.push_str("; `kling schema contract` describes the file");
    }
    message
}
