//! Snapshots, which people read and tests compare: each names the test and the input that it was made from.

use crate::files::{none, text, with_extension};

#[test]
fn every_snapshot_has_its_test_and_its_input() {
    let root = xtask::workspace::root();
    let mut faults = Vec::new();
    for snapshot in with_extension("snap") {
        let text = text(&snapshot).unwrap();
        let head = text.split("\n---\n").next().unwrap_or_default();
        let named = |key: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(key))
                .map(|path| path.trim().trim_matches('"').to_owned())
        };
        match named("source:") {
            Some(source) if root.join(&source).is_file() => {}
            Some(source) => {
                faults.push(format!("{}: its test {source} is gone", snapshot.display()));
            }
            None => faults.push(format!("{}: names no test", snapshot.display())),
        }
        if let Some(input) = named("input_file:").filter(|input| !root.join(input).is_file()) {
            faults.push(format!("{}: its input {input} is gone", snapshot.display()));
        }
    }
    none(&faults);
}
