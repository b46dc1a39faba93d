//! Rules for every crate: its manifest, and which crates it may import.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::files::none;

/// The crates of the workspace that a crate may import.
#[derive(Debug, Clone, Copy)]
enum May {
    These(&'static [&'static str]),
    All,
}

/// Which crates each crate may import. A new crate needs a new row.
const IMPORTS: [(&str, May); 14] = [
    ("kling-text", May::These(&[])),
    ("kling-json", May::These(&["kling-text"])),
    ("kling-prompt", May::These(&[])),
    ("kling-url", May::These(&["kling-text"])),
    ("kling-spec", May::These(&["kling-text"])),
    (
        "kling-check",
        May::These(&[
            "kling-text",
            "kling-json",
            "kling-prompt",
            "kling-url",
            "kling-spec",
        ]),
    ),
    (
        "kling-http",
        May::These(&["kling-text", "kling-json", "kling-url"]),
    ),
    (
        "kling-emulator",
        May::These(&[
            "kling-check",
            "kling-json",
            "kling-spec",
            "kling-text",
            "kling-url",
        ]),
    ),
    ("kling-journal", May::These(&["kling-json", "kling-text"])),
    ("kling-cli", May::All),
    ("kling-testgen", May::These(&["kling-spec"])),
    (
        "kling-bench",
        May::These(&["kling-check", "kling-http", "kling-emulator", "kling-json"]),
    ),
    (
        "kling-system-tests",
        May::These(&["kling-emulator", "xtask"]),
    ),
    (
        "xtask",
        May::These(&["kling-spec", "kling-check", "kling-json"]),
    ),
];

/// What the pure crates may import from outside; none of it does I/O.
const OUTSIDE: [(&str, &[&str]); 6] = [
    ("kling-text", &[]),
    ("kling-json", &["memchr", "simdutf8", "wide"]),
    ("kling-prompt", &[]),
    ("kling-url", &["idna_adapter", "url"]),
    (
        "kling-spec",
        &[
            "serde",
            "toml",
            "serde_json",
            "schemars",
            "indexmap",
            "strsim",
        ],
    ),
    ("kling-check", &["serde", "schemars", "strsim"]),
];

/// Features of `serde_json` that would change what other crates read and write: features are unified across a build.
const SPREADING: [&str; 2] = ["preserve_order", "arbitrary_precision"];

fn packages() -> Vec<Package> {
    let mut command = MetadataCommand::new();
    command
        .current_dir(xtask::workspace::root())
        .no_deps()
        .other_options(vec!["--offline".to_owned()]);
    command.exec().unwrap().packages
}

fn imports(package: &Package) -> impl Iterator<Item = &str> {
    let normal = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.as_str())
}

#[test]
fn every_crate_imports_only_what_it_may() {
    let packages = packages();
    let names: BTreeSet<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let rows: BTreeSet<&str> = IMPORTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names, rows,
        "each crate has a row in the table of imports, and each row its crate"
    );
    let mut faults = Vec::new();
    for package in &packages {
        let name = package.name.as_str();
        let (_, may) = IMPORTS.iter().find(|(row, _)| *row == name).unwrap();
        for import in imports(package).filter(|import| names.contains(import)) {
            let allowed = match may {
                May::All => true,
                May::These(these) => these.contains(&import),
            };
            if !allowed {
                faults.push(format!("{name} must not import {import}"));
            }
        }
        let Some((_, outside)) = OUTSIDE.iter().find(|(row, _)| *row == name) else {
            continue;
        };
        for import in
            imports(package).filter(|import| !names.contains(import) && !outside.contains(import))
        {
            faults.push(format!("{name} is pure and must not import {import}"));
        }
    }
    none(&faults);
}

