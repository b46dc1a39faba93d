//! Findings for people, with the place in the text and what to do.

use std::io::Write as _;

use annotate_snippets::renderer::Style as Look;
use annotate_snippets::{AnnotationKind, Group, Level as Title, Renderer, Snippet};
use kling_check::json::v1::Summary;
use kling_check::{Diagnostic, Fix};
use kling_spec::{Level, Service};

use super::excerpt::Excerpt;
use super::findings::Findings;
use super::render::{Ending, Render};
use super::style::Style;
use crate::input::request::Request;

/// `--format human`.
pub(crate) struct Human {
    renderer: Renderer,
    /// The style of arrows and of what begins a note.
    frame: Look,
    /// The available columns.
    width: usize,
}

impl Human {
    pub(crate) fn new(style: Style) -> Self {
        Self {
            renderer: style.renderer(),
            frame: style.frame(),
            width: style.width,
        }
    }

    fn finding(
        &self,
        request: &Request<'_>,
        found: &Diagnostic,
        fix: Option<&Fix>,
        out: &mut Vec<u8>,
    ) {
        let line = line_number(request.lines.saturating_add(found.start.line as u64));
        let margin = line.to_string().len();
        let title = level(found.level)
            .primary_title(kling_text::plain(&found.message))
            .id(kling_text::plain(&found.rule));
        let mut group = Group::with_title(title);
        if let Some(text) = request.body.bytes() {
            // After the number there is a bar with a space on either side.
            let width = self.width.saturating_sub(margin + 3);
            let excerpt = Excerpt::new(text, found.span, width);
            group = group.element(
                Snippet::source(excerpt.line)
                    .line_start(line)
                    .annotation(AnnotationKind::Primary.span(excerpt.marked)),
            );
        }
        let drawn = self.renderer.render(&[group]);
        let (title, excerpt) = drawn.split_once('\n').unwrap_or((&drawn, ""));
        let margin = " ".repeat(margin);
        let (frame, end) = (self.frame.render(), self.frame.render_reset());
        let (file, column) = (request.file.shown(), found.start.column);
        // The drawing library would count the columns of a line that has been cut.
        put(
            out,
            format_args!("{title}\n{margin}{frame}-->{end} {file}:{line}:{column}\n"),
        );
        if !excerpt.is_empty() {
            put(out, format_args!("{excerpt}\n"));
        }
        let source = Some(found.source.as_str()).filter(|source| !source.is_empty());
        let edition = found.other_edition.as_ref().map(|other| {
            let (id, says) = (other.id, &other.says);
            format!("the edition {id} {says}: `--edition {id}`")
        });
        for (name, text) in [
            ("source", source),
            ("edition", edition.as_deref()),
            ("service", service_note(found)),
            ("help", found.help.as_deref()),
            ("fix", fix.map(fix_note)),
        ] {
            if let Some(text) = text.map(kling_text::plain) {
                put(out, format_args!("{margin} {frame}={end} {name}: {text}\n"));
            }
        }
        put(out, format_args!("\n"));
    }
}

impl Render for Human {
    fn wants_fixes(&self) -> bool {
        true
    }

    fn findings(&self, request: &Request<'_>, found: &Findings, out: &mut Vec<u8>) {
        for (diagnostic, fix) in found.with_fixes() {
            self.finding(request, diagnostic, fix, out);
        }
        let omitted = found.omitted.total();
        if omitted > 0 {
            let line = request.lines.saturating_add(1);
            let findings = if omitted == 1 { "finding" } else { "findings" };
            put(
                out,
                format_args!(
                    "note: {omitted} more {findings} in the request at {}:{line} are not shown\n\n",
                    request.file.shown()
                ),
            );
        }
    }

    fn tail(&self, _: &Summary, _: Ending, _: &mut Vec<u8>) {}
}

fn level(level: Level) -> Title<'static> {
    match level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Note => Title::NOTE,
    }
}

/// Describes what the service does, if it does not simply refuse.
const fn service_note(found: &Diagnostic) -> Option<&'static str> {
    match found.service {
        Service::Refuses => None,
        Service::Ignores if found.is_documented => {
            Some("ignores this, makes the video without it and charges for it")
        }
        Service::Ignores => {
            Some("probably ignores this, makes the video without it and charges for it")
        }
        Service::Unknown => Some("unknown; no page says what it does with this"),
    }
}

/// Names the option that applies a fix.
const fn fix_note(fix: &Fix) -> &'static str {
    if fix.safe {
        "`--fix` applies it"
    } else {
        "`--unsafe-fixes` applies it; `--diff` shows the change first"
    }
}

/// Converts a line number for drawing. No real file is too long for it.
fn line_number(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a Vec cannot fail");
}
