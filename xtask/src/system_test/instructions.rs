//! The checker's cost in instructions a byte, which no other load of the machine can change.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::process::build;

/// What a byte of requests may cost at most where 5 % of them have a fault.
const MAX_A_BYTE: f64 = 8.0;
/// The requests, in millions of bytes; the benchmark's corpus is at most one request longer.
const MEGABYTES: u32 = 1;
/// How often the requests are checked in the two runs; their difference is the checking alone.
const REPEATS: [u32; 2] = [1, 3];

/// Builds the benchmarks and counts.
///
/// # Errors
/// A byte costs too many instructions, or something could not be run.
pub(super) fn test(root: &Path) -> Result<String> {
    let program = build(
        root,
        &["--release", "-p", "kling-bench", "--bin", "kling-bench"],
        "kling-bench",
    )?;
    let [few, many] = [count(&program, REPEATS[0])?, count(&program, REPEATS[1])?];
    let rounds = f64::from(REPEATS[1] - REPEATS[0]);
    let a_byte = (many - few) / rounds / (f64::from(MEGABYTES) * 1e6);
    if a_byte > MAX_A_BYTE {
        return Err(Failure::new(format!(
            "a byte of requests costs {a_byte:.2} instructions; the bound is {MAX_A_BYTE}"
        )));
    }
    Ok(format!("{a_byte:.2}; the bound is {MAX_A_BYTE}"))
}

/// All instructions of a run that checks the requests so many times.
fn count(program: &Path, times: u32) -> Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--size", &MEGABYTES.to_string()])
        .args([
            "instructions",
            "--repeat",
            &times.to_string(),
            "--faulty",
            "5",
        ])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("valgrind cannot be started: {error}")))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let counted = collected(&told).filter(|_| output.status.success());
    counted.ok_or_else(|| {
        let last: Vec<&str> = told.lines().rev().take(5).collect();
        Failure::new(format!(
            "valgrind counted nothing ({}): {}",
            output.status,
            last.join(" / ")
        ))
    })
}

/// The count that callgrind tells at its end.
fn collected(told: &str) -> Option<f64> {
    let line = told
        .lines()
        .find_map(|line| line.split_once("Collected : "))?;
    line.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_what_callgrind_tells() {
        let told = "==7== Events    : Ir\n==7== Collected : 1250000\n==7== \n==7== I   refs:      1,250,000\n";
        assert_eq!(collected(told), Some(1_250_000.0));
        assert_eq!(collected("valgrind: no such file"), None);
    }
}
