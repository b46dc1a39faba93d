//! When to poll and when to stop: a function of events and time, without I/O and without a clock.

use std::time::{Duration, SystemTime};

use fastrand::Rng;

use super::options::{UnknownId, WaitOptions};
use super::outcome::{GaveUp, Reason, WaitEvent, WaitOutcome};
use super::seen::LastSeen;
use crate::answer::{State, Task, Warning};
use crate::error::{Error, Kind};
use crate::task_ref::TaskRef;

/// A moment, according to two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time since the wait began, by a clock that never jumps. All pauses and the deadline use it.
    pub elapsed: Duration,
    /// The wall clock. If it runs ahead, the computer was asleep; it may jump.
    pub wall: SystemTime,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// Time has passed: the beginning, the end of a pause, or a check during one.
    Tick,
    /// The task from the service's answer; it is the one asked for.
    Answered(Box<Task>),
    /// There was no usable answer.
    NotAnswered(Error),
}

/// What to do.
#[derive(Debug)]
pub enum Effect {
    /// Poll the service, then pass in the answer.
    Poll,
    /// Send a tick at this time since the wait began, or earlier.
    SleepUntil(Duration),
    /// Nothing more. The outcome was reported.
    Done,
}

/// If the wall clock gets this much further ahead of the other, the computer was asleep.
const ASLEEP: Duration = Duration::from_secs(30);

/// After this many consecutive answers about another task, it is not an accident.
const OTHER_TASKS: u32 = 3;

/// A wait for one task.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use kling_http::{TaskRef, WaitOptions};
/// use kling_http::wait::{Effect, Event, Machine, Moment};
///
/// let moment = |seconds| Moment { elapsed: Duration::from_secs(seconds), wall: SystemTime::UNIX_EPOCH };
/// let options = WaitOptions { jitter: 0.0, ..WaitOptions::default() };
/// let mut machine = Machine::new(TaskRef::id("video_1"), options);
/// let (effect, events) = machine.on(Event::Tick, moment(0));
/// assert!(matches!(effect, Effect::SleepUntil(until) if until.as_secs() == 5));
/// assert!(events.is_empty());
/// let (effect, _) = machine.on(Event::Tick, moment(5));
/// assert!(matches!(effect, Effect::Poll));
/// ```
#[derive(Debug)]
pub struct Machine {
    task: TaskRef,
    options: WaitOptions,
    random: Rng,
    /// When to poll next; `None` while a question is open.
    due: Option<Duration>,
    /// How far ahead the wall clock was at the last check.
    ahead: Option<ClockLead>,
    last: Option<LastSeen>,
    last_error: Option<Error>,
    warned: bool,
    warned_without_id: bool,
    url_polls: u32,
    other_tasks: u32,
    unknown: Option<UnknownAnswers>,
    done: bool,
}

/// Consecutive answers that say that the task is not known.
#[derive(Debug, Clone, Copy)]
struct UnknownAnswers {
    since: Duration,
    answers: u32,
}

/// The wall clock minus the other one, as a time since 1970.
type ClockLead = Duration;

impl Machine {
    /// Starts a wait at an elapsed time of zero.
    pub fn new(task: TaskRef, options: WaitOptions) -> Self {
        Self {
            task,
            options,
            random: Rng::with_seed(options.seed.unwrap_or_default()),
            due: Some(options.first_poll),
            ahead: None,
            last: None,
            last_error: None,
            warned: false,
            warned_without_id: false,
            url_polls: 0,
            other_tasks: 0,
            unknown: None,
            done: false,
        }
    }

    /// The task waited for.
    pub fn task(&self) -> &TaskRef {
        &self.task
    }

    /// Returns how long the wait may last: a question that is still open then must be abandoned.
    pub fn deadline(&self) -> Duration {
        self.options.deadline
    }

