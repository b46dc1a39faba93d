//! Addresses of media.

use kling_json::Text;
use kling_spec::Format;
use kling_url::Problem;

use crate::Checker;

/// What is wrong with an address, if anything is.
pub(crate) fn problem(
    checker: &Checker,
    format: Option<Format>,
    text: &Text<'_>,
) -> Option<Problem> {
    problem_of(checker, format, &text.decode())
}

/// The same of an address that is no part of a request.
pub(crate) fn problem_of(
    checker: &Checker,
    format: Option<Format>,
    address: &str,
) -> Option<Problem> {
    let outcome = match format? {
        Format::PublicUrl => kling_url::assess_with(address, &checker.trusted),
        Format::AssetUrl => kling_url::assess_asset(address, &checker.trusted),
        Format::NonBlank | Format::Ratio => Ok(()),
    };
    outcome.err()
}
