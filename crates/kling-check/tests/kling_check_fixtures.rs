//! Every fixture has exactly the findings that an independent reader of the pages expects.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kling_check::{Checker, Finding};
use kling_json::{Buffer, Document};
use kling_spec::EDITIONS;

/// By group, then by fixture: the findings in text order, each `level rule pointer`.
type Expected = BTreeMap<String, BTreeMap<String, Vec<String>>>;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn findings(checker: &Checker, text: &[u8]) -> Vec<String> {
    let document = Document::read_bytes(text, Buffer::default());
    let report = checker.check(&document);
    report.findings().iter().map(line).collect()
}

fn line(found: &Finding<'_>) -> String {
    let pointer = found.pointer();
    let place = if pointer.is_empty() {
        "(root)"
    } else {
        &pointer
    };
    format!("{} {} {place}", found.level(), found.rule().id())
}

#[test]
fn every_fixture_gives_the_findings_that_are_expected_of_it() {
    let checker = Checker::embedded();
    let mut wrong = String::new();
    for folder in folders(&fixtures()) {
        let expected: Expected =
            toml::from_str(&fs::read_to_string(folder.join("expected.toml")).unwrap()).unwrap();
        let mut read = BTreeSet::new();
        for (group, entries) in &expected {
            for (name, expected) in entries {
                let path = folder.join(group).join(format!("{name}.json"));
                let found = findings(&checker, &fs::read(&path).unwrap());
                if found != *expected {
                    let shown = format!("{}/{group}/{name}", name_of(&folder));
                    writeln!(
                        wrong,
                        "{shown}\n  expected {expected:?}\n  found    {found:?}"
                    )
                    .unwrap();
                }
                read.insert(path);
            }
        }
        let files: BTreeSet<PathBuf> = folders(&folder)
            .iter()
            .flat_map(|group| fs::read_dir(group).unwrap())
            .map(|entry| entry.unwrap().path())
            .collect();
        for unclaimed in files.difference(&read) {
            writeln!(wrong, "{} is expected of nothing", unclaimed.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// How each edition judges each fixture: the number of errors, warnings and notes.
#[test]
fn every_fixture_is_judged_by_each_edition() {
    let checkers = EDITIONS
        .iter()
        .map(|edition| Checker::edition(edition).unwrap());
    let checkers: Vec<Checker> = checkers.collect();
    let mut table = format!("{:<56}", "fixture");
    for edition in EDITIONS {
        write!(table, " {edition:>10}").unwrap();
    }
    for folder in folders(&fixtures()) {
        let groups = folders(&folder);
        let mut files: Vec<PathBuf> = groups
            .iter()
            .flat_map(|group| fs::read_dir(group).unwrap())
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for path in files {
            let text = fs::read(&path).unwrap();
            let name = path.strip_prefix(fixtures()).unwrap().display().to_string();
            write!(table, "\n{name:<56}").unwrap();
            for checker in &checkers {
                let document = Document::read_bytes(&text, Buffer::default());
                let report = checker.check(&document);
                let mut counts = [0; 3];
                for found in report.findings() {
                    counts[found.level() as usize] += 1;
                }
                let [errors, warnings, notes] = counts;
                let cell = if report.is_clean() {
                    "clean".to_owned()
                } else {
                    format!("{errors}/{warnings}/{notes}")
                };
                write!(table, " {cell:>10}").unwrap();
            }
        }
    }
    insta::assert_snapshot!(table);
}
