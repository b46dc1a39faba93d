//! The findings of a document, as editors show them.

use std::sync::Arc;

use gen_lsp_types::{Diagnostic, DiagnosticSeverity, Range};
use kling_json::Span;
use kling_spec::Level;
use serde_json::json;

use super::document::{Content, Document};
use super::position::{Encoding, Lines};
use crate::input::request::{Body, FileName, Request};
use crate::settings::Settings;

/// The maximum number of findings of a document that are sent: a file of lines can have any number.
const MAX_DIAGNOSTICS: usize = 1000;

/// The source that the editor shows for each finding.
const SOURCE: &str = "kling";

/// A finding with its place in the document.
struct LocatedFinding {
    span: Span,
    level: Level,
    rule: String,
    pointer: String,
    message: String,
    help: Option<String>,
    source: String,
}

/// Returns all findings of a document.
pub(super) fn diagnostics(document: &Document, encoding: Encoding) -> Vec<Diagnostic> {
    let settings = &*document.settings;
    let text = match document.content() {
        Content::Text(text) if text.len() <= settings.limit => text,
        Content::Text(_) | Content::TooLarge => {
            let range = Lines::new("", encoding).range(0, 0);
            let found = too_large(settings).map(|found| diagnostic(found, range));
            return found.into_iter().collect();
        }
        Content::Unknown => return Vec::new(),
    };
    let file = Arc::new(FileName::stdin());
    let mut all = Vec::new();
    let mut omitted = 0;
    for span in document.requests(text) {
        omitted += of_request(document, &file, text, span, &mut all);
    }
    let lines = Lines::new(text, encoding);
    let (mut starts, mut ends) = (lines.walk(), lines.walk());
    let placed = |found: LocatedFinding| {
        let range = Range {
            start: starts.position(found.span.start),
            end: ends.position(found.span.end),
        };
        diagnostic(found, range)
    };
    let mut diagnostics: Vec<Diagnostic> = all.into_iter().map(placed).collect();
    if omitted > 0 {
        diagnostics.push(more(omitted, lines.range(0, 0)));
    }
    diagnostics
}

/// Adds the findings of one request, in the order of its text; returns how many were left out.
fn of_request(
    document: &Document,
    file: &Arc<FileName>,
    whole: &str,
    request: Span,
    all: &mut Vec<LocatedFinding>,
) -> u64 {
    let settings = &*document.settings;
    let checker = &settings.checker;
    let (text, base) = (request.of(whole), request.start);
    let readable = document.readable(whole, request);
    let mut report = checker.check(readable.json());
    let is_clean = report.is_clean() && readable.errors().is_empty();
    if is_clean || is_something_else(settings, file, text) {
        return 0;
    }
    settings.levels.apply(&mut report);
    let findings = report.diagnostics();
    let mut places: Vec<_> = findings
        .into_iter()
        .filter(|found| !readable.is_unfinished(found.span))
        .map(|found| (readable.to_source(found.span), found))
        .collect();
    for error in readable.errors() {
        let character = text
            .get(error.offset..)
            .and_then(|rest| rest.chars().next());
        let end = error.offset + character.map_or(0, char::len_utf8);
        places.push((Span::new(error.offset, end), checker.syntax(*error)));
    }
    places.sort_by_key(|(span, _)| span.start);
    let room = MAX_DIAGNOSTICS.saturating_sub(all.len());
    let omitted = places.len().saturating_sub(room) as u64;
    for (span, found) in places.into_iter().take(room) {
        let span = Span::new(span.start + base, span.end + base);
        all.push(located(found, span));
    }
    omitted + report.omitted().total()
}

/// Whether nothing in a text belongs to a request: an editor opens other JSON files too.
fn is_something_else(settings: &Settings, file: &Arc<FileName>, text: &str) -> bool {
    let request = Request {
        file,
        body: Body::Text(text),
        index: 0,
        offset: 0,
        lines: 0,
        found: true,
        settings,
    };
    request.is_something_else()
}

fn located(finding: kling_check::Diagnostic, span: Span) -> LocatedFinding {
    LocatedFinding {
        span,
        level: finding.level,
        rule: finding.rule.into_owned(),
        pointer: finding.pointer,
        message: finding.message,
        help: finding.help,
        source: finding.source,
    }
}

/// Returns the finding for a document that is not read, at its beginning.
fn too_large(settings: &Settings) -> Option<LocatedFinding> {
    let finding = settings.checker.request_too_large(settings.limit);
    let finding = settings.levels.applied(finding)?;
    Some(located(finding, Span::default()))
}

fn diagnostic(found: LocatedFinding, range: Range) -> Diagnostic {
    let mut message = found.message;
    if let Some(help) = found.help {
        message.push_str("\nhelp: ");
        message.push_str(&help);
    }
    Diagnostic {
        range,
        severity: Some(match found.level {
            Level::Error => DiagnosticSeverity::Error,
            Level::Warning => DiagnosticSeverity::Warning,
            Level::Note => DiagnosticSeverity::Information,
        }),
        // For programs; `source` is the reason for the finding.
        data: Some(json!({
            "rule": found.rule,
            "pointer": found.pointer,
            "source": found.source,
        })),
        code: Some(found.rule.into()),
        source: Some(SOURCE.to_owned()),
        message: message.into(),
        ..Diagnostic::default()
    }
}

/// Reports that there are more findings than are shown.
fn more(omitted: u64, range: Range) -> Diagnostic {
    let findings = if omitted == 1 {
        "finding is"
    } else {
        "findings are"
    };
    Diagnostic {
        range,
        severity: Some(DiagnosticSeverity::Information),
        source: Some(SOURCE.to_owned()),
        message: format!(
            "{omitted} more {findings} not shown\nhelp: `kling check --format summary` counts all of them"
        )
        .into(),
        ..Diagnostic::default()
    }
}
