//! Moments for people: ISO 8601, in this machine's time zone, with its offset.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// The present moment.
pub(crate) fn local_now() -> ZonedDateTime {
    ZonedDateTime::now()
}

/// Formats a moment in seconds since 1970 began; outside the range of the calendar, the number itself.
pub(crate) fn local(seconds: i64) -> String {
    in_zone(seconds, TimeZone::system())
}

fn in_zone(seconds: i64, zone: TimeZone) -> String {
    Timestamp::from_second(seconds).map_or_else(
        |_| seconds.to_string(),
        |moment| {
            let local = moment.to_zoned_datetime(zone);
            local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_its_offset() {
        let zone = TimeZone::fixed(jiff::tz::offset(-3));
        assert_eq!(in_zone(0, zone.clone()), "1969-12-31T21:00:00-03:00");
        assert_eq!(in_zone(0, TimeZone::UTC), "1970-01-01T00:00:00+00:00");
        assert_eq!(in_zone(i64::MAX, zone), i64::MAX.to_string());
    }
}
