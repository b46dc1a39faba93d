//! The cost of checking in instructions per byte, which does not depend on the machine's load.

use std::path::Path;

use xtask::failure::{Failure, Result};

use super::benchmark::table;

/// The maximum cost of a byte if 0, 7 and 60 % of the requests have findings. The targets of the benchmark are 10, 13 and
/// 22.
const BOUNDS: [f64; 3] = [10.0, 11.6, 20.0];

/// Counts with the benchmark.
///
/// # Errors
/// A byte costs too many instructions, or something could not be run.
pub(super) fn test(root: &Path) -> Result<String> {
    let table = table(root, &["instructions"])?;
    let counted = counted(&table);
    if counted.len() != BOUNDS.len() {
        return Err(Failure::new(format!(
            "the benchmark has counted {} of {} cases:\n{table}",
            counted.len(),
            BOUNDS.len()
        )));
    }
    if counted
        .iter()
        .zip(BOUNDS)
        .any(|(figure, bound)| *figure > bound)
    {
        return Err(Failure::new(format!(
            "a byte of requests costs too many instructions; the bounds are {BOUNDS:?}:\n{table}"
        )));
    }
    Ok(format!("{counted:?} a byte; the bounds are {BOUNDS:?}"))
}

/// Returns the result of each case.
fn counted(table: &str) -> Vec<f64> {
    let rows = table.lines().filter_map(|line| {
        let (_, cells) = line.split_once("% with findings")?;
        cells.split_whitespace().next()?.parse().ok()
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_read_from_the_table() {
        let table = "\nInstructions\n  case  instructions a byte  target  reached\n  0 % with findings  9.25  <= 10  yes\n  7 % with findings  13.10  <= 13  NO\n";
        assert_eq!(counted(table), [9.25, 13.10]);
        assert_eq!(counted("valgrind: no such file"), [0.0; 0]);
    }
}
