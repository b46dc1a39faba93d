//! Finds the tests of rows by their names, runs them with cargo, and reads their results.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use xtask::failure::{Failure, Result};
use xtask::workspace::print_line;

use super::{Tally, row_of};

/// The packages whose tests have rows. Doc tests have none, so they are not run.
const PACKAGES: [&str; 11] = [
    "-p",
    "kling-http",
    "-p",
    "kling-journal",
    "-p",
    "kling-emulator",
    "-p",
    "kling-cli",
    "--lib",
    "--bins",
    "--tests",
];
/// The prefix of the keys of all tests.
const CANARY: &str = "sk-canary-";

/// The result of each test, by its full name.
#[derive(Debug, Default)]
pub(super) struct Ran(BTreeMap<String, bool>);

impl Ran {
    pub(super) fn of_row(&self, id: &str) -> Tally {
        self.tally(|name| row_of(name).as_deref() == Some(id))
    }

    pub(super) fn of_module(&self, module: &str) -> Tally {
        self.tally(|name| is_in(name, module))
    }

    fn tally(&self, is_asked: impl Fn(&str) -> bool) -> Tally {
        let mut tally = Tally::default();
        let asked = self.0.iter().filter(|(name, _)| is_asked(name));
        asked.for_each(|(_, passed)| tally.count(*passed));
        tally
    }
}

fn is_in(name: &str, module: &str) -> bool {
    name.rsplit("::").skip(1).any(|part| part == module)
}

/// Runs all tests of rows, and those that show that an unhardened client fails.
///
/// # Errors
/// The tests do not build, do not run, or print a key. A failing test is not an error here.
pub(super) fn run(root: &Path) -> Result<Ran> {
    print_line("building the tests of the faults");
    let listed = cargo(root, &["--list", "--format", "terse"])?;
    if !listed.status.success() {
        return Err(Failure::new(format!(
            "the tests cannot be listed:\n{}",
            String::from_utf8_lossy(&listed.stderr)
        )));
    }
    let names = names(&String::from_utf8_lossy(&listed.stdout));
    print_line(format_args!("running {} tests", names.len()));
    let mut arguments = vec!["--exact", "--show-output"];
    arguments.extend(names.iter().map(String::as_str));
    let output = cargo(root, &arguments)?;
    let details = String::from_utf8_lossy(&output.stdout);
    for text in [&details, &String::from_utf8_lossy(&output.stderr)] {
        if let Some(line) = text.lines().find(|line| line.contains(CANARY)) {
            return Err(Failure::new(format!(
                "the output of the tests contains a key: {line}"
            )));
        }
    }
    let results = results(&details);
    let ran = Ran(names
        .into_iter()
        .map(|name| {
            let passed = results.get(&name) == Some(&true);
            (name, passed)
        })
        .collect());
    if ran.0.values().any(|passed| !passed) {
        print_line(&details);
        print_line(String::from_utf8_lossy(&output.stderr));
    }
    Ok(ran)
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<Output> {
    Command::new("cargo")
        .args(["test", "--no-fail-fast"])
        .args(PACKAGES)
        .arg("--")
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("`cargo` cannot be started: {error}")))
}

/// Returns the tests to run, from the output of `--list --format terse`.
fn names(listed: &str) -> Vec<String> {
    let mut names: Vec<String> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .filter(|name| row_of(name).is_some() || is_in(name, "unhardened"))
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Returns the result of each test, from the output of the tests. A name that occurs in several programs passes if it
/// does in all.
fn results(details: &str) -> BTreeMap<String, bool> {
    let mut results = BTreeMap::new();
    for line in details.lines() {
        let Some((name, result)) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.rsplit_once(" ... "))
        else {
            continue;
        };
        *results.entry(name.to_owned()).or_insert(true) &= result == "ok";
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_of_rows_are_found_among_all() {
        let listed = "poll::p01_x: test\nlogs::no_key: test\nunhardened::it_pays: test\nb: benchmark\npoll::p01_x: test\n\n3 tests";
        assert_eq!(names(listed), ["poll::p01_x", "unhardened::it_pays"]);
    }

    #[test]
    fn results_are_read_and_a_failure_anywhere_counts() {
        let details = "running 2 tests\ntest a::s01_x ... ok\ntest a::s02_y ... FAILED\n\nrunning 1 test\ntest a::s01_x ... ok\ntest e01_z ... ignored\n";
        let results = results(details);
        assert_eq!(
            results.into_iter().collect::<Vec<_>>(),
            [
                ("a::s01_x".to_owned(), true),
                ("a::s02_y".to_owned(), false),
                ("e01_z".to_owned(), false)
            ]
        );
    }
}
