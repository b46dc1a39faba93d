//! What a format of findings has to do.

use std::borrow::Cow;

use kling_check::json::v1::{Diagnostic, Location, Summary};

use super::findings::Findings;
use crate::input::request::Request;

/// A format of findings. It is shared by the threads, which render what they have found on their own.
pub(crate) trait Render: Sync {
    /// What is printed before any finding.
    fn head(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    /// What each finding begins with, apart from the first of all.
    fn separator(&self) -> &'static str {
        ""
    }

    /// Whether the findings are to be given with their fixes, which takes more time than finding them.
    fn wants_fixes(&self) -> bool;

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

/// The findings of a request as the JSON formats say them, with their fixes.
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

/// Where a request stands in its file, as the JSON formats say it.
pub(crate) fn location<'r>(request: &'r Request<'_>) -> Location<'r> {
    Location {
        file: request.file.plain(),
        request: request.index,
        offset: request.offset,
        lines: request.lines,
    }
}
