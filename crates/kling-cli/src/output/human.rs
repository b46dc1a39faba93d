//! Findings for people, with the place in the text and what to do.

use std::fmt::Display;
use std::io::Write as _;

use kling_check::json::v1::Summary;
use kling_check::{Diagnostic, Report};
use kling_spec::Service;

use super::excerpt::Excerpt;
use super::render::{Ending, Render};
use super::safe;
use super::style::{Part, Style};
use crate::input::request::Request;

/// `--format human`.
pub(crate) struct Human {
    style: Style,
}

impl Human {
    pub(crate) const fn new(style: Style) -> Self {
        Self { style }
    }

    fn finding(&self, request: &Request<'_>, found: &Diagnostic<'_>, out: &mut Vec<u8>) {
        let level = Part::Level(found.level);
        self.part(
            out,
            level,
            format_args!("{}[{}]", found.level, safe::line(found.rule)),
        );
        self.part(
            out,
            Part::Message,
            format_args!(": {}", safe::line(found.message())),
        );
        let line = request.lines.saturating_add(found.start.line as u64);
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        put(out, format_args!("\n{margin}"));
        self.part(out, Part::Frame, "-->");
        put(
            out,
            format_args!(" {}:{line}:{}\n", request.file.shown(), found.start.column),
        );
        if let Some(text) = request.body.bytes() {
            let excerpt = Excerpt::new(text, found.span);
            self.part(out, Part::Frame, format_args!("{margin} |\n{number} |"));
            if !excerpt.line.is_empty() {
                put(out, format_args!(" {}", excerpt.line));
            }
            put(out, format_args!("\n{margin} "));
            self.part(out, Part::Frame, "|");
            put(out, format_args!(" {}", " ".repeat(excerpt.indent)));
            self.part(out, level, "^".repeat(excerpt.marked));
            put(out, "\n");
        }
        if !found.source().is_empty() {
            self.note(out, &margin, "source", found.source());
        }
        if let Some(told) = service_note(found.service) {
            self.note(out, &margin, "service", told);
        }
        if let Some(help) = found.help() {
            self.note(out, &margin, "help", help);
        }
        put(out, "\n");
    }

    fn note(&self, out: &mut Vec<u8>, margin: &str, name: &str, text: &str) {
        put(out, format_args!("{margin} "));
        self.part(out, Part::Frame, "=");
        put(out, format_args!(" {name}: {}\n", safe::line(text)));
    }

    fn part(&self, out: &mut Vec<u8>, part: Part, text: impl Display) {
        put(
            out,
            format_args!("{}{text}{}", self.style.begin(part), self.style.end()),
        );
    }
}

impl Render for Human {
    fn findings(&self, request: &Request<'_>, report: &Report<'_>, out: &mut Vec<u8>) {
        for found in &report.diagnostics {
            self.finding(request, found, out);
        }
        let omitted = report.omitted.total();
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

/// What the service does, where it does not simply refuse.
const fn service_note(service: Service) -> Option<&'static str> {
    match service {
        Service::Refuses => None,
        Service::Ignores => Some("ignores this, makes the video without it and charges for it"),
        Service::Unknown => Some("unknown; no page says what it does with this"),
    }
}

fn put(out: &mut Vec<u8>, text: impl Display) {
    write!(out, "{text}").expect("writing to a Vec cannot fail");
}
