//! What is true of all fixes, as one check for any fixer, so that a wrong fixer can be shown to be caught.

use std::collections::{BTreeMap, BTreeSet};

use kling_check::{Checker, Finding, Fix, Report, Which, apply_fixes};
use kling_json::{Document, Kind, canonical};
use kling_spec::Service;

use crate::kept::lost;

/// Returns the fixes for a text.
pub(crate) type Fixer<'f> = &'f dyn Fn(&str) -> Vec<Fix>;

/// The number of rounds after which no fix may be left to apply.
const MOST_ROUNDS: usize = 8;

/// What the laws were checked on.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) texts: usize,
    pub(crate) safe: usize,
    pub(crate) unsafe_: usize,
    pub(crate) fixed: usize,
}

/// Returns whether the request has a bill, judging by its findings alone.
fn has_bill(report: &Report<'_>) -> bool {
    let prevents = |found: &Finding<'_>| {
        found.service() == Service::Refuses
            || matches!(
                found.rule().id(),
                "json-syntax" | "duplicate-key" | "not-an-object"
            )
    };
    report.model().is_some() && !report.findings().iter().any(prevents)
}

fn by_rule<'r>(report: &Report<'r>) -> BTreeMap<&'r str, usize> {
    let mut counts = BTreeMap::new();
    for found in report.findings() {
        *counts.entry(found.rule().id()).or_default() += 1;
    }
    counts
}

/// Checks that no rule has more findings than before, and that the bill has not changed.
fn is_harmless(before: &Report<'_>, after: &Report<'_>) -> Result<(), String> {
    let (old, new) = (by_rule(before), by_rule(after));
    for (rule, count) in &new {
        if old.get(rule).copied().unwrap_or_default() < *count {
            return Err(format!("a safe fix adds `{rule}`"));
        }
    }
    if has_bill(before) && (!has_bill(after) || before.bill() != after.bill()) {
        return Err(format!(
            "a safe fix changes the bill {:?} to {:?}",
            before.bill(),
            after.bill()
        ));
    }
    Ok(())
}

/// Applies the edits of some fixes by hand: what no edit touches stays.
fn spliced(text: &str, fixes: &[&Fix]) -> Result<String, String> {
    let mut edits: Vec<_> = fixes.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| edit.span.start);
    let mut out = text.to_owned();
    let mut limit = text.len();
    for edit in edits.iter().rev() {
        let span = edit.span;
        if span.start > span.end || span.end > limit || text.get(span.start..span.end).is_none() {
            return Err(format!("{span:?} cannot be edited"));
        }
        out.replace_range(span.start..span.end, &edit.text);
        limit = span.start;
    }
    Ok(out)
}

/// Checks what must be true of a fix on its own.
fn alone(checker: &Checker, report: &Report<'_>, fix: &Fix) -> Result<(), String> {
    let document = report.document();
    let (text, root) = (document.text(), document.root().span());
    if fix.edits.is_empty() || fix.title.is_empty() {
        return Err("a fix does or says nothing".to_owned());
    }
    if fix.finding >= report.findings().len() {
        return Err("a fix is for no finding".to_owned());
    }
    if fix.edits.iter().any(|edit| edit.span.start <= root.start) {
        return Err("an edit replaces the whole request".to_owned());
    }
    let fixed = spliced(text, &[fix])?;
    if fixed == text {
        return Err("a fix changes nothing".to_owned());
    }
    kling_json::check(&fixed).map_err(|error| format!("a fix leaves no JSON: {error}"))?;
    let lost = lost(text, &fixed);
    if !lost.is_empty() {
        return Err(format!("a fix loses {lost:?}"));
    }
    if repeated_keys(&fixed) > repeated_keys(text) {
        return Err("a fix repeats a key".to_owned());
    }
    if fix.safe {
        is_harmless(report, &checker.check(&Document::read(fixed)))?;
    }
    Ok(())
}

/// Checks that leaving out any of the fixes made together yields a request with the same bill, or with none.
fn leave_the_bill(
    checker: &Checker,
    text: &str,
    made: &[&Fix],
    after: &Report<'_>,
) -> Result<(), String> {
    for left_out in made {
        let others = made.iter().filter(|fix| fix != &left_out).copied();
        let without = spliced(text, &others.collect::<Vec<_>>())?;
        let without = Document::read(without);
        let without = checker.check(&without);
        if has_bill(&without) && (!has_bill(after) || without.bill() != after.bill()) {
            return Err(format!(
                "`{}` changes the bill {:?} to {:?} together with the others",
                left_out.title,
                without.bill(),
                after.bill()
            ));
        }
    }
    Ok(())
}

