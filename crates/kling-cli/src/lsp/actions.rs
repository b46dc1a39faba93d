//! Fixes as code actions: one for each finding in the range, and all safe ones of the document at once.

use std::collections::HashMap;

use gen_lsp_types::{
    Code, CodeAction, CodeActionKind, CodeActionParams, Diagnostic, Range, TextEdit, Uri,
    WorkspaceEdit,
};
use kling_check::{Report, Which};

use super::document::{Content, Document};
use super::position::{Encoding, Lines};

/// The kind of an action that fixes one finding.
const QUICK_FIX: CodeActionKind = CodeActionKind::QuickFix;
/// The kind of the action that applies all safe fixes, as editors run it when a file is saved.
const FIX_ALL: CodeActionKind = CodeActionKind::SourceFixAll;

/// All kinds of actions.
pub(super) const KINDS: [CodeActionKind; 2] = [QUICK_FIX, FIX_ALL];

/// The maximum number of requests in a file of lines that are examined: a range may be the whole file.
const MAX_REQUESTS: usize = 100;

/// Returns the actions for a range of a document.
pub(super) fn actions(
    document: &Document,
    encoding: Encoding,
    asked: &CodeActionParams,
) -> Vec<CodeAction> {
    let Content::Text(whole) = document.content() else {
        return Vec::new();
    };
    if whole.len() > document.settings.limit {
        return Vec::new();
    }
    let lines = Lines::new(whole, encoding);
    let (start, end) = (
        lines.offset(asked.range.start),
        lines.offset(asked.range.end),
    );
    // A kind includes those below it.
    let wants = |kind: &CodeActionKind| {
        asked.context.only.as_ref().is_none_or(|only| {
            let is_of = |wanted: &CodeActionKind| {
                let rest = kind.as_str().strip_prefix(wanted.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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
        // Edits apply to the text as written, so there are none for one that is half typed.
        let readable = document.readable(whole, span);
        let mut report = checker.check(readable.json());
        if report.is_clean() || !readable.errors().is_empty() {
            continue;
        }
        select(&mut report);
        if wants(&QUICK_FIX) {
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
                    kind: Some(QUICK_FIX),
                    diagnostics: shown(&asked.context.diagnostics, place, found.rule().id()),
                    is_preferred: Some(fix.safe),
                    edit: Some(edit(&asked.text_document.uri, edits.collect())),
                    ..CodeAction::default()
                });
            }
        }
        if wants(&FIX_ALL) {
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
            title: "fix everything that can be fixed safely".to_owned(),
            kind: Some(FIX_ALL),
            is_preferred: Some(false),
            edit: Some(edit(&asked.text_document.uri, everything)),
            ..CodeAction::default()
        });
    }
    actions
}

fn edit(uri: &Uri, edits: Vec<TextEdit>) -> WorkspaceEdit {
    WorkspaceEdit {
        changes: Some(HashMap::from([(uri.clone(), edits)])),
        ..WorkspaceEdit::default()
    }
}

/// Returns the editor's diagnostics that are this finding.
fn shown(diagnostics: &[Diagnostic], place: Range, rule: &str) -> Option<Vec<Diagnostic>> {
    let code = Some(Code::from(rule.to_owned()));
    let is_it = |found: &&Diagnostic| found.code == code && found.range == place;
    let shown: Vec<Diagnostic> = diagnostics.iter().filter(is_it).cloned().collect();
    (!shown.is_empty()).then_some(shown)
}
