//! The result of checking a request: its findings and its outcome.

use kling_json::Document;
use kling_spec::Level;

use crate::bill::{Bill, NoBill, ServiceView, VideoOutput};
use crate::context::Context;
use crate::diagnostic::{Diagnostic, diagnostics};
use crate::elsewhere::{may_accept, may_be_accepted};
use crate::facts::Facts;
use crate::finding::{Finding, FindingKind};
use crate::findings::{Findings, Omitted};
use crate::models::{Naming, OtherPage};
use crate::walk::{Walked, walk, walk_without_model};

/// The result of checking one request, which borrows its document and the checker.
#[derive(Debug)]
pub struct Report<'d> {
    pub(crate) context: Context<'d>,
    findings: Findings<'d>,
    /// What was learnt; `None` without a contract.
    facts: Option<Facts<'d>>,
}

impl<'d> Report<'d> {
    /// Checks the document of a context that has no contract yet.
    pub(crate) fn new(mut context: Context<'d>) -> Self {
        let naming = Naming::of(context.models, context.document);
        let Walked {
            mut findings,
            facts,
        } = match naming.contract(context.document, context.models.assumed()) {
            Some(index) => {
                let table = context.models.table(index);
                context.table = Some(table);
                walk(context, table, naming.is_settled())
            }
            None => walk_without_model(context, about_model(&context, naming)),
        };
        findings.finish();
        Self {
            context,
            findings,
            facts,
        }
    }

    /// Returns the model that the request was checked for.
    pub fn model(&self) -> Option<&'d str> {
        self.context.table.map(|table| table.spec.id())
    }

    /// Returns the document that was checked.
    pub const fn document(&self) -> &'d Document<'d> {
        self.context.document
    }

    /// Returns the findings kept, in the order of the text.
    pub fn findings(&self) -> &[Finding<'d>] {
        &self.findings.found
    }

    /// Returns the number of findings beyond the limit.
    pub const fn omitted(&self) -> Omitted {
        self.findings.omitted
    }

    /// Returns what the service charges for the request, or why that is not known.
    ///
    /// # Errors
    /// The reason.
    pub fn bill(&self) -> Result<Bill<'d>, NoBill> {
        match self.context.table {
            _ if self.findings.is_ambiguous => Err(NoBill::Unreadable),
            None => Err(NoBill::UnknownModel),
            Some(_) if self.findings.prevents_bill => Err(NoBill::Refused),
            Some(table) if table.bills.is_empty() => Err(NoBill::NotInContract),
            Some(_) => self.bill_if_taken().ok_or(NoBill::Open),
        }
    }

    /// Returns what the video will be, if the service accepts the request.
    pub fn output(&self) -> Option<VideoOutput> {
        (!self.findings.prevents_bill).then(|| Some(self.service_view()?.output()))?
    }

    /// Returns what the service would charge if it accepted the request as it is.
    pub(crate) fn bill_if_taken(&self) -> Option<Bill<'d>> {
        self.service_view()
            .filter(|_| !self.findings.is_ambiguous)?
            .bill()
    }

    /// Returns what the video would then be.
    pub(crate) fn output_if_taken(&self) -> Option<VideoOutput> {
        let service_view = self
            .service_view()
            .filter(|_| !self.findings.is_ambiguous)?;
        Some(service_view.output())
    }

    fn service_view(&self) -> Option<ServiceView<'d, '_>> {
        Some(ServiceView::new(self.context.table?, self.facts.as_ref()?))
    }

    /// Returns whether nothing at all was found.
    pub fn is_clean(&self) -> bool {
        self.findings.found.is_empty() && self.omitted().total() == 0
    }

    /// Returns the newest other edition of the model's page under which nothing at all is found; `None` if there is
    /// none, or if the request is clean as it is.
    ///
    /// ```
    /// let checker = kling_check::Checker::embedded();
    /// let text = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 8}"#;
    /// let document = kling_json::Document::read(text);
    /// assert_eq!(checker.check(&document).clean_edition(), Some("2026-09-zh"));
    /// ```
    pub fn clean_edition(&self) -> Option<&'static str> {
        let is_hopeless = !self.findings().iter().all(may_be_accepted);
        if self.is_clean() || self.omitted().total() > 0 || is_hopeless {
            return None;
        }
        let is_clean = |page: &OtherPage<'d>| {
            let mut findings = self.findings().iter();
            findings.all(|finding| may_accept(finding, &self.context, *page))
                && Report::new(Context {
                    models: page.models,
                    table: None,
                    ..self.context
                })
                .is_clean()
        };
        let page = self.context.other_pages().find(is_clean)?;
        Some(page.models.edition())
    }

    /// Returns whether an error was found.
    pub fn has_errors(&self) -> bool {
        let mut findings = self.findings().iter();
        self.omitted().errors > 0 || findings.any(|found| found.level == Level::Error)
    }

    /// Puts the findings into words, with lines and columns. The result borrows nothing.
    ///
    /// ```
    /// let checker = kling_check::Checker::embedded();
    /// let text = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 7}"#;
    /// let document = kling_json::Document::read(text);
    /// let found = checker.check(&document).diagnostics();
    /// assert!(found[0].message.starts_with("`duration` must be"));
    /// assert_eq!((found[0].start.line, found[0].start.column), (1, 61));
    /// ```
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        diagnostics(self.findings(), &self.context)
    }

    /// Sets the level of each finding to what `level` returns, or removes the finding for `None`; then keeps at most
    /// `most`, errors first.
    ///
    /// A caller that removes findings should let the [checker keep](crate::Checker::max_findings) more than it wants in
    /// the end.
    pub fn set_levels(&mut self, most: usize, level: impl Fn(&Finding<'d>) -> Option<Level>) {
        self.findings
            .found
            .retain_mut(|finding| match level(finding) {
                Some(level) => {
                    finding.level = level;
                    true
                }
                None => false,
            });
        self.findings.limit(most);
    }
}

/// Returns what is wrong with the model of a request that is read without a contract.
fn about_model<'d>(
    context: &Context<'d>,
    naming: Naming<'d>,
) -> Option<(kling_json::Node<'d>, FindingKind<'d>)> {
    match naming {
        Naming::Unknown(node) => Some((node, FindingKind::UnknownModel { is_slip: false })),
        Naming::Mistyped(node) => Some((node, FindingKind::MistypedModel)),
        Naming::Missing => Some((context.document.root(), FindingKind::MissingModel)),
        Naming::Nothing | Naming::Known { .. } => None,
    }
}
