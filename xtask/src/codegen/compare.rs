//! How the generated files that are there differ from those that should be.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::Files;
use crate::failure::{Failure, Result};

/// How generated source files begin.
pub(super) const MARK: &str =
    "//! Written by `cargo xtask codegen` from the contracts. Change those, not this.";

/// Paths in the workspace, each in one of the lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    /// There, with another text.
    pub(super) differing: Vec<PathBuf>,
    /// Not there.
    pub(super) missing: Vec<PathBuf>,
    /// There, but made by nothing.
    pub(super) unexpected: Vec<PathBuf>,
}

impl Differences {
    /// Compares; in `folders` nothing else than `files` may be, apart from source files that do not
    /// say that they are generated.
    pub(super) fn of(root: &Path, files: &Files, folders: &[&str]) -> Result<Self> {
        let mut differences = Self::default();
        for (path, text) in files {
            match fs::read(root.join(path)) {
                Ok(there) if there == text.as_bytes() => {}
                Ok(_) => differences.differing.push(path.clone()),
                Err(_) => differences.missing.push(path.clone()),
            }
        }
        for folder in folders {
            let place = root.join(folder);
            let Ok(entries) = fs::read_dir(&place) else {
                continue;
            };
            for entry in entries {
                let entry = entry.map_err(|error| Failure::file(&place, "read", &error))?;
                let path = Path::new(folder).join(entry.file_name());
                if !files.contains_key(&path) && !is_hand_written(&root.join(&path)) {
                    differences.unexpected.push(path);
                }
            }
        }
        differences.unexpected.sort();
        Ok(differences)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.differing.is_empty() && self.missing.is_empty() && self.unexpected.is_empty()
    }
}

fn is_hand_written(path: &Path) -> bool {
    let is_source = path.extension().is_some_and(|extension| extension == "rs");
    is_source && fs::read(path).is_ok_and(|text| !text.starts_with(MARK.as_bytes()))
}

/// One line a file.
impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            ("differs", &self.differing),
            ("missing", &self.missing),
            ("unexpected", &self.unexpected),
        ];
        for (word, paths) in lists {
            for path in paths {
                writeln!(f, "  {word}: {}", path.display())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::write;

    #[test]
    fn a_source_file_is_unexpected_only_if_it_says_that_it_is_generated() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("made/hand.rs"), "//! By hand.").unwrap();
        write(&folder.path().join("made/gone.rs"), MARK).unwrap();
        let differences = Differences::of(folder.path(), &Files::new(), &["made"]).unwrap();
        assert_eq!(differences.to_string(), "  unexpected: made/gone.rs\n");
    }

    #[test]
    fn each_kind_of_difference_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["made/same", "made/other", "made/stray"] {
            write(&root.join(name), "there").unwrap();
        }
        let file = |path: &str, text: &str| (PathBuf::from(path), text.to_owned());
        let files = Files::from([
            file("made/same", "there"),
            file("made/other", "new"),
            file("made/gone", "new"),
        ]);
        let differences = Differences::of(root, &files, &["made", "not-there"]).unwrap();
        assert_eq!(
            differences.to_string(),
            "  differs: made/other\n  missing: made/gone\n  unexpected: made/stray\n"
        );
    }
}
