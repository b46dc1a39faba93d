//! Journals of earlier versions.

use kling_journal::{Claim, Event, JobKey, Journal};

use crate::support::{JournalFolder, NOW, billed, holder, new_job, record, settled_bill};

/// Makes the journal of the fixture.
fn version_3() -> JournalFolder {
    let place = JournalFolder::new();
    let other = rusqlite::Connection::open(&place.path).unwrap();
    other.execute_batch(include_str!("version-3.sql")).unwrap();
    place
}

#[track_caller]
fn version(place: &JournalFolder) -> i32 {
    rusqlite::Connection::open(&place.path)
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

#[test]
fn what_an_earlier_version_recorded_is_kept_and_continued() {
    let place = version_3();
    let mut journal = place.open();
    assert_eq!(version(&place), 4);
    let jobs = journal.jobs(10).unwrap();
    let states: Vec<&str> = jobs.iter().map(|job| job.state.word()).collect();
    assert_eq!(states, ["accepted", "failed", "saved"]);
    assert!(jobs.iter().all(|job| job.billing.is_none()));
    assert_eq!(journal.job(1).unwrap().1.len(), 7);
    // A request that has a job keeps it, and what it costs is recorded like that of any other.
    let text = r#"{"prompt": "a tree", "model": "kling-v3"}"#;
    let key = JobKey::of(text).unwrap();
    let Claim::Known(mut claimed_job, _) = journal.claim(new_job(&key, text), NOW).unwrap() else {
        panic!("the job of the earlier version is not found");
    };
    assert_eq!(claimed_job.job().number, 3);
    record(
        &mut journal,
        &mut claimed_job,
        &[billed("7"), Event::Completed],
    );
    drop(journal);
    let (job, _) = place.open().job(3).unwrap();
    assert_eq!(job.billing, Some(settled_bill("7")));
}

#[test]
fn a_journal_of_an_earlier_version_can_be_read_without_changing_it() {
    let place = version_3();
    let journal = Journal::open_to_read(&place.path, holder(2)).unwrap();
    assert_eq!(journal.jobs(10).unwrap().len(), 3);
    drop(journal);
    assert_eq!(version(&place), 3);
}
