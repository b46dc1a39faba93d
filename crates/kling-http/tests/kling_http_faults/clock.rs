//! The waiting machine, with clocks controlled by the test.

use std::time::{Duration, SystemTime};

use kling_http::wait::{Effect, Event, Machine, Moment, Reason};
use kling_http::{TaskRef, WaitEvent, WaitOptions, WaitOutcome};
use proptest::prelude::*;
use serde_json::json;

crate::rows!(p11_clocks_that_jump);

const DAY: Duration = Duration::from_hours(24);

/// A moment of a wait that began at noon on some day, on a wall clock that is ahead by this many seconds.
fn moment(elapsed: f64, ahead: i64) -> Moment {
    let noon = SystemTime::UNIX_EPOCH + DAY * 20_000;
    let wall = noon + Duration::from_secs_f64(elapsed);
    let shift = Duration::from_secs(ahead.unsigned_abs());
    Moment {
        elapsed: Duration::from_secs_f64(elapsed),
        wall: if ahead < 0 {
            wall - shift
        } else {
            wall + shift
        },
    }
}

fn machine() -> Machine {
    Machine::new(
        TaskRef::id("video_1"),
        WaitOptions {
            jitter: 0.0,
            ..WaitOptions::default()
        },
    )
}

fn queued() -> Event {
    Event::Answered(Box::new(
        serde_json::from_value(json!({"id": "video_1", "status": "queued"})).unwrap(),
    ))
}

fn sleeps_until(effect: &Effect, seconds: f64) -> bool {
    matches!(effect, Effect::SleepUntil(until) if *until == Duration::from_secs_f64(seconds))
}

fn polls(effect: &Effect) -> bool {
    matches!(effect, Effect::Poll)
}

#[test]
fn p11_clocks_that_jump() {
    let day = i64::try_from(DAY.as_secs()).unwrap();
    // Back by a day: nothing happens.
    let mut waiting = machine();
    assert!(sleeps_until(
        &waiting.on(Event::Tick, moment(0.0, 0)).0,
        5.0
    ));
    assert!(sleeps_until(
        &waiting.on(Event::Tick, moment(2.0, -day)).0,
        5.0
    ));
    assert!(polls(&waiting.on(Event::Tick, moment(5.0, -day)).0));
    assert!(sleeps_until(
        &waiting.on(queued(), moment(6.0, -day)).0,
        16.0
    ));
    // Ahead, by a sleep of two hours or by a day: polled at once, and only once.
    for ahead in [7200, day] {
        let mut waiting = machine();
        waiting.on(Event::Tick, moment(0.0, 0));
        assert!(
            polls(&waiting.on(Event::Tick, moment(2.0, ahead)).0),
            "{ahead}"
        );
        assert!(sleeps_until(
            &waiting.on(queued(), moment(3.0, ahead)).0,
            13.0
        ));
        assert!(sleeps_until(
            &waiting.on(Event::Tick, moment(4.0, ahead)).0,
            13.0
        ));
    }
    // The deadline uses the clock that does not jump.
    let (effect, events) = waiting.on(Event::Tick, moment(600.0, 0));
    assert!(matches!(effect, Effect::Done));
    let [WaitEvent::Done(WaitOutcome::GaveUp(gave_up))] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(gave_up.reason, Reason::Deadline);
    // A wall clock before 1970 works too.
    let before = Moment {
        elapsed: Duration::ZERO,
        wall: SystemTime::UNIX_EPOCH - DAY,
    };
    assert!(sleeps_until(&machine().on(Event::Tick, before).0, 5.0));
}

#[test]
fn pauses_are_spread_within_the_jitter() {
    let pause = |seed| {
        let options = WaitOptions {
            seed: Some(seed),
            ..WaitOptions::default()
        };
        let mut machine = Machine::new(TaskRef::id("video_1"), options);
        let _ = machine.on(Event::Tick, moment(5.0, 0));
        match machine.on(queued(), moment(10.0, 0)).0 {
            Effect::SleepUntil(until) => until.as_secs_f64() - 10.0,
            other @ (Effect::Poll | Effect::Done) => panic!("{other:?}"),
        }
    };
    let pauses: Vec<f64> = (0..100).map(pause).collect();
    assert!(
        pauses.iter().all(|pause| (9.0..=11.0).contains(pause)),
        "{pauses:?}"
    );
    assert!(
        pauses.iter().any(|pause| *pause < 9.5) && pauses.iter().any(|pause| *pause > 10.5),
        "{pauses:?}"
    );
    assert_eq!(
        pause(7).to_bits(),
        pause(7).to_bits(),
        "the same seed, the same pause"
    );
}

/// Any event that a service may cause.
fn answers() -> impl Strategy<Value = Event> {
    let words = prop::sample::select(vec![
        "queued",
        "in_progress",
        "completed",
        "submitted",
        "odd",
        "",
    ]);
    (words, 0_u32..=100, any::<bool>()).prop_map(|(word, progress, url)| {
        let mut task = json!({"id": "video_1", "status": word, "progress": progress});
        if url && word != "completed" {
            task["url"] = json!("https://a.example/x.mp4");
        }
        Event::Answered(Box::new(serde_json::from_value(task).unwrap()))
    })
}

fn rank(word: &str) -> usize {
    ["queued", "in_progress", "completed"]
        .iter()
        .position(|known| *known == word)
        .map_or(0, |at| at + 1)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Whatever the answers and the clocks: the wait ends, sleeps forward and not forever, polls no more often than
    /// the interval, and what it reports never goes backwards.
    #[test]
    fn waits_keep_to_their_laws(answers in prop::collection::vec((answers(), 0.0..30.0_f64, -100_000..100_000_i64), 1..60)) {
        let mut machine = machine();
        let mut now = 0.0;
        let mut last = (0, 0.0);
        let mut done = 0;
        for (answer, took, ahead) in answers {
            now += took;
            let (effect, events) = machine.on(answer, moment(now, ahead));
            match effect {
                Effect::SleepUntil(until) => {
                    prop_assert!(until.as_secs_f64() >= now);
                    prop_assert!(until <= WaitOptions::default().deadline);
                }
                Effect::Poll => {}
                Effect::Done => done += 1,
            }
            for event in events {
                if let WaitEvent::Changed(task) = event {
                    let now = (rank(task.state().word()), task.percent().unwrap());
                    prop_assert!(now >= last, "{now:?} after {last:?}");
                    last = now;
                }
            }
        }
        if now >= 600.0 {
            prop_assert!(done > 0);
        }
        // After the end nothing happens.
        let (effect, _) = machine.on(Event::Tick, moment(now.max(600.0), 0));
        prop_assert!(matches!(effect, Effect::Done));
        let (effect, events) = machine.on(queued(), moment(now.max(600.0), 0));
        prop_assert!(matches!(effect, Effect::Done) && events.is_empty());
    }
}
