//! A damaged journal: refused, or harmless.

use std::fs;

use kling_journal::{Claim, Event, JobKey, Journal};

use crate::support::{JournalFolder, NOW, TEXT, accepted, begin, holder, new_job, record, saved};

/// Returns a small journal: one job that is saved, one that is running.
fn small() -> (JournalFolder, Vec<u8>) {
    let place = JournalFolder::new();
    let mut journal = place.open();
    let mut first = begin(&mut journal, r#"{"prompt": "done"}"#);
    record(
        &mut journal,
        &mut first,
        &[Event::Send, accepted(), Event::Completed, saved()],
    );
    let _ = journal.release(first).unwrap();
    let mut second = begin(&mut journal, TEXT);
    record(&mut journal, &mut second, &[Event::Send, accepted()]);
    drop(journal);
    let bytes = fs::read(&place.path).unwrap();
    (place, bytes)
}

/// Returns whether a request would be sent: `None` if the journal is refused.
fn would_send(place: &JournalFolder) -> Option<bool> {
    let mut journal = Journal::open(&place.path, holder(2)).ok()?;
    let key = JobKey::of(TEXT).unwrap();
    match journal.claim(new_job(&key, TEXT), NOW).ok()? {
        Claim::New(_) => Some(true),
        Claim::Known(claimed_job, _) => {
            assert_eq!(claimed_job.job().state.id(), Some("video_1"));
            Some(false)
        }
    }
}

#[test]
fn l04_no_flipped_byte_leads_to_a_second_charge() {
    let (place, bytes) = small();
    assert_eq!(would_send(&place), Some(false));
    let mut refused = 0;
    for at in 0..bytes.len() {
        // Bytes that no record uses are all zero, in long runs: some of each run are enough.
        let around = &bytes[at.saturating_sub(16)..bytes.len().min(at + 16)];
        if around.iter().all(|byte| *byte == 0) && !at.is_multiple_of(101) {
            continue;
        }
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        fs::write(&place.path, &damaged).unwrap();
        match would_send(&place) {
            None => refused += 1,
            Some(sends) => assert!(!sends, "byte {at} hides the job"),
        }
    }
    // Undetected damage is not in a record: it is in remains of released claims, or in counters.
    assert!(refused > 2000, "{refused}");
}

#[test]
fn l04_no_flipped_bit_of_the_header_leads_to_a_second_charge() {
    let (place, bytes) = small();
    for bit in 0..8 * 100 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        fs::write(&place.path, &damaged).unwrap();
        assert_ne!(would_send(&place), Some(true), "bit {bit}");
    }
}

#[test]
fn l04_a_file_that_was_cut_is_refused() {
    let (place, bytes) = small();
    for length in (1..bytes.len()).step_by(257) {
        fs::write(&place.path, &bytes[..length]).unwrap();
        assert_eq!(would_send(&place), None, "{length}");
    }
}

#[test]
fn l04_a_record_that_was_changed_by_hand_is_refused() {
    for change in [
        "UPDATE events SET id = 'video_2' WHERE event = 'accepted'",
        "UPDATE events SET at = at + 1",
        "DELETE FROM events WHERE state = 'accepted' AND job = 2",
        "DELETE FROM events WHERE job = 2",
        "UPDATE jobs SET events = 2 WHERE number = 2",
        "UPDATE jobs SET text = '{}' WHERE number = 2",
        "UPDATE claims SET pid = 7",
        "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END",
    ] {
        let (place, _) = small();
        let other = rusqlite::Connection::open(&place.path).unwrap();
        assert!(other.execute_batch(change).is_ok(), "{change}");
        drop(other);
        assert_eq!(would_send(&place), None, "{change}");
    }
}
