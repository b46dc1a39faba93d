//! The cost of checking in instructions a byte, which no other load of the machine can change.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::process::build;

/// How many cases the benchmark counts, each with a bound.
const CASES: usize = 3;

/// Builds the program, and counts with the benchmark.
///
/// # Errors
/// A byte costs too many instructions, or something could not be run.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build(root, &["--release", "-p", "kling-cli"], "kling")?;
    let bench = build(
        root,
        &["-p", "kling-bench", "--bin", "kling-bench"],
        "kling-bench",
    )?;
    let output = Command::new(&bench)
        .args(["--size", "1", "instructions", "--kling"])
        .arg(&kling)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::file(&bench, "started", &error))?;
    let table = String::from_utf8_lossy(&output.stdout);
    let counted = counted(&table);
    if counted.len() != CASES {
        return Err(Failure::new(format!(
            "the benchmark has counted {} of {CASES} cases:\n{table}",
            counted.len()
        )));
    }
    if counted.iter().any(|(_, is_reached)| !is_reached) {
        return Err(Failure::new(format!(
            "a byte of requests costs too many instructions:\n{table}"
        )));
    }
    let figures: Vec<&str> = counted.iter().map(|(figure, _)| *figure).collect();
    Ok(format!("{} a byte", figures.join(", ")))
}

/// The figure of each case, and whether it is within its bound.
fn counted(table: &str) -> Vec<(&str, bool)> {
    let rows = table.lines().filter_map(|line| {
        let (_, cells) = line.split_once("% with findings")?;
        let mut cells = cells.split_whitespace();
        let figure = cells.next()?;
        Some((figure, cells.next_back()? == "yes"))
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_read_from_the_table() {
        let table = "\nInstructions\n  case  instructions a byte  target  reached\n  0 % with findings  9.25  <= 10  yes\n  7 % with findings  13.10  <= 13  NO\n";
        assert_eq!(counted(table), [("9.25", true), ("13.10", false)]);
        assert_eq!(counted("valgrind: no such file"), []);
    }
}
