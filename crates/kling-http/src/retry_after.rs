//! The `Retry-After` header.

use std::time::{Duration, SystemTime};

use crate::date;

/// How long a `Retry-After` header asks to wait, counted from `now`: seconds, or a date in any of the three formats of
/// HTTP (RFC 9110, section 10.2.3).
///
/// `None` for a date that has passed, for a negative number and for anything that is neither; the longest possible
/// `Duration` for a number that is too large. The caller must cap it.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use kling_http::retry_after;
///
/// let now = SystemTime::UNIX_EPOCH;
/// assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
/// assert_eq!(retry_after("Thu, 01 Jan 1970 00:01:00 GMT", now), Some(Duration::from_secs(60)));
/// assert_eq!(retry_after("soon", now), None);
/// ```
pub fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let text = header.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    date::moment(text)?
        .duration_since(now)
        .ok()
        .filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::retry_after;

    #[test]
    fn every_form() {
        // Sun, 06 Nov 1994 08:49:37 GMT.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 60);
        let minute = Some(Duration::from_mins(1));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), minute);
        assert_eq!(retry_after("Sunday, 06-Nov-94 08:49:37 GMT", now), minute);
        assert_eq!(retry_after("Sun Nov  6 08:49:37 1994", now), minute);
        assert_eq!(retry_after(" 60 ", now), minute);
        assert_eq!(retry_after("0", now), Some(Duration::ZERO));
        assert_eq!(
            retry_after("99999999999999999999999", now),
            Some(Duration::MAX)
        );
        for none in [
            "",
            "-1",
            "1.5",
            "Sun, 06 Nov 1994 08:48:37 GMT",
            "Sun, 06 Nov 1993 08:49:37 GMT",
            "tomorrow",
        ] {
            assert_eq!(retry_after(none, now), None, "{none}");
        }
    }
}
