//! `cargo xtask ci`: what CI runs after the tests, step by step.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::failure::{Failure, Result, read};
use crate::process::Call;
use crate::workspace::print_line;

/// The crates that use no files, clocks or environment.
const PURE: [&str; 6] = [
    "kling-text",
    "kling-json",
    "kling-prompt",
    "kling-url",
    "kling-spec",
    "kling-check",
];

/// Runs the steps in order and stops at the first one that fails.
///
/// `references` is the file in which insta listed the snapshots that the tests used.
///
/// # Errors
/// A step failed; the text has the command to repeat it.
pub fn run(root: &Path, references: Option<&Path>) -> Result<()> {
    let steps = steps();
    for (index, step) in steps.iter().enumerate() {
        print_line(format_args!(
            "[{}/{}] {}: {step}",
            index + 1,
            steps.len(),
            step.name
        ));
        let began = Instant::now();
        step.run(root)?;
        print_line(format_args!(
            "[{}/{}] {}: {:.1} s",
            index + 1,
            steps.len(),
            step.name,
            began.elapsed().as_secs_f64()
        ));
    }
    match references {
        Some(references) => unused_snapshots(root, references),
        None => Ok(()),
    }
}

/// Returns the steps in order.
#[must_use]
pub fn steps() -> Vec<Call> {
    let mut pure = vec!["clippy", "--lib"];
    pure.extend(PURE.iter().flat_map(|package| ["-p", package]));
    pure.extend(["--", "-D", "clippy::disallowed_methods"]);
    vec![
        Call::cargo("format", &["fmt", "--all", "--check"]),
        Call::cargo(
            "lints",
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ],
        ),
        features("lints without features", &[]),
        features("lints with the client alone", &["--features", "client"]),
        features("lints with the emulator alone", &["--features", "emulator"]),
        Call::cargo("pure crates", &pure),
        Call::cargo("docs", &["doc", "--workspace", "--no-deps"])
            .with("RUSTDOCFLAGS", "-D warnings"),
        Call::cargo("generated files", &["xtask", "codegen", "--check"]),
        Call::cargo(
            "without features",
            &["build", "-p", "kling-cli", "--no-default-features"],
        ),
        Call::cargo(
            "dependencies",
            &[
                "deny",
                "--log-level",
                "error",
                "check",
                "licenses",
                "bans",
                "sources",
            ],
        ),
    ]
}

/// Lints the program with some of its features. Its tests need all of them.
fn features(name: &'static str, features: &[&str]) -> Call {
    let begin = ["clippy", "-p", "kling-cli", "--no-default-features"];
    let end = ["--bins", "--", "-D", "warnings"];
    Call::cargo(name, &[&begin[..], features, &end].concat())
}

/// Fails and lists the snapshots that no test uses any more.
fn unused_snapshots(root: &Path, references: &Path) -> Result<()> {
    let used: BTreeSet<PathBuf> = read(references)?
        .lines()
        .filter_map(|line| fs::canonicalize(line).ok())
        .collect();
    let mut unused = Vec::new();
    let mut folders = vec![root.join("crates"), root.join("xtask")];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).map_err(|error| Failure::file(&folder, "read", &error))?;
        for entry in entries {
            let path = entry
                .map_err(|error| Failure::file(&folder, "read", &error))?
                .path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "snap")
                && !is_among(&used, &path)
            {
                unused.push(path.display().to_string());
            }
        }
    }
    unused.sort();
    if unused.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "no test uses these snapshots; delete them:\n{}",
        unused.join("\n")
    )))
}

fn is_among(used: &BTreeSet<PathBuf>, path: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|path| used.contains(&path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::write;

    #[test]
    fn a_snapshot_that_no_test_used_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let path = |name: &str| root.join("crates/one/tests/snapshots").join(name);
        write(&path("used.snap"), "").unwrap();
        write(&path("unused.snap"), "").unwrap();
        write(&root.join("xtask/notes.txt"), "").unwrap();
        let references = root.join("references");
        write(
            &references,
            &format!("{0}\n{0}\n", path("used.snap").display()),
        )
        .unwrap();
        let failure = unused_snapshots(root, &references).unwrap_err().to_string();
        assert!(
            failure.contains("unused.snap") && !failure.contains("/used.snap"),
            "{failure}"
        );
        fs::remove_file(path("unused.snap")).unwrap();
        assert_eq!(unused_snapshots(root, &references), Ok(()));
    }
}
