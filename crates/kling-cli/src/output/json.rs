//! One JSON object with all findings, written as they are found; the counts stand last.

use std::borrow::Cow;

use kling_check::Report;
use kling_check::json::v1::{Diagnostic, Summary};

use super::render::{Ending, Render, place};
use super::safe;
use crate::input::request::Request;

/// `--format json`.
pub(crate) struct Json;

impl Render for Json {
    fn head(&self) -> Cow<'_, str> {
        Cow::Borrowed("{\"version\":1,\"diagnostics\":[")
    }

    fn separator(&self) -> &'static str {
        ","
    }

    fn findings(&self, request: &Request<'_>, report: &Report<'_>, out: &mut Vec<u8>) {
        for found in &report.diagnostics {
            out.extend_from_slice(b",\n");
            safe::push_json(out, &Diagnostic::new(place(request), report.model, found));
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
            Json.head()
                .starts_with(&format!("{{\"version\":{VERSION},"))
        );
    }
}
