//! One JSON object a finding and line.

use kling_check::Report;
use kling_check::json::v1::{Diagnostic, Summary};

use super::render::{Ending, Render, place};
use super::safe;
use crate::input::request::Request;

/// `--format jsonl`.
pub(crate) struct Jsonl;

impl Render for Jsonl {
    fn findings(&self, request: &Request<'_>, report: &Report<'_>, out: &mut Vec<u8>) {
        for found in &report.diagnostics {
            safe::push_json(out, &Diagnostic::new(place(request), report.model, found));
            out.push(b'\n');
        }
    }

    fn tail(&self, _: &Summary, _: Ending, _: &mut Vec<u8>) {}
}
