//! Annotations of a GitHub workflow: one line each, which the runner shows as a mark in the pull request.
//!
//! The runner shows at most ten of each level per step and silently drops the others. So the last slot of each level
//! is kept for a count of those without one; they are plain lines in the log.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kling_check::Diagnostic;
use kling_check::json::v1::Summary;
use kling_json::Position;

use super::findings::Findings;
use super::render::{Ending, Render};
use super::stdio::Closing;
use crate::input::request::Request;

/// How many annotations of a level a step can have, according to GitHub's documentation.
const CAP: usize = 10;

/// Separates the two forms of a finding until it is decided which one is written; findings do not contain it, since
/// quoted text has no control characters.
const EITHER: u8 = 0x1f;

/// By level: the name of its command.
const COMMANDS: [&str; 3] = ["error", "warning", "notice"];

/// `--format github`.
#[derive(Clone, Default)]
pub(crate) struct GitHub {
    /// By level: whether all slots are taken. Findings rendered afterwards have none.
    full: Arc<[AtomicBool; 3]>,
}

impl GitHub {
    /// Wraps the output, to which findings must be written in order.
    pub(crate) fn capped<W: Write>(&self, out: W) -> Capped<W> {
        Capped {
            out,
            line: Vec::new(),
            written: [0; 3],
            last: [None, None, None],
            others: [0; 3],
            full: Arc::clone(&self.full),
        }
    }
}

impl Render for GitHub {
    fn wants_fixes(&self) -> bool {
        true
    }

