//! A check of one small file needs little memory: the program loads no more of itself than it runs.

use std::path::Path;

use xtask::failure::{Failure, Result};

use super::benchmark::table;

/// The maximum memory that such a check may use, in MiB.
const MAX_MIB: f64 = 10.0;

/// Measures a check of one small file.
///
/// # Errors
/// More memory was used, or something could not be run.
pub(super) fn test(root: &Path) -> Result<String> {
    let table = table(root, &["startup", "--quick"])?;
    let peak = peak(&table)
        .ok_or_else(|| Failure::new(format!("the benchmark prints no peak of memory:\n{table}")))?;
    if peak > MAX_MIB {
        return Err(Failure::new(format!(
            "`kling check` took {peak} MiB for one small file; the bound is {MAX_MIB} MiB"
        )));
    }
    Ok(format!("{peak} MiB; the bound is {MAX_MIB} MiB"))
}

/// Returns the program's peak in the table of the benchmark, in MiB.
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
