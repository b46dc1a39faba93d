//! A check of one small file needs little memory: the program reads no more of itself than it runs.

use std::path::Path;
use std::process::{Command, Stdio};

use xtask::failure::{Failure, Result};
use xtask::process::build;

/// The most memory that such a check may need, in MiB.
const MAX_MIB: f64 = 10.0;

/// Builds the program and the benchmarks, which measure it.
///
/// # Errors
/// More memory was needed, or something could not be run.
pub(super) fn test(root: &Path) -> Result<String> {
    // One after the other: together the program would get what the benchmarks turn on in its libraries.
    let kling = build(root, &["--release", "-p", "kling-cli"], "kling")?;
    let bench = build(
        root,
        &["-p", "kling-bench", "--bin", "kling-bench"],
        "kling-bench",
    )?;
    let output = Command::new(&bench)
        .args(["startup", "--quick", "--kling"])
        .arg(&kling)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::file(&bench, "started", &error))?;
    let table = String::from_utf8_lossy(&output.stdout);
    let peak = peak(&table)
        .ok_or_else(|| Failure::new(format!("the benchmark tells no peak of memory:\n{table}")))?;
    if peak > MAX_MIB {
        return Err(Failure::new(format!(
            "`kling check` took {peak} MiB for one small file; the bound is {MAX_MIB} MiB"
        )));
    }
    Ok(format!("{peak} MiB; the bound is {MAX_MIB} MiB"))
}

/// What the table of the benchmark tells of our peak, in MiB.
fn peak(table: &str) -> Option<f64> {
    let row = table
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("peak memory, MiB"))?;
    row.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::peak;

    #[test]
    fn the_peak_is_read_from_the_table() {
        let table = "\nStart-up\n  case              ours\n  time, ms          1.28\n  peak memory, MiB   4.7               -\n";
        assert_eq!(peak(table), Some(4.7));
        assert_eq!(peak("  peak memory: not measured"), None);
    }
}
