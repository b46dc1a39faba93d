//! Every row of the fault matrix has a test or a system test whose name begins with its id, and vice versa.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};

use kling_system_tests::faults::{FILES, row_of, rows};
use kling_system_tests::system_test;
use xtask::failure::read;
use xtask::workspace;

/// The crates whose tests have rows.
const CRATES: [&str; 4] = [
    "crates/kling-http",
    "crates/kling-journal",
    "crates/kling-emulator",
    "crates/kling-cli",
];
/// Ids of no row: they refer to runs of many requests, or to a journal that is a text.
const LATER: [&str; 4] = ["L03", "L08", "L10", "L14"];

fn ids() -> BTreeSet<String> {
    let rows = rows(workspace::root()).unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

/// Returns the files with tests of rows, by row. A name is that of a function, or one in a list from which a macro
/// generates tests.
fn tests() -> BTreeMap<String, BTreeSet<String>> {
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let folders = CRATES.iter().map(|folder| workspace::root().join(folder));
    for path in folders.flat_map(|folder| workspace::sources(&folder).unwrap()) {
        let text = read(&path).unwrap();
        let names = text.split("fn ").skip(1);
        for row in names.filter_map(|name| row_of(name.split(['(', '<']).next()?)) {
            let of_row = tests.entry(row).or_default();
            of_row.insert(path.display().to_string());
        }
    }
    tests
}

#[test]
fn the_matrix_is_whole() {
    let numbers = [
        ("S", 41),
        ("P", 12),
        ("U", 4),
        ("D", 14),
        ("L", 13),
        ("E", 5),
    ];
    let expected = numbers
        .into_iter()
        .flat_map(|(letter, last)| (1..=last).map(move |number| format!("{letter}{number:02}")))
        .filter(|id| !LATER.contains(&id.as_str()));
    assert_eq!(ids(), expected.collect());
}

#[test]
fn every_row_is_tried_and_every_test_of_a_row_has_its_row() {
    let (ids, tests) = (ids(), tests());
    let system_tests: BTreeSet<&str> = system_test::rows().collect();
    let mut faults = Vec::new();
    for id in &ids {
        if !tests.contains_key(id) && !system_tests.contains(id.as_str()) {
            let name = format!("{}_…", id.to_ascii_lowercase());
            faults.push(format!("{id}: no test `{name}` and no system test"));
        }
    }
    for (id, files) in tests.iter().filter(|(id, _)| !ids.contains(*id)) {
        faults.push(format!("{files:?}: no row {id} in {FILES:?}"));
    }
    for id in system_tests.iter().filter(|id| !ids.contains(**id)) {
        faults.push(format!("a system test: no row {id} in {FILES:?}"));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
