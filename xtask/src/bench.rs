//! `cargo xtask bench`: the benchmarks, together with the programs that they measure.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::process::build;

/// Builds the programs in release mode and runs the benchmarks with these arguments.
///
/// # Errors
/// Something does not build, or the benchmarks fail.
pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    build(root, &["--release", "-p", "kling-cli"], "kling")?;
    let program = build(root, &["--release", "-p", "kling-bench"], "kling-bench")?;
    let status = Command::new(&program)
        .args(arguments.iter().skip_while(|word| *word == "--"))
        .current_dir(root)
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Failure::file(&program, "started", &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("the benchmarks failed ({status})")))
}
