//! A moment as people write it: a date, a time, or how long ago.

use std::str::FromStr;

use jiff::civil::{DateTime, Time};
use jiff::{Span, Timestamp, ZonedDateTime};

/// The moment from which something counts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Since {
    /// A moment with its offset.
    Moment(Timestamp),
    /// A date, from midnight, or a date with a time; both in this machine's time zone.
    Local(DateTime),
    /// A time of today.
    Today(Time),
    /// This long ago.
    Ago(Span),
}

impl FromStr for Since {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(moment) = text.parse() {
            return Ok(Self::Moment(moment));
        }
        if let Ok(local) = text.parse() {
            return Ok(Self::Local(local));
        }
        if let Some(time) = text.contains(':').then(|| text.parse().ok()).flatten() {
            return Ok(Self::Today(time));
        }
        // `2d ago` is the same as `2d`.
        text.parse::<Span>()
            .map(|span| Self::Ago(span.abs()))
            .map_err(|_| {
                "give a date (2026-11-28), a time (2026-11-28T10:30, 10:30), or how long ago (2d, 36h)"
            })
    }
}

impl Since {
    /// Returns the moment in seconds since 1970 began, relative to `now`.
    ///
    /// # Errors
    /// When it is outside the range of the calendar.
    pub(crate) fn seconds(self, now: &ZonedDateTime) -> Result<i64, jiff::Error> {
        let zone = now.time_zone().clone();
        Ok(match self {
            Self::Moment(moment) => moment,
            Self::Local(local) => zone.to_timestamp(local)?,
            Self::Today(time) => zone.to_timestamp(now.date().to_datetime(time))?,
            Self::Ago(span) => now.checked_sub(span)?.timestamp(),
        }
        .as_second())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_and_spans_are_understood() {
        let now: ZonedDateTime = "2026-11-29T12:00:00+01:00[+01:00]".parse().unwrap();
        let since = |text: &str| {
            let since: Since = text.parse().unwrap();
            let seconds = since.seconds(&now).unwrap();
            Timestamp::from_second(seconds).unwrap().to_string()
        };
        for (text, moment) in [
            ("2026-11-28", "2026-11-27T23:00:00Z"),
            ("2026-11-28T10:30", "2026-11-28T09:30:00Z"),
            ("2026-11-28 10:30:15", "2026-11-28T09:30:15Z"),
            ("2026-11-28T10:30:00Z", "2026-11-28T10:30:00Z"),
            ("2026-11-28T10:30:00-02:00", "2026-11-28T12:30:00Z"),
            ("10:30", "2026-11-29T09:30:00Z"),
            ("2d", "2026-11-27T11:00:00Z"),
            ("36h", "2026-11-27T23:00:00Z"),
            ("90m", "2026-11-29T09:30:00Z"),
            ("1 week", "2026-11-22T11:00:00Z"),
            ("2d ago", "2026-11-27T11:00:00Z"),
            ("P1D", "2026-11-28T11:00:00Z"),
        ] {
            assert_eq!(since(text), moment, "{text}");
        }
        for text in ["", "soon", "2", "2026-13-01", "25:00", "yesterday"] {
            assert!(text.parse::<Since>().is_err(), "{text}");
        }
        let far: Since = "19998y".parse().unwrap();
        assert!(far.seconds(&now).is_err());
    }
}
