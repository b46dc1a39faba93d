//! `cargo xtask codegen`: the files whose single source is the contracts.
//!
//! The references and the typed requests are generated here; the schemas and the outputs in the README come from the
//! built program, so that a wrong generated file cannot keep this crate from building.

mod claims;
mod compare;
mod editions;
mod markdown;
mod models;
mod requests;
mod rules;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kling_spec::{EDITIONS, EMBEDDED, EmbeddedContract, SEED, Spec};

use crate::failure::{Failure, Result, read, write as write_file};
use crate::process::build_kling;
use crate::readme;
use crate::workspace::print_line;
use compare::Differences;

/// A folder in which every file is generated.
const SCHEMAS: &str = "schemas";
const README: &str = "README.md";

/// Texts by their path in the workspace.
type Files = BTreeMap<PathBuf, String>;

/// Writes every generated file that is not up to date, and removes those that are no longer generated.
///
/// # Errors
/// The program does not build, or a file cannot be written. If the list of editions was not up to date, it is written and
/// nothing else: everything else is generated from it, by a build that has it.
pub fn write(root: &Path) -> Result<()> {
    let editions = editions::file(root)?;
    if !Differences::of(root, &editions, &[])?.is_empty() {
        apply(root, &editions, &[])?;
        return Err(Failure::new(
            "the list of editions has changed and is written; run `cargo xtask codegen` again for the files made from it",
        ));
    }
    apply(root, &from_contracts(), &[requests::FOLDER])?;
    apply(root, &from_program(root)?, &[SCHEMAS])
}

/// Fails if a generated file differs from what [`write()`] would write.
///
/// # Errors
/// The list of such files and the command to run; or the program does not build.
pub fn check(root: &Path) -> Result<()> {
    up_to_date(root, &editions::file(root)?, &[])?;
    // Separately and first: if one of these is wrong, the program may not build.
    up_to_date(root, &from_contracts(), &[requests::FOLDER])?;
    up_to_date(root, &from_program(root)?, &[SCHEMAS])
}

fn up_to_date(root: &Path, files: &Files, folders: &[&str]) -> Result<()> {
    let differences = Differences::of(root, files, folders)?;
    if differences.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "generated files are not up to date\n{differences}run `cargo xtask codegen`"
    )))
}

/// Returns the rule reference and the model reference.
///
/// ```
/// let files = xtask::codegen::references();
/// let rules = &files[std::path::Path::new("crates/kling-spec/RULES.md")];
/// assert!(rules.contains("### `unknown-field`"));
/// ```
pub fn references() -> BTreeMap<PathBuf, String> {
    let specs = specs();
    Files::from([
        (
            PathBuf::from("crates/kling-spec/RULES.md"),
            rules::reference(&specs),
        ),
        (
            PathBuf::from("crates/kling-spec/MODELS.md"),
            models::reference(&specs),
        ),
    ])
}

/// Returns the references and the typed requests.
fn from_contracts() -> Files {
    let mut files = references();
    files.append(&mut requests::files(&specs()));
    files
}

fn specs() -> Vec<Spec> {
    EMBEDDED.iter().map(EmbeddedContract::parse).collect()
}

fn from_program(root: &Path) -> Result<Files> {
    let program = build_kling(root)?;
    let schemas = schemas(&program, root, SEED)?;
    let mut files = Files::new();
    for edition in EDITIONS.iter().filter(|edition| **edition != SEED) {
        for (name, text) in self::schemas(&program, root, edition)? {
            if schemas.get(&name) != Some(&text) {
                files.insert(Path::new(SCHEMAS).join(edition).join(name), text);
            }
        }
    }
    files.extend(
        schemas
            .into_iter()
            .map(|(name, text)| (Path::new(SCHEMAS).join(name), text)),
    );
    let text = read(&root.join(README))?;
    let fresh = readme::refreshed(&text, |arguments| readme::output(&program, root, arguments))?;
    files.insert(PathBuf::from(README), fresh);
    Ok(files)
}

/// Returns the schemas of an edition, by the names of their files.
fn schemas(program: &Path, root: &Path, edition: &str) -> Result<Files> {
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
    let target = folder.path().to_string_lossy();
    let arguments = ["schema", "--edition", edition, "--all", &target];
    let output = readme::output(program, root, &arguments)?;
    let mut files = Files::new();
    let listed = fs::read_dir(folder.path())
        .map_err(|error| Failure::file(folder.path(), "read", &error))?;
    for entry in listed {
        let entry = entry.map_err(|error| Failure::file(folder.path(), "read", &error))?;
        files.insert(PathBuf::from(entry.file_name()), read(&entry.path())?);
    }
    if files.is_empty() {
        return Err(Failure::new(format!(
            "`kling schema --all` wrote nothing\n{output}"
        )));
    }
    Ok(files)
}

fn apply(root: &Path, files: &Files, folders: &[&str]) -> Result<()> {
    let differences = Differences::of(root, files, folders)?;
    for path in differences.differing.iter().chain(&differences.missing) {
        write_file(&root.join(path), &files[path])?;
        print_line(format_args!("wrote {}", path.display()));
    }
    for path in &differences.unexpected {
        let place = root.join(path);
        fs::remove_file(&place).map_err(|error| Failure::file(&place, "removed", &error))?;
        print_line(format_args!("removed {}", path.display()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_up_to_date_and_stays_so() {
        let folder = tempfile::tempdir().unwrap();
        let files = from_contracts();
        let found = Differences::of(folder.path(), &files, &[]).unwrap();
        assert_eq!(found.missing.len(), files.len());
        apply(folder.path(), &files, &[]).unwrap();
        assert!(
            Differences::of(folder.path(), &files, &[])
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_file_that_nothing_makes_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        write_file(&folder.path().join("schemas/gone.schema.json"), "{}").unwrap();
        apply(folder.path(), &Files::new(), &[SCHEMAS]).unwrap();
        assert!(!folder.path().join("schemas/gone.schema.json").exists());
    }
}
