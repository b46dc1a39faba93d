//! What a format of findings has to do.

use std::borrow::Cow;

use kling_check::json::v1::{Diagnostic, Place, Summary};
use kling_check::{Fix, Report};

use crate::input::request::{Body, Request};

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

    /// Appends the findings of one request. `fixes` are in the order of the findings, and none where they are not wanted.
    fn findings(
        &self,
        request: &Request<'_>,
        report: &Report<'_>,
        fixes: &[Fix],
        out: &mut Vec<u8>,
    );

    /// Appends what is printed behind all findings.
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

/// The fixes of a report's findings, in their order, each with the index of its finding.
pub(crate) fn fixes(request: &Request<'_>, report: &Report<'_>) -> Vec<Fix> {
    match request.body {
        Body::Text(text) => request.settings.checker.fixes(text, report),
        Body::Bytes(_) | Body::TooLarge { .. } => Vec::new(),
    }
}

/// The findings of a request as the JSON formats say them, with these fixes.
pub(crate) fn diagnostics<'r>(
    request: &'r Request<'_>,
    report: &'r Report<'_>,
    fixes: &'r [Fix],
) -> impl Iterator<Item = Diagnostic<'r>> {
    let mut fixes = fixes.iter().peekable();
    report
        .diagnostics
        .iter()
        .enumerate()
        .map(move |(index, found)| {
            let found = Diagnostic::new(place(request), report.model, found);
            match fixes.next_if(|fix| fix.diagnostic == index) {
                Some(fix) => found.with_fix(place(request), fix),
                None => found,
            }
        })
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
