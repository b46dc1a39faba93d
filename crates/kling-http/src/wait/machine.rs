//! When to ask and when to stop: a function of what happened and of the time, without I/O and without a
//! clock.

use std::time::{Duration, SystemTime};

use super::outcome::{GaveUp, Outcome, Reason, WaitEvent};
use super::seen::LastSeen;
use crate::answer::{State, Task};
use crate::error::{Error, Kind};
use crate::submit::mix;
use crate::task_ref::TaskRef;

/// How to wait. The times are those that the service's documentation asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaitOptions {
    /// The pause before the first question. 5 s unless set.
    pub first_poll: Duration,
    /// The pause between questions. 10 s unless set.
    pub interval: Duration,
    /// How much shorter or longer a pause may be at random, as a share from 0 to 1. 0.1 unless set.
    pub jitter: f64,
    /// How long to wait at all. 600 s unless set.
    pub deadline: Duration,
    /// How long the service may not know the task, counted from the beginning of the wait. 60 s unless set.
    pub not_found_grace: Duration,
    /// How often a task that is completed without a URL is asked for again. 3 unless set.
    pub url_polls: u32,
    /// The longest pause that `Retry-After` can ask for. 60 s unless set.
    pub longest_pause: Duration,
    /// What the pauses of different waits are spread by; a random number for each wait unless set.
    pub seed: Option<u64>,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            first_poll: Duration::from_secs(5),
            interval: Duration::from_secs(10),
            jitter: 0.1,
            deadline: Duration::from_mins(10),
            not_found_grace: Duration::from_mins(1),
            url_polls: 3,
            longest_pause: Duration::from_mins(1),
            seed: None,
        }
    }
}

/// A moment, by two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time since the wait began, by a clock that never jumps. All pauses and the deadline go by it.
    pub elapsed: Duration,
    /// The wall clock. That it runs ahead tells that the machine was asleep; it may jump.
    pub wall: SystemTime,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// Time has passed: the beginning, the end of a pause, or a look in the middle of one.
    Tick,
    /// The task, as the service answered; it is the one asked for.
    Answered(Box<Task>),
    /// There was no usable answer.
    NotAnswered(Error),
}

/// What to do.
#[derive(Debug)]
pub enum Effect {
    /// Ask the service, then tell the answer.
    Poll,
    /// Tick at this time since the wait began, or earlier.
    SleepUntil(Duration),
    /// Nothing more. The outcome was told.
    Done,
}

/// A wall clock that is ahead of the other by this much more than before tells of a sleep.
const ASLEEP: Duration = Duration::from_secs(30);

/// After so many answers about another task in a row, it is no accident.
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
    seed: u64,
    /// When to ask next; none while a question is open.
    due: Option<Duration>,
    /// By how much the wall clock was ahead when last looked at.
    ahead: Option<Lead>,
    last: Option<LastSeen>,
    last_error: Option<Error>,
    warned: bool,
    url_polls: u32,
    other_tasks: u32,
    done: bool,
}

/// The wall clock less the other one, as a time since 1970.
type Lead = Duration;

impl Machine {
    /// A wait that begins at an elapsed time of zero.
    pub fn new(task: TaskRef, options: WaitOptions) -> Self {
        Self {
            task,
            options,
            seed: options.seed.unwrap_or_default(),
            due: Some(options.first_poll),
            ahead: None,
            last: None,
            last_error: None,
            warned: false,
            url_polls: 0,
            other_tasks: 0,
            done: false,
        }
    }

    /// The task waited for.
    pub fn task(&self) -> &TaskRef {
        &self.task
    }

    /// How long the wait lasts at most: a question that is open by then is to be given up.
    pub fn deadline(&self) -> Duration {
        self.options.deadline
    }

    /// Takes in what happened and says what to do, and what to tell.
    pub fn on(&mut self, event: Event, now: Moment) -> (Effect, Vec<WaitEvent>) {
        let mut told = Vec::new();
        let woke = self.woke(now);
        if self.done {
            return (Effect::Done, told);
        }
        match event {
            Event::Tick => {}
            Event::Answered(task) => self.answered(task, now, &mut told),
            Event::NotAnswered(error) => self.not_answered(error, now, &mut told),
        }
        (self.effect(now, woke, &mut told), told)
    }

    /// The outcome of a wait whose outcome was told before, as far as it is still known.
    pub(crate) fn ended(&mut self) -> Outcome {
        Outcome::GaveUp(Box::new(GaveUp {
            task: self.task.clone(),
            reason: Reason::Deadline,
            last: self.last.take().and_then(|last| last.task()),
            error: None,
        }))
    }

    fn effect(&mut self, now: Moment, woke: bool, told: &mut Vec<WaitEvent>) -> Effect {
        if self.done {
            return Effect::Done;
        }
        if now.elapsed >= self.options.deadline {
            let error = self.last_error.take();
            self.give_up(Reason::Deadline, error, told);
            return Effect::Done;
        }
        match self.due {
            Some(due) if now.elapsed < due && !woke => {
                Effect::SleepUntil(due.min(self.options.deadline))
            }
            // A question that is open when the machine wakes up runs into its own time limit.
            Some(_) => {
                self.due = None;
                Effect::Poll
            }
            None => Effect::Poll,
        }
    }

