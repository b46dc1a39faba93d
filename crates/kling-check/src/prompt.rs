//! The prompt of a request against the lists that it names.

use std::borrow::Cow;
use std::ops::ControlFlow;

use kling_json::Text;
use kling_prompt::Fault;
use kling_spec::{CommonRule, Ground};

use crate::facts::Facts;
use crate::table::{PlaceholderTable, Table};

/// The most kinds whose names are passed on without allocation.
const INLINE_KINDS: usize = 8;

/// Whether the prompt of a request has nothing to report.
#[inline]
pub(crate) fn fits(table: &Table, prompt: &Text<'_>, facts: &Facts<'_>) -> bool {
    if plainly_fits(table, prompt, facts) {
        return true;
    }
    let decoded = if prompt.has_escapes() {
        prompt.decode()
    } else {
        Cow::Borrowed(prompt.raw())
    };
    each_fault(table, &decoded, facts, |_| ControlFlow::Break(())).is_continue()
}

/// Whether the prompt has nothing to report, as far as that can be seen without decoding it.
#[inline]
pub(crate) fn plainly_fits(table: &Table, prompt: &Text<'_>, facts: &Facts<'_>) -> bool {
    let Some(placeholders) = &table.placeholders else {
        return true;
    };
    if prompt.hides_ascii() {
        return false;
    }
    // What an escape stands for is no part of a mark, then.
    let kinds = placeholders.kinds.iter().zip(&placeholders.lists);
    let lengths = kinds.map(|(kind, list)| {
        let known = list.filter(|&list| !facts.is_open(list));
        // Where placeholders have no meaning, none is in range.
        let length = if placeholders.unsupported {
            Some(0)
        } else {
            known.map(|list| facts.counts[list] as usize)
        };
        (kind.as_str(), length)
    });
    kling_prompt::plainly_fits(prompt.raw(), lengths)
}

/// Tells every fault of a decoded prompt that the contract makes a claim about, in the prompt's order.
pub(crate) fn each_fault<'p>(
    table: &Table,
    prompt: &'p str,
    facts: &Facts<'_>,
    mut found: impl FnMut(Fault<'p>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let Some(placeholders) = &table.placeholders else {
        return ControlFlow::Continue(());
    };
    let found = |fault| {
        if rule_of(table, &fault).is_some() {
            found(fault)
        } else {
            ControlFlow::Continue(())
        }
    };
    let kinds = &placeholders.kinds;
    let count = |list: &Option<usize>| {
        let list = (*list)?;
        (!facts.is_open(list)).then(|| facts.counts[list] as usize)
    };
    if kinds.len() <= INLINE_KINDS {
        let mut names = [""; INLINE_KINDS];
        let mut counts = [None; INLINE_KINDS];
        for (index, (name, list)) in kinds.iter().zip(&placeholders.lists).enumerate() {
            names[index] = name;
            counts[index] = count(list);
        }
        return told(
            placeholders,
            prompt,
            &names[..kinds.len()],
            &counts[..kinds.len()],
            found,
        );
    }
    let names: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let counts: Vec<Option<usize>> = placeholders.lists.iter().map(count).collect();
    told(placeholders, prompt, &names, &counts, found)
}

/// On a model without placeholders their mere presence is the fault; nothing can be out of range.
fn told<'p>(
    placeholders: &PlaceholderTable,
    prompt: &'p str,
    names: &[&str],
    counts: &[Option<usize>],
    mut found: impl FnMut(Fault<'p>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if !placeholders.unsupported {
        return kling_prompt::each_fault(prompt, names, counts, found);
    }
    for part in kling_prompt::parts(prompt, names) {
        let fault = match part {
            kling_prompt::Part::Text(_) => continue,
            kling_prompt::Part::Mark(mark) => Fault::Range { mark, count: 0 },
            kling_prompt::Part::WrongKind(wrong_kind) => Fault::WrongKind {
                wrong_kind,
                fits: false,
            },
            kling_prompt::Part::Malformed(malformed) => Fault::Malformed {
                malformed,
                fits: false,
            },
            kling_prompt::Part::Dialect(dialect) => Fault::Dialect {
                dialect,
                fits: false,
            },
        };
        found(fault)?;
    }
    ControlFlow::Continue(())
}

/// The rule that a fault breaks, with its ground, if the contract makes that claim.
pub(crate) fn rule_of<'c>(table: &'c Table, fault: &Fault<'_>) -> Option<(CommonRule, &'c Ground)> {
    let spec = table.spec.placeholders()?;
    if let Some(ground) = &spec.unsupported {
        return Some((CommonRule::PlaceholderUnsupported, ground));
    }
    let kind = |kind: usize| spec.kinds.get(kind);
    let (rule, ground) = match fault {
        Fault::Range { mark, .. } => (
            CommonRule::PlaceholderRange,
            kind(mark.kind)?.range.as_ref(),
        ),
        Fault::Order { mark, .. } => (
            CommonRule::PlaceholderOrder,
            kind(mark.kind)?.order.as_ref(),
        ),
        Fault::WrongKind { .. } => (CommonRule::PlaceholderWrongKind, spec.wrong_kind.as_ref()),
        Fault::Malformed { .. } => (CommonRule::PlaceholderMalformed, spec.malformed.as_ref()),
        Fault::Dialect { .. } => (CommonRule::PlaceholderDialect, spec.dialect.as_ref()),
        Fault::Unused { kind: index, .. } => {
            (CommonRule::PlaceholderUnused, kind(*index)?.unused.as_ref())
        }
    };
    Some((rule, ground?))
}