    /// Processes an event and returns what to do, and what to report.
    pub fn on(&mut self, event: Event, now: Moment) -> (Effect, Vec<WaitEvent>) {
        let mut events = Vec::new();
        let was_asleep = self.was_asleep(now);
        if self.done {
            return (Effect::Done, events);
        }
        match event {
            Event::Tick => {}
            Event::Answered(task) => self.answered(task, now, &mut events),
            Event::NotAnswered(error) => self.not_answered(error, now, &mut events),
        }
        (self.effect(now, was_asleep, &mut events), events)
    }

    /// The outcome of a wait whose outcome was already reported, as far as it is still known.
    pub(crate) fn ended(&mut self) -> WaitOutcome {
        WaitOutcome::GaveUp(Box::new(GaveUp {
            task: self.task.clone(),
            reason: Reason::Deadline,
            last: self.last.take().and_then(|last| last.task()),
            error: None,
        }))
    }

    fn effect(&mut self, now: Moment, was_asleep: bool, events: &mut Vec<WaitEvent>) -> Effect {
        if self.done {
            return Effect::Done;
        }
        if now.elapsed >= self.options.deadline {
            let error = self.last_error.take();
            self.give_up(Reason::Deadline, error, events);
            return Effect::Done;
        }
        match self.due {
            Some(due) if now.elapsed < due && !was_asleep => {
                Effect::SleepUntil(due.min(self.options.deadline))
            }
            // A question that is open when the computer wakes up runs into its own time limit.
            Some(_) => {
                self.due = None;
                Effect::Poll
            }
            None => Effect::Poll,
        }
    }

    fn answered(&mut self, mut task: Box<Task>, now: Moment, events: &mut Vec<WaitEvent>) {
        self.last_error = None;
        self.other_tasks = 0;
        self.unknown = None;
        let state = task.state();
        for warning in task.warnings() {
            let is_new = match warning {
                Warning::WithoutId => !std::mem::replace(&mut self.warned_without_id, true),
                // The URL may arrive with an answer in an earlier state: a task once completed stays completed.
                Warning::DoneByAddress { .. } => !self.was_completed(),
            };
            if is_new {
                events.push(WaitEvent::Warning(warning.clone()));
            }
        }
        if state == State::Failed {
            self.done = true;
            events.push(WaitEvent::Done(WaitOutcome::Failed(task)));
            return;
        }
        if task.video_url().is_some() {
            self.done = true;
            if state != State::Completed {
                task.status = Some(State::Completed.word().to_owned());
            }
            events.push(WaitEvent::Done(WaitOutcome::Completed(task)));
            return;
        }
        if !state.is_known() && !self.warned {
            self.warned = true;
            events.push(WaitEvent::UnknownStatus {
                word: state.to_string(),
            });
        }
        let changed = self.remember(task);
        events.extend(changed);
        if self.was_completed() {
            if self.url_polls == self.options.url_polls {
                self.give_up(Reason::NoUrl, None, events);
                return;
            }
            self.url_polls += 1;
        }
        self.pause(Duration::ZERO, now);
    }

    fn was_completed(&self) -> bool {
        self.last.as_ref().is_some_and(LastSeen::is_completed)
    }

    /// Keeps the task unless it is behind what was seen, and returns an event if anything is new.
    fn remember(&mut self, task: Box<Task>) -> Option<WaitEvent> {
        if self
            .last
            .as_ref()
            .is_some_and(|last| last.is_ahead_of(&task))
        {
            return None;
        }
        let is_new = self.last.as_ref().is_none_or(|last| !last.is_like(&task));
        self.last = Some(LastSeen::new(&task));
        is_new.then_some(WaitEvent::Changed(task))
    }