#[test]
fn the_readme_maps_the_crates_as_they_are() {
    let root = xtask::workspace::root();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let packages = packages();
    let names: BTreeSet<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut faults = Vec::new();
    for package in &packages {
        let folder = package
            .manifest_path
            .parent()
            .unwrap()
            .strip_prefix(root)
            .unwrap();
        let imports: BTreeSet<&str> = imports(package)
            .filter(|import| names.contains(import))
            .collect();
        let imports: Vec<&str> = imports.into_iter().collect();
        let begin = format!("| `{folder}` | ");
        let end = format!("| {} |", imports.join(", ")).replace("|  |", "| |");
        if !readme
            .lines()
            .any(|line| line.starts_with(&begin) && line.ends_with(&end))
        {
            faults.push(format!("README.md has no row `{begin}… {end}`"));
        }
    }
    none(&faults);
}

#[test]
fn every_crate_describes_itself() {
    let mut faults = Vec::new();
    for package in packages() {
        let folder = package.manifest_path.parent().unwrap();
        let manifest: toml::Table =
            toml::from_str(&std::fs::read_to_string(&package.manifest_path).unwrap()).unwrap();
        let lints = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(toml::Value::as_bool);
        let mut need = |there: bool, what: &str| {
            if !there {
                faults.push(format!("{}: {what}", package.name));
            }
        };
        need(folder.join("README.md").is_file(), "no README.md");
        need(
            package
                .readme
                .as_ref()
                .is_some_and(|readme| readme == "README.md"),
            "`readme` is not README.md",
        );
        need(
            package
                .description
                .as_ref()
                .is_some_and(|text| text.ends_with('.')),
            "no description in a sentence",
        );
        need(
            package.license.as_deref() == Some("MIT OR Apache-2.0"),
            "not the workspace's licence",
        );
        need(lints == Some(true), "not the workspace's lints");
    }
    none(&faults);
}

#[test]
fn no_crate_changes_serde_json_for_the_others() {
    let mut faults = Vec::new();
    for package in packages() {
        let direct = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.name == "serde_json");
        let direct = direct.flat_map(|dependency| dependency.features.clone());
        let passed = package
            .features
            .values()
            .flatten()
            .filter_map(|feature| feature.split_once('/'));
        let passed = passed
            .filter(|(name, _)| name.trim_end_matches('?') == "serde_json")
            .map(|(_, feature)| feature.to_owned());
        for feature in direct
            .chain(passed)
            .filter(|feature| SPREADING.contains(&feature.as_str()))
        {
            faults.push(format!("{} turns on serde_json/{feature}", package.name));
        }
    }
    none(&faults);
}

/// A line such as `Running tests/kling_url_laws.rs` is all that a run of the whole workspace shows of a test binary.
#[test]
fn the_name_of_a_test_binary_says_whose_it_is() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for package in packages() {
        let owner = package.name.replace('-', "_");
        for target in package.targets.iter().filter(|target| target.is_test()) {
            seen += 1;
            if !target.name.starts_with(&format!("{owner}_")) {
                faults.push(format!(
                    "{}: the test binary `{}` must begin with `{owner}_`",
                    package.name, target.name
                ));
            }
        }
    }
    assert!(seen > 20, "{seen} test binaries");
    none(&faults);
}

#[test]
fn the_pure_crates_forbid_the_outside_world_alike() {
    let root = xtask::workspace::root();
    let read = |path: &str| -> toml::Table {
        toml::from_str(&std::fs::read_to_string(root.join(path)).unwrap()).unwrap()
    };
    let shared = read("clippy.toml");
    let first = read("crates/kling-json/clippy.toml");
    assert!(!first["disallowed-methods"].as_array().unwrap().is_empty());
    for (name, _) in OUTSIDE {
        let own = read(&format!("crates/{name}/clippy.toml"));
        assert_eq!(own, first, "{name} and kling-json");
        // Only the nearest of these files is read, so each repeats the workspace's settings.
        for (key, value) in &shared {
            assert_eq!(own.get(key), Some(value), "{name}: {key}");
        }
    }
}
