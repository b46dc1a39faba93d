//! The laws of a job's life, over any sequence of events.

use kling_journal::{Effect, Event, FileHash, JobKey, Journal, State};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::{
    NOW, TEXT, accepted, begin, billed, failed, holder, lost, not_sent, rejected, saved, settled,
};

fn events() -> [Event; 11] {
    [
        Event::Send,
        not_sent(),
        accepted(),
        rejected(),
        lost(),
        Event::Found,
        settled(),
        Event::Completed,
        failed(),
        saved(),
        billed("12.5"),
    ]
}

/// Runs a law over many sequences of events, the same ones in each run.
fn over_sequences(law: impl Fn(Vec<usize>) -> Result<(), TestCaseError>) {
    let config = Config {
        cases: 2000,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let sequences = proptest::collection::vec(0..events().len(), 0..40);
    TestRunner::new_with_rng(config, rng)
        .run(&sequences, law)
        .unwrap();
}

#[test]
fn l01_no_sequence_of_events_sends_twice() {
    over_sequences(|sequence| {
        let mut state = State::Intent;
        let mut in_flight = 0;
        // Set when the service may have accepted the request.
        let mut may_be_charged = false;
        for index in sequence {
            let event = &events()[index];
            let Ok((next, effects)) = state.on(event) else {
                continue;
            };
            if effects.contains(&Effect::Post) {
                prop_assert!(!may_be_charged && in_flight == 0, "{state:?} {event:?}");
                in_flight += 1;
            }
            if state == State::Sending {
                in_flight -= 1;
            }
            may_be_charged |= matches!(
                next,
                State::Accepted { .. } | State::Unknown { .. } | State::Completed { .. }
            );
            prop_assert!(
                next == state || effects.first() == Some(&Effect::Record),
                "what changes a job is recorded before anything else: {state:?} {event:?}"
            );
            state = next;
            prop_assert_eq!(in_flight, i32::from(state == State::Sending));
        }
        Ok(())
    });
}

#[test]
fn final_states_stay_and_ids_are_not_lost() {
    over_sequences(|sequence| {
        let mut state = State::Intent;
        for index in sequence {
            let Ok((next, effects)) = state.on(&events()[index]) else {
                continue;
            };
            if state.is_final() {
                prop_assert_eq!(&next, &state);
                // A further video of the task may be saved, and its bill settled.
                let is_more = matches!(events()[index], Event::Saved { .. } | Event::Billed { .. });
                prop_assert!(effects.is_empty() || is_more);
            }
            if let Some(id) = state.id() {
                prop_assert_eq!(next.id(), Some(id));
            }
            state = next;
        }
        Ok(())
    });
}

#[test]
fn what_is_recorded_is_what_the_machine_says() {
    let place = crate::support::JournalFolder::new();
    let mut journal = Journal::in_memory(holder(1)).unwrap();
    over_each_journal(&mut journal, 40);
    // And on disk, with fewer since each record is synchronised.
    over_each_journal(&mut place.open(), 3);
}

fn over_each_journal(journal: &mut Journal, jobs: usize) {
    let mut draw = 1_usize;
    for job in 0..jobs {
        let text = format!(r#"{{"prompt": "{job}"}}"#);
        let mut claimed_job = begin(journal, &text);
        let mut state = State::Intent;
        let mut changes = 1;
        for _ in 0..30 {
            // A linear congruential sequence: the same in each run.
            draw = (draw * 1_103_515_245 + 12_345) % (1 << 31);
            let event = events()[(draw >> 8) % events().len()].clone();
            let expected = state.on(&event);
            let recorded = journal.record(&mut claimed_job, event, NOW);
            match expected {
                Ok((next, effects)) => {
                    assert_eq!(recorded.unwrap(), effects);
                    state = next;
                    changes += 1;
                }
                Err(_) => {
                    assert_eq!(
                        recorded.unwrap_err().kind(),
                        &kling_journal::ErrorKind::Illegal
                    );
                }
            }
            assert_eq!(claimed_job.job().state, state);
        }
        let (read, history) = journal.job(claimed_job.job().number).unwrap();
        assert_eq!(&read, claimed_job.job());
        assert_eq!(history.len(), changes);
        let _ = journal.release(claimed_job).unwrap();
    }
}

#[test]
fn one_request_has_one_key_however_it_is_written() {
    let key = JobKey::of(TEXT).unwrap();
    assert_eq!(
        key,
        JobKey::of("{\"prompt\":\"a paper\\u0020boat\",\n\"model\":\"kling-v3\"}").unwrap()
    );
    assert_ne!(key, JobKey::of(&TEXT.replace("boat", "ship")).unwrap());
    let picture =
        |file: &[u8]| JobKey::of(&format!("{{\"image\": \"{}\"}}", FileHash::of(file))).unwrap();
    assert_eq!(picture(b"a"), picture(b"a"));
    assert_ne!(picture(b"a"), picture(b"b"));
    assert!(JobKey::of("{").is_err());
    assert!(JobKey::of(r#"{"a": 1, "a": 2}"#).is_err());
}
