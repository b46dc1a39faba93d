//! The result of checking a request: findings, the bill, and what the video will be.

use kling_json::Document;
use kling_spec::Level;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, diagnostics};
use crate::facts::{Facts, FieldValue, Truth, View};
use crate::finding::{Finding, FindingKind};
use crate::findings::{Omitted, limit};
use crate::models::Naming;
use crate::table::{Condition, ReadingTable, Table};
use crate::walk::{Walked, walk, walk_without_model};

/// What the service charges for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bill<'d> {
    /// The billing spec, such as `720P+Sound`.
    pub spec: &'d str,
    /// The seconds of video charged; `None` where the request does not say, as for an edited video.
    pub seconds: Option<u32>,
}

/// Why it is not known what a request is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoBill {
    /// The text is not JSON, or an object has a duplicate key, so that parsers disagree about what the request says.
    Unreadable,
    /// The request names no known model.
    UnknownModel,
    /// The service refuses the request, and charges nothing.
    Refused,
    /// The contract does not say what is charged.
    NotInContract,
    /// It depends on a member whose value is not known.
    Open,
}

/// What the video will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct VideoOutput {
    /// Its length in seconds, where the request says.
    pub seconds: Option<u32>,
    /// Its width and height as a ratio, parts from 1 to 9999, where the request says.
    pub ratio: Option<(u16, u16)>,
    /// Its shorter side in pixels, where the contract has it.
    pub short_side: Option<u32>,
    /// Whether it has sound.
    pub sound: bool,
}

/// The outcome of checking one request, which borrows its document and the checker.
#[derive(Debug)]
pub struct Report<'d> {
    pub(crate) context: Context<'d>,
    findings: Vec<Finding<'d>>,
    omitted: Omitted,
    bill: Result<Bill<'d>, NoBill>,
    /// What the service would charge if it took the request as it is.
    pub(crate) bill_if_taken: Option<Bill<'d>>,
    /// What the video would be then.
    pub(crate) output_if_taken: Option<VideoOutput>,
    output: Option<VideoOutput>,
}

impl<'d> Report<'d> {
    /// Checks the document of a context that has no contract yet.
    pub(crate) fn new(mut context: Context<'d>) -> Self {
        let naming = Naming::of(context.models, context.document);
        let walked = match naming.contract(context.document, context.settings.assumed) {
            Some(index) => {
                let table = context.models.table(index);
                context.table = Some(table);
                walk(context, table, naming.is_settled())
            }
            None => walk_without_model(context, about_model(&context, naming)),
        };
        let Walked { findings, facts } = walked;
        let (prevents_bill, is_ambiguous) = (findings.prevents_bill, findings.is_ambiguous);
        let (findings, omitted) = findings.finish();
        let outcome = facts
            .zip(context.table)
            .map(|((facts, view), table)| outcome(table, &facts, view));
        let bill = match outcome {
            _ if is_ambiguous => Err(NoBill::Unreadable),
            None => Err(NoBill::UnknownModel),
            Some(_) if prevents_bill => Err(NoBill::Refused),
            Some((_, bill)) => bill,
        };
        let output = outcome.filter(|_| !prevents_bill).map(|(output, _)| output);
        let if_taken = outcome.filter(|_| !is_ambiguous);
        Self {
            context,
            findings,
            omitted,
            bill,
            bill_if_taken: if_taken.and_then(|(_, bill)| bill.ok()),
            output_if_taken: if_taken.map(|(output, _)| output),
            output,
        }
    }

