//! The emulator's clock: the real time, a faster one, or one that is advanced manually.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The start of a manual clock, in milliseconds of Unix time: 2026-01-01T00:00:00Z.
pub const MANUAL_START_MS: u64 = 1_767_225_600_000;

/// How time passes for jobs, for the expiry of URLs, and in the time stamps of answers.
///
/// Connection timeouts use real time with every clock; so do the dates in `Date` and `Retry-After`, unless the clock
/// is manual.
///
/// ```
/// use kling_emulator::Clock;
/// let usual = Clock::real();
/// let minutes_are_seconds = Clock::scaled(60.0);
/// let stepped_by_a_test = Clock::manual();
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Real,
    Scaled(f64),
    Manual,
}

impl Clock {
    /// Uses the machine's time.
    pub const fn real() -> Self {
        Self { mode: Mode::Real }
    }

    /// Starts at the machine's time and runs `speed` times as fast; 1 is real time.
    ///
    /// A speed outside 0.001 to 1,000,000 is set to the nearest bound, and one that is not a number to 1.
    pub const fn scaled(speed: f64) -> Self {
        let is_real = speed.is_nan() || speed.to_bits() == 1.0_f64.to_bits();
        let mode = if is_real {
            Mode::Real
        } else {
            Mode::Scaled(speed.clamp(0.001, 1_000_000.0))
        };
        Self { mode }
    }

    /// Stays at the beginning of 2026, in UTC, until it is advanced.
    pub const fn manual() -> Self {
        Self { mode: Mode::Manual }
    }
}

/// A clock that runs from the moment the emulator was started.
#[derive(Debug)]
pub(crate) struct RunningClock {
    mode: Mode,
    started: Instant,
    started_ms: u64,
    advanced_ms: AtomicU64,
}

impl RunningClock {
    pub(crate) fn start(clock: Clock) -> Self {
        let started_ms = match clock.mode {
            Mode::Manual => MANUAL_START_MS,
            Mode::Real | Mode::Scaled(_) => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, milliseconds),
        };
        Self {
            mode: clock.mode,
            started: Instant::now(),
            started_ms,
            advanced_ms: AtomicU64::new(0),
        }
    }

    /// Milliseconds of Unix time.
    pub(crate) fn now_ms(&self) -> u64 {
        let ran = match self.mode {
            Mode::Real => self.started.elapsed(),
            Mode::Scaled(speed) => self.started.elapsed().mul_f64(speed),
            Mode::Manual => Duration::ZERO,
        };
        self.started_ms
            .saturating_add(milliseconds(ran))
            .saturating_add(self.advanced_ms.load(Ordering::SeqCst))
    }

    /// Milliseconds of Unix time for values that a client compares with its own clock, such as dates in headers: the
    /// machine's time, unless this clock is manual.
    pub(crate) fn wall_ms(&self) -> u64 {
        match self.mode {
            Mode::Manual => self.now_ms(),
            Mode::Real | Mode::Scaled(_) => self
                .started_ms
                .saturating_add(milliseconds(self.started.elapsed())),
        }
    }

    pub(crate) fn advance(&self, by: Duration) {
        let advanced = self.advanced_ms.load(Ordering::SeqCst);
        // Two concurrent advances must both count.
        let by = milliseconds(by).min(u64::MAX - advanced);
        self.advanced_ms.fetch_add(by, Ordering::SeqCst);
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self.mode {
            Mode::Real => "real",
            Mode::Scaled(_) => "scaled",
            Mode::Manual => "manual",
        }
    }

    /// Returns its speed as a multiple of real time.
    pub(crate) const fn speed(&self) -> f64 {
        match self.mode {
            Mode::Real => 1.0,
            Mode::Scaled(speed) => speed,
            Mode::Manual => 0.0,
        }
    }
}

/// Whole milliseconds, at most those that fit into 64 bits.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_advanced() {
        let clock = RunningClock::start(Clock::manual());
        assert_eq!(clock.now_ms(), MANUAL_START_MS);
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now_ms(), MANUAL_START_MS + 90_000);
        assert_eq!(clock.speed().to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn dates_in_headers_are_those_of_the_machine() {
        let clock = RunningClock::start(Clock::scaled(1_000_000.0));
        let day = Duration::from_hours(24);
        clock.advance(day);
        assert!(clock.wall_ms() - clock.started_ms < milliseconds(day));
        let clock = RunningClock::start(Clock::manual());
        clock.advance(day);
        assert_eq!(clock.wall_ms(), clock.now_ms());
    }

    #[test]
    fn no_advance_overflows() {
        let clock = RunningClock::start(Clock::manual());
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now_ms(), u64::MAX);
    }

    #[test]
    fn a_speed_is_a_usable_number() {
        assert_eq!(Clock::scaled(f64::NAN), Clock::real());
        assert_eq!(Clock::scaled(1.0), Clock::real());
        assert_eq!(Clock::scaled(-3.0), Clock::scaled(0.001));
        assert_eq!(Clock::scaled(f64::INFINITY), Clock::scaled(1_000_000.0));
    }
}
