//! Files that cannot be a journal, or cannot be written.

use std::fs;
use std::path::Path;

use kling_journal::{ErrorKind, JobKey, Journal};

use crate::support::{JournalFolder, NOW, TEXT, begin, holder, new_job};

#[track_caller]
fn refused(path: &Path) -> ErrorKind {
    Journal::open(path, holder(1)).unwrap_err().kind().clone()
}

#[test]
fn l09_a_newer_version_is_refused_and_left_as_it_is() {
    let place = JournalFolder::new();
    drop(place.open());
    let other = rusqlite::Connection::open(&place.path).unwrap();
    other.pragma_update(None, "user_version", 5).unwrap();
    drop(other);
    let before = fs::read(&place.path).unwrap();
    assert_eq!(refused(&place.path), ErrorKind::Newer);
    assert_eq!(fs::read(&place.path).unwrap(), before);
}

#[test]
fn l09_what_is_not_a_journal_is_refused_by_its_name() {
    let place = JournalFolder::new();
    fs::write(
        &place.path,
        "a text, long enough to be no header of a database",
    )
    .unwrap();
    assert_names(&place.path);
    fs::remove_file(&place.path).unwrap();
    let other = rusqlite::Connection::open(&place.path).unwrap();
    other
        .execute_batch("CREATE TABLE bookmarks (url TEXT)")
        .unwrap();
    drop(other);
    assert_names(&place.path);
}

#[test]
fn a_journal_that_can_only_be_read_shows_its_jobs() {
    let place = JournalFolder::new();
    let mut journal = place.open();
    drop(begin(&mut journal, TEXT));
    drop(journal);
    let mut journal = Journal::open_to_read(&place.path, holder(2)).unwrap();
    assert_eq!(journal.jobs(10).unwrap().len(), 1);
    assert_eq!(journal.job(1).unwrap().0.state.word(), "intent");
    // It also shows which process is working on a job, or that none is.
    assert_eq!(journal.holder(1).unwrap(), None);
    let mut writer = place.open();
    let held = writer.resume(1, NOW).unwrap();
    assert!(journal.holder(1).unwrap().is_some());
    drop(held);
    let other = TEXT.replace("boat", "ship");
    let key = JobKey::of(&other).unwrap();
    assert!(journal.claim(new_job(&key, &other), NOW).is_err());
    assert!(Journal::open_to_read(&place.path.with_file_name("other"), holder(2)).is_err());
}

#[track_caller]
fn assert_names(path: &Path) {
    let error = Journal::open(path, holder(1)).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Foreign);
    let name = path.display().to_string();
    assert!(error.to_string().contains(&name), "{error}");
}

#[test]
fn l09_a_place_that_cannot_be_written_is_refused() {
    let place = JournalFolder::new();
    assert_eq!(refused(place.folder.path()), ErrorKind::Unusable);
    assert_eq!(
        refused(&place.folder.path().join("missing/journal.sqlite3")),
        ErrorKind::Unusable
    );
    // A folder in which not even an administrator can create files.
    #[cfg(target_os = "linux")]
    assert_eq!(
        refused(Path::new("/proc/journal.sqlite3")),
        ErrorKind::Unusable
    );
    // A device that is always full, if the system has one.
    #[cfg(target_os = "linux")]
    assert!(matches!(
        refused(Path::new("/dev/full")),
        ErrorKind::Storage | ErrorKind::Unusable | ErrorKind::Foreign
    ));
}

#[test]
fn a_journal_that_another_program_keeps_locked_is_busy() {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, TEXT);
    let other = rusqlite::Connection::open(&place.path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = journal
        .record(&mut claimed_job, kling_journal::Event::Send, NOW)
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Busy);
    other.execute_batch("ROLLBACK").unwrap();
    journal
        .record(&mut claimed_job, kling_journal::Event::Send, NOW)
        .unwrap();
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = JournalFolder::new();
    drop(place.open());
    let mode = fs::metadata(&place.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
