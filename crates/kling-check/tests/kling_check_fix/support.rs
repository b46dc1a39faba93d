//! What single cases share.

use kling_check::{Checker, Fix};
use kling_json::Document;

/// The fixes of a text.
pub(crate) fn fixes(text: &str) -> Vec<Fix> {
    let document = Document::read(text);
    Checker::embedded().check(&document).fixes()
}

/// Whether nothing is found in a text.
pub(crate) fn is_clean(text: &str) -> bool {
    let document = Document::read(text);
    Checker::embedded().check(&document).is_clean()
}