    /// The model that the request was checked for.
    pub fn model(&self) -> Option<&'d str> {
        self.context.table.map(|table| table.spec.id())
    }

    /// The document that was checked.
    pub const fn document(&self) -> &'d Document<'d> {
        self.context.document
    }

    /// The findings kept, in the order of the text.
    pub fn findings(&self) -> &[Finding<'d>] {
        &self.findings
    }

    /// The findings beyond the limit.
    pub const fn omitted(&self) -> Omitted {
        self.omitted
    }

    /// What the service charges for the request, or why that is not known.
    ///
    /// # Errors
    /// The reason.
    pub const fn bill(&self) -> Result<Bill<'d>, NoBill> {
        self.bill
    }

    /// What the video will be, if the service takes the request.
    pub const fn output(&self) -> Option<VideoOutput> {
        self.output
    }

    /// Whether nothing at all was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.omitted.total() == 0
    }

    /// Whether an error was found.
    pub fn has_errors(&self) -> bool {
        let mut findings = self.findings.iter();
        self.omitted.errors > 0 || findings.any(|found| found.level == Level::Error)
    }

    /// The findings in words, with lines and columns. They borrow nothing.
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
        diagnostics(&self.findings, &self.context)
    }

    /// Gives each finding the level that `level` returns, or removes it for `None`; then at most `most` are kept,
    /// errors first.
    ///
    /// A caller that removes findings should let the [checker keep](crate::Checker::max_findings) more than it wants in
    /// the end.
    pub fn relevel(&mut self, most: usize, level: impl Fn(&Finding<'d>) -> Option<Level>) {
        self.findings.retain_mut(|finding| match level(finding) {
            Some(level) => {
                finding.level = level;
                true
            }
            None => false,
        });
        limit(&mut self.findings, most, &mut self.omitted);
    }
}

/// What is wrong with the model of a request that is read without a contract.
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

/// What the video will be as far as the request says, and what the service charges for it if the contract says so and
/// everything that this depends on is known.
fn outcome<'d>(
    table: &'d Table,
    facts: &Facts<'d>,
    view: View,
) -> (VideoOutput, Result<Bill<'d>, NoBill>) {
    let truth = |condition: &Condition| facts.truth(table, condition, view);
    let seconds = field_value(table, facts, view, table.seconds.as_ref());
    let seconds = seconds.and_then(|value| u32::try_from(value.integer()?).ok());
    let ratio = field_value(table, facts, view, table.ratio.as_ref()).and_then(FieldValue::ratio);
    let tier = tier(table, truth);
    let output = VideoOutput {
        seconds,
        ratio,
        short_side: tier.map(|tier| table.tiers[tier].short_side),
        sound: table
            .sound
            .as_ref()
            .is_some_and(|sound| truth(sound) == Truth::Yes),
    };
    let bill = tier.and_then(|tier| {
        let set = charged_addons(table, truth)?;
        table.bills.get((tier << table.addons.len()) + set)
    });
    let bill = match bill {
        Some(spec) => Ok(Bill { spec, seconds }),
        None if table.bills.is_empty() => Err(NoBill::NotInContract),
        None => Err(NoBill::Open),
    };
    (output, bill)
}

/// What the member of a reading says of the video, if it says anything.
fn field_value<'f>(
    table: &Table,
    facts: &'f Facts<'_>,
    view: View,
    reading: Option<&'f ReadingTable>,
) -> Option<FieldValue<'f>> {
    let reading = reading?;
    let unless = reading.unless.as_ref();
    let is_told = unless.is_none_or(|unless| facts.truth(table, unless, view) == Truth::No);
    is_told
        .then(|| facts.field_value(reading.field, reading.default.as_ref(), view))
        .flatten()
}

/// The first tier whose condition holds; none if an earlier one might.
fn tier(table: &Table, truth: impl Fn(&Condition) -> Truth) -> Option<usize> {
    for (index, tier) in table.tiers.iter().enumerate() {
        match truth(&tier.when) {
            Truth::Yes => return Some(index),
            Truth::No => {}
            Truth::Open => return None,
        }
    }
    None
}

/// The set of addons that are charged, one bit each.
fn charged_addons(table: &Table, truth: impl Fn(&Condition) -> Truth) -> Option<usize> {
    let mut set = 0;
    for (index, addon) in table.addons.iter().enumerate() {
        match truth(addon) {
            Truth::Yes => set |= 1 << index,
            Truth::No => {}
            Truth::Open => return None,
        }
    }
    Some(set)
}
