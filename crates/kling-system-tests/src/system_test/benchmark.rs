//! The output of a benchmark of a release build of the program.

use std::path::Path;
use std::process::{Command, Stdio};

use xtask::failure::{Failure, Result};
use xtask::process::build;

/// Builds the program and the benchmarks, runs one with these arguments, and returns what it prints.
///
/// # Errors
/// Something could not be built or run.
pub(super) fn table(root: &Path, arguments: &[&str]) -> Result<String> {
    // Built separately: together the program would get the features that the benchmarks enable in its libraries.
    let kling = build(root, &["--release", "-p", "kling-cli"], "kling")?;
    let bench = build(
        root,
        &["-p", "kling-bench", "--bin", "kling-bench"],
        "kling-bench",
    )?;
    let output = Command::new(&bench)
        .args(arguments)
        .arg("--kling")
        .arg(&kling)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::file(&bench, "started", &error))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
