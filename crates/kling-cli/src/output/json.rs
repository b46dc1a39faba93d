//! One JSON object with all findings, written as they are found; the counts come last.

use std::borrow::Cow;

use kling_check::json::v1::Summary;

use super::findings::Findings;
use super::render::{Ending, Render, diagnostics};
use super::safe;
use crate::input::request::Request;

/// `--format json`.
pub(crate) struct Json {
    /// Whether each finding comes with its fix.
    pub(crate) fixes: bool,
}

impl Render for Json {
    fn head(&self) -> Cow<'_, str> {
        Cow::Borrowed("{\"version\":1,\"diagnostics\":[")
    }

    fn separator(&self) -> &'static str {
        ","
    }

    fn wants_fixes(&self) -> bool {
        self.fixes
    }

    fn findings(&self, request: &Request<'_>, found: &Findings, out: &mut Vec<u8>) {
        for found in diagnostics(request, found) {
            out.extend_from_slice(b",\n");
            safe::push_json(out, &found);
        }
    }

    fn tail(&self, summary: &Summary, _: Ending, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n],\"summary\":");
        safe::push_json(out, summary);
        out.extend_from_slice(b"}\n");
    }
}

#[cfg(test)]
mod tests {
    use kling_check::json::v1::VERSION;

    use super::*;

    #[test]
    fn the_head_has_the_version() {
        assert!(
            Json { fixes: false }
                .head()
                .starts_with(&format!("{{\"version\":{VERSION},"))
        );
    }
}
