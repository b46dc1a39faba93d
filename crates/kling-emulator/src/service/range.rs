//! Parts of a file: `Range`, `If-Range` and the answers to them (RFC 9110, sections 13 and 14).

use bytes::Bytes;

use crate::http::Answer;

/// The conditions of a request for a file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'h> {
    pub(crate) range: Option<&'h str>,
    pub(crate) if_range: Option<&'h str>,
    pub(crate) if_none_match: Option<&'h str>,
}

/// A file with its validators.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) bytes: Bytes,
    pub(crate) media_type: &'static str,
    /// Including its quotes.
    pub(crate) etag: String,
    /// As an HTTP date.
    pub(crate) last_modified: Option<String>,
}

impl Content {
    /// Returns the file or the requested part.
    pub(crate) fn answer(self, asked: Asked<'_>) -> Answer {
        let length = self.bytes.len();
        let is_known = asked
            .if_none_match
            .is_some_and(|tags| tags == "*" || tags.split(',').any(|tag| tag.trim() == self.etag));
        if is_known {
            return self.of(304, Bytes::new());
        }
        let is_same = asked
            .if_range
            .is_none_or(|known| known == self.etag || Some(known) == self.last_modified.as_deref());
        let range = asked
            .range
            .filter(|_| is_same)
            .and_then(|range| part(range, length));
        match range {
            None => {
                let bytes = self.bytes.clone();
                self.of(200, bytes)
            }
            Some(Ok((first, last))) => {
                let bytes = self.bytes.slice(first..=last);
                self.of(206, bytes)
                    .with("content-range", format!("bytes {first}-{last}/{length}"))
            }
            Some(Err(Unsatisfiable)) => self
                .of(416, Bytes::new())
                .with("content-range", format!("bytes */{length}")),
        }
    }

    fn of(self, status: u16, bytes: Bytes) -> Answer {
        let answer = Answer::new(status, self.media_type, bytes)
            .with("accept-ranges", "bytes")
            .with("etag", self.etag);
        match self.last_modified {
            Some(date) => answer.with("last-modified", date),
            None => answer,
        }
    }
}

/// A range that begins after the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unsatisfiable;

/// Parses the first and the last byte of a range; `None` if the header is not supported here, such as several ranges.
fn part(range: &str, length: usize) -> Option<Result<(usize, usize), Unsatisfiable>> {
    let (first, last) = range.strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // A number too large to parse is beyond the end of every file.
        is_number.then(|| digits.parse().unwrap_or(usize::MAX))
    };
    if first.is_empty() {
        let count = number(last)?.min(length);
        return Some(match count {
            0 => Err(Unsatisfiable),
            count => Ok((length - count, length - 1)),
        });
    }
    let first = number(first)?;
    let last = if last.is_empty() {
        usize::MAX
    } else {
        number(last)?
    };
    if last < first {
        return None;
    }
    Some(if first >= length {
        Err(Unsatisfiable)
    } else {
        Ok((first, last.min(length - 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(part("bytes=0-4", 10), Some(Ok((0, 4))));
        assert_eq!(part("bytes=5-", 10), Some(Ok((5, 9))));
        assert_eq!(part("bytes=5-99", 10), Some(Ok((5, 9))));
        assert_eq!(part("bytes=-3", 10), Some(Ok((7, 9))));
        assert_eq!(part("bytes=-30", 10), Some(Ok((0, 9))));
        for unsatisfiable in ["bytes=10-", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(
                part(unsatisfiable, 10),
                Some(Err(Unsatisfiable)),
                "{unsatisfiable}"
            );
        }
        for not_understood in [
            "",
            "bytes=",
            "bytes=-",
            "bytes=4-3",
            "bytes=0-1,3-4",
            "items=0-1",
            "bytes=a-b",
        ] {
            assert_eq!(part(not_understood, 10), None, "{not_understood}");
        }
        assert_eq!(part("bytes=0-", 0), Some(Err(Unsatisfiable)));
    }
}
