//! A new model's stubs: they load, their request is clean, and nothing that exists is lost.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};

use kling_check::Checker;
use kling_spec::Spec;
use tempfile::TempDir;
use xtask::new_model::stubs;

const LIST: &str = "crates/kling-spec/src/embedded.rs";

/// Copies the files that the chore reads.
fn copy() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join(LIST);
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::copy(xtask::workspace::root().join(LIST), target).unwrap();
    folder
}

fn text(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap()
}

#[test]
fn the_stub_contract_loads_and_its_request_is_clean() {
    let folder = copy();
    let root = folder.path();
    let written = stubs(root, "kling-v9-mini").unwrap();
    assert_eq!(
        written,
        [
            "crates/kling-spec/models/kling-v9-mini.toml",
            "fixtures/kling-v9-mini/examples/minimal.json",
            "fixtures/kling-v9-mini/expected.toml",
            LIST,
        ]
        .map(PathBuf::from)
    );

    let spec = Spec::from_toml(&text(root, "crates/kling-spec/models/kling-v9-mini.toml")).unwrap();
    assert_eq!(spec.id(), "kling-v9-mini");
    let checker = Checker::new(vec![spec]);
    let minimal = text(root, "fixtures/kling-v9-mini/examples/minimal.json");
    let document = kling_json::Document::read(minimal);
    assert_eq!(checker.check(&document).diagnostics(), []);

    let expected: toml::Table =
        toml::from_str(&text(root, "fixtures/kling-v9-mini/expected.toml")).unwrap();
    assert_eq!(expected["examples"]["minimal"].as_array().unwrap().len(), 0);
}

#[test]
fn the_stub_contract_finds_faults() {
    let folder = copy();
    stubs(folder.path(), "kling-v9").unwrap();
    let spec = Spec::from_toml(&text(
        folder.path(),
        "crates/kling-spec/models/kling-v9.toml",
    ))
    .unwrap();
    let checker = Checker::new(vec![spec]);
    let document =
        kling_json::Document::read(r#"{"model": "kling-v9", "prompt": " ", "colour": "red"}"#);
    let report = checker.check(&document);
    let rules = report.findings().iter().map(|found| found.rule().id());
    let rules: Vec<&str> = rules.collect();
    assert_eq!(rules, ["blank-text", "unknown-field"]);
}

#[test]
fn the_list_gains_one_word_and_keeps_the_others() {
    let folder = copy();
    let before = text(folder.path(), LIST);
    stubs(folder.path(), "kling-v9").unwrap();
    let after = text(folder.path(), LIST);
    let added: Vec<&str> = after
        .lines()
        .filter(|line| !before.lines().any(|known| known == *line))
        .collect();
    assert_eq!(added, ["    \"kling-v9\";"]);
    assert_eq!(after.lines().count(), before.lines().count() + 1);
}

#[test]
fn what_is_there_is_refused_and_nothing_is_written() {
    let folder = copy();
    let root = folder.path();
    let refused = |id: &str| stubs(root, id).unwrap_err().to_string();
    let before = text(root, LIST);
    assert!(refused("kling-v3").contains("already has the model `kling-v3`"));
    assert!(refused("Kling V9").contains("is not a valid model id"));

    let taken = root.join("fixtures/kling-v9/expected.toml");
    fs::create_dir_all(taken.parent().unwrap()).unwrap();
    fs::write(&taken, "kept").unwrap();
    assert!(refused("kling-v9").ends_with("already exists"));
    assert_eq!(fs::read_to_string(&taken).unwrap(), "kept");
    assert!(!root.join("crates/kling-spec/models").exists());
    assert_eq!(text(root, LIST), before);
}
