//! What is wrong with a URL, and what to do about it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crate::registry::SpecialPurpose;

/// Why a public service cannot fetch a URL, or may fetch something else than was meant.
///
/// `Display` says what is wrong in one sentence without a full stop; [`help`](Self::help) says
/// what to do. Neither holds a query, a user name or a password of the URL, and what they quote
/// is at most 60 characters with nothing invisible in it.
///
/// ```
/// use kling_url::{Class, assess};
///
/// let problem = assess("http://192.168.0.7/cat.jpg").expect_err("a private address");
/// assert_eq!(problem.class(), Class::NotPublic);
/// assert_eq!(
///     problem.to_string(),
///     "the host `192.168.0.7` is in 192.168.0.0/16 (Private-Use, RFC 1918)",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    class: Class,
    what: Cow<'static, str>,
    help: Cow<'static, str>,
    special_purpose: Option<SpecialPurpose>,
}

/// The kinds of [`Problem`]. Exhaustive, so that a caller decides about each.
///
/// The first five are decided by the beginning of the text alone: see
/// [`HTTP_PATTERN`](crate::HTTP_PATTERN).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The media themselves: a `data:` URL, or bare base64.
    InlineMedia,
    /// The path of a file on somebody's computer.
    LocalFile,
    /// A scheme other than http and https.
    UnsupportedScheme,
    /// A scheme that may mean something to the service. Only [`assess_asset`](crate::assess_asset) says so.
    UnknownScheme,
    /// No scheme at all: a bare host, a placeholder, nothing.
    Relative,
    /// An http or https URL that cannot be read.
    Invalid,
    /// The host is private, reserved, or known to one network only.
    NotPublic,
    /// The URL can be fetched, but perhaps not what was meant.
    Suspicious,
}

impl Problem {
    pub(crate) fn new(
        class: Class,
        what: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            class,
            what: what.into(),
            help: help.into(),
            special_purpose: None,
        }
    }

    pub(crate) fn with_special_purpose(self, entry: SpecialPurpose) -> Self {
        Self {
            special_purpose: Some(entry),
            ..self
        }
    }

    /// What kind of problem it is.
    pub fn class(&self) -> Class {
        self.class
    }

    /// What to do about it: an imperative clause without a full stop.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// The registry entry that makes the host's address unreachable, for a
    /// [`NotPublic`](Class::NotPublic) host that is an address.
    pub fn special_purpose(&self) -> Option<SpecialPurpose> {
        self.special_purpose
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for Problem {}
