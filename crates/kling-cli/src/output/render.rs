//! What a format of findings has to do.

use kling_check::Report;
use kling_check::json::v1::{Place, Summary};

use crate::input::request::Request;

/// A format of findings. It is shared by the threads, which render what they have found on their own.
pub(crate) trait Render: Sync {
    /// What is printed before any finding.
    fn head(&self) -> &'static str {
        ""
    }

    /// What each finding begins with, apart from the first of all.
    fn separator(&self) -> &'static str {
        ""
    }

    /// Appends the findings of one request.
    fn findings(&self, request: &Request<'_>, report: &Report<'_>, out: &mut Vec<u8>);

    /// Appends what is printed behind all findings.
    fn tail(&self, summary: &Summary, out: &mut Vec<u8>);
}

/// Where a request stands in its file, as the JSON formats say it.
pub(crate) fn place<'r>(request: &'r Request<'_>) -> Place<'r> {
    Place {
        file: request.file.plain(),
        request: request.index,
        offset: request.offset,
        lines: request.lines,
    }
}