/// Returns how many members repeat the key of an earlier one.
fn repeated_keys(text: &str) -> usize {
    let document = Document::parse(text).unwrap();
    let objects = document.nodes().filter(|node| node.kind() == Kind::Object);
    let repeated = objects.map(|object| {
        let keys = object
            .children()
            .map(|member| member.key().unwrap().decode().into_owned());
        let keys: Vec<String> = keys.collect();
        keys.len() - keys.iter().collect::<BTreeSet<_>>().len()
    });
    repeated.sum()
}

/// Applies rounds of fixes until none is left.
fn in_rounds(
    checker: &Checker,
    text: &str,
    first: &[Fix],
    repair: Fixer<'_>,
    which: Which,
) -> Result<String, String> {
    let mut text = text.to_owned();
    let mut fixes = first.to_vec();
    for _ in 0..=MOST_ROUNDS {
        let before = Document::read(text.as_str());
        let round = apply_fixes(&before, &fixes, which);
        if round.applied.is_empty() {
            return Ok(text);
        }
        let chosen: Vec<&Fix> = round.applied.iter().map(|index| &fixes[*index]).collect();
        if spliced(&text, &chosen)? != round.text {
            return Err("a round changes what no edit touches".to_owned());
        }
        kling_json::check(&round.text)
            .map_err(|error| format!("a round leaves no JSON: {error}"))?;
        if repeated_keys(&round.text) > repeated_keys(&text) {
            return Err(format!("a round repeats a key:\n{}", round.text));
        }
        if which == Which::Safe {
            let after = Document::read(round.text.as_str());
            let after = checker.check(&after);
            is_harmless(&checker.check(&before), &after)?;
            leave_the_bill(checker, &text, &chosen, &after)?;
        }
        fixes = repair(&round.text);
        text = round.text;
    }
    Err(format!("{which:?} fixes do not come to rest"))
}

/// Applies the fixes of a round one at a time: each is looked up again in the result of the others.
fn one_by_one(
    checker: &Checker,
    report: &Report<'_>,
    fixes: &[Fix],
    applied: &[usize],
    repair: Fixer<'_>,
) -> Result<String, String> {
    let mut text = report.document().text().to_owned();
    for index in applied {
        let wanted = &fixes[*index];
        let about = &report.findings()[wanted.finding];
        let document = Document::read(text.as_str());
        let now = checker.check(&document);
        let fixes = repair(&text);
        let same = |fix: &&Fix| {
            fix.title == wanted.title && now.findings()[fix.finding].rule() == about.rule()
        };
        // A key may have been renamed, or a value moved, but hardly both.
        let likeness = |fix: &&Fix| {
            let key = |pointer: &str| pointer.rsplit('/').next().map(str::to_owned);
            let texts = |fix: &Fix| -> Vec<String> {
                fix.edits.iter().map(|edit| edit.text.clone()).collect()
            };
            let (pointer, before) = (now.findings()[fix.finding].pointer(), about.pointer());
            usize::from(pointer == before)
                + usize::from(key(&pointer) == key(&before))
                + 3 * usize::from(texts(fix) == texts(wanted))
        };
        let Some(fix) = fixes.iter().filter(same).rev().max_by_key(likeness) else {
            return Err(format!(
                "`{}` of {} is gone after others:\n{text}",
                wanted.title,
                about.rule().id()
            ));
        };
        text = spliced(&text, &[fix])?;
    }
    Ok(text)
}

/// Returns whether two texts mean the same.
fn say_the_same(one: &str, other: &str) -> bool {
    match (canonical(one), canonical(other)) {
        (Ok(one), Ok(other)) => one == other,
        (one, other) => one.is_err() && other.is_err(),
    }
}

/// Checks all laws on one text.
pub(crate) fn check(
    checker: &Checker,
    text: &str,
    repair: Fixer<'_>,
    seen: &mut Seen,
) -> Result<(), String> {
    seen.texts += 1;
    let document = Document::read(text);
    let report = checker.check(&document);
    let fixes = repair(text);
    for fix in &fixes {
        alone(checker, &report, fix)?;
    }
    let safe = fixes.iter().filter(|fix| fix.safe).count();
    seen.safe += safe;
    seen.unsafe_ += fixes.len() - safe;
    for (which, count) in [(Which::Safe, safe), (Which::All, fixes.len())] {
        if count == 0 || (which == Which::All && safe == count) {
            continue;
        }
        let end = in_rounds(checker, text, &fixes, repair, which)?;
        let end = Document::read(end);
        seen.fixed += usize::from(checker.check(&end).is_clean());
        if count > 1 {
            let round = apply_fixes(&document, &fixes, which);
            let other = one_by_one(checker, &report, &fixes, &round.applied, repair)?;
            if !say_the_same(&round.text, &other) {
                return Err(format!(
                    "{which:?} fixes together give\n{}\none after another\n{other}",
                    round.text
                ));
            }
        }
    }
    Ok(())
}
