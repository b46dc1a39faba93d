//! What was found in a request, in words, as all formats read it.

use kling_check::{Diagnostic, Fix, Omitted, Report};

/// The findings of a request. They borrow nothing of it.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The model as whose request it was read.
    pub(crate) model: Option<String>,
    /// In the order of the text.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Those beyond the limit.
    pub(crate) omitted: Omitted,
    /// In the order of the findings; none where they are not wanted.
    pub(crate) fixes: Vec<Fix>,
}

impl Findings {
    /// What a report says, with these fixes of it.
    pub(crate) fn new(report: &Report<'_>, fixes: Vec<Fix>) -> Self {
        Self {
            model: report.model().map(str::to_owned),
            diagnostics: report.diagnostics(),
            omitted: report.omitted(),
            fixes,
        }
    }

    /// The only finding of a request that was not read.
    pub(crate) fn of(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: vec![diagnostic],
            ..Self::default()
        }
    }

    /// Each finding with its fix, if it has one.
    pub(crate) fn with_fixes(&self) -> impl Iterator<Item = (&Diagnostic, Option<&Fix>)> {
        let mut fixes = self.fixes.iter().peekable();
        let findings = self.diagnostics.iter().enumerate();
        findings.map(move |(index, found)| {
            let fix = fixes.next_if(|fix| fix.finding == index);
            (found, fix)
        })
    }
}
