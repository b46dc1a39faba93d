//! One JSON object a finding and line.

use kling_check::Report;
use kling_check::json::v1::Summary;

use super::render::{Ending, Render, diagnostics, fixes};
use super::safe;
use crate::input::request::Request;

/// `--format jsonl`.
pub(crate) struct Jsonl {
    /// Whether each finding comes with its fix, which takes more time than finding it.
    pub(crate) fixes: bool,
}

impl Render for Jsonl {
    fn findings(&self, request: &Request<'_>, report: &Report<'_>, out: &mut Vec<u8>) {
        let fixes = if self.fixes {
            fixes(request, report)
        } else {
            Vec::new()
        };
        for found in diagnostics(request, report, &fixes) {
            safe::push_json(out, &found);
            out.push(b'\n');
        }
    }

    fn tail(&self, _: &Summary, _: Ending, _: &mut Vec<u8>) {}
}
