//! The `X-RateLimit` headers: how many requests of a kind are left, and when there are more.

use std::time::{Duration, SystemTime};

/// From this many seconds on, a reset is a moment since 1970 rather than a time from now: the latter would be three
/// decades away.
const EARLIEST_MOMENT: u64 = 1_000_000_000;

/// The kinds of requests that the service counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    Submit,
    Query,
}

impl Category {
    /// The kind that `X-RateLimit-Category` names.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        match word.trim() {
            "async_submit" => Some(Self::Submit),
            "async_query" => Some(Self::Query),
            _ => None,
        }
    }
}

/// What the headers of an answer say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RateLimit {
    pub(crate) category: Option<Category>,
    /// How many requests are left.
    pub(crate) remaining: Option<u64>,
    /// How long it takes until there are more.
    pub(crate) reset: Option<Duration>,
}

impl RateLimit {
    /// Reads the values of the headers without the prefix `X-RateLimit-`: `Category`, `Remaining` and `Reset`. The
    /// service's pages do not say in which unit the last one is: seconds from `now`, or seconds since 1970.
    pub(crate) fn read(
        category: Option<&str>,
        remaining: Option<&str>,
        reset: Option<&str>,
        now: SystemTime,
    ) -> Self {
        Self {
            category: category.and_then(Category::from_word),
            remaining: remaining.and_then(|text| text.trim().parse().ok()),
            reset: reset.and_then(|text| until(text.trim().parse().ok()?, now)),
        }
    }

    /// How long no request of a category can be made: `None` if that is not said, or if some are left.
    pub(crate) fn pause(&self, category: Category) -> Option<Duration> {
        let is_other = self.category.is_some_and(|other| other != category);
        let is_spent = self.remaining.is_none_or(|remaining| remaining == 0);
        self.reset.filter(|_| is_spent && !is_other)
    }
}

fn until(seconds: u64, now: SystemTime) -> Option<Duration> {
    let seconds = Duration::from_secs(seconds);
    if seconds.as_secs() < EARLIEST_MOMENT {
        return Some(seconds);
    }
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(seconds.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{Category, RateLimit};

    const NOW: u64 = 1_795_862_400;

    fn read(category: &str, remaining: &str, reset: &str) -> RateLimit {
        let given = |text: &'static str| (!text.is_empty()).then_some(text);
        let leak = |text: &str| given(Box::leak(text.to_owned().into_boxed_str()));
        RateLimit::read(
            leak(category),
            leak(remaining),
            leak(reset),
            SystemTime::UNIX_EPOCH + Duration::from_secs(NOW),
        )
    }

    #[test]
    fn a_reset_is_from_now_or_since_1970() {
        for (reset, seconds) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("999999999", Some(999_999_999)),
            ("1795862460", Some(60)),
            ("1795862399", Some(0)),
            ("18446744073709551615", Some(u64::MAX - NOW)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("99999999999999999999", None),
        ] {
            let found = read("async_query", "0", reset).pause(Category::Query);
            assert_eq!(found, seconds.map(Duration::from_secs), "{reset}");
        }
    }

    #[test]
    fn only_a_spent_limit_of_the_same_kind_is_a_pause() {
        let pause = |category, remaining| {
            let limit = read(category, remaining, "9");
            [Category::Submit, Category::Query].map(|category| limit.pause(category).is_some())
        };
        assert_eq!(pause("async_query", "0"), [false, true]);
        assert_eq!(pause("async_submit", "0"), [true, false]);
        assert_eq!(pause("", "0"), [true, true]);
        assert_eq!(pause("other", ""), [true, true]);
        assert_eq!(pause("async_query", "1"), [false, false]);
    }
}
