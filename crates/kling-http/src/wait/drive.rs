//! The loop around the machine: it polls, sleeps and reports.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use futures_core::Stream;
use tokio::time::{Instant, Sleep};

use super::machine::{Effect, Event, Machine, Moment};
use super::options::WaitOptions;
use super::outcome::{WaitEvent, WaitOutcome};
use crate::answer::Task;
use crate::client::Client;
use crate::error::{Error, Kind};
use crate::task_ref::TaskRef;

/// The longest uninterrupted sleep: after it, the machine notices if the computer was asleep.
const PIECE: Duration = Duration::from_secs(2);

type StatusRequest = Pin<Box<dyn Future<Output = Result<Task, Error>> + Send>>;

/// A wait for a task, from [`Client::wait`]: a [`Stream`] of events that ends with [`WaitEvent::Done`]; awaited, it
/// yields its [`WaitOutcome`].
pub struct Wait {
    client: Client,
    machine: Machine,
    began: Option<Instant>,
    state: DriveState,
    events: VecDeque<WaitEvent>,
}

enum DriveState {
    /// The machine must be called with this event.
    Turn(Option<Event>),
    Sleeping(Pin<Box<Sleep>>),
    Polling(StatusRequest),
    Done,
}

impl Wait {
    pub(crate) fn new(client: Client, task: TaskRef, mut options: WaitOptions) -> Self {
        // The seed only spreads the pauses of several programs.
        options
            .seed
            .get_or_insert_with(|| getrandom::u64().unwrap_or_default());
        Self {
            client,
            machine: Machine::new(task, options),
            began: None,
            state: DriveState::Turn(Some(Event::Tick)),
            events: VecDeque::new(),
        }
    }

    /// Returns the next event, or `None` after the last.
    pub async fn next(&mut self) -> Option<WaitEvent> {
        poll_fn(|context| self.poll_event(context)).await
    }

    /// Returns how the wait ends. Earlier events are dropped.
    pub async fn outcome(mut self) -> WaitOutcome {
        loop {
            match self.next().await {
                Some(WaitEvent::Done(outcome)) => return outcome,
                Some(
                    WaitEvent::Changed(_)
                    | WaitEvent::UnknownStatus { .. }
                    | WaitEvent::Warning(_)
                    | WaitEvent::Trouble { .. },
                ) => {}
                // The outcome was already taken from the stream, so it is all that is left to report.
                None => return self.machine.ended(),
            }
        }
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<WaitEvent>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Poll::Ready(Some(event));
            }
            match &mut self.state {
                DriveState::Done => return Poll::Ready(None),
                DriveState::Sleeping(sleep) => {
                    ready!(sleep.as_mut().poll(context));
                    self.state = DriveState::Turn(Some(Event::Tick));
                }
                DriveState::Polling(request) => {
                    let event = match ready!(request.as_mut().poll(context)) {
                        Ok(task) => Event::Answered(Box::new(task)),
                        Err(error) => Event::NotAnswered(error),
                    };
                    self.state = DriveState::Turn(Some(event));
                }
                DriveState::Turn(event) => {
                    let event = event.take().unwrap_or(Event::Tick);
                    self.turn(event);
                }
            }
        }
    }

    fn turn(&mut self, event: Event) {
        let began = *self.began.get_or_insert_with(Instant::now);
        let now = Moment {
            elapsed: began.elapsed(),
            wall: SystemTime::now(),
        };
        let (effect, events) = self.machine.on(event, now);
        self.events.extend(events);
        self.state = match effect {
            Effect::Done => DriveState::Done,
            Effect::SleepUntil(until) => {
                let until = until.min(now.elapsed.saturating_add(PIECE));
                DriveState::Sleeping(Box::pin(tokio::time::sleep_until(began + until)))
            }
            Effect::Poll => {
                let client = self.client.clone();
                let task = self.machine.task().clone();
                // A deadline too far for the clock is no deadline.
                let deadline = began.checked_add(self.machine.deadline());
                DriveState::Polling(Box::pin(async move {
                    let request = client.status_once(&task);
                    match deadline {
                        Some(deadline) => tokio::time::timeout_at(deadline, request)
                            .await
                            .unwrap_or_else(|_| {
                                Err(Error::new(
                                    Kind::Timeout,
                                    "no answer was received before the deadline",
                                ))
                            }),
                        None => request.await,
                    }
                }))
            }
        };
    }
}

impl Stream for Wait {
    type Item = WaitEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<WaitEvent>> {
        self.poll_event(context)
    }
}

impl IntoFuture for Wait {
    type Output = WaitOutcome;
    type IntoFuture = Pin<Box<dyn Future<Output = WaitOutcome> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.outcome())
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("task", self.machine.task())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Wait;

    /// A wait with its timer or its open question, without what it remembers of its task.
    #[test]
    fn a_wait_is_small() {
        let client = crate::Client::keyless()
            .base_url("http://127.0.0.1:1")
            .build()
            .unwrap();
        let task = crate::TaskRef::id("video_1");
        let request = size_of_val(&client.status_once(&task));
        let wait = size_of::<Wait>();
        assert!(wait + request <= 1400, "{wait} and {request} bytes");
    }
}