    fn not_answered(&mut self, error: Error, now: Moment, events: &mut Vec<WaitEvent>) {
        let is_unknown = error.is_not_found();
        let reason = match (error.kind(), error.status()) {
            (Kind::Status, Some(401 | 403)) => Some(Reason::Unauthorized),
            (Kind::Status, Some(300..=399)) => Some(Reason::Redirected),
            (Kind::Status, _) if is_unknown => {
                self.is_unknown_too_long(now).then_some(Reason::NotFound)
            }
            (Kind::OtherTask, _) => {
                self.other_tasks += 1;
                (self.other_tasks >= OTHER_TASKS).then_some(Reason::OtherTask)
            }
            (Kind::Config | Kind::Input, _) => Some(Reason::NotAskable),
            _ if error.is_config() => Some(Reason::NotAskable),
            _ => None,
        };
        if let Some(reason) = reason {
            self.give_up(reason, Some(error), events);
            return;
        }
        let asked = error.retry_after().unwrap_or_default();
        self.pause(asked.min(self.options.longest_pause), now);
        if is_unknown && let UnknownId::Answers { apart, .. } = self.options.unknown_id {
            self.due = Some(now.elapsed.saturating_add(apart));
        }
        let again_in = self.due.unwrap_or_default().saturating_sub(now.elapsed);
        // The deadline's error is the last trouble; its full text is reported here, so only a summary is kept.
        self.last_error = Some(error.summary());
        events.push(WaitEvent::Trouble { error, again_in });
    }

    /// Counts an answer that the task is not known; returns whether that is one too many.
    fn is_unknown_too_long(&mut self, now: Moment) -> bool {
        let unknown = self.unknown.get_or_insert(UnknownAnswers {
            since: now.elapsed,
            answers: 0,
        });
        unknown.answers += 1;
        match self.options.unknown_id {
            UnknownId::For(limit) => now.elapsed.saturating_sub(unknown.since) >= limit,
            UnknownId::Answers { most, .. } => unknown.answers >= most,
        }
    }

