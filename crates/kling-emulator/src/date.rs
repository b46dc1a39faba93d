//! Dates as HTTP writes them: the form of today and the two that a client must still read (RFC 9110, section 5.6.7).

const DAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A moment of Unix time in its parts, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    year: u64,
    month: usize,
    day: u64,
    week_day: usize,
    seconds: u64,
}

impl Date {
    /// The last moment that is written is in the year 9999, as four digits is all there is.
    pub(crate) fn of_unix(seconds: u64) -> Self {
        const LAST: u64 = 253_402_300_799;
        let seconds = seconds.min(LAST);
        let days = seconds / 86_400;
        // Days from 0000-03-01, so that a leap day is the last of its year.
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = (shifted_month + 2) % 12;
        let year = era * 400 + year_of_era + u64::from(month < 2);
        Self {
            year,
            month: usize::try_from(month).unwrap_or_default(),
            day,
            week_day: usize::try_from(days % 7).unwrap_or_default(),
            seconds: seconds % 86_400,
        }
    }

    fn time(self) -> String {
        let (hours, minutes, seconds) = (
            self.seconds / 3600,
            self.seconds / 60 % 60,
            self.seconds % 60,
        );
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    pub(crate) fn imf(self) -> String {
        let (day, month) = (&DAYS[self.week_day][..3], MONTHS[self.month]);
        format!(
            "{day}, {:02} {month} {:04} {} GMT",
            self.day,
            self.year,
            self.time()
        )
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`
    pub(crate) fn rfc850(self) -> String {
        let (day, month) = (DAYS[self.week_day], MONTHS[self.month]);
        format!(
            "{day}, {:02}-{month}-{:02} {} GMT",
            self.day,
            self.year % 100,
            self.time()
        )
    }

    /// `Sun Nov  6 08:49:37 1994`
    pub(crate) fn asctime(self) -> String {
        let (day, month) = (&DAYS[self.week_day][..3], MONTHS[self.month]);
        format!(
            "{day} {month} {:2} {} {:04}",
            self.day,
            self.time(),
            self.year
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_are_those_of_the_standard() {
        let date = Date::of_unix(784_111_777);
        assert_eq!(date.imf(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(date.rfc850(), "Sunday, 06-Nov-94 08:49:37 GMT");
        assert_eq!(date.asctime(), "Sun Nov  6 08:49:37 1994");
    }

    #[test]
    fn leap_days_and_bounds() {
        assert_eq!(Date::of_unix(0).imf(), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(
            Date::of_unix(951_782_400).imf(),
            "Tue, 29 Feb 2000 00:00:00 GMT"
        );
        assert_eq!(
            Date::of_unix(u64::MAX).imf(),
            "Fri, 31 Dec 9999 23:59:59 GMT"
        );
    }
}
