//! `cargo xtask corpus FILE`: checks each line of a file of request bodies under an edition and counts the findings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use kling_check::{Checker, Finding, Fixed, Report, Which};
use kling_json::{Buffer, Document};
use kling_spec::{Level, SEED};

use crate::failure::{Failure, Result};

/// The maximum number of characters of a pointer that are shown: it contains keys of the request.
const SHOWN_CHARACTERS: usize = 120;

/// Checks the file's lines under an edition and prints, for each, its number, its model and its findings; then how many
/// times each rule was found, how many requests have each outcome, and how many errors under `seed` are none here.
/// Blank lines are not requests.
///
/// # Errors
/// The edition is not known, the file cannot be read, the output cannot be written, or the checker panicked on a line.
pub fn run(file: &Path, edition: &str, output: &mut impl Write) -> Result<()> {
    let checker = checker(edition)?;
    let bytes = fs::read(file).map_err(|error| Failure::file(file, "read", &error))?;
    let counts = lines(&checker, &bytes, output, |_| {})
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

fn checker(edition: &str) -> Result<Checker> {
    Checker::edition(edition).map_err(|unknown| Failure::new(unknown.to_string()))
}

/// Fixes each line of a file of request bodies, once with safe fixes only and once with all fixes, checks the laws of
/// fixes for each, and prints how many become clean and which rules remain in the others.
///
/// # Errors
/// The edition is not known, the file cannot be read, the output cannot be written, something panicked on a line, or a
/// law does not hold there.
pub fn fix(file: &Path, edition: &str, output: &mut impl Write) -> Result<()> {
    let checker = checker(edition)?;
    let bytes = fs::read(file).map_err(|error| Failure::file(file, "read", &error))?;
    let unwritten = |error| Failure::new(format!("the output cannot be written: {error}"));
    let mut faults = Vec::new();
    for (name, which) in [("safe", Which::Safe), ("all", Which::All)] {
        let fixed = fixed(&checker, &bytes, which);
        faults.extend(fixed.faults.iter().map(|fault| format!("{name}: {fault}")));
        fixed.write(name, output).map_err(unwritten)?;
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(faults.join("\n")))
    }
}

/// The result of fixing a file of requests.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fixes {
    requests: u64,
    clean_before: u64,
    clean: u64,
    applied: usize,
    /// By rule, the number of requests that still violate it.
    remaining: BTreeMap<String, u64>,
    /// By line, the rules that remain.
    lines: Vec<(usize, BTreeSet<String>)>,
    faults: Vec<String>,
}

fn fixed(checker: &Checker, bytes: &[u8], which: Which) -> Fixes {
    let mut counts = Fixes::default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        // Anything but text has no fix.
        let Some(text) = std::str::from_utf8(line)
            .ok()
            .filter(|text| !text.trim().is_empty())
        else {
            continue;
        };
        counts.requests += 1;
        let number = index + 1;
        let Ok(fixed) = catch_unwind(AssertUnwindSafe(|| checker.fix(text, which))) else {
            counts.faults.push(format!("line {number}: it panicked"));
            continue;
        };
        let (document, fixed_document) = (Document::read(text), Document::read(&*fixed.text));
        let (before, after) = (checker.check(&document), checker.check(&fixed_document));
        counts.clean_before += u64::from(before.is_clean());
        counts.applied += fixed.applied;
        if after.is_clean() {
            counts.clean += 1;
        } else {
            let rules: BTreeSet<String> = after
                .findings()
                .iter()
                .map(|found| found.rule().id().to_owned())
                .collect();
            for rule in &rules {
                *counts.remaining.entry(rule.clone()).or_default() += 1;
            }
            counts.lines.push((number, rules));
        }
        let broken = broken_law(checker, &before, &after, &fixed, which);
        if let Some(law) = broken {
            counts.faults.push(format!("line {number}: {law}"));
        }
    }
    counts
}

/// Returns the law of fixes that a request breaks, if any.
fn broken_law(
    checker: &Checker,
    before: &Report<'_>,
    after: &Report<'_>,
    fixed: &Fixed,
    which: Which,
) -> Option<&'static str> {
    if fixed.is_refused {
        return Some("the result was refused, since it was not JSON");
    }
    if fixed.applied > 0 && serde_json::from_str::<serde_json::Value>(&fixed.text).is_err() {
        return Some("the result is not JSON");
    }
    if fixed.applied == 0 && fixed.text != before.document().text() {
        return Some("the text has changed without a fix");
    }
    if checker.fix(&fixed.text, which).applied > 0 {
        return Some("a second run changes something");
    }
    if which == Which::Safe {
        if before.bill().is_ok() && before.bill() != after.bill() {
            return Some("a safe fix has changed the bill");
        }
        if after.findings().len() > before.findings().len() {
            return Some("a safe fix has added a finding");
        }
    }
    None
}

impl Fixes {
    fn write(&self, name: &str, output: &mut impl Write) -> io::Result<()> {
        writeln!(output, "{name} fixes: {} applied", self.applied)?;
        for (line, rules) in &self.lines {
            let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
            writeln!(output, "{line} {}", rules.join(" "))?;
        }
        writeln!(output)?;
        for (rule, count) in &self.remaining {
            writeln!(output, "{count:>6} {rule}")?;
        }
        writeln!(
            output,
            "{:>6} of {} clean; {} were before\n",
            self.clean, self.requests, self.clean_before
        )
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    requests: u64,
    clean: u64,
    /// Requests with notes and nothing worse.
    notes: u64,
    /// Requests with warnings and without errors.
    warnings: u64,
    errors: u64,
    /// Clean requests that have errors in the edition `seed`.
    cleared: u64,
    rules: BTreeMap<String, u64>,
    crashed: Vec<usize>,
}

impl Counts {
    fn add(&mut self, report: &Report<'_>) {
        let levels = report.findings().iter().map(Finding::level);
        *match levels.min() {
            None => &mut self.clean,
            Some(Level::Note) => &mut self.notes,
            Some(Level::Warning) => &mut self.warnings,
            Some(Level::Error) => &mut self.errors,
        } += 1;
    }

