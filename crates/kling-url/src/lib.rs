#![doc = include_str!("../README.md")]

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// registry script trusted < problem < host repair scheme < callback plain

mod callback;
mod host;
mod plain;
mod problem;
mod registry;
mod repair;
mod scheme;
mod script;
mod trusted;

use url::{Host, ParseError, Url};

pub use callback::assess_callback;
pub use plain::is_plainly_public;
pub use problem::{Class, UrlProblem};
pub use registry::{SpecialPurpose, address_problem};
pub use trusted::{InvalidOrigin, TrustedOrigins};

use scheme::Field;

/// Checks whether a public service can fetch the media at `url`.
///
/// Takes time linear in the length of `url`; makes no DNS lookups.
///
/// ```
/// use kling_url::{Class, assess};
///
/// assert!(assess("https://example.com/cat.jpg").is_ok());
/// let problem = assess("example.com/cat.jpg").expect_err("no scheme");
/// assert_eq!(problem.class(), Class::Relative);
/// assert_eq!(problem.help(), "write `https://example.com/cat.jpg`");
/// ```
///
/// # Errors
/// The most serious problem of `url`: one that prevents the service from fetching it comes before one that is only
/// [`Suspicious`](Class::Suspicious).
pub fn assess(url: &str) -> Result<(), UrlProblem> {
    assess_with(url, &TrustedOrigins::default())
}

/// Does the same as [`assess`], but accepts every URL of a trusted origin, even one that is odd in another way.
///
/// # Errors
/// The same as for [`assess`].
pub fn assess_with(url: &str, trusted: &TrustedOrigins) -> Result<(), UrlProblem> {
    assess_field(url, Field::Media, trusted)
}

/// Does the same as [`assess_with`] for a field that also accepts asset URLs of other schemes: such a scheme is an
/// [`UnknownScheme`](Class::UnknownScheme), for the caller to judge. `data:`, `file:` and paths are classified as
/// usual.
///
/// ```
/// use kling_url::{Class, TrustedOrigins, assess_asset};
///
/// let class = |url| assess_asset(url, &TrustedOrigins::default()).map_err(|problem| problem.class());
/// assert_eq!(class("https://example.com/cat.jpg"), Ok(()));
/// assert_eq!(class("asset://cat"), Err(Class::UnknownScheme));
/// assert_eq!(class("file:///home/me/cat.jpg"), Err(Class::LocalFile));
/// ```
///
/// # Errors
/// The same as for [`assess`].
pub fn assess_asset(url: &str, trusted: &TrustedOrigins) -> Result<(), UrlProblem> {
    assess_field(url, Field::Asset, trusted)
}

fn assess_field(text: &str, field: Field, trusted: &TrustedOrigins) -> Result<(), UrlProblem> {
    if is_plainly_public(text) {
        return Ok(());
    }
    scheme::check_scheme(text, field)?;
    let url = Url::parse(text).map_err(unreadable)?;
    if trusted.contains(&url) {
        return Ok(());
    }
    check_url(text, &url)
}

/// Checks host and port of a URL, and whether its text is what it seems.
fn check_url(text: &str, url: &Url) -> Result<(), UrlProblem> {
    let Some(host) = url.host() else {
        return Err(unreadable(ParseError::EmptyHost));
    };
    host::check_host(&host)?;
    if url.port() == Some(0) {
        return Err(unreadable(ParseError::InvalidPort));
    }
    if let Host::Domain(name) = host {
        host::check_disguise(name)?;
    }
    repair::check_text(text, url)
}

fn unreadable(error: ParseError) -> UrlProblem {
    let (what, help) = match error {
        ParseError::EmptyHost => (
            "the URL has no host",
            "write a host name after the two slashes",
        ),
        ParseError::IdnaError => (
            "the host contains characters that are not allowed in an internationalized host name",
            "correct the host name",
        ),
        ParseError::InvalidPort => (
            "the port is not a number from 1 to 65535",
            "correct the port or leave it out",
        ),
        ParseError::InvalidIpv4Address => (
            "the host ends in a number but is not an IPv4 address",
            "correct the host",
        ),
        ParseError::InvalidIpv6Address => (
            "the host in brackets is not an IPv6 address",
            "correct the host",
        ),
        ParseError::InvalidDomainCharacter => (
            "the host contains characters that are not allowed in a host name",
            "correct the host name, or replace the placeholder in it",
        ),
        ParseError::Overflow => ("the URL is longer than 4 GB", "use a shorter URL"),
        ParseError::RelativeUrlWithoutBase
        | ParseError::RelativeUrlWithCannotBeABaseBase
        | ParseError::SetHostOnCannotBeABaseUrl
        | _ => ("the URL cannot be parsed", "correct the URL"),
    };
    UrlProblem::new(Class::Invalid, what, help)
}
