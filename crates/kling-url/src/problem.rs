//! What is wrong with a URL, and what to do about it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::net::IpAddr;

use kling_text::quote;

use crate::quote::Excerpt;
use crate::registry::{SpecialPurpose, SpecialUseName};

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
pub struct Problem {
    class: Class,
    what: What,
    help: Cow<'static, str>,
}

/// What is wrong, kept as parts only, so that a caller that merely classifies problems does not pay for a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// The sentence itself.
    Sentence(Cow<'static, str>),
    /// An excerpt of the URL between the beginning and the end of a sentence.
    Quoted(&'static str, Excerpt, &'static str),
    /// The host is an address, and this entry makes it unreachable.
    Address(IpAddr, SpecialPurpose),
    /// The host has a reserved name.
    Reserved(Excerpt, &'static SpecialUseName),
}

impl From<&'static str> for What {
    fn from(sentence: &'static str) -> Self {
        Self::Sentence(sentence.into())
    }
}

impl From<String> for What {
    fn from(sentence: String) -> Self {
        Self::Sentence(sentence.into())
    }
}

/// The kinds of [`Problem`]. Exhaustive, so that callers handle each of them.
///
/// The first five are decided by the beginning of the text alone: see
/// [`HTTP_PATTERN`](crate::HTTP_PATTERN).
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

impl Problem {
    pub(crate) fn new(
        class: Class,
        what: impl Into<What>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            class,
            what: what.into(),
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

    /// Returns the registry entry that makes the host's address unreachable, for a [`NotPublic`](Class::NotPublic) host
    /// that is an address.
    pub fn special_purpose(&self) -> Option<SpecialPurpose> {
        match self.what {
            What::Address(_, entry) => Some(entry),
            What::Sentence(_) | What::Quoted(..) | What::Reserved(..) => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Sentence(sentence) => f.write_str(sentence),
            What::Quoted(before, excerpt, after) => write!(f, "{before}{excerpt}{after}"),
            What::Address(address, entry) => {
                let relation = if entry.contains(*address) {
                    "is in"
                } else {
                    "embeds an address in"
                };
                let host = match address {
                    IpAddr::V4(address) => address.to_string(),
                    IpAddr::V6(address) => format!("[{address}]"),
                };
                write!(f, "the host {} {relation} {entry}", quote(&host))
            }
            What::Reserved(name, entry) => write!(
                f,
                "the host {name} is not public: `{}` is reserved for {} ({})",
                entry.name, entry.purpose, entry.source
            ),
        }
    }
}

impl Error for Problem {}
