//! What a fix must never do, whatever proposed it: change the bill of a request without being asked to.

use kling_json::{Document, Edit};
use kling_spec::Service;

use super::Fix;
use super::effects::Effects;
use super::round::{overlap, repeated_keys, together};
use crate::context::Context;
use crate::finding::Finding;

/// Returns the request after these edits; `None` if they cannot be made, change nothing, do not leave JSON, or leave more
/// than `repeated` duplicate keys.
pub(super) fn made(
    document: &Document<'_>,
    repeated: usize,
    edits: &[Edit],
) -> Option<Document<'static>> {
    let text = kling_json::apply(document.text(), edits).ok()?;
    let is_changed = text != document.text();
    let made = Document::parse(text).ok().filter(|_| is_changed)?;
    (repeated_keys(&made) <= repeated).then_some(made)
}

/// Marks as unsafe each fix that changes the bill once all other safe ones are made.
pub(super) fn keep_bill(
    context: &Context<'_>,
    before: &Effects,
    findings: &[Finding<'_>],
    fixes: &mut [Fix],
) {
    let is_ignored = |fix: &Fix| {
        let found = findings.get(fix.finding);
        found.is_some_and(|found| found.service == Service::Ignores)
    };
    if !before.is_taken {
        // A fix of something ignored waits until the fixes that make the request acceptable are made: the bill is known
        // then.
        let waits = |fix: &Fix| {
            let goes_first = |other: &&Fix| {
                other.safe && !is_ignored(other) && overlap(&fix.edits, &other.edits)
            };
            fix.safe && is_ignored(fix) && fixes.iter().any(|other| goes_first(&other))
        };
        let waiting: Vec<usize> = (0..fixes.len()).filter(|&at| waits(&fixes[at])).collect();
        for at in waiting {
            fixes[at].safe = false;
        }
    }
    loop {
        let safe: Vec<usize> = (0..fixes.len()).filter(|&at| fixes[at].safe).collect();
        if safe.len() < 2 || keeps_all(context, before, fixes, &safe) {
            // A single fix has already been tried on its own.
            return;
        }
        let is_changing = |at: usize| changes_bill(context, fixes, &safe, at);
        let Some(changing) = safe.iter().copied().find(|&at| is_changing(at)) else {
            return;
        };
        fixes[changing].safe = false;
    }
}

/// Returns whether one of the safe fixes changes the bill that the request has with the others.
fn changes_bill(context: &Context<'_>, fixes: &[Fix], safe: &[usize], at: usize) -> bool {
    let others = safe.iter().filter(|&&other| other != at);
    let mut all = vec![&fixes[at]];
    all.extend(others.map(|&other| &fixes[other]));
    let with = together(context.document, &all);
    let others = with.applied.iter().filter(|&&index| index > 0);
    let others: Vec<&Fix> = others.map(|&index| all[index]).collect();
    let without = together(context.document, &others);
    let effects = |text: String| Effects::of(context, &Document::read(text));
    !effects(without.text).keeps_bill(&effects(with.text))
}

/// Returns whether all safe fixes together keep the bill of a request that has one, and give none to a request without
/// one.
fn keeps_all(context: &Context<'_>, before: &Effects, fixes: &[Fix], safe: &[usize]) -> bool {
    let made: Vec<&Fix> = safe.iter().map(|&at| &fixes[at]).collect();
    let after = Document::read(together(context.document, &made).text);
    let after = Effects::of(context, &after);
    before.keeps_bill(&after) && (before.is_taken || !after.is_taken)
}
