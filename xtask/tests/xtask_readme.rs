//! The examples in the root's README print what the README says.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

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

fn readme_text() -> String {
    fs::read_to_string(workspace::root().join("README.md")).unwrap()
}

/// Returns the first number after some words of the README.
#[track_caller]
fn number_after(text: &str, words: &str) -> usize {
    let (_, rest) = text.split_once(words).expect(words);
    let number = rest.split_whitespace().next();
    number.and_then(|word| word.parse().ok()).expect(words)
}

/// Counts the crates that are compiled for these arguments of `cargo tree`.
fn crates(arguments: &[&str]) -> usize {
    let output = Command::new("cargo")
        .args(["tree", "--offline", "--prefix", "none", "--no-dedupe"])
        .args(arguments)
        .current_dir(workspace::root())
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{message}");
    let tree = String::from_utf8(output.stdout).unwrap();
    // A name and a version; the rest of the line may be missing where a crate is named again.
    let named = tree.lines().map(|line| line.split(' ').take(2).collect());
    named.collect::<BTreeSet<Vec<&str>>>().len()
}

// The tree of another platform has other crates.
#[cfg(target_os = "linux")]
#[test]
fn the_numbers_of_crates_are_those_of_the_tree() {
    let text = readme_text();
    let of_program = crates(&["-e", "normal,build"]);
    let of_tests = crates(&["--workspace", "-e", "normal,build,dev"]);
    assert_eq!(
        number_after(&text, "build of the program compiles "),
        of_program
    );
    assert_eq!(
        number_after(&text, "that of the tests compiles "),
        of_tests - of_program
    );
}

#[test]
fn the_version_of_rust_is_that_of_the_manifest() {
    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let version = manifest["workspace"]["package"]["rust-version"]
        .as_str()
        .unwrap();
    let said = format!("You need Rust {version} or newer");
    assert!(
        readme_text().contains(&said),
        "README.md does not say `{said}`"
    );
}

#[cfg(unix)]
#[test]
fn the_first_video_is_saved_in_a_temporary_folder_alone() {
    let text = readme_text();
    let mut commands = text
        .lines()
        .filter(|line| line.starts_with("cargo run -- generate "));
    let command = commands
        .next()
        .unwrap()
        .replace("cargo run --", "\"$KLING\"");
    assert_eq!(commands.next(), None);
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let fixtures = workspace::root().join("fixtures");
    std::os::unix::fs::symlink(fixtures, folder.path().join("fixtures")).unwrap();
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder.path())
        .env("KLING", program())
        .env("TMPDIR", temporary.path())
        .env("HOME", folder.path())
        .env_remove("XDG_STATE_HOME")
        .env_remove("TOAPIS_JOURNAL")
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{message}");
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let file = PathBuf::from(object["file"].as_str().unwrap());
    assert!(
        file.starts_with(temporary.path()) && file.is_file(),
        "{object}"
    );
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn ci_runs_all_tests_whichever_fails() {
    let script = fs::read_to_string(workspace::root().join(".ci/run")).unwrap();
    let mut commands = script.lines().filter(|line| line.starts_with("command="));
    assert_eq!(
        commands.next(),
        Some("command=\"${tests[0]} --no-fail-fast\"")
    );
    assert_eq!(commands.next(), None);
    assert!(
        script.contains("bash -c \"$command\"\n"),
        "the command is not run"
    );
}

#[test]
fn ci_finds_one_test_command() {
    let text = readme_text();
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
