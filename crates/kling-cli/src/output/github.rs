//! Annotations of a GitHub workflow: one line each, which the runner shows as a mark in the pull request.
//!
//! The runner shows at most ten of each level per step and silently drops the others. So the last slot of each level
//! is kept for a count of those without one; they are plain lines in the log.

use std::fmt::{Display, Write as _};
use std::io::Write as _;
use std::mem::take;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kling_check::Diagnostic;
use kling_check::json::v1::Summary;
use kling_json::Position;

use super::findings::Findings;
use super::render::{Ending, Render};
use crate::input::request::Request;

/// How many annotations of a level a step can have, according to GitHub's documentation.
const CAP: usize = 10;

/// By level: the name of its command.
const COMMANDS: [&str; 3] = ["error", "warning", "notice"];

/// `--format github`. Its findings must be rendered in order, by one thread.
#[derive(Default)]
pub(crate) struct GitHub(Mutex<[Slots; 3]>);

/// The slots of a level.
#[derive(Default)]
struct Slots {
    /// The number of annotations written.
    written: usize,
    /// The finding that gets the last slot if no other follows: as an annotation, and as a plain line.
    last: Option<[String; 2]>,
    /// The number of findings without a slot.
    others: usize,
}

impl GitHub {
    fn slots(&self) -> MutexGuard<'_, [Slots; 3]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Render for GitHub {
    fn wants_fixes(&self) -> bool {
        true
    }

    fn is_in_order(&self) -> bool {
        true
    }

    fn findings(&self, request: &Request<'_>, all: &Findings, out: &mut Vec<u8>) {
        let mut slots = self.slots();
        for found in &all.diagnostics {
            let slots = &mut slots[found.level as usize];
            if slots.written < CAP - 1 {
                slots.written += 1;
                put(out, annotation(request, found));
            } else if slots.others == 0 && slots.last.is_none() {
                slots.last = Some([annotation(request, found), plain_line(request, found)]);
            } else {
                // There are more findings than slots: the one that was held back gets none either.
                if let Some([_, line]) = slots.last.take() {
                    slots.others += 1;
                    put(out, line);
                }
                slots.others += 1;
                put(out, plain_line(request, found));
            }
        }
        if all.omitted.total() > 0 {
            put(
                out,
                format_args!(
                    "{} more findings in the request at {}:{} are not shown\n",
                    all.omitted.total(),
                    request.file.shown(),
                    request.lines.saturating_add(1),
                ),
            );
        }
    }

    fn tail(&self, _: &Summary, _: Ending, out: &mut Vec<u8>) {
        for (command, slots) in COMMANDS.into_iter().zip(take(&mut *self.slots())) {
            if let Some([annotation, _]) = slots.last {
                put(out, annotation);
            }
            if slots.others > 0 {
                let findings = if slots.others == 1 {
                    "finding"
                } else {
                    "findings"
                };
                put(
                    out,
                    format_args!(
                        "::{command} title=kling::{} more {findings} of this level: GitHub shows at most {CAP} per step. \
                         All are in the log of this step\n",
                        slots.others
                    ),
                );
            }
        }
    }
}

/// Returns the line of a place in its file.
fn line(request: &Request<'_>, place: Position) -> u64 {
    request.lines.saturating_add(place.line as u64)
}

/// Formats a finding as a line of the log.
fn plain_line(request: &Request<'_>, found: &Diagnostic) -> String {
    format!(
        "{}[{}] {}:{}:{}: {}\n",
        found.level,
        kling_text::plain(&found.rule),
        request.file.shown(),
        line(request, found.start),
        found.start.column,
        kling_text::plain(&found.message),
    )
}

/// Formats a finding as a command of the runner.
fn annotation(request: &Request<'_>, found: &Diagnostic) -> String {
    let command = COMMANDS[found.level as usize];
    let (start, end) = (line(request, found.start), line(request, found.end));
    let mut text = format!("{}\n", kling_text::plain(&found.message));
    if let Some(help) = &found.help {
        push(
            &mut text,
            format_args!("help: {}\n", kling_text::plain(help)),
        );
    }
    push(
        &mut text,
        format_args!("source: {}", kling_text::plain(&found.source)),
    );
    let mut annotation = format!(
        "::{command} file={},line={start},endLine={end}",
        property(request.file.shown())
    );
    // A column is valid only within one line.
    if start == end {
        push(
            &mut annotation,
            format_args!(",col={},endColumn={}", found.start.column, found.end.column),
        );
    }
    push(
        &mut annotation,
        format_args!(",title={}::{}\n", property(&found.rule), data(&text)),
    );
    annotation
}

/// Escapes a text as the value of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a text as the value of a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn put(out: &mut Vec<u8>, text: impl Display) {
    write!(out, "{text}").expect("writing to a Vec cannot fail");
}

fn push(out: &mut String, text: impl Display) {
    write!(out, "{text}").expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::input::request::{Body, FileName};
    use crate::settings::{Flags, SettingsOf};

    /// Renders as many errors, in two requests.
    fn rendered(errors: usize) -> String {
        let configured = crate::cli::Configured {
            config: None,
            no_config: true,
        };
        let settings = SettingsOf::new(Flags::default(), &configured)
            .of(None)
            .unwrap();
        let github = GitHub::default();
        let mut out = Vec::new();
        for count in [errors / 2, errors - errors / 2] {
            let mut text = r#"{"model":"kling-v3","prompt":"a boat""#.to_owned();
            for number in 0..count {
                push(&mut text, format_args!(",\"a{number}\":1"));
            }
            text.push('}');
            let request = Request {
                file: &Arc::new(FileName::stdin()),
                body: Body::Text(&text),
                index: 0,
                offset: 0,
                lines: 0,
                found: false,
                settings: &settings,
            };
            let document = kling_json::Document::read(&text);
            let found = Findings::new(&settings.checker.check(&document), Vec::new());
            github.findings(&request, &found, &mut out);
        }
        github.tail(&Summary::default(), Ending::EverythingRead, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn ten_have_a_place_and_of_more_the_last_counts_the_others() {
        for errors in [0, 1, 9, 10] {
            let out = rendered(errors);
            assert_eq!(out.matches("::error file=").count(), errors, "{out}");
            assert_eq!(out.lines().count(), errors, "{out}");
        }
        for errors in [11, 12, 100] {
            let out = rendered(errors);
            assert_eq!(out.matches("::error file=").count(), CAP - 1, "{out}");
            assert_eq!(
                out.matches("\nerror[unknown-field] ").count(),
                errors - 9,
                "{out}"
            );
            let count = format!("\n::error title=kling::{} more findings", errors - 9);
            assert!(out.contains(&count), "{out}");
        }
    }

    #[test]
    fn values_are_escaped() {
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
        assert_eq!(data("a:b\r\n"), "a:b%0D%0A");
    }
}
