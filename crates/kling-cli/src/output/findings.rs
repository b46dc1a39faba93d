//! What was found in a request, in words, as used by all formats.

use kling_check::{Diagnostic, Fix, Omitted, Report};

/// The findings of a request. They do not borrow from it.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The model by whose contract the request was read.
    pub(crate) model: Option<String>,
    /// In text order.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Those over the limit.
    pub(crate) omitted: Omitted,
    /// In the order of the findings; empty if they are not wanted.
    pub(crate) fixes: Vec<Fix>,
}

impl Findings {
    /// Takes the findings of a report, with these fixes.
    pub(crate) fn new(report: &Report<'_>, fixes: Vec<Fix>) -> Self {
        Self {
            model: report.model().map(str::to_owned),
            diagnostics: report.diagnostics(),
            omitted: report.omitted(),
            fixes,
        }
    }

    /// Makes the only finding of a request that was not read.
    pub(crate) fn of(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: vec![diagnostic],
            ..Self::default()
        }
    }

    /// Iterates over the findings, each with its fix if it has one.
    pub(crate) fn with_fixes(&self) -> impl Iterator<Item = (&Diagnostic, Option<&Fix>)> {
        let mut fixes = self.fixes.iter().peekable();
        let findings = self.diagnostics.iter().enumerate();
        findings.map(move |(index, found)| {
            let fix = fixes.next_if(|fix| fix.finding == index);
            (found, fix)
        })
    }
}
