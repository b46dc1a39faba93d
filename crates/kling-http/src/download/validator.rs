//! What identifies a video reliably enough to join one piece of it to another (RFC 9110, 8.8 and 13.1.5).

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED};

use crate::date::moment;

/// How long before its answer a video must have been changed for the date to be reliable: dates have a resolution of
/// one second, and the two clocks may differ.
const SETTLED: Duration = Duration::from_mins(1);

/// Returns the strong validator of an answer: its entity tag, or, if it has none at all, a date that is old enough.
pub(super) fn validator(headers: &HeaderMap) -> Option<String> {
    let mut tags = headers.get_all(ETAG).iter();
    let text = match (tags.next(), tags.next()) {
        (Some(tag), None) => tag.to_str().ok().filter(|tag| is_strong(tag)),
        (None, _) => settled_date(headers),
        (Some(_), Some(_)) => None,
    };
    text.map(str::to_owned)
}

fn is_strong(tag: &str) -> bool {
    let inner = tag
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| !inner.contains('"'))
}

fn settled_date(headers: &HeaderMap) -> Option<&str> {
    let (text, modified) = date(headers, &LAST_MODIFIED)?;
    let (_, answered) = date(headers, &DATE)?;
    let age = answered.duration_since(modified).ok()?;
    (age >= SETTLED).then_some(text)
}

fn date<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<(&'h str, SystemTime)> {
    let text = headers.get(name)?.to_str().ok()?;
    Some((text, moment(text)?))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName};

    use super::validator;

    const EARLY: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const LATE: &str = "Sun, 06 Nov 1994 08:50:37 GMT";

    fn of(headers: &[(&str, &str)]) -> Option<String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, value.parse().unwrap());
        }
        validator(&map)
    }

    #[test]
    fn only_what_is_strong() {
        assert_eq!(of(&[("etag", "\"a\"")]).as_deref(), Some("\"a\""));
        assert_eq!(
            of(&[("last-modified", EARLY), ("date", LATE)]).as_deref(),
            Some(EARLY)
        );
        for weak in [
            &[][..],
            &[("etag", "W/\"a\"")],
            &[("etag", "a")],
            &[("etag", "\"")],
            &[("etag", "\"a\""), ("etag", "\"b\"")],
            // A date beside a weak tag is not sent (13.1.5).
            &[
                ("etag", "W/\"a\""),
                ("last-modified", EARLY),
                ("date", LATE),
            ],
            &[("last-modified", EARLY)],
            &[("last-modified", EARLY), ("date", EARLY)],
            &[("last-modified", LATE), ("date", EARLY)],
            &[("last-modified", "yesterday"), ("date", LATE)],
        ] {
            assert_eq!(of(weak), None, "{weak:?}");
        }
    }
}
