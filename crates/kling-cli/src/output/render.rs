//! The interface of a format of findings.

use std::borrow::Cow;

use kling_check::json::v1::{Diagnostic, Location, Summary};

use super::findings::Findings;
use crate::input::request::Request;

/// A format of findings. Threads share it and render what they have found themselves.
pub(crate) trait Render: Sync {
    /// What is printed before any finding.
    fn head(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    /// What precedes each finding except the very first.
    fn separator(&self) -> &'static str {
        ""
    }

    /// Whether the format needs fixes, which take more time than the findings.
    fn wants_fixes(&self) -> bool;

    /// Whether the findings must be rendered in order, by one thread.
    fn is_in_order(&self) -> bool {
        false
    }

    /// Appends the findings of one request.
    fn findings(&self, request: &Request<'_>, found: &Findings, out: &mut Vec<u8>);

    /// Appends what is printed after all findings.
    fn tail(&self, summary: &Summary, ending: Ending, out: &mut Vec<u8>);
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All of the input was read.
    EverythingRead,
    /// Something could not be read.
    Incomplete,
}

/// Returns the findings of a request in the form of the JSON formats, with their fixes.
pub(crate) fn diagnostics<'r>(
    request: &'r Request<'_>,
    found: &'r Findings,
) -> impl Iterator<Item = Diagnostic<'r>> {
    found.with_fixes().map(|(diagnostic, fix)| {
        let said = Diagnostic::new(location(request), found.model.as_deref(), diagnostic);
        match fix {
            Some(fix) => said.with_fix(location(request), fix),
            None => said,
        }
    })
}

/// Returns the location of a request in its file in the form of the JSON formats.
pub(crate) fn location<'r>(request: &'r Request<'_>) -> Location<'r> {
    Location {
        file: request.file.plain(),
        request: request.index,
        offset: request.offset,
        lines: request.lines,
    }
}
