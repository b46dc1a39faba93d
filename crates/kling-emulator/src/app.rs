//! The state that all connections share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use kling_check::Checker;
use kling_spec::EDITIONS;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::clock::RunningClock;
use crate::fault::{Action, Fault};
use crate::key::Key;
use crate::limits::{Limits, Pace};
use crate::mp4;
use crate::state::State;

/// The maximum number of generated videos that are cached.
const MAX_MADE: usize = 8;

/// The first edition of the service's pages that says what a task costs.
const FIRST_WITH_BILLS: &str = "2026-09-zh";

/// The editions of the service's pages in which videos cannot be uploaded.
const WITHOUT_VIDEO_UPLOADS: [&str; 2] = ["2026-04", "2026-04-zh"];

/// An emulator, without its port.
#[derive(Debug)]
pub(crate) struct App {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    pub(crate) limits: Limits,
    pub(crate) pace: Pace,
    pub(crate) key: Option<Key>,
    pub(crate) is_strict: bool,
    pub(crate) checker: Checker,
    pub(crate) clock: RunningClock,
    pub(crate) state: Mutex<State>,
    /// Counts changes, for the watchers.
    pub(crate) changes: watch::Sender<u64>,
    /// The places for watchers; one that leaves releases its place.
    pub(crate) watchers: Semaphore,
    /// The time until which the port is closed.
    pub(crate) closed_until: watch::Sender<Option<Instant>>,
    made: Mutex<Vec<(mp4::Video, Bytes)>>,
}

/// The parts of an [`App`].
pub(crate) struct Parts {
    pub(crate) url: String,
    pub(crate) limits: Limits,
    pub(crate) pace: Pace,
    pub(crate) key: Option<Key>,
    pub(crate) is_strict: bool,
    pub(crate) checker: Checker,
    pub(crate) clock: RunningClock,
    pub(crate) state: State,
}

impl App {
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            url: parts.url,
            limits: parts.limits,
            pace: parts.pace,
            key: parts.key,
            is_strict: parts.is_strict,
            checker: parts.checker,
            clock: parts.clock,
            state: Mutex::new(parts.state),
            changes: watch::Sender::new(0),
            watchers: Semaphore::new(parts.limits.watchers()),
            closed_until: watch::Sender::new(None),
            made: Mutex::default(),
        })
    }

    /// Locks the state. A thread that panicked while holding the lock had not yet changed it.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notifies the watchers that something happened.
    pub(crate) fn changed(&self) {
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Whether the service of this edition says what a task costs, and gives the balance in credits too.
    pub(crate) fn has_bills(&self) -> bool {
        let place = |id| EDITIONS.iter().position(|edition| *edition == id);
        place(self.checker.edition_id()) >= place(FIRST_WITH_BILLS)
    }

    /// Whether videos can be uploaded to the service of this edition.
    pub(crate) fn has_video_uploads(&self) -> bool {
        !WITHOUT_VIDEO_UPLOADS.contains(&self.checker.edition_id())
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Queues a fault. Returns whether there was room.
    pub(crate) fn inject(&self, fault: Fault) -> bool {
        let taken = if let Action::Refuse(pause) = fault.action {
            self.close_for(pause);
            true
        } else {
            self.state().plan.add(fault)
        };
        self.changed();
        taken
    }

    /// Removes all faults, and opens the port.
    pub(crate) fn clear_faults(&self) {
        self.state().plan.clear();
        self.closed_until.send_replace(None);
        self.changed();
    }

    fn close_for(&self, pause: Duration) {
        self.closed_until.send_modify(|until| {
            let from = until.unwrap_or_else(Instant::now).max(Instant::now());
            *until = Some(from + pause);
        });
    }

    /// Returns the bytes of a video; the most recent ones are cached.
    pub(crate) fn video(&self, video: &mp4::Video) -> Bytes {
        let made = || self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = made().iter().find(|(known, _)| known == video) {
            return bytes.clone();
        }
        // The dimensions and the length of a task are always valid for a video.
        let bytes = Bytes::from(mp4::write(video).unwrap_or_default());
        let mut made = made();
        if made.len() >= MAX_MADE {
            made.remove(0);
        }
        made.push((*video, bytes.clone()));
        bytes
    }
}
