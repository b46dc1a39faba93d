//! Rules for every text: no paths of a particular machine, no registry hosts, no paths that do not exist.

use std::path::{Path, PathBuf};

use crate::files::{all, none, text, with_extension};

/// Folders of a developer's machine. Written in two parts, since this file is searched too.
const MACHINE: [&str; 3] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
];

/// A fictitious user in examples of local files, which the checker is meant to find.
const MADE_UP: &str = "me/";

/// Hosts that packages are downloaded from: which one is used depends on the machine.
const REGISTRIES: [&str; 6] = [
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("npmjs", ".org"),
    concat!("deb.debian", ".org"),
    concat!("proxy.golang", ".org"),
    concat!("arti", "factory"),
];

/// The lock file uses the canonical name of the registry, which is the same on every machine.
const LOCK: &str = "Cargo.lock";

#[test]
fn no_text_holds_a_path_of_a_machine() {
    let root = xtask::workspace::root().to_str().unwrap().to_owned();
    let mut faults = Vec::new();
    for_each_line(&all(), |path, number, line| {
        // Fixtures contain paths as users leave them in requests, and snapshots show them.
        let example = path.starts_with("fixtures")
            || path
                .extension()
                .is_some_and(|extension| extension == "snap");
        let named = !example && MACHINE.iter().any(|folder| is_machine_path(line, folder));
        if named || line.contains(&root) {
            faults.push(format!(
                "{}:{number}: a path of somebody's machine",
                path.display()
            ));
        }
    });
    none(&faults);
}

fn is_machine_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let begins = !line[..at].ends_with(|c: char| c.is_alphanumeric() || "-_.*".contains(c));
        begins && !line[at + folder.len()..].starts_with(MADE_UP)
    })
}

#[test]
fn no_text_names_the_host_of_a_registry() {
    let mut files = all();
    files.retain(|path| path != Path::new(LOCK));
    let mut faults = Vec::new();
    for_each_line(&files, |path, number, line| {
        if let Some(host) = REGISTRIES.iter().find(|host| line.contains(**host)) {
            faults.push(format!(
                "{}:{number}: `{host}` is the host of a registry",
                path.display()
            ));
        }
    });
    none(&faults);
}

#[test]
fn paths_in_documents_exist() {
    let root = xtask::workspace::root();
    let mut faults = Vec::new();
    for document in with_extension("md") {
        let folder = root.join(&document);
        let folder = folder.parent().unwrap();
        for span in code_spans(&text(&document).unwrap()) {
            let Some(known) = known_part(&span) else {
                continue;
            };
            if !is_path(root, folder, &span)
                || folder.join(&known).exists()
                || root.join(&known).exists()
            {
                continue;
            }
            faults.push(format!("{}: `{span}` is not there", document.display()));
        }
    }
    none(&faults);
}

/// Returns the texts between single backticks, outside fenced blocks.
fn code_spans(text: &str) -> Vec<String> {
    let mut spans = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if !fenced && !line.trim_start().starts_with("```") {
            spans.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    spans
}

/// Whether a text refers to a file or folder of the project: its first segment is one, or it is a source file.
fn is_path(root: &Path, folder: &Path, span: &str) -> bool {
    let words = span
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_./*<>".contains(c));
    let first = span.split('/').next().unwrap_or_default();
    let below = span.contains('/') && !first.is_empty() && !first.starts_with(['<', '*']);
    let source = Path::new(span)
        .extension()
        .is_some_and(|extension| extension == "rs");
    words
        && (source
            || below
                && (root.join(first).exists()
                    || folder.join(first).exists()
                    || OWN.contains(&first)))
}

/// Folders that documents refer to, so that a path is still recognised when its folder is gone.
const OWN: [&str; 10] = [
    "crates", "fixtures", "schemas", "xtask", "src", "tests", "models", ".ci", ".cargo", "target",
];

/// Returns the part of a path before any placeholder; `None` if there is nothing before it.
fn known_part(span: &str) -> Option<PathBuf> {
    let any = |part: &str| {
        part.contains(['*', '<']) || ["ID", "NAME"].iter().any(|name| part.starts_with(name))
    };
    let known: PathBuf = span.split('/').take_while(|part| !any(part)).collect();
    (known != Path::new("") && !known.starts_with("target")).then_some(known)
}

fn for_each_line(files: &[PathBuf], mut visit: impl FnMut(&Path, usize, &str)) {
    for path in files {
        for (index, line) in text(path).unwrap_or_default().lines().enumerate() {
            visit(path, index + 1, line);
        }
    }
}

#[test]
fn the_searches_find_what_they_look_for() {
    let machine = |line: &str| is_machine_path(line, concat!("/ho", "me/"));
    assert!(machine(concat!("see /ho", "me/jane/notes")));
    assert!(!machine(concat!("\"/ho", "me/me/cat.jpg\"")));
    assert!(!machine(concat!("https://example.com/ho", "me/jane")));
    assert_eq!(
        code_spans("a `b` c `d/e`\n```\n`f`\n```\n`g`"),
        ["b", "d/e", "g"]
    );
    assert_eq!(
        known_part("fixtures/*/expected.toml").unwrap(),
        Path::new("fixtures")
    );
    let root = xtask::workspace::root();
    assert!(is_path(root, root, "crates/no-such-crate/src"));
    assert!(is_path(root, root, "src/gone.rs"));
    assert!(!is_path(root, root, "application/json"));
    assert!(!is_path(root, root, "cargo run -- check fixtures/x"));
}
