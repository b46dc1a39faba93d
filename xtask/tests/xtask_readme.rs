//! The examples in the root's README print what the README says.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::env;
use std::fs;
use std::path::PathBuf;

use xtask::{process, readme, workflow, workspace};

/// Returns the program that was built with this test, or else one built now.
fn program() -> PathBuf {
    let own = env::current_exe().unwrap();
    let folder = own
        .ancestors()
        .find(|folder| folder.file_name().is_some_and(|name| name == "deps"));
    let beside = folder
        .unwrap()
        .with_file_name(format!("kling{}", env::consts::EXE_SUFFIX));
    if beside.exists() {
        beside
    } else {
        process::build_kling(workspace::root()).unwrap()
    }
}

#[test]
fn every_example_prints_what_the_readme_says() {
    let root = workspace::root();
    let text = fs::read_to_string(root.join("README.md")).unwrap();
    let program = program();
    let mut examples = 0;
    let fresh = readme::refreshed(&text, |arguments| {
        examples += 1;
        readme::output(&program, root, arguments)
    });
    assert_eq!(
        text,
        fresh.unwrap(),
        "run `cargo xtask codegen` to write the outputs anew"
    );
    assert!(examples >= 5, "the tour has {examples} examples");
}

#[test]
fn ci_finds_one_test_command() {
    let text = fs::read_to_string(workspace::root().join("README.md")).unwrap();
    let commands: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("cargo test"))
        .collect();
    assert_eq!(commands, ["cargo test --workspace"]);
}

#[test]
fn the_workflow_gives_away_no_right_and_runs_no_text_of_others() {
    let readme = fs::read_to_string(workspace::root().join("README.md")).unwrap();
    let text = workflow::of_readme(&readme).unwrap();
    for line in [
        "\npermissions: {}\n",
        "\n    permissions:\n      contents: read\n",
        "\n          persist-credentials: false\n",
        "\n        shell: bash\n",
    ] {
        assert!(text.contains(line), "{line:?} is missing in\n{text}");
    }
    let scripts = workflow::scripts(text);
    assert_eq!(scripts.len(), 2, "{scripts:?}");
    for script in &scripts {
        assert!(!script.contains("${{"), "a text of others is run: {script}");
        let is_long = script.lines().count() > 1;
        assert!(
            !is_long || script.starts_with("set -euo pipefail\n"),
            "a step that fails is not noticed: {script}"
        );
    }
}
