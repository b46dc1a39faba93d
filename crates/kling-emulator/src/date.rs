//! HTTP dates: the current form and the two obsolete ones that a client must still read (RFC 9110, section 5.6.7).

use std::time::Duration;

use jiff::civil::DateTime;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A moment in UTC.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Date(DateTime);

impl Date {
    /// The latest moment is in the year 9999, since there are only four digits.
    pub(crate) fn of_unix(seconds: u64) -> Self {
        Self(EPOCH.saturating_add(Duration::from_secs(seconds)))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    pub(crate) fn imf(self) -> String {
        self.written("%a, %d %b %Y %H:%M:%S GMT")
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`
    pub(crate) fn rfc850(self) -> String {
        self.written("%A, %d-%b-%y %H:%M:%S GMT")
    }

    /// `Sun Nov  6 08:49:37 1994`
    pub(crate) fn asctime(self) -> String {
        self.written("%a %b %e %H:%M:%S %Y")
    }

    fn written(self, form: &str) -> String {
        self.0.strftime(form).to_string()
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
    fn bounds() {
        assert_eq!(Date::of_unix(0).imf(), "Thu, 01 Jan 1970 00:00:00 GMT");
        let last = Date::of_unix(u64::MAX).imf();
        assert_eq!(last, "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
