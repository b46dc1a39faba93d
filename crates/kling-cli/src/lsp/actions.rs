//! Fixes as code actions: one for each finding in the range, and all safe ones of the document at once.

use std::collections::BTreeMap;

use kling_check::{Report, Which};
use serde_json::Value;

use super::document::{Content, Document};
use super::position::{Encoding, Lines};
use super::protocol::{CodeAction, CodeActionContext, Range, TextEdit, WorkspaceEdit};

/// The kind of an action that mends one finding.
const QUICK_FIX: &str = "quickfix";
/// The kind of the action that mends all that can be mended safely, as editors run it when a file is saved.
const FIX_ALL: &str = "source.fixAll";

/// The kinds that there are.
pub(super) const KINDS: [&str; 2] = [QUICK_FIX, FIX_ALL];

/// The most requests of a file of lines that are looked at: a range may be the whole file.
const MAX_REQUESTS: usize = 100;

/// The actions for a range of a document.
pub(super) fn actions(
    uri: &str,
    document: &Document,
    encoding: Encoding,
    range: Range,
    context: &CodeActionContext,
) -> Vec<CodeAction> {
    let Content::Text(whole) = document.content() else {
        return Vec::new();
    };
    if whole.len() > document.settings.limit {
        return Vec::new();
    }
    let lines = Lines::new(whole, encoding);
    let (start, end) = (lines.offset(range.start), lines.offset(range.end));
    let wants = |kind: &str| {
        context.only.as_ref().is_none_or(|only| {
            let is_of = |wanted: &String| {
                kind == wanted
                    || kind
                        .strip_prefix(wanted.as_str())
                        .is_some_and(|rest| rest.starts_with('.'))
            };
            only.iter().any(is_of)
        })
    };
    let checker = &document.settings.checker;
    let select = |report: &mut Report<'_>| document.settings.levels.apply(report);
    let mut actions = Vec::new();
    let mut everything = Vec::new();
    let touched = document
        .requests(whole)
        .filter(|span| span.start <= end && start <= span.end)
        .take(MAX_REQUESTS);
    for span in touched {
        let text = span.of(whole);
        // Edits are of the text as it stands, so there are none for one that is half typed.
        let readable = document.readable(whole, span);
        let mut report = checker.check(readable.json());
        if report.is_clean() || !readable.errors().is_empty() {
            continue;
        }
        select(&mut report);
        if wants(QUICK_FIX) {
            for fix in report.fixes() {
                let found = &report.findings()[fix.finding];
                let place = found.span();
                let (from, to) = (span.start + place.start, span.start + place.end);
                if to < start || end < from {
                    continue;
                }
                let place = lines.range(from, to);
                let edits = fix.edits.iter().map(|edit| TextEdit {
                    range: lines.range(span.start + edit.span.start, span.start + edit.span.end),
                    new_text: edit.text.clone(),
                });
                actions.push(CodeAction {
                    title: if fix.safe {
                        fix.title
                    } else {
                        format!("{} (a guess)", fix.title)
                    },
                    kind: QUICK_FIX,
                    diagnostics: shown(&context.diagnostics, place, found.rule().id()),
                    is_preferred: fix.safe,
                    edit: edit(uri, edits.collect()),
                });
            }
        }
        if wants(FIX_ALL) {
            let fixed = checker.fix_selected(text, Which::Safe, select);
            if fixed.applied > 0 {
                everything.push(TextEdit {
                    range: lines.range(span.start, span.end),
                    new_text: fixed.text,
                });
            }
        }
    }
    if !everything.is_empty() {
        actions.push(CodeAction {
            title: "mend all that can be mended safely".to_owned(),
            kind: FIX_ALL,
            diagnostics: Vec::new(),
            is_preferred: false,
            edit: edit(uri, everything),
        });
    }
    actions
}

fn edit(uri: &str, edits: Vec<TextEdit>) -> WorkspaceEdit {
    WorkspaceEdit {
        changes: BTreeMap::from([(uri.to_owned(), edits)]),
    }
}

/// Those of the findings that the editor shows which are this one.
fn shown(diagnostics: &[Value], place: Range, rule: &str) -> Vec<Value> {
    let place = serde_json::to_value(place).ok();
    let is_it = |found: &&Value| found["code"] == rule && Some(&found["range"]) == place.as_ref();
    diagnostics.iter().filter(is_it).cloned().collect()
}
