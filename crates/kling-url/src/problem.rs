//! What is wrong with a URL, and what to do about it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// Why a public service cannot fetch a URL, or may fetch something other than what was meant.
///
/// `Display` says what is wrong in one sentence without a full stop; [`help`](Self::help) says what to do. Neither
/// contains a query, a user name or a password of the URL. Quotations are at most 60 characters long and contain
/// nothing invisible.
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
pub struct UrlProblem {
    class: Class,
    message: Cow<'static, str>,
    help: Cow<'static, str>,
}

/// The kinds of [`UrlProblem`]. Exhaustive, so that callers handle each of them.
///
/// The first five are decided by the beginning of the text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The media itself: a `data:` URL, or bare base64.
    InlineMedia,
    /// The path of a local file.
    LocalFile,
    /// A scheme other than http and https.
    UnsupportedScheme,
    /// A scheme that may mean something to the service. Returned only by [`assess_asset`](crate::assess_asset).
    UnknownScheme,
    /// No scheme at all: a bare host, a placeholder, nothing.
    Relative,
    /// An http or https URL that cannot be parsed.
    Invalid,
    /// The host is private, reserved, or known to one network only.
    NotPublic,
    /// The URL can be fetched, but perhaps not what was meant.
    Suspicious,
}

impl UrlProblem {
    pub(crate) fn new(
        class: Class,
        message: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            class,
            message: message.into(),
            help: help.into(),
        }
    }

    /// Returns what kind of problem it is.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Returns what to do about it: an imperative clause without a full stop.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for UrlProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for UrlProblem {}
