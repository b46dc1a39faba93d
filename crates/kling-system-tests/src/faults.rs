//! `cargo xtask faults`: produces every fault that the client, the journal and the emulator must survive, and prints a
//! table of which of them were survived.

mod matrix;
mod table;
mod tests_run;

pub use matrix::{FILES, Row, row_of, rows};

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use xtask::failure::{Failure, Result, read};
use xtask::process::need;
use xtask::workspace::print_line;

use crate::system_test;

/// The tests that run the same faults with a typical client, and pass if it fails.
const UNHARDENED: &str = "crates/kling-http/tests/kling_http_faults/unhardened.rs";

/// The results of one or several tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn count(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    const fn tried(self) -> usize {
        self.passed + self.failed
    }
}

/// A row and its results.
#[derive(Debug)]
struct Outcome {
    row: Row,
    tests: Tally,
    system_tests: Tally,
    /// The number of its system tests that were left out.
    left_out: usize,
}

impl Outcome {
    const fn was_tried(&self) -> bool {
        self.tests.tried() + self.system_tests.tried() > 0
    }

    const fn survived(&self) -> bool {
        self.was_tried() && self.tests.failed + self.system_tests.failed == 0
    }
}

/// Runs the tests of all rows, and the system tests of rows unless they are to be left out; writes the table.
///
/// # Errors
/// A row was not survived or is not tested, a program is missing, the unhardened client survives, or the output
/// contains a key of the tests.
pub fn run(root: &Path, leave_out_system_tests: bool, out: &mut impl Write) -> Result<()> {
    let rows = rows(root)?;
    if !leave_out_system_tests {
        need(&system_test::programs_of_rows())?;
    }
    let ran = tests_run::run(root)?;
    let mut system_tests: BTreeMap<String, Tally> = BTreeMap::new();
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    for (test, of) in system_test::of_rows() {
        if leave_out_system_tests {
            for row in of {
                *left_out.entry((*row).to_owned()).or_default() += 1;
            }
            continue;
        }
        let details = system_test::report_outcome(root, test);
        if let Err(failure) = &details {
            print_line(format_args!("{failure}"));
        }
        for row in of {
            let tally = system_tests.entry((*row).to_owned()).or_default();
            tally.count(details.is_ok());
        }
    }
    let outcomes: Vec<Outcome> = rows
        .into_iter()
        .map(|row| Outcome {
            tests: ran.of_row(&row.id),
            system_tests: system_tests.get(&row.id).copied().unwrap_or_default(),
            left_out: left_out.get(&row.id).copied().unwrap_or_default(),
            row,
        })
        .collect();
    let unhardened = Unhardened {
        rows: ids_in(&read(&root.join(UNHARDENED))?),
        tests: ran.of_module("unhardened"),
    };
    write!(out, "{}", table::table(&outcomes, &unhardened))
        .map_err(|error| Failure::new(format!("the table cannot be written: {error}")))?;
    verdict(&outcomes, &unhardened)
}

/// The rows that a typical client does not survive.
#[derive(Debug)]
struct Unhardened {
    rows: Vec<String>,
    /// The tests that pass if it fails.
    tests: Tally,
}

impl Unhardened {
    const fn fails(&self) -> bool {
        self.tests.passed > 0 && self.tests.failed == 0 && !self.rows.is_empty()
    }
}

fn verdict(outcomes: &[Outcome], unhardened: &Unhardened) -> Result<()> {
    let mut faults = Vec::new();
    for outcome in outcomes {
        let id = &outcome.row.id;
        if outcome.was_tried() && !outcome.survived() {
            faults.push(format!("{id} was not survived"));
        } else if !outcome.was_tried() && outcome.left_out == 0 {
            faults.push(format!("nothing tries {id}"));
        }
    }
    if !unhardened.fails() {
        faults.push("the unhardened client does not fail where it should".to_owned());
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(faults.join("; ")))
}

/// Returns the ids of rows that occur as strings in a source text, sorted.
fn ids_in(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = text
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|word| word.len() == 3)
        .filter_map(|word| row_of(&format!("{}_", word.to_ascii_lowercase())))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(tests: Tally, left_out: usize) -> Outcome {
        Outcome {
            row: Row {
                id: "S01".to_owned(),
                fault: "no address".to_owned(),
                holds: "not-sent".to_owned(),
                max_charges: 0,
            },
            tests,
            system_tests: Tally::default(),
            left_out,
        }
    }

    fn tally(passed: usize, failed: usize) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn a_row_that_is_not_tried_or_not_survived_is_named() {
        let unhardened = |tests| Unhardened {
            rows: vec!["S30".to_owned()],
            tests,
        };
        let details = |outcome: Outcome, tests| {
            verdict(&[outcome], &unhardened(tests)).map_err(|failure| failure.to_string())
        };
        assert_eq!(details(outcome(tally(2, 0), 0), tally(1, 0)), Ok(()));
        assert_eq!(details(outcome(tally(0, 0), 1), tally(1, 0)), Ok(()));
        assert_eq!(
            details(outcome(tally(1, 1), 0), tally(1, 0)),
            Err("S01 was not survived".to_owned())
        );
        assert_eq!(
            details(outcome(tally(0, 0), 0), tally(0, 0)),
            Err(
                "nothing tries S01; the unhardened client does not fail where it should".to_owned()
            )
        );
    }

    #[test]
    fn ids_are_found_in_a_source_text() {
        let text = r#"run("S30", f(SUBJECT)); assert_fails("S04", "posts"); "S4x"; "S30""#;
        assert_eq!(ids_in(text), ["S04", "S30"]);
    }
}
