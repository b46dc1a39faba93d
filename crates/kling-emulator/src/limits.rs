//! The limits of an emulator, and how long jobs take.

use std::time::Duration;

/// Limits on what clients can make an emulator store or wait for.
///
/// Times are in real time, whatever the emulator's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Concurrent connections; further ones are reset. By default 1,024.
    pub connections: usize,
    /// Concurrent watchers of `/_emulator/events`, never more than half of the connections; further ones are answered
    /// with 503. 32.
    pub event_streams: usize,
    /// How long the head of a request may take, from the beginning of the connection or from the head's first byte. 10
    /// s.
    pub head_timeout: Duration,
    /// How long a connection may be idle between requests. 60 s.
    pub idle_timeout: Duration,
    /// How long a body may take. 30 s.
    pub body_timeout: Duration,
    /// How long a client may take to read the next piece of an answer. 60 s.
    pub write_timeout: Duration,
    /// How long a fault leaves a client without an answer. 600 s.
    pub hang: Duration,
    /// Bytes of the head of a request. 64 KiB.
    pub head_bytes: usize,
    /// Bytes of the body of a request other than an upload; more is answered with 413. 1 MiB.
    pub body_bytes: usize,
    /// Total bytes of stored uploads; the oldest are dropped first. 128 MiB.
    pub stored_upload_bytes: usize,
    /// Tasks; a submit beyond this is refused with 429 and charges nothing. 100,000.
    pub tasks: usize,
    /// Requests that are kept for the page. 200.
    pub logged_requests: usize,
    /// Bytes of a body that are kept for the page. 4 KiB.
    pub logged_body_bytes: usize,
    /// How long after its completion a video can be fetched, by the emulator's clock. 24 h.
    pub url_lifetime: Duration,
}

impl Limits {
    /// Returns the maximum number of watchers: they keep their connections, so some must be left for others.
    pub(crate) const fn watchers(&self) -> usize {
        let most = self.connections / 2;
        if self.event_streams < most {
            self.event_streams
        } else {
            most
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            event_streams: 32,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_mins(1),
            hang: Duration::from_mins(10),
            head_bytes: 64 * 1024,
            body_bytes: 1024 * 1024,
            stored_upload_bytes: 128 * 1024 * 1024,
            tasks: 100_000,
            logged_requests: 200,
            logged_body_bytes: 4096,
            url_lifetime: Duration::from_hours(24),
        }
    }
}

/// The longest text of a fault that is shown, in characters.
pub(crate) const SHOWN_FAULT: usize = 80;

/// The longest place in a request that is shown and logged, in characters.
pub(crate) const SHOWN_PLACE: usize = 200;

/// How long a job takes, by the emulator's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The time in the queue. 5 s.
    pub queued: Duration,
    /// The time that every video takes in addition. 40 s.
    pub base: Duration,
    /// The time that each second of video adds. 4 s, so that 15 s of video take 105 s in total.
    pub each_second: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            queued: Duration::from_secs(5),
            base: Duration::from_secs(40),
            each_second: Duration::from_secs(4),
        }
    }
}
