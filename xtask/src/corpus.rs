//! `cargo xtask corpus FILE`: checks each line of a file of request bodies and counts the findings.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use kling_check::{Checker, Report};

use crate::failure::{Failure, Result};

/// The most characters of a pointer that are shown: it holds keys of the request.
const SHOWN_CHARACTERS: usize = 120;

/// Checks the file's lines and prints, for each, its number, its model and its findings; then how
/// often each rule was found. Blank lines are no requests.
///
/// # Errors
/// The file cannot be read, the output cannot be written, or the checker panicked on a line.
pub fn run(file: &Path, output: &mut impl Write) -> Result<()> {
    let bytes = fs::read(file).map_err(|error| Failure::file(file, "read", &error))?;
    let checker = Checker::embedded();
    let counts = lines(&bytes, output, |line| checker.check_bytes(line))
        .map_err(|error| Failure::new(format!("the output cannot be written: {error}")))?;
    if counts.crashed.is_empty() {
        return Ok(());
    }
    let crashed: Vec<String> = counts.crashed.iter().map(ToString::to_string).collect();
    Err(Failure::new(format!(
        "the checker panicked on line {}",
        crashed.join(", ")
    )))
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    requests: u64,
    clean: u64,
    rules: BTreeMap<String, u64>,
    crashed: Vec<usize>,
}

fn lines<'c>(
    bytes: &[u8],
    output: &mut impl Write,
    check: impl Fn(&[u8]) -> Report<'c>,
) -> io::Result<Counts> {
    let mut counts = Counts::default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        counts.requests += 1;
        let number = index + 1;
        // The checker keeps nothing of a request, so a panic leaves nothing half done.
        let Ok(report) = catch_unwind(AssertUnwindSafe(|| check(line))) else {
            counts.crashed.push(number);
            writeln!(output, "{number} - crashed")?;
            continue;
        };
        counts.clean += u64::from(report.is_clean());
        write!(output, "{number} {}", report.model.unwrap_or("-"))?;
        for (place, found) in report.diagnostics.iter().enumerate() {
            *counts
                .rules
                .entry(format!("{} {}", found.level, found.rule))
                .or_default() += 1;
            let between = if place == 0 { " " } else { "; " };
            write!(
                output,
                "{between}{} {} {}",
                found.level,
                found.rule,
                shown(&found.pointer)
            )?;
        }
        match report.omitted.total() {
            0 if report.is_clean() => writeln!(output, " clean")?,
            0 => writeln!(output)?,
            more => writeln!(output, "; {more} more")?,
        }
    }
    writeln!(output)?;
    for (rule, count) in &counts.rules {
        writeln!(output, "{count:>6} {rule}")?;
    }
    writeln!(output, "{:>6} of {} clean", counts.clean, counts.requests)?;
    Ok(counts)
}

fn shown(pointer: &str) -> String {
    if pointer.is_empty() {
        return "(root)".to_owned();
    }
    pointer
        .chars()
        .take(SHOWN_CHARACTERS)
        .flat_map(char::escape_debug)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODIES: &str = r#"{"model": "kling-v3", "prompt": "a heron lands"}

{"model": "kling-v3", "prompt": "a heron lands", "duration": 7, "seconds": 5}
[]
"#;

    #[test]
    fn each_line_has_its_findings_and_each_rule_its_count() {
        let checker = Checker::embedded();
        let mut output = Vec::new();
        let counts = lines(BODIES.as_bytes(), &mut output, |line| {
            checker.check_bytes(line)
        })
        .unwrap();
        assert_eq!((counts.requests, counts.clean), (3, 1));
        let text = String::from_utf8(output).unwrap();
        let first: Vec<&str> = text.lines().take(3).collect();
        assert_eq!(
            first,
            [
                "1 kling-v3 clean",
                "3 kling-v3 error wrong-value /duration; error misnamed-field /seconds",
                "4 - error not-an-object (root)",
            ]
        );
        assert!(text.ends_with("     1 of 3 clean\n"), "{text}");
    }

    #[test]
    fn a_panic_is_counted_and_the_rest_still_runs() {
        let checker = Checker::embedded();
        let mut output = Vec::new();
        let counts = lines(BODIES.as_bytes(), &mut output, |line| {
            assert!(line != b"[]", "made to fail");
            checker.check_bytes(line)
        });
        assert_eq!(counts.unwrap().crashed, [4]);
    }
}
