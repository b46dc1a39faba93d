//! The files that the paths of a command line refer to, in order.

use std::collections::{HashSet, VecDeque};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::{Walk, WalkBuilder};

use super::request::{File, FileName};
use crate::settings::{Settings, SettingsError, SettingsOf};

/// Finds the files one by one: a folder's files in the order of their names, subfolders among them.
///
/// A file that several paths lead to is returned once; if it is named itself, at that position.
pub(crate) struct Files {
    paths: VecDeque<Named>,
    walk: Option<Walk>,
    lines: bool,
    settings: SettingsOf,
    /// The files already returned or still to come, by canonical path; empty if nothing can occur twice.
    known: HashSet<PathBuf>,
    may_repeat: bool,
}

/// A path that the user gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// The path.
    pub(crate) path: PathBuf,
    /// Whether it comes from a list, and so may be any kind of file.
    pub(crate) listed: bool,
}

/// The path that means standard input.
pub(crate) const STDIN: &str = "-";

/// Why a path is not read.
#[derive(Debug)]
pub(crate) enum NotRead {
    /// It could not be read: the reason, for people.
    Unreadable(String),
    /// A path of a list whose name is not that of a file of requests.
    PassedOver(FileName),
}

impl NotRead {
    /// Makes the result for a file that could not be read.
    pub(crate) fn unreadable(name: &str, error: &io::Error) -> Self {
        Self::Unreadable(unreadable(name, error))
    }
}

/// Formats a message that a file could not be read, and why.
pub(crate) fn unreadable(name: &str, error: &io::Error) -> String {
    format!(
        "error: cannot read `{name}`: {}; {}\n",
        kling_text::plain(&error.to_string()),
        remedy(error)
    )
}

/// Returns what to do about a file that cannot be read.
fn remedy(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::NotFound {
        "check the path"
    } else if error.kind() == io::ErrorKind::PermissionDenied {
        "make it readable, or leave it out"
    } else {
        "leave it out"
    }
}

impl Files {
    /// Starts with these paths; `lines`: whether each file is read line by line, whatever its name.
    pub(crate) fn new(paths: Vec<Named>, lines: bool, settings: SettingsOf) -> Self {
        let may_repeat = paths.len() > 1;
        let mut named = HashSet::new();
        let mut distinct = VecDeque::with_capacity(paths.len());
        for given in paths {
            let path = &given.path;
            let is_first = !may_repeat || is_stdin(path) || named.insert(canonical(path));
            let is_first = is_first && !(is_stdin(path) && distinct.contains(&given));
            if is_first {
                distinct.push_back(given);
            }
        }
        Self {
            paths: distinct,
            walk: None,
            lines,
            settings,
            known: named,
            may_repeat,
        }
    }

    /// Returns the next file, or why it could not be read.
    pub(crate) fn next(&mut self) -> Option<Result<File, NotRead>> {
        loop {
            if let Some(walk) = &mut self.walk {
                match walk.next() {
                    Some(found) => match self.found(found) {
                        Some(file) => return Some(file),
                        None => continue,
                    },
                    None => self.walk = None,
                }
            }
            let Named { path, listed } = self.paths.pop_front()?;
            if is_stdin(&path) && !listed {
                let settings = match self.settings(None) {
                    Ok(settings) => settings,
                    Err(unsettled) => return Some(Err(unsettled)),
                };
                return Some(Ok(File {
                    name: FileName::stdin().into(),
                    path: None,
                    lines: self.lines,
                    found: false,
                    settings,
                }));
            }
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => self.walk = Some(walk(&path)),
                Ok(_) if listed && !may_be_requests(&path) => {
                    return Some(Err(NotRead::PassedOver(FileName::of(&path))));
                }
                // The user did not choose this file: it may be a pipe that never ends.
                Ok(metadata) if listed && !metadata.is_file() => {
                    let error = io::Error::other("it is not a regular file");
                    return Some(Err(NotRead::unreadable(
                        FileName::of(&path).shown(),
                        &error,
                    )));
                }
                Ok(_) => return Some(self.file(path, listed)),
                Err(error) => {
                    return Some(Err(NotRead::unreadable(
                        FileName::of(&path).shown(),
                        &error,
                    )));
                }
            }
        }
    }

    fn found(
        &mut self,
        found: Result<ignore::DirEntry, ignore::Error>,
    ) -> Option<Result<File, NotRead>> {
        let entry = match found {
            Ok(entry) => entry,
            Err(error) => {
                return Some(Err(NotRead::Unreadable(format!(
                    "error: {}\n",
                    kling_text::plain(&error.to_string())
                ))));
            }
        };
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if !is_file || !may_be_requests(entry.path()) {
            return None;
        }
        let path = entry.into_path();
        if self.may_repeat && !self.known.insert(canonical(&path)) {
            return None;
        }
        Some(self.file(path, true))
    }

    fn file(&mut self, path: PathBuf, found: bool) -> Result<File, NotRead> {
        let lines = self.lines || is_lines(&path);
        Ok(File {
            settings: self.settings(Some(&path))?,
            name: Arc::new(FileName::of(&path)),
            path: Some(path),
            lines,
            found,
        })
    }

    fn settings(&mut self, path: Option<&Path>) -> Result<Arc<Settings>, NotRead> {
        self.settings.of(path).map_err(|unsettled| match unsettled {
            SettingsError::Invalid(failure) => NotRead::Unreadable(failure.to_string()),
            // A fault in a `kling.toml` is reported only once for all files under it.
            SettingsError::AlreadyReported => NotRead::Unreadable(String::new()),
        })
    }
}

/// Whether to read a file that was not named itself.
fn may_be_requests(path: &Path) -> bool {
    has_extension(path, &["json"]) || is_lines(path)
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == STDIN
}

fn walk(folder: &Path) -> Walk {
    WalkBuilder::new(folder)
        .require_git(false)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .sort_by_file_name(OsStr::cmp)
        .build()
}

/// The maximum number of entries of a folder that are examined for ignored requests.
const MOST_IGNORED: usize = 10_000;

/// Returns a file of requests in a folder that the walk leaves out, because it is ignored or hidden.
pub(crate) fn ignored_in(folder: &Path) -> Option<FileName> {
    let found = WalkBuilder::new(folder)
        .standard_filters(false)
        .sort_by_file_name(OsStr::cmp)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
        .take(MOST_IGNORED)
        .filter_map(Result::ok)
        .find(|entry| {
            entry.file_type().is_some_and(|kind| kind.is_file()) && may_be_requests(entry.path())
        })?;
    Some(FileName::of(found.path()))
}

fn canonical(path: &Path) -> PathBuf {
    // A path that does not exist is reported when it is its turn.
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn is_lines(path: &Path) -> bool {
    has_extension(path, &["jsonl", "ndjson"])
}

fn has_extension(path: &Path, wanted: &[&str]) -> bool {
    path.extension().is_some_and(|extension| {
        wanted
            .iter()
            .any(|wanted| extension.eq_ignore_ascii_case(wanted))
    })
}
