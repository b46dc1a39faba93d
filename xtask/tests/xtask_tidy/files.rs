//! The project's own files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that are never part of the project.
const SKIPPED: [&str; 2] = [".git", "target"];

/// Returns all files of the project by their path in it, sorted: those that git tracks or would add, or, without git,
/// all.
pub(crate) fn all() -> Vec<PathBuf> {
    let root = xtask::workspace::root();
    let mut files = of_git(root).unwrap_or_else(|| walked(root));
    // Git still lists a deleted file until the deletion is committed.
    files.retain(|path| root.join(path).is_file());
    files.sort();
    files.dedup();
    assert!(
        files.contains(&PathBuf::from("xtask/src/main.rs")),
        "no list of files"
    );
    files
}

/// Returns the files with this extension.
pub(crate) fn with_extension(extension: &str) -> Vec<PathBuf> {
    let mut files = all();
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files
}

/// Returns the text of a file of the project; `None` if it is not text.
pub(crate) fn text(path: &Path) -> Option<String> {
    String::from_utf8(fs::read(xtask::workspace::root().join(path)).unwrap()).ok()
}

/// Fails with one line for each fault.
#[track_caller]
pub(crate) fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn of_git(root: &Path) -> Option<Vec<PathBuf>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let names = String::from_utf8(output.stdout).ok()?;
    Some(
        names
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .collect(),
    )
}

fn walked(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if !entry.file_type().unwrap().is_dir() {
                files.push(path);
            } else if !SKIPPED.contains(&path.to_str().unwrap_or_default()) {
                folders.push(path);
            }
        }
    }
    files
}

#[test]
fn walking_finds_what_git_lists() {
    let root = xtask::workspace::root();
    let walked = walked(root);
    let unfound: Vec<PathBuf> = all()
        .into_iter()
        .filter(|path| !walked.contains(path))
        .collect();
    assert_eq!(unfound, Vec::<PathBuf>::new());
}
