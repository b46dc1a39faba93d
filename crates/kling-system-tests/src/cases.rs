//! `cargo xtask cases FOLDER`: runs the program over requests and answers that others collected, each with its
//! expected result, and reports where the program deviates from it.

mod answers;
mod file;
mod program;
mod requests;
mod service;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use self::file::Case;
use self::program::Program;

/// The number of cases that run concurrently. Each spends most of its time waiting for the next poll.
const AT_ONCE: usize = 4;

/// What is run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The folder with `answers.jsonl` and `requests.jsonl`.
    pub folder: PathBuf,
    /// The program; by default a debug build of the workspace.
    pub kling: Option<PathBuf>,
    /// Only the answers; both, if neither this nor `requests` is set.
    pub answers: bool,
    /// Only the requests.
    pub requests: bool,
    /// Only the case with this id.
    pub only: Option<String>,
}

/// One expectation of a case, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Judged {
    /// The member of `expect`, or the part of the case, that is compared.
    what: &'static str,
    /// The actual result, if it differs.
    fault: Option<String>,
}

impl Judged {
    fn new(what: &'static str, holds: bool, fault: impl FnOnce() -> String) -> Self {
        let fault = (!holds).then(fault);
        Self { what, fault }
    }
}

/// Runs the cases, prints the deviations by case, and totals by expectation.
///
/// # Errors
/// A case deviates, a file of cases cannot be read, or the program does not build.
pub fn run(root: &Path, options: &Options, output: &mut impl Write) -> Result<()> {
    let both = options.answers == options.requests;
    let kling = match &options.kling {
        Some(kling) => kling
            .canonicalize()
            .map_err(|error| Failure::file(kling, "found", &error))?,
        None => build_kling(root)?,
    };
    let program = Program::new(kling);
    let mut failed = 0;
    let mut all = 0;
    if both || options.answers {
        let cases = chosen(options, "answers.jsonl")?;
        let judged = in_parallel(&cases, |case| answers::judge(&program, case))?;
        failed += print("answers", &cases, &judged, output).map_err(unwritten)?;
        all += cases.len();
    }
    if both || options.requests {
        let cases = chosen(options, "requests.jsonl")?;
        let judged = in_parallel(&cases, |case| requests::judge(&program, case))?;
        failed += print("requests", &cases, &judged, output).map_err(unwritten)?;
        all += cases.len();
    }
    match (failed, all) {
        (_, 0) => Err(Failure::new(match &options.only {
            Some(id) => format!("no case has the id `{id}`; give an id that is in the files"),
            None => "the files contain no cases".to_owned(),
        })),
        (0, _) => Ok(()),
        _ => Err(Failure::new(format!("{failed} of {all} cases failed"))),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn unwritten(error: std::io::Error) -> Failure {
    Failure::new(format!("the output cannot be written: {error}"))
}

fn chosen(options: &Options, name: &str) -> Result<Vec<Case>> {
    let mut cases = file::read(&options.folder.join(name))?;
    if let Some(id) = &options.only {
        cases.retain(|case| case.id == *id);
    }
    Ok(cases)
}

/// Processes the cases, a few concurrently; returns the results in the order of the cases.
fn in_parallel<T: Send>(
    cases: &[Case],
    work: impl Fn(&Case) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(cases.len()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(cases.len()) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome =
                        work(case).map_err(|error| Failure::new(format!("{}: {error}", case.id)));
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((&case.id, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let place = |id: &str| cases.iter().position(|case| case.id == id);
    done.sort_by_key(|(id, _)| place(id));
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Prints the faults and the totals; returns how many cases have a fault.
fn print(
    kind: &str,
    cases: &[Case],
    judged: &[Vec<Judged>],
    output: &mut impl Write,
) -> std::io::Result<usize> {
    let mut failed = Vec::new();
    let mut kinds: Vec<(&str, usize, usize)> = Vec::new();
    for (case, judged) in cases.iter().zip(judged) {
        let faults = judged
            .iter()
            .filter_map(|one| Some((one.what, one.fault.as_ref()?)));
        for (what, fault) in faults {
            writeln!(output, "{:<6} {what:<14} {fault}", case.id)?;
            if failed.last() != Some(&case.id.as_str()) {
                failed.push(case.id.as_str());
            }
        }
        for one in judged {
            let at = kinds.iter().position(|(what, ..)| *what == one.what);
            let at = at.unwrap_or_else(|| {
                kinds.push((one.what, 0, 0));
                kinds.len() - 1
            });
            kinds[at].1 += usize::from(one.fault.is_none());
            kinds[at].2 += 1;
        }
    }
    kinds.sort_unstable();
    writeln!(
        output,
        "\n{kind}: {} of {} passed",
        cases.len() - failed.len(),
        cases.len()
    )?;
    for (what, held, all) in &kinds {
        writeln!(output, "  {what:<14} {held:>4} of {all}")?;
    }
    if !failed.is_empty() {
        writeln!(output, "  failed: {}", failed.join(" "))?;
    }
    writeln!(output)?;
    Ok(failed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(id: &str) -> Case {
        Case::new(serde_json::json!({"id": id, "expect": {}})).unwrap()
    }

    #[test]
    fn outcomes_come_in_the_order_of_the_cases() {
        let cases: Vec<Case> = (0..40)
            .map(|number| case(&format!("c{number:02}")))
            .collect();
        let ids = in_parallel(&cases, |case| Ok(case.id.clone())).unwrap();
        assert!(ids.iter().eq(cases.iter().map(|case| &case.id)));
    }

    #[test]
    fn what_does_not_hold_is_reported_and_counted() {
        let judged = [
            vec![
                Judged::new("exit", true, String::new),
                Judged::new("says", true, String::new),
            ],
            vec![
                Judged::new("exit", false, || "expected 0, was 7".to_owned()),
                Judged::new("says", false, || "`boom` is missing".to_owned()),
            ],
        ];
        let mut output = Vec::new();
        let failed = print("answers", &[case("a1"), case("a2")], &judged, &mut output);
        assert_eq!(failed.unwrap(), 1);
        let expected = "\
a2     exit           expected 0, was 7
a2     says           `boom` is missing

answers: 1 of 2 passed
  exit              1 of 2
  says              1 of 2
  failed: a2

";
        assert_eq!(String::from_utf8(output).unwrap(), expected);
    }
}
