//! The user's journal: where it is, and how this process is identified in it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use kling_journal::{Holder, Journal};

use super::environment;
use super::print::note;
use super::stop::Stop;
use crate::cli::Records;

/// Returns the path of the journal.
pub(crate) fn path(records: &Records) -> Result<PathBuf, Stop> {
    if let Some(path) = &records.journal {
        return Ok(path.clone());
    }
    if let Some(path) = environment::path(environment::JOURNAL) {
        return Ok(path);
    }
    Ok(environment::state_folder()?.join("journal.sqlite3"))
}

/// Opens the journal, or creates it, which is reported: it does not know what was paid for with another one.
pub(crate) fn open(records: &Records) -> Result<Journal, Stop> {
    let path = path(records)?;
    match fs::metadata(&path) {
        Err(_) => note(&format!(
            "the journal of paid jobs is new: {}",
            path.display()
        )),
        // The user may have emptied it.
        Ok(metadata) if metadata.len() == 0 => note(&format!(
            "warning: the journal {} is empty, so no earlier job is known",
            path.display()
        )),
        Ok(_) => {}
    }
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        make(folder).map_err(|error| {
            Stop::usage(format!(
                "the folder {} of the journal cannot be created: {error}; name another file with `--journal`",
                folder.display()
            ))
        })?;
    }
    Ok(Journal::open(&path, holder())?)
}

/// Creates a folder that survives a power loss, since the journal in it records what has been sent.
fn make(folder: &Path) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|folder| !folder.exists())
        .collect();
    fs::create_dir_all(&folder)?;
    for folder in missing {
        // Other systems cannot open folders, and need not.
        #[cfg(unix)]
        if let Some(parent) = folder.parent() {
            fs::File::open(parent)?.sync_all()?;
        }
        #[cfg(not(unix))]
        let _ = folder;
    }
    Ok(())
}

/// Opens the journal if it exists.
pub(crate) fn open_existing(records: &Records) -> Result<Option<Journal>, Stop> {
    let path = path(records)?;
    match fs::metadata(&path) {
        Ok(_) => Ok(Some(Journal::open(&path, holder())?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Stop::usage(format!(
            "the journal {} cannot be read: {error}; name another file with `--journal`",
            path.display()
        ))),
    }
}

/// Opens the journal if it exists, even if it is read-only, which is reported.
pub(crate) fn open_to_read(records: &Records) -> Result<Option<Journal>, Stop> {
    open_existing(records).or_else(|unusable| {
        let Ok(journal) = Journal::open_to_read(&path(records)?, holder()) else {
            return Err(unusable);
        };
        note(&format!("warning: {}", unusable.reason()));
        Ok(Some(journal))
    })
}

/// Identifies this process.
pub(crate) fn holder() -> Holder {
    Holder {
        pid: std::process::id(),
        host: environment::host(),
        started: environment::now(),
    }
}
