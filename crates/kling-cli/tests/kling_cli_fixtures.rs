//! The fixtures of the workspace: the program's findings in each request are those in its table.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Findings by file, as `group/name`.
type Findings = BTreeMap<String, Vec<String>>;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Returns the table of a model's folder.
fn expected(folder: &Path) -> Findings {
    let text = fs::read_to_string(folder.join("expected.toml")).expect("each folder has its table");
    let groups: BTreeMap<String, Findings> =
        toml::from_str(&text).expect("a table of lists for each group");
    let in_group = |(group, files): (String, Findings)| {
        files
            .into_iter()
            .map(move |(name, list)| (format!("{group}/{name}"), list))
    };
    groups.into_iter().flat_map(in_group).collect()
}

/// Returns the requests of a model's folder.
fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let folders = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    for group in folders {
        for file in fs::read_dir(&group).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(
                path.extension().unwrap(),
                "json",
                "{}: no table names it",
                path.display()
            );
            files.push(
                path.strip_prefix(folder)
                    .unwrap()
                    .with_extension("")
                    .to_str()
                    .unwrap()
                    .to_owned(),
            );
        }
    }
    files.sort();
    files
}

/// Returns the program's findings in them.
fn found(folder: &Path, files: &[String]) -> Findings {
    let output = Command::new(env!("CARGO_BIN_EXE_kling"))
        .current_dir(folder)
        .args(["check", "--format", "jsonl"])
        .args(files.iter().map(|file| format!("{file}.json")))
        .output()
        .unwrap();
    let mut found: Findings = files
        .iter()
        .map(|file| (file.clone(), Vec::new()))
        .collect();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |member: &str| finding[member].as_str().unwrap().to_owned();
        let pointer = match text("pointer") {
            root if root.is_empty() => "(root)".to_owned(),
            pointer => pointer,
        };
        let file = text("file").strip_suffix(".json").unwrap().to_owned();
        found
            .get_mut(&file)
            .unwrap()
            .push(format!("{} {} {pointer}", text("level"), text("rule")));
    }
    found
}

#[track_caller]
fn check(model: &str) {
    let folder = fixtures().join(model);
    let (files, expected) = (files(&folder), expected(&folder));
    let listed: Vec<&String> = expected.keys().collect();
    assert_eq!(
        files.iter().collect::<Vec<_>>(),
        listed,
        "the files of {model} are not those of its table"
    );
    let found = found(&folder, &files);
    let mut mismatches = String::new();
    for (file, expected) in &expected {
        if found[file] != *expected {
            write!(mismatches, "\n{model}/{file}").unwrap();
            write!(mismatches, "\n    expected  {}", list(expected)).unwrap();
            write!(mismatches, "\n    found     {}", list(&found[file])).unwrap();
        }
    }
    assert!(mismatches.is_empty(), "{mismatches}");
}

fn list(findings: &[String]) -> String {
    if findings.is_empty() {
        "nothing".to_owned()
    } else {
        findings.join("\n              ")
    }
}

#[test]
fn kling_v3_omni() {
    check("kling-v3-omni");
}

#[test]
fn kling_v3() {
    check("kling-v3");
}

#[test]
fn kling_v3_fast() {
    check("kling-v3-fast");
}

#[test]
fn any() {
    check("any");
}

#[test]
fn every_folder_is_checked() {
    let mut folders: Vec<_> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(
        folders,
        ["any", "kling-v3", "kling-v3-fast", "kling-v3-omni"]
    );
}
