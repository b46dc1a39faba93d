//! The user's journal: where it is, and who this process is in it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use kling_journal::{Holder, Journal};

use super::environment;
use super::print::note;
use super::stop::Stop;
use crate::cli::Records;

/// The path of the journal.
pub(crate) fn path(records: &Records) -> Result<PathBuf, Stop> {
    if let Some(path) = &records.journal {
        return Ok(path.clone());
    }
    if let Some(path) = environment::path(environment::JOURNAL) {
        return Ok(path);
    }
    Ok(environment::state_folder()?.join("journal.sqlite3"))
}

/// Opens the journal, or makes it, which is reported: what was paid for with another one is not known to it.
pub(crate) fn open(records: &Records) -> Result<Journal, Stop> {
    let path = path(records)?;
    match fs::metadata(&path) {
        Err(_) => note(&format!(
            "the journal of paid jobs is new: {}",
            path.display()
        )),
        // Somebody may have emptied it.
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

/// Makes a folder that outlasts a loss of power: what has been sent is recorded in it.
fn make(folder: &Path) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|folder| !folder.exists())
        .collect();
    fs::create_dir_all(&folder)?;
    for folder in missing {
        // Elsewhere folders cannot be opened, and need not be.
        #[cfg(unix)]
        if let Some(parent) = folder.parent() {
            fs::File::open(parent)?.sync_all()?;
        }
        #[cfg(not(unix))]
        let _ = folder;
    }
    Ok(())
}

/// Opens the journal if it is there.
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

/// Opens the journal if it is there, also where it can only be read, which is reported.
pub(crate) fn open_to_read(records: &Records) -> Result<Option<Journal>, Stop> {
    open_existing(records).or_else(|unusable| {
        let Ok(journal) = Journal::open_to_read(&path(records)?, holder()) else {
            return Err(unusable);
        };
        note(&format!("warning: {}", unusable.reason()));
        Ok(Some(journal))
    })
}

/// This process.
pub(crate) fn holder() -> Holder {
    Holder {
        pid: std::process::id(),
        host: environment::host(),
        started: environment::now(),
    }
}
