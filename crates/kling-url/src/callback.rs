//! URLs that the service calls itself, once a task has ended.

use kling_text::quote;
use url::Url;

use crate::problem::{Class, UrlProblem};
use crate::scheme::{split_scheme, trim};
use crate::{check_url, unreadable};

/// Checks whether a service may call a URL: https, a public host, and neither user name nor fragment.
///
/// Whether it has the origin that the service expects, and whether anything answers there, cannot be known from the
/// text.
///
/// ```
/// use kling_url::{Class, assess_callback};
///
/// assert!(assess_callback("https://hooks.example.com/done?job=7").is_ok());
/// let problem = assess_callback("http://hooks.example.com/done").expect_err("not https");
/// assert_eq!(problem.class(), Class::UnsupportedScheme);
/// ```
///
/// # Errors
/// The most serious problem of `url`, as for [`assess`](crate::assess).
pub fn assess_callback(url: &str) -> Result<(), UrlProblem> {
    let text = trim(url);
    let Some((scheme, _)) = split_scheme(text) else {
        let what = if text.trim_end().is_empty() {
            "the URL is empty".to_owned()
        } else {
            format!("{} has no scheme and host", quote(text.trim_end()))
        };
        return Err(UrlProblem::new(Class::Relative, what, WRITE_A_URL));
    };
    if !scheme.eq_ignore_ascii_case("https") {
        let scheme = quote(&format!("{scheme}:"));
        let what = format!("the scheme {scheme} is not `https:`");
        return Err(UrlProblem::new(Class::UnsupportedScheme, what, WRITE_A_URL));
    }
    let parsed = Url::parse(text).map_err(unreadable)?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(UrlProblem::new(
            Class::Invalid,
            "the URL has a user name or a password",
            "leave it out: prove in another way that a call comes from the service",
        ));
    }
    if parsed.fragment().is_some() {
        return Err(UrlProblem::new(
            Class::Invalid,
            "the URL has a fragment, which is never sent",
            "leave out the `#` and what follows, or write it as a query",
        ));
    }
    check_url(url, &parsed)
}

const WRITE_A_URL: &str = "give a full https URL, such as `https://hooks.example.com/done`";
