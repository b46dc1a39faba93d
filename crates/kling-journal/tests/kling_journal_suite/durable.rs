//! What is on disk after each step, whatever happens next.

use std::fs;

use kling_journal::{Claim, Effect, Event, JobKey, Journal, NewJob, State};

use crate::support::{
    JournalFolder, NOW, SERVICE, TEXT, accepted, begin, holder, lost, new_job, not_sent, record,
    saved, settled,
};

/// Returns the folder as a process finds it if the power fails at this moment: all its files, but no locks.
#[track_caller]
fn after_power_loss(place: &JournalFolder) -> JournalFolder {
    let copy = JournalFolder::new();
    for file in fs::read_dir(place.folder.path()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.folder.path().join(file.file_name())).unwrap();
    }
    copy
}

#[test]
fn l02_each_record_is_in_the_file_when_the_call_returns() {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, TEXT);
    let steps = [
        (Event::Send, State::Sending),
        (not_sent(), State::Intent),
        (Event::Send, State::Sending),
        (
            lost(),
            State::Unknown {
                candidate: Some("video_9".to_owned()),
                reason: "half an answer".to_owned(),
            },
        ),
        (
            settled(),
            State::Accepted {
                id: "video_9".to_owned(),
            },
        ),
        (
            Event::Completed,
            State::Completed {
                id: "video_9".to_owned(),
            },
        ),
        (
            saved(),
            State::Saved {
                id: "video_9".to_owned(),
                file: "boat.mp4".to_owned(),
                bytes: 4096,
            },
        ),
    ];
    for (event, expected) in steps {
        journal.record(&mut claimed_job, event, NOW).unwrap();
        let copy = after_power_loss(&place);
        let (job, _) = copy.open().job(1).unwrap();
        assert_eq!(job.state, expected);
        assert_eq!(&job, claimed_job.job());
    }
}

#[test]
fn l02_who_comes_after_a_loss_of_power_never_sends_what_may_have_left() {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, TEXT);
    let key = JobKey::of(TEXT).unwrap();
    let pick_up = |place: &JournalFolder| {
        let copy = after_power_loss(place);
        let claim = copy.open().claim(new_job(&key, TEXT), NOW).unwrap();
        let Claim::Known(claimed_job, effects) = claim else {
            panic!("a second job");
        };
        (claimed_job.job().state.clone(), effects)
    };
    assert_eq!(pick_up(&place), (State::Intent, &[][..]));
    record(&mut journal, &mut claimed_job, &[Event::Send]);
    let (state, effects) = pick_up(&place);
    assert!(
        matches!(
            state,
            State::Unknown {
                candidate: None,
                ..
            }
        ),
        "{state:?}"
    );
    assert_eq!(effects, [Effect::Record, Effect::LookUp]);
    record(&mut journal, &mut claimed_job, &[accepted()]);
    let (state, effects) = pick_up(&place);
    assert_eq!(
        (state.id(), effects),
        (Some("video_1"), &[Effect::Wait][..])
    );
    record(&mut journal, &mut claimed_job, &[Event::Completed]);
    let (state, effects) = pick_up(&place);
    assert_eq!(
        (state.id(), effects),
        (Some("video_1"), &[Effect::Download][..])
    );
}

#[test]
fn l02_a_transaction_that_was_cut_is_taken_back_whole() {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, TEXT);
    // What SQLite leaves when the power fails during a commit: the rollback journal, with the original pages.
    let other = rusqlite::Connection::open(&place.path).unwrap();
    other
        .execute_batch("PRAGMA cache_spill=1; PRAGMA cache_size=1; BEGIN IMMEDIATE; UPDATE jobs SET text = 'cut'; DELETE FROM events;")
        .unwrap();
    let copy = after_power_loss(&place);
    let (job, _) = copy.open().job(1).unwrap();
    assert_eq!(&job, claimed_job.job());
    other.execute_batch("ROLLBACK").unwrap();
    record(&mut journal, &mut claimed_job, &[Event::Send]);
}

#[test]
fn l13_order_is_that_of_sequence_numbers_whatever_the_clock_says() {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, TEXT);
    for (event, now) in [
        (Event::Send, NOW - 86_400),
        (accepted(), NOW - 172_800),
        (Event::Completed, -1),
    ] {
        journal.record(&mut claimed_job, event, now).unwrap();
    }
    let (job, history) = place.open().job(1).unwrap();
    let words: Vec<&str> = history.iter().map(|entry| entry.state.word()).collect();
    assert_eq!(words, ["intent", "sending", "accepted", "completed"]);
    assert!(
        history
            .windows(2)
            .all(|pair| pair[0].sequence < pair[1].sequence)
    );
    assert!(history.windows(2).all(|pair| pair[0].at > pair[1].at));
    assert_eq!((job.created, job.changed), (NOW, -1));
    // The newest job of a key is the one that was begun last, not the one with the latest time.
    record(&mut journal, &mut claimed_job, &[saved()]);
    let _ = journal.release(claimed_job).unwrap();
    let key = JobKey::of(TEXT).unwrap();
    let again = NewJob {
        again: true,
        client_business_id: Some("business-2"),
        ..new_job(&key, TEXT)
    };
    let Claim::New(second) = journal.claim(again, -5).unwrap() else {
        panic!("another job was asked for");
    };
    assert_eq!((second.job().number, second.job().occurrence), (2, 1));
    let found = |service, id| {
        let jobs = journal.find(service, id).unwrap().into_iter();
        jobs.map(|job| job.number).collect::<Vec<_>>()
    };
    assert_eq!(found(Some(SERVICE), "business-2"), [2]);
    assert_eq!(found(Some(SERVICE), "video_1"), [1]);
    assert_eq!(found(None, "video_1"), [1]);
    assert!(found(Some("https://other.example"), "video_1").is_empty());
}

#[test]
fn what_others_said_is_kept_without_secrets() {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut claimed_job = begin(&mut journal, TEXT);
    let reason = "\u{1b}[31msee https://u:pw@files.example/v.mp4?X-Signature=c4f3".to_owned();
    let candidate = None;
    record(
        &mut journal,
        &mut claimed_job,
        &[Event::Send, Event::Lost { candidate, reason }],
    );
    assert_eq!(
        claimed_job.job().state.reason(),
        Some("\u{fffd}[31msee https://[…]@files.example/v.mp4?[…]")
    );
    let bytes = fs::read(&place.path).unwrap();
    for secret in ["c4f3", "pw@"] {
        assert!(
            !bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        );
    }
}

#[test]
fn a_stale_ticket_records_nothing() {
    let place = JournalFolder::new();
    let mut first = place.open();
    let mut claimed_job = begin(&mut first, TEXT);
    // The lock is removed by hand, so that another process takes over the job.
    for file in fs::read_dir(place.folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "lock")
        {
            fs::remove_file(path).unwrap();
        }
    }
    let mut second = Journal::open(&place.path, holder(2)).unwrap();
    let (mut other, _) = second.resume(1, NOW).unwrap();
    record(&mut second, &mut other, &[Event::Send]);
    let error = first
        .record(&mut claimed_job, Event::Send, NOW)
        .unwrap_err();
    assert_eq!(error.kind(), &kling_journal::ErrorKind::Illegal);
    assert_eq!(first.job(1).unwrap().0.attempts, 1);
}