    /// Schedules the next question after about the interval, and not before the time that the service asked for.
    fn pause(&mut self, asked: Duration, now: Moment) {
        let share = self.random.f64();
        let jitter = if self.options.jitter.is_finite() {
            self.options.jitter.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let own = scaled(self.options.interval, 1.0 + jitter * (2.0 * share - 1.0));
        let pause = own.max(scaled(asked, 1.0 + jitter * share));
        self.due = Some(now.elapsed.saturating_add(pause));
    }

    fn give_up(&mut self, reason: Reason, error: Option<Error>, events: &mut Vec<WaitEvent>) {
        self.done = true;
        events.push(WaitEvent::Done(WaitOutcome::GaveUp(Box::new(GaveUp {
            task: self.task.clone(),
            reason,
            last: self.last.take().and_then(|last| last.task()),
            error,
        }))));
    }

    /// Whether the wall clock ran ahead since the last check: the computer was asleep.
    fn was_asleep(&mut self, now: Moment) -> bool {
        let wall = now
            .wall
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let ahead = wall.saturating_sub(now.elapsed);
        let before = self.ahead.replace(ahead);
        before.is_some_and(|before| ahead.saturating_sub(before) >= ASLEEP)
    }
}

fn scaled(pause: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(pause.as_secs_f64() * factor).unwrap_or(pause)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use serde_json::json;

    use super::{Effect, Event, Machine, Moment, UnknownId, WaitOptions};
    use crate::error::{Error, Kind};
    use crate::task_ref::TaskRef;
    use crate::wait::{Reason, WaitEvent, WaitOutcome};

    const WALL: SystemTime = SystemTime::UNIX_EPOCH;

    fn at(seconds: u64) -> Moment {
        Moment {
            elapsed: Duration::from_secs(seconds),
            wall: WALL,
        }
    }

    fn machine(unknown_id: UnknownId) -> Machine {
        let options = WaitOptions {
            jitter: 0.0,
            unknown_id,
            ..WaitOptions::default()
        };
        Machine::new(TaskRef::id("video_1"), options)
    }

    fn not_found() -> Event {
        Event::NotAnswered(Error::new(Kind::Status, "no such task").with_status(404))
    }

    fn answered(answer: serde_json::Value) -> Event {
        Event::Answered(Box::new(serde_json::from_value(answer).unwrap()))
    }

    fn ends_as_not_found((effect, events): (Effect, Vec<WaitEvent>)) -> bool {
        let is_done = matches!(effect, Effect::Done);
        let is_not_found = events.iter().any(|event| {
            matches!(event, WaitEvent::Done(WaitOutcome::GaveUp(gave_up)) if gave_up.reason == Reason::NotFound)
        });
        assert_eq!(is_done, is_not_found, "{events:?}");
        is_done
    }

    #[test]
    fn p03_an_id_that_was_given_may_be_unknown_for_a_minute_of_such_answers() {
        let mut machine = machine(UnknownId::GIVEN);
        // The minute begins with the first such answer, not with the wait.
        for seconds in [100, 130, 159] {
            assert!(!ends_as_not_found(machine.on(not_found(), at(seconds))));
        }
        // An answer about the task resets the count.
        machine.on(
            answered(json!({"id": "video_1", "status": "queued"})),
            at(160),
        );
        for seconds in [170, 229] {
            assert!(!ends_as_not_found(machine.on(not_found(), at(seconds))));
        }
        assert!(ends_as_not_found(machine.on(not_found(), at(230))));
    }

    #[test]
    fn an_id_from_elsewhere_may_be_unknown_once() {
        let mut machine = machine(UnknownId::FROM_ELSEWHERE);
        let (effect, events) = machine.on(not_found(), at(5));
        assert!(
            matches!(effect, Effect::SleepUntil(until) if until.as_secs() == 6),
            "{effect:?}"
        );
        assert!(!ends_as_not_found((effect, events)));
        // A missing answer says nothing about the task.
        let broken = Event::NotAnswered(Error::new(Kind::Transport, "cut"));
        assert!(!ends_as_not_found(machine.on(broken, at(6))));
        assert!(ends_as_not_found(machine.on(not_found(), at(16))));
    }

    #[test]
    fn without_a_first_pause_it_asks_at_once() {
        let options = WaitOptions {
            first_poll: Duration::ZERO,
            ..WaitOptions::default()
        };
        let mut machine = Machine::new(TaskRef::id("video_1"), options);
        assert!(matches!(machine.on(Event::Tick, at(0)).0, Effect::Poll));
    }

    #[test]
    fn an_unknown_word_that_stays_is_named_at_the_end() {
        let mut machine = machine(UnknownId::GIVEN);
        machine.on(
            answered(json!({"id": "video_1", "status": "archived"})),
            at(5),
        );
        let (_, events) = machine.on(Event::Tick, at(600));
        let [WaitEvent::Done(WaitOutcome::GaveUp(gave_up))] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!(gave_up.unknown_word().as_deref(), Some("archived"));
        assert!(gave_up.to_string().contains("`archived`"), "{gave_up}");
    }

    #[test]
    fn a_pause_that_is_asked_for_is_not_shortened() {
        for seed in 0..50 {
            let options = WaitOptions {
                jitter: 1.0,
                seed: Some(seed),
                ..WaitOptions::default()
            };
            let mut machine = Machine::new(TaskRef::id("video_1"), options);
            let limited = Error::new(Kind::Status, "slow down")
                .with_status(429)
                .with_retry_after(Some(Duration::from_secs(40)));
            let now = Moment {
                elapsed: Duration::from_secs(10),
                wall: SystemTime::UNIX_EPOCH,
            };
            let (effect, _) = machine.on(Event::NotAnswered(limited), now);
            let Effect::SleepUntil(until) = effect else {
                panic!("{effect:?}")
            };
            let pause = until.checked_sub(now.elapsed).unwrap();
            assert!((40..=80).contains(&pause.as_secs()), "{pause:?}");
        }
    }
}
