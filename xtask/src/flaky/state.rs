//! The results of earlier runs, by the content of the binaries, so that an interrupted chore can continue.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::failure::{Failure, Result, read, write};

/// The results of a binary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) runs: u32,
    pub(super) failures: u32,
    /// How many times each test failed.
    pub(super) failed: BTreeMap<String, u32>,
}

impl Seen {
    /// Counts a run, with the tests that failed in it, if any.
    pub(super) fn add(&mut self, failed: Option<Vec<String>>) {
        self.runs += 1;
        self.failures += u32::from(failed.is_some());
        for name in failed.into_iter().flatten() {
            *self.failed.entry(name).or_default() += 1;
        }
    }
}

/// The file with all results.
#[derive(Debug)]
pub(super) struct State {
    path: PathBuf,
    members: Map<String, Value>,
}

impl State {
    /// Opens the file in a folder, which is created; an invalid file counts as none.
    ///
    /// # Errors
    /// The folder cannot be created or emptied.
    pub(super) fn open(folder: &Path, fresh: bool) -> Result<Self> {
        if fresh && folder.exists() {
            fs::remove_dir_all(folder).map_err(|error| Failure::file(folder, "removed", &error))?;
        }
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, "made", &error))?;
        let path = folder.join("state.json");
        let text = if path.exists() {
            read(&path)?
        } else {
            String::new()
        };
        let members = serde_json::from_str(&text).unwrap_or_default();
        Ok(Self { path, members })
    }

    /// Returns the results of the binary with this content.
    pub(super) fn of(&self, hash: &str) -> Seen {
        let member = &self.members.get(hash).unwrap_or(&Value::Null);
        let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        let failed = member["failed"].as_object().into_iter().flatten();
        Seen {
            runs: number(&member["runs"]).unwrap_or_default(),
            failures: number(&member["failures"]).unwrap_or_default(),
            failed: failed
                .filter_map(|(name, count)| Some((name.clone(), number(count)?)))
                .collect(),
        }
    }

    /// Writes the results of a binary.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn keep(&mut self, hash: &str, name: &str, seen: &Seen) -> Result<()> {
        let member = json!({
            "binary": name, "runs": seen.runs, "failures": seen.failures, "failed": seen.failed,
        });
        self.members.insert(hash.to_owned(), member);
        // If the chore is stopped here, the file is the old one or the new one.
        let new = self.path.with_extension("new");
        write(&new, &Value::Object(self.members.clone()).to_string())?;
        fs::rename(&new, &self.path).map_err(|error| Failure::file(&self.path, "written", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_kept_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let mut seen = Seen::default();
        seen.add(None);
        seen.add(Some(vec!["a::b".to_owned()]));
        let mut state = State::open(folder.path(), false).unwrap();
        state.keep("01", "kling-x lib", &seen).unwrap();
        let again = State::open(folder.path(), false).unwrap();
        assert_eq!((again.of("01"), again.of("02")), (seen, Seen::default()));
        let fresh = State::open(folder.path(), true).unwrap();
        assert_eq!(fresh.of("01"), Seen::default());
    }
}
