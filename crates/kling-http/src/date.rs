//! Dates in UTC: HTTP dates, and days.

use std::time::SystemTime;

use jiff::civil::{Date, DateTime};

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The current form and the two obsolete ones that a client must still read (RFC 9110, section 5.6.7).
const FORMS: [&str; 3] = [
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y",
];

/// Parses the date of a header; `None` if it is not a date, or before 1970.
pub(crate) fn moment(text: &str) -> Option<SystemTime> {
    let date = FORMS
        .iter()
        .find_map(|form| DateTime::strptime(form, text).ok())?;
    let since = date.duration_since(EPOCH).try_into().ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}

/// The day of a moment; for a moment outside the calendar's range or before 1970, the nearest day.
pub(crate) fn day(moment: SystemTime) -> Date {
    let since = moment
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    EPOCH.saturating_add(since).date()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{day, moment};

    #[test]
    fn the_three_forms_of_a_moment_and_nothing_else() {
        let expected = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(moment(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "784111777",
            "1994-11-06T08:49:37Z",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 +0100",
            "Sun, 06 Nov 1994 08:49:37 GMT, and more",
            // The wrong day of the week, and a day that does not exist.
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Wed, 30 Feb 1994 08:49:37 GMT",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn days() {
        for (seconds, text) in [
            (0, "1970-01-01"),
            (1_709_251_199, "2024-02-29"),
            (1_709_251_200, "2024-03-01"),
            (u64::MAX >> 1, "9999-12-31"),
        ] {
            let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(day(moment).to_string(), text);
        }
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(day(before).to_string(), "1970-01-01");
    }
}
