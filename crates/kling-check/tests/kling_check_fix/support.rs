//! Shared by the single cases.

use kling_check::{Checker, Fix};
use kling_json::Document;

/// Returns the fixes of a text.
pub(crate) fn fixes(text: &str) -> Vec<Fix> {
    let document = Document::read(text);
    Checker::embedded().check(&document).fixes()
}

/// Returns whether a text has no findings.
pub(crate) fn is_clean(text: &str) -> bool {
    let document = Document::read(text);
    Checker::embedded().check(&document).is_clean()
}