    fn answered(&mut self, task: Box<Task>, now: Moment, told: &mut Vec<WaitEvent>) {
        self.last_error = None;
        self.other_tasks = 0;
        let state = task.state();
        if !state.is_known() && !self.warned {
            self.warned = true;
            told.push(WaitEvent::UnknownStatus {
                word: state.to_string(),
            });
        }
        match state {
            State::Failed => {
                self.done = true;
                told.push(WaitEvent::Done(Outcome::Failed(task)));
                return;
            }
            State::Completed if task.video_url().is_some() => {
                self.done = true;
                told.push(WaitEvent::Done(Outcome::Completed(task)));
                return;
            }
            // An answer that goes back brings the URL after all: completed it stays.
            State::Queued | State::InProgress | State::Other(_)
                if self.was_completed() && task.video_url().is_some() =>
            {
                self.done = true;
                let status = Some(State::Completed.word().to_owned());
                let task = Box::new(Task { status, ..*task });
                told.push(WaitEvent::Done(Outcome::Completed(task)));
                return;
            }
            State::Completed | State::Queued | State::InProgress | State::Other(_) => {
                let changed = self.remember(task);
                told.extend(changed);
            }
        }
        if self.was_completed() {
            if self.url_polls == self.options.url_polls {
                self.give_up(Reason::NoUrl, None, told);
                return;
            }
            self.url_polls += 1;
        }
        self.pause(Duration::ZERO, now);
    }

    fn was_completed(&self) -> bool {
        self.last.as_ref().is_some_and(LastSeen::is_completed)
    }

    /// Keeps the task if it is not behind what was seen, and tells whether anything is new.
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

    fn not_answered(&mut self, error: Error, now: Moment, told: &mut Vec<WaitEvent>) {
        let in_grace = now.elapsed < self.options.not_found_grace && self.last.is_none();
        let reason = match (error.kind(), error.status()) {
            (Kind::Status, Some(401 | 403)) => Some(Reason::Unauthorized),
            (Kind::Status, Some(300..=399)) => Some(Reason::Redirected),
            (Kind::Status, Some(404)) if !in_grace => Some(Reason::NotFound),
            (Kind::OtherTask, _) => {
                self.other_tasks += 1;
                (self.other_tasks >= OTHER_TASKS).then_some(Reason::OtherTask)
            }
            (Kind::Config | Kind::Input, _) => Some(Reason::NotAskable),
            _ if error.is_config() => Some(Reason::NotAskable),
            _ => None,
        };
        if let Some(reason) = reason {
            self.give_up(reason, Some(error), told);
            return;
        }
        let asked = error.retry_after().unwrap_or_default();
        self.pause(asked.min(self.options.longest_pause), now);
        let again_in = self.due.unwrap_or_default().saturating_sub(now.elapsed);
        // The deadline's error is the last trouble; its text is told here, so a short form is kept.
        self.last_error = Some(error.summary());
        told.push(WaitEvent::Trouble { error, again_in });
    }

    /// The next question after about the interval, and not before what the service asked for.
    fn pause(&mut self, asked: Duration, now: Moment) {
        self.seed = mix(self.seed);
        let share =
            f64::from(u16::try_from(self.seed >> 48).unwrap_or(u16::MAX)) / f64::from(u16::MAX);
        let jitter = if self.options.jitter.is_finite() {
            self.options.jitter.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let own = scaled(self.options.interval, 1.0 + jitter * (2.0 * share - 1.0));
        let pause = own.max(scaled(asked, 1.0 + jitter * share));
        self.due = Some(now.elapsed.saturating_add(pause));
    }

    fn give_up(&mut self, reason: Reason, error: Option<Error>, told: &mut Vec<WaitEvent>) {
        self.done = true;
        told.push(WaitEvent::Done(Outcome::GaveUp(Box::new(GaveUp {
            task: self.task.clone(),
            reason,
            last: self.last.take().and_then(|last| last.task()),
            error,
        }))));
    }

    /// Whether the wall clock ran ahead since the last look: the machine was asleep.
    fn woke(&mut self, now: Moment) -> bool {
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

    use super::{Effect, Event, Machine, Moment, WaitOptions};
    use crate::error::{Error, Kind};
    use crate::task_ref::TaskRef;

    #[test]
    fn p03_what_is_not_found_is_asked_for_again_until_the_grace_is_over() {
        let mut machine = Machine::new(TaskRef::id("video_1"), WaitOptions::default());
        let grace = WaitOptions::default().not_found_grace;
        let mut not_found_at = |elapsed| {
            let unknown = Error::new(Kind::Status, "no such task").with_status(404);
            let wall = SystemTime::UNIX_EPOCH;
            machine
                .on(Event::NotAnswered(unknown), Moment { elapsed, wall })
                .0
        };
        for elapsed in [Duration::ZERO, grace / 2] {
            let effect = not_found_at(elapsed);
            assert!(
                matches!(effect, Effect::SleepUntil(_)),
                "{elapsed:?}: {effect:?}"
            );
        }
        let effect = not_found_at(grace);
        assert!(!matches!(effect, Effect::SleepUntil(_)), "{effect:?}");
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
