//! Shared by the tests: the pages, and the command on a page that was changed.

use std::fs;
use std::path::{Path, PathBuf};

use xtask::drift::{self, Subject};

/// Returns the folder with the pages of our own: one per model and edition, in the form in which it was saved.
pub(crate) fn pages() -> PathBuf {
    xtask::workspace::root().join("xtask/tests/pages")
}

/// Returns the page of a model and an edition.
pub(crate) fn page(model: &str, edition: &str) -> String {
    let forms = ["txt", "md", "html"].iter();
    let paths = forms.map(|form| pages().join(model).join(format!("{edition}.{form}")));
    let path = paths.into_iter().find(|path| path.exists()).unwrap();
    fs::read_to_string(path).unwrap()
}

/// What the command does with a page.
pub(crate) struct Ran {
    pub(crate) messages: String,
    pub(crate) patch: String,
    pub(crate) failure: Option<String>,
}

/// Runs the command on a file.
pub(crate) fn run(file: &Path, model: &str, edition: &str) -> Ran {
    let (mut messages, mut patch) = (Vec::new(), Vec::new());
    let ran = drift::run(file, model, edition, &mut messages, &mut patch);
    Ran {
        messages: String::from_utf8(messages).unwrap(),
        patch: String::from_utf8(patch).unwrap(),
        failure: ran.err().map(|failure| failure.to_string()),
    }
}

/// Runs the command on a text.
pub(crate) fn run_on(text: &str, model: &str, edition: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page");
    fs::write(&file, text).unwrap();
    run(&file, model, edition)
}

/// Asserts that a page has these differences, and that a contract with the proposed patch has none.
#[track_caller]
pub(crate) fn differs(text: &str, model: &str, edition: &str, expected: &[&str]) -> String {
    let ran = run_on(text, model, edition);
    let shown = ran
        .messages
        .lines()
        .filter_map(|line| line.strip_prefix("difference["));
    assert_eq!(shown.collect::<Vec<_>>(), expected, "{}", ran.messages);
    let failure = ran.failure.unwrap();
    assert!(
        !failure.contains("does not load"),
        "{failure}\n{}",
        ran.patch
    );
    assert!(
        failure.starts_with(&format!("{} difference", expected.len())),
        "{failure}"
    );
    let subject = Subject::new(model, edition).unwrap();
    let patched = subject.patched(&ran.patch).unwrap();
    let rest = drift::drift(text, &patched).unwrap();
    assert_eq!(rest.differences, [], "{}", ran.patch);
    ran.patch
}

/// Replaces a part of a page, which it must have once.
#[track_caller]
pub(crate) fn with(page: &str, old: &str, new: &str) -> String {
    assert_eq!(page.matches(old).count(), 1, "{old}");
    page.replace(old, new)
}
