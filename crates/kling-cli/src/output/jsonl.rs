//! One JSON object per finding and line.

use kling_check::json::v1::Summary;

use super::findings::Findings;
use super::render::{Ending, Render, diagnostics};
use super::safe;
use crate::input::request::Request;

/// `--format jsonl`.
pub(crate) struct Jsonl {
    /// Whether each finding comes with its fix.
    pub(crate) fixes: bool,
}

impl Render for Jsonl {
    fn wants_fixes(&self) -> bool {
        self.fixes
    }

    fn findings(&self, request: &Request<'_>, found: &Findings, out: &mut Vec<u8>) {
        for found in diagnostics(request, found) {
            safe::push_json(out, &found);
            out.push(b'\n');
        }
    }

    fn tail(&self, _: &Summary, _: Ending, _: &mut Vec<u8>) {}
}
