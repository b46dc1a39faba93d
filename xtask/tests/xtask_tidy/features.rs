//! The crates and features that are linked into the program, the client, the checker and the chores: checked in the
//! dependency tree for this machine, without tests.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::files::none;

/// A crate or a set of features, by the words that select it.
const LINKED_CHECKER: &[&str] = &["-p", "kling-check"];
const CLIENT: &[&str] = &["-p", "kling-http"];
const PROGRAM: &[&str] = &["-p", "kling-cli"];
const CHORES: &[&str] = &["-p", "xtask"];
const CHECKER: &[&str] = &["-p", "kling-cli", "--no-default-features"];
const CHECKER_AND_CLIENT: &[&str] = &[
    "-p",
    "kling-cli",
    "--no-default-features",
    "--features",
    "client",
];
const CHECKER_AND_EMULATOR: &[&str] = &[
    "-p",
    "kling-cli",
    "--no-default-features",
    "--features",
    "emulator",
];

/// What must not be in a tree, and what shows that the tree was read.
const TREES: [(&[&str], &[&str], &[&str]); 7] = [
    // ICU4X, which is not needed to read host names.
    (
        LINKED_CHECKER,
        &[
            "icu_normalizer",
            "icu_properties",
            "icu_provider",
            "zerovec",
        ],
        &["kling-url", "url", "idna", "idna_adapter"],
    ),
    // An HTTP/2 library may resend a refused request on its own.
    (
        CLIENT,
        &["h2", "openssl", "openssl-sys", "native-tls"],
        &["reqwest", "rustls"],
    ),
    (
        PROGRAM,
        &["h2", "openssl", "openssl-sys", "native-tls"],
        &["reqwest", "rustls", "axum", "rusqlite"],
    ),
    (
        CHECKER,
        &[
            "tokio",
            "reqwest",
            "hyper",
            "rustls",
            "ring",
            "axum",
            "rusqlite",
            "kling-http",
        ],
        &["clap", "kling-check"],
    ),
    (
        CHECKER_AND_CLIENT,
        &["h2", "axum", "kling-emulator"],
        &["reqwest", "rusqlite"],
    ),
    (
        CHECKER_AND_EMULATOR,
        &["h2", "reqwest", "rustls", "rusqlite", "kling-http"],
        &["axum"],
    ),
    // After changing a contract, the generated files can be written without building a server.
    (
        CHORES,
        &["tokio", "hyper", "axum", "kling-emulator"],
        &["clap", "kling-check"],
    ),
];

/// The maximum number of crates that are linked together with the checker.
const MOST_WITH_CHECKER: usize = 39;

/// Returns the names of all packages that are linked.
fn linked(selection: &[&str]) -> BTreeSet<String> {
    tree(selection, &["--prefix", "none", "--format", "{p}"])
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

fn tree(selection: &[&str], form: &[&str]) -> String {
    let output = Command::new("cargo")
        .args(["tree", "--offline", "--edges", "normal"])
        .args(selection)
        .args(form)
        .current_dir(xtask::workspace::root())
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{message}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn nothing_is_linked_that_must_not_be() {
    let mut faults = Vec::new();
    for (selection, without, with) in TREES {
        let linked = linked(selection);
        let words = selection.join(" ");
        for name in without.iter().filter(|name| linked.contains(**name)) {
            faults.push(format!("{words}: {name} is linked"));
        }
        for name in with.iter().filter(|name| !linked.contains(**name)) {
            faults.push(format!("{words}: {name} is not linked"));
        }
    }
    none(&faults);
}

#[test]
fn the_checker_brings_no_more_crates_than_the_readme_says() {
    let mut brought = linked(LINKED_CHECKER);
    assert!(brought.remove("kling-check"), "{brought:?}");
    let count = brought.len();
    assert!(count <= MOST_WITH_CHECKER, "{count}: {brought:#?}");
    let readme = fs::read_to_string(xtask::workspace::root().join("README.md")).unwrap();
    let said = format!("at most {MOST_WITH_CHECKER} other crates");
    assert!(readme.contains(&said), "README.md does not say `{said}`");
}

#[test]
fn http2_is_not_compiled_into_the_client() {
    for selection in [CLIENT, PROGRAM] {
        let features = tree(selection, &["--prefix", "none", "--format", "{p} [{f}]"]);
        let of = |name: &str| {
            let begin = format!("{name} v");
            let mut lines = features.lines().filter(|line| line.starts_with(&begin));
            lines.next().map(str::to_owned).unwrap()
        };
        for name in ["reqwest", "hyper", "hyper-util"] {
            assert!(!of(name).contains("http2"), "{}", of(name));
        }
        assert!(of("reqwest").contains("rustls"), "{}", of("reqwest"));
    }
}

#[test]
fn ci_lints_every_set_of_features() {
    let steps = xtask::ci::steps();
    let said: Vec<String> = steps.iter().map(ToString::to_string).collect();
    for words in [
        "clippy --workspace --all-targets",
        "clippy -p kling-cli --no-default-features --bins",
        "clippy -p kling-cli --no-default-features --features client --bins",
        "clippy -p kling-cli --no-default-features --features emulator --bins",
        "build -p kling-cli --no-default-features",
    ] {
        assert!(
            said.iter().any(|step| step.contains(words)),
            "no step `{words}` in {said:#?}"
        );
    }
}
