//! The properties of a request that a safe fix must not worsen: its findings by rule, and its bill.

use std::collections::BTreeMap;

use kling_json::Document;

use crate::bill::{Bill, VideoOutput};
use crate::context::Context;
use crate::models::OtherPage;
use crate::report::Report;

/// The consequences of a request.
#[derive(Debug)]
pub(super) struct Effects {
    /// How many findings each rule has.
    by_rule: BTreeMap<String, usize>,
    total: u64,
    /// Whether some findings were counted but not kept.
    any_omitted: bool,
    /// Whether the service accepts the request.
    pub(super) is_taken: bool,
    /// The spec and the seconds that would be charged if the service accepted the request, as far as they are known.
    bill: Option<(String, Option<u32>)>,
    /// What the video would then be.
    output: Option<VideoOutput>,
}

/// Returns the spec and the seconds that would be charged: by the page that holds, or, where that does not say what is
/// charged, by the newest other page of the model that does.
fn bill(report: &Report<'_>) -> Option<(String, Option<u32>)> {
    let named = |bill: Bill<'_>| (bill.spec.to_owned(), bill.seconds);
    if report.context.table?.bills.is_empty() {
        let has_bill = |page: &OtherPage<'_>| !page.table.bills.is_empty();
        let page = report.context.other_pages().find(has_bill)?;
        let there = Report::new(Context {
            models: page.models,
            table: None,
            ..report.context
        });
        return there.bill_if_taken().map(named);
    }
    report.bill_if_taken().map(named)
}

impl Effects {
    /// Works out the effects of the request in a document, by the contracts of a context.
    pub(super) fn of(context: &Context<'_>, document: &Document<'_>) -> Self {
        let report = Report::new(Context {
            models: context.models,
            settings: context.settings,
            document,
            table: None,
        });
        let mut by_rule = BTreeMap::new();
        for finding in report.findings() {
            *by_rule.entry(finding.rule.id().to_owned()).or_default() += 1;
        }
        let omitted = report.omitted().total();
        Self {
            by_rule,
            total: report.findings().len() as u64 + omitted,
            any_omitted: omitted > 0,
            is_taken: report.output().is_some(),
            bill: bill(&report),
            output: report.output_if_taken(),
        }
    }

    /// Returns whether after the fix no rule has more findings than before, and there are fewer in total.
    pub(super) fn adds_nothing(&self, after: &Self) -> bool {
        // Findings that were only counted may be kept afterwards, so that rules cannot be compared.
        let has_more = |(rule, count): (&String, &usize)| {
            *count > self.by_rule.get(rule).copied().unwrap_or_default()
        };
        after.total < self.total && (self.any_omitted || !after.by_rule.iter().any(has_more))
    }

    /// Returns whether a request that the service accepts keeps its bill, and one that it refuses would not get another
    /// one, as far as that is known.
    pub(super) fn keeps_bill(&self, after: &Self) -> bool {
        let outputs = self.output.zip(after.output);
        let keeps_output = outputs.is_none_or(|(output, after)| {
            same(output.seconds, after.seconds)
                && same(output.short_side, after.short_side)
                && output.sound == after.sound
        });
        if self.is_taken {
            // Where no page says what is charged, what the video will be decides.
            let is_known = self.bill.is_some();
            return after.is_taken && self.bill == after.bill && (is_known || keeps_output);
        }
        let specs = self.bill.as_ref().zip(after.bill.as_ref());
        specs.is_none_or(|((spec, _), (after, _))| spec == after) && keeps_output
    }
}

/// Returns whether two values are equal, as far as both are known.
fn same(one: Option<u32>, other: Option<u32>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one == other)
}
