//! What a fault does, parsed from its name and its value.

use std::time::Duration;

use kling_text::quote;

use super::error::FaultError;
use crate::http::End;

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Nothing: lets one request pass.
    Pass,
    /// The port is closed for this long.
    Refuse(Duration),
    /// A connection ends before anything is read.
    AtAccept(End),
    /// The connection ends after the head was read, before the body.
    BeforeRead(End),
    /// The connection ends after half of the body was read.
    MidRead(End),
    /// An answer with this status before the body is read.
    Early(u16),
    /// Everything was read and done, but there is no answer.
    AfterRead(End),
    /// The answer ends within its first line.
    HalfStatus,
    /// The answer ends within its headers.
    HalfHead,
    /// The answer's body ends early, although its length was declared.
    Cut(End),
    /// The answer's body ends after a chunk that is not the last.
    CutChunked,
    /// The answer's body ends early, and its length was not declared.
    CutUnframed,
    /// The declared length differs from the body's by this much.
    WrongLength(i64),
    /// The right answer, as if the connection stayed open; it is closed after this long.
    CloseIdle(Duration),
    /// The answer comes byte by byte.
    Drip(Duration),
    /// This many informational answers come before it.
    Informational(u64),
    /// This many KiB of headers.
    LongHead(u64),
    /// This many MiB of body.
    Huge(u64),
    /// This many KiB of gzip that unpack to about 160 times as much.
    GzipBomb(u64),
    /// The answer, compressed although the client did not ask for it.
    Gzip,
    /// An error with this status.
    Status(u16),
    /// The right body with another status.
    StatusWithBody(u16),
    RateLimit(RetryAfter),
    /// The limiter of the rate of submits does not work.
    RateLimiterDown(RetryAfter),
    /// The right answer, as the last one within the limit, which is lifted after this many seconds.
    LastInLimit(u64),
    /// A redirect to the same host.
    Redirect(u16),
    /// A redirect to this URL.
    RedirectTo(String),
    /// A redirect to a location that redirects to itself.
    RedirectLoop,
    /// Another body with status 200.
    Canned(Canned),
    /// The right body with another content type.
    ContentType(String),
    /// The task's id is under another name.
    IdIn(String),
    /// The answer has no id.
    NoId,
    /// The task gets an id that is not a file name and needs escaping.
    HostileId,
    /// Another status word.
    Word(String),
    /// The first status again.
    Regress,
    /// Completed, but without a URL.
    NoUrl,
    /// The URL has expired.
    ExpiredUrl,
    /// A URL other than the right one.
    Url(String),
    /// The URL under another name.
    UrlIn(String),
    /// Another word for the state of the bill; `none` leaves the bill out.
    Billing(String),
    /// The answer is about another task.
    OtherId,
    /// `success` is false, the status is 200.
    SuccessFalse,
    /// The URL of the video is treated as expired.
    Expired(u16),
    IgnoreRange,
    WrongRange,
    WrongTotal,
    WrongEtag,
    NotSatisfiable,
    /// The job fails with this code.
    Fail(String),
    /// The job never ends.
    Stall,
    /// The job takes this many times as long.
    Slow(u32),
}

/// Bodies that have nothing to do with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Canned {
    Html,
    Xml,
    Text,
    Empty,
    /// The right answer after a byte order mark.
    ByteOrderMark,
    /// The first half of the right answer, as if it were complete.
    BrokenJson,
    ErrorObject,
    ErrorText,
}

/// The value of `Retry-After`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RetryAfter {
    /// There is no such header.
    Absent,
    /// Exactly this text.
    Text(String),
    /// This many seconds from now, as a date in the current form.
    Date(i64),
    /// In 30 s, in the form of RFC 850.
    Rfc850,
    /// In 30 s, in the form of C's `asctime`.
    Asctime,
}

impl RetryAfter {
    /// The seconds that it asks to wait, if that is a plain number.
    pub(crate) fn seconds(&self) -> Option<u64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Date(after) => u64::try_from(*after).ok(),
            Self::Rfc850 | Self::Asctime => Some(30),
            Self::Absent => None,
        }
    }
}

type Read = Result<Action, FaultError>;

/// Parses a value.
pub(crate) type Reader = fn(Option<&str>) -> Read;

pub(crate) fn status(value: Option<&str>, usual: u16) -> Result<u16, FaultError> {
    let Some(value) = value else {
        return Ok(usual);
    };
    value
        .parse()
        .ok()
        .filter(|status| (200..=599).contains(status))
        .ok_or_else(|| wrong(value, "a status from 200 to 599"))
}

/// Parses a number up to a bound.
pub(crate) fn number(value: Option<&str>, usual: u64, most: u64) -> Result<u64, FaultError> {
    let Some(value) = value else {
        return Ok(usual);
    };
    value
        .parse()
        .ok()
        .filter(|number| *number <= most)
        .ok_or_else(|| wrong(value, &format!("a number up to {most}")))
}

/// Parses a number of milliseconds, at most an hour.
pub(crate) fn pause(value: Option<&str>, usual: u64) -> Result<Duration, FaultError> {
    number(value, usual, 3_600_000).map(Duration::from_millis)
}

pub(crate) fn difference(value: Option<&str>, usual: i64) -> Result<i64, FaultError> {
    let Some(value) = value else {
        return Ok(usual);
    };
    value
        .parse()
        .ok()
        .filter(|number: &i64| number.unsigned_abs() <= 1 << 40)
        .ok_or_else(|| wrong(value, "a number such as +10 or -10"))
}

/// Takes any text except an empty one.
pub(crate) fn text(value: Option<&str>, usual: &str) -> Result<String, FaultError> {
    match value {
        None => Ok(usual.to_owned()),
        Some("") => Err(FaultError::new("a value must follow `=`")),
        Some(value) => Ok(value.to_owned()),
    }
}

pub(crate) fn without(value: Option<&str>, action: Action) -> Read {
    match value {
        None => Ok(action),
        Some(value) => Err(FaultError::new(format!(
            "this fault has no value; leave out {}",
            quote(&format!("={value}"))
        ))),
    }
}

pub(crate) fn retry_after(value: Option<&str>, usual: &str) -> RetryAfter {
    match value.unwrap_or(usual) {
        "none" => RetryAfter::Absent,
        "date" => RetryAfter::Date(30),
        "past" => RetryAfter::Date(-86_400),
        "far" => RetryAfter::Date(315_360_000),
        "rfc850" => RetryAfter::Rfc850,
        "asctime" => RetryAfter::Asctime,
        "negative" => RetryAfter::Text("-5".to_owned()),
        "overflow" => RetryAfter::Text("99999999999999999999999999".to_owned()),
        "junk" => RetryAfter::Text("soon".to_owned()),
        text => RetryAfter::Text(text.to_owned()),
    }
}

fn wrong(value: &str, expected: &str) -> FaultError {
    FaultError::new(format!("{} is not {expected}", quote(value)))
}