    fn write(&self, edition: &str, output: &mut impl Write) -> io::Result<()> {
        writeln!(output)?;
        for (rule, count) in &self.rules {
            writeln!(output, "{count:>6} {rule}")?;
        }
        writeln!(output)?;
        writeln!(output, "{:>6} with errors", self.errors)?;
        writeln!(output, "{:>6} with warnings and no errors", self.warnings)?;
        writeln!(output, "{:>6} with notes only", self.notes)?;
        if edition != SEED {
            let (cleared, about) = (self.cleared, "with errors in the edition seed");
            writeln!(output, "{cleared:>6} {about} and clean in {edition}")?;
        }
        writeln!(output, "{:>6} of {} clean", self.clean, self.requests)
    }
}

/// Checks the lines; `before` is called with each document before its check.
fn lines(
    checker: &Checker,
    bytes: &[u8],
    output: &mut impl Write,
    before: impl Fn(&Document<'_>),
) -> io::Result<Counts> {
    let mut counts = Counts::default();
    let seed = Checker::embedded();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        counts.requests += 1;
        let number = index + 1;
        // The checker keeps nothing of a request, so a panic leaves nothing half done.
        let document = Document::read_bytes(line, Buffer::default());
        let Ok(report) = catch_unwind(AssertUnwindSafe(|| {
            before(&document);
            checker.check(&document)
        })) else {
            counts.crashed.push(number);
            writeln!(output, "{number} - crashed")?;
            continue;
        };
        counts.add(&report);
        if report.is_clean() && seed.check(&document).has_errors() {
            counts.cleared += 1;
        }
        write!(output, "{number} {}", report.model().unwrap_or("-"))?;
        for (place, found) in report.findings().iter().enumerate() {
            *counts
                .rules
                .entry(format!("{} {}", found.level(), found.rule().id()))
                .or_default() += 1;
            let between = if place == 0 { " " } else { "; " };
            write!(
                output,
                "{between}{} {} {}",
                found.level(),
                found.rule().id(),
                shown(&found.pointer())
            )?;
        }
        match report.omitted().total() {
            0 if report.is_clean() => writeln!(output, " clean")?,
            0 => writeln!(output)?,
            more => writeln!(output, "; {more} more")?,
        }
    }
    counts.write(checker.edition_id(), output)?;
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
        let counts = lines(&checker, BODIES.as_bytes(), &mut output, |_| {}).unwrap();
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
    fn outcomes_are_counted_under_an_edition() {
        let bodies = format!(
            "{BODIES}{}\n{}\n{}\n",
            r#"{"model": "kling-v3", "prompt": "a heron lands", "duration": 7}"#,
            r#"{"model": "kling-v3", "prompt": "a heron lands", "aspect_ratio": "21:9"}"#,
            format_args!(
                r#"{{"model": "kling-v3", "prompt": "{}"}}"#,
                "long ".repeat(600)
            ),
        );
        let outcomes = |edition: &str| {
            let checker = checker(edition).unwrap();
            let mut output = Vec::new();
            lines(&checker, bodies.as_bytes(), &mut output, |_| {}).unwrap();
            let text = String::from_utf8(output).unwrap();
            text.rsplit_once("\n\n").unwrap().1.to_owned()
        };
        assert_eq!(
            outcomes("seed"),
            "     3 with errors\n     1 with warnings and no errors\n     1 with notes only\n     1 of 6 clean\n"
        );
        assert_eq!(
            outcomes("newest"),
            "     2 with errors\n     1 with warnings and no errors\n     1 with notes only\n     1 with errors in the edition seed and clean in 2026-09-zh\n     2 of 6 clean\n"
        );
        let unknown = run(Path::new("none"), "2026-9", &mut Vec::new()).unwrap_err();
        assert!(unknown.to_string().contains("`2026-9` is not an edition"));
    }

    #[test]
    fn what_fixes_leave_is_reported() {
        let bodies = format!(
            "{BODIES}{}\n",
            r#"{"model": "kling-v3", "prompt": "x", "duration": 5.0}"#
        );
        let safe = fixed(&Checker::embedded(), bodies.as_bytes(), Which::Safe);
        assert_eq!((safe.requests, safe.clean_before, safe.clean), (4, 1, 2));
        assert_eq!(safe.faults, [""; 0]);
        assert_eq!(
            safe.lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [3, 4]
        );
        let mut output = Vec::new();
        safe.write("safe", &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        assert!(
            text.ends_with("     2 of 4 clean; 1 were before\n\n"),
            "{text}"
        );
    }

    #[test]
    fn a_panic_is_counted_and_the_rest_still_runs() {
        let checker = Checker::embedded();
        let mut output = Vec::new();
        let counts = lines(&checker, BODIES.as_bytes(), &mut output, |document| {
            assert!(document.text() != "[]", "made to fail");
        });
        assert_eq!(counts.unwrap().crashed, [4]);
    }
}