    fn findings(&self, request: &Request<'_>, all: &Findings, out: &mut Vec<u8>) {
        let mut of_level = [0; 3];
        for found in &all.diagnostics {
            let level = found.level as usize;
            let message = kling_text::plain(&found.message);
            put(out, format_args!("::{}", COMMANDS[level]));
            of_level[level] += 1;
            if of_level[level] <= CAP && !self.full[level].load(Ordering::Relaxed) {
                annotation(request, found, &message, out);
            }
            out.push(EITHER);
            put(
                out,
                format_args!(
                    "{}[{}] {}:{}:{}: {message}\n",
                    found.level,
                    kling_text::plain(&found.rule),
                    request.file.shown(),
                    line(request, found.start),
                    found.start.column,
                ),
            );
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

    fn tail(&self, _: &Summary, _: Ending, _: &mut Vec<u8>) {}
}

/// Returns the line of a place in its file.
fn line(request: &Request<'_>, place: Position) -> u64 {
    request.lines.saturating_add(place.line as u64)
}

/// Formats what follows the name of the command.
fn annotation(request: &Request<'_>, found: &Diagnostic, message: &str, out: &mut Vec<u8>) {
    let (start, end) = (line(request, found.start), line(request, found.end));
    let mut text = format!("{message}\n");
    if let Some(help) = &found.help {
        writeln!(text, "help: {}", kling_text::plain(help))
            .expect("writing to a String cannot fail");
    }
    write!(text, "source: {}", kling_text::plain(&found.source))
        .expect("writing to a String cannot fail");
    put(
        out,
        format_args!(
            " file={},line={start},endLine={end}",
            property(request.file.shown())
        ),
    );
    // A column is valid only within one line.
    if start == end {
        put(
            out,
            format_args!(",col={},endColumn={}", found.start.column, found.end.column),
        );
    }
    put(
        out,
        format_args!(",title={}::{}", property(&found.rule), data(&text)),
    );
}

/// Decides which findings become annotations, in the order in which they are printed.
pub(crate) struct Capped<W> {
    out: W,
    line: Vec<u8>,
    /// By level: the number of annotations written.
    written: [usize; 3],
    /// By level: the finding that may still get the last slot, in both forms.
    last: [Option<Vec<u8>>; 3],
    /// By level: the number of findings without a slot.
    others: [usize; 3],
    /// By level: whether there are findings without a slot.
    full: Arc<[AtomicBool; 3]>,
}

impl<W: Write> Capped<W> {
    fn finding(&mut self, level: usize, forms: Vec<u8>) -> io::Result<()> {
        if self.written[level] < CAP - 1 {
            self.written[level] += 1;
            return self.write(&forms, true);
        }
        if self.others[level] == 0 && self.last[level].is_none() {
            self.last[level] = Some(forms);
            return Ok(());
        }
        // There are more findings than slots: the one that was held back gets none either.
        self.full[level].store(true, Ordering::Relaxed);
        if let Some(kept) = self.last[level].take() {
            self.others[level] += 1;
            self.write(&kept, false)?;
        }
        self.others[level] += 1;
        self.write(&forms, false)
    }

    fn write(&mut self, forms: &[u8], as_annotation: bool) -> io::Result<()> {
        let at = memchr::memchr(EITHER, forms).unwrap_or(forms.len());
        let form = if as_annotation {
            &forms[..at]
        } else {
            forms.get(at + 1..).unwrap_or_default()
        };
        self.out.write_all(form)?;
        self.out.write_all(b"\n")
    }
}

impl<W: Write> Write for Capped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if self.line.last() != Some(&b'\n') {
                continue;
            }
            self.line.pop();
            let line = std::mem::take(&mut self.line);
            let level = COMMANDS.iter().position(|command| {
                line.strip_prefix(b"::")
                    .is_some_and(|rest| rest.starts_with(command.as_bytes()))
            });
            if let Some(level) = level {
                self.finding(level, line)?;
            } else {
                self.out.write_all(&line)?;
                self.out.write_all(b"\n")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write + Send> Closing for Capped<W> {
    fn close(&mut self) -> io::Result<()> {
        for (level, command) in COMMANDS.into_iter().enumerate() {
            if let Some(last) = self.last[level].take() {
                self.write(&last, true)?;
            }
            let others = self.others[level];
            if others > 0 {
                let findings = if others == 1 { "finding" } else { "findings" };
                writeln!(
                    self.out,
                    "::{command} title=kling::{others} more {findings} of this level: GitHub shows at most {CAP} per step. \
                     All are in the log of this step"
                )?;
            }
        }
        self.out.flush()
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::request::{Body, FileName};
    use crate::settings::{Flags, SettingsOf};

    fn capped(errors: usize) -> String {
        let mut out = Vec::new();
        let mut capped = GitHub::default().capped(&mut out);
        for number in 0..errors {
            let finding = format!("::error title=x::{number}\u{1f}error[x] {number}\n");
            // The output may be split anywhere.
            for part in finding.as_bytes().chunks(7) {
                capped.write_all(part).unwrap();
            }
        }
        capped.write_all(b"a line\n").unwrap();
        capped.close().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn ten_have_a_place_and_of_more_the_last_counts_the_others() {
        for errors in [0, 1, 9, 10] {
            let out = capped(errors);
            assert_eq!(out.matches("::error ").count(), errors, "{out}");
            assert_eq!(out.lines().count(), errors + 1, "{out}");
        }
        for errors in [11, 12, 100] {
            let out = capped(errors);
            assert_eq!(out.matches("::error ").count(), CAP, "{out}");
            assert_eq!(out.matches("\nerror[x] ").count(), errors - 9, "{out}");
            let count = format!("::error title=kling::{} more findings", errors - 9);
            assert!(out.contains(&count), "{out}");
        }
    }

    #[test]
    fn what_has_no_place_is_not_rendered_as_an_annotation() {
        let members: Vec<String> = (0..30).map(|number| format!("\"a{number}\":1")).collect();
        let text = format!(
            r#"{{"model":"kling-v3","prompt":"a boat",{}}}"#,
            members.join(",")
        );
        let configured = crate::cli::Configured {
            config: None,
            no_config: true,
        };
        let settings = SettingsOf::new(Flags::default(), &configured)
            .of(None)
            .unwrap();
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
        assert!(found.diagnostics.len() > 2 * CAP, "{found:?}");

        let github = GitHub::default();
        let mut written = Vec::new();
        let mut capped = github.capped(&mut written);
        for annotations in [CAP, 0] {
            let mut out = Vec::new();
            github.findings(&request, &found, &mut out);
            let out = String::from_utf8(out).unwrap();
            assert_eq!(out.matches(",title=").count(), annotations, "{out}");
            capped.write_all(out.as_bytes()).unwrap();
        }
        capped.close().unwrap();
        let written = String::from_utf8(written).unwrap();
        let lines = 2 * found.diagnostics.len() + 1;
        assert_eq!(written.lines().count(), lines, "{written}");
        assert_eq!(written.matches("::error ").count(), CAP, "{written}");
    }

    #[test]
    fn values_are_escaped() {
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
        assert_eq!(data("a:b\r\n"), "a:b%0D%0A");
    }
}
