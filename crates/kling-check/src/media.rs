//! URLs in requests.

use kling_spec::Format;
use kling_url::{TrustedOrigins, UrlProblem};

/// Returns what is wrong with a URL, if anything is.
pub(crate) fn problem(
    trusted: &TrustedOrigins,
    format: Option<Format>,
    address: &str,
) -> Option<UrlProblem> {
    let outcome = match format? {
        Format::PublicUrl => kling_url::assess_with(address, trusted),
        Format::CallbackUrl => kling_url::assess_callback(address),
        Format::AssetUrl => kling_url::assess_asset(address, trusted),
        Format::NonBlank | Format::Ratio => Ok(()),
    };
    outcome.err()
}
