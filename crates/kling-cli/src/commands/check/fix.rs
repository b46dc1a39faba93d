//! `--fix`, `--unsafe-fixes` and `--diff`: files are fixed, as far as possible, before they are checked.

mod diff;
mod keep;
mod replace;

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write as _};
use std::path::Path;

use kling_check::Which;

use crate::cli;
use crate::exit::{Exit, Failure};
use crate::input::document::{self, Document};
use crate::input::files::{Files, Named, NotRead};
use crate::input::lines::is_blank;
use crate::input::request::{Body, File, Request};
use crate::output::counts::counted;
use crate::output::stdio;
use crate::regular;
use crate::run::InputCounts;
use crate::settings::{Settings, SettingsOf};

use diff::Diff;
use replace::Replacement;

/// What to do with the fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// The files are changed.
    Write,
    /// The changes are printed.
    Diff,
}

/// What a run has fixed.
#[derive(Debug, Default)]
pub(super) struct FixSummary {
    fixes: usize,
    files: usize,
    requests: u64,
    /// Texts that are not requests.
    skipped: u64,
    /// Paths of a list that were skipped because of their names.
    passed_over: u64,
    /// Unsafe fixes that were not requested.
    guesses: usize,
    /// Something could not be read or written, which has been reported or will be.
    pub(super) is_incomplete: bool,
    /// What could not be read, as it is reported.
    unreadable: Vec<String>,
    /// Set if standard input was fixed and printed: whether it still has an error.
    pub(super) stdin: Option<bool>,
}

impl FixSummary {
    /// Whether anything was fixed.
    pub(super) const fn is_any(&self) -> bool {
        self.fixes > 0
    }

    /// Returns what the run has processed.
    pub(super) const fn input_counts(&self, exit: Exit) -> InputCounts {
        InputCounts {
            requests: self.requests,
            skipped: self.skipped,
            passed_over: self.passed_over,
            exit,
        }
    }
}

/// Returns the fixing that the options request; `None` if they request none.
pub(super) fn wanted(options: cli::FixOptions) -> Option<Fixer> {
    let which = if options.unsafe_fixes {
        Which::All
    } else {
        Which::Safe
    };
    let mode = match (options.diff, options.fix || options.unsafe_fixes) {
        (true, _) => Mode::Diff,
        (false, true) => Mode::Write,
        (false, false) => return None,
    };
    Some(Fixer { which, mode })
}

/// Fixes files, one after another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixer {
    which: Which,
    mode: Mode,
}

impl Fixer {
    pub(super) const fn is_diff(self) -> bool {
        matches!(self.mode, Mode::Diff)
    }

    /// Processes the files.
    pub(super) fn run(self, paths: Vec<Named>, lines: bool, settings: SettingsOf) -> FixSummary {
        let mut summary = FixSummary::default();
        let mut files = Files::new(paths, lines, settings);
        while let Some(file) = files.next() {
            let file = match file {
                Ok(file) => file,
                Err(not_read) => {
                    summary.pass_over(not_read);
                    continue;
                }
            };
            if let Err(error) = self.file(&file, &mut summary) {
                if error.kind() == io::ErrorKind::BrokenPipe {
                    break;
                }
                summary.report(
                    &Failure::new(&format!("cannot fix `{}`: {error}", file.name.shown()))
                        .to_string(),
                );
            }
        }
        // The check that follows reports the same.
        if self.is_diff() || summary.stdin.is_some() {
            summary
                .unreadable
                .iter()
                .for_each(|message| stdio::eprint(message));
        }
        // If there was nothing at all, the caller reports that.
        if summary.requests > 0 || self.mode == Mode::Write {
            summary.say(self.mode);
        }
        summary
    }

    fn file(self, file: &File, summary: &mut FixSummary) -> io::Result<()> {
        let before = summary.fixes;
        match (&file.path, self.mode) {
            (None, Mode::Write) => {
                let mut out = io::stdout().lock();
                let mut is_faulty = false;
                let written = self.texts(file, io::stdin().lock(), summary, |change| {
                    is_faulty |= change.has_errors;
                    out.write_all(change.new.as_ref())
                });
                // Whatever happens, the input has been consumed and cannot be checked again.
                summary.stdin = Some(is_faulty || written.is_err());
                written?;
                out.flush()?;
            }
            (None, Mode::Diff) => {
                self.diff(file, io::stdin().lock(), summary)?;
            }
            (Some(path), Mode::Diff) => match regular::open_given(path) {
                Ok(input) => self.diff(file, BufReader::new(input), summary)?,
                Err(error) => summary.pass_over(NotRead::unreadable(file.name.shown(), &error)),
            },
            (Some(path), Mode::Write) => self.replace(file, path, summary)?,
        }
        summary.files += usize::from(summary.fixes > before);
        Ok(())
    }

    fn diff(self, file: &File, input: impl BufRead, summary: &mut FixSummary) -> io::Result<()> {
        let mut diff = Diff::new(file);
        self.texts(file, input, summary, |change| {
            if file.lines {
                diff.piece(&change)
            } else {
                diff.document(&change)
            }
        })?;
        diff.end()
    }

    /// Replaces the file's text with the fixed text, if anything has changed.
    fn replace(self, file: &File, path: &Path, summary: &mut FixSummary) -> io::Result<()> {
        // A link stays a link: its target is replaced.
        let opened = fs::canonicalize(path).and_then(|path| Ok((regular::open(&path)?, path)));
        let (read, path) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                summary.pass_over(NotRead::unreadable(file.name.shown(), &error));
                return Ok(());
            }
        };
        let before = summary.fixes;
        let mut replacement = Replacement::of(&path, read.try_clone()?);
        let written = self.texts(file, BufReader::new(read), summary, |change| {
            replacement.add(change.old, &change.new)
        });
        let put = written.and_then(|()| {
            if summary.fixes > before {
                replacement.put()
            } else {
                Ok(())
            }
        });
        if put.is_err() {
            summary.fixes = before;
        }
        put
    }

    /// Passes on the pieces of a file in order, each before and after fixing.
    fn texts(
        self,
        file: &File,
        input: impl BufRead,
        summary: &mut FixSummary,
        give: impl FnMut(Change<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        if file.lines {
            self.lines(file, input, summary, give)
        } else {
            self.document(file, input, summary, give)
        }
    }

    fn document(
        self,
        file: &File,
        mut input: impl Read,
        summary: &mut FixSummary,
        mut give: impl FnMut(Change<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut buffer = Vec::new();
        let limit = file.settings.limit;
        if let Document::TooLarge { .. } = document::read(&mut input, limit, false, &mut buffer)? {
            // A text over the limit is not a request, and its file stays unchanged.
            return if file.path.is_some() {
                Ok(())
            } else {
                let message =
                    format!("it is longer than {limit} bytes; raise `--max-request-size`");
                Err(io::Error::other(message))
            };
        }
        let mut change = Change::none(&buffer);
        match kling_json::validate_utf8(&buffer) {
            Ok(text) if !is_something_else(file, text, summary) => {
                change = self.fix_text(&file.settings, text, summary);
            }
            Ok(_) => {}
            Err(_) => self.report_not_text(file, summary),
        }
        give(change)
    }

    /// Reports that a file cannot be fixed, unless the check that follows does so.
    fn report_not_text(self, file: &File, summary: &mut FixSummary) {
        let is_checked_next = self.mode == Mode::Write && file.path.is_some();
        if is_checked_next || file.found {
            return;
        }
        summary.requests += 1;
        summary.report(
            &Failure::new(&format!(
                "cannot fix `{}`: it is not valid UTF-8; `kling check` shows where",
                file.name.shown()
            ))
            .to_string(),
        );
    }

    fn lines(
        self,
        file: &File,
        mut input: impl BufRead,
        summary: &mut FixSummary,
        mut give: impl FnMut(Change<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let most = (file.settings.limit as u64).saturating_add(2);
        let mut line = Vec::new();
        loop {
            line.clear();
            if input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            let is_whole = line.last() == Some(&b'\n') || (line.len() as u64) < most;
            if !is_whole {
                // A line over the limit is not a request; it is passed on unchanged.
                give(Change::none(&line))?;
                pass_on(&mut input, |part| give(Change::none(part)))?;
                continue;
            }
            let mut end = line.len() - usize::from(line.last() == Some(&b'\n'));
            end -= usize::from(end > 0 && line[end - 1] == b'\r');
            let (content, rest) = line.split_at(end);
            let mut change = Change::none(content);
            if let Ok(text) = kling_json::validate_utf8(content)
                && !is_blank(content)
                && !is_something_else(file, text, summary)
            {
                change = self.fix_text(&file.settings, text, summary);
            }
            give(change)?;
            give(Change::none(rest))?;
        }
    }

    fn fix_text<'t>(
        self,
        settings: &Settings,
        text: &'t str,
        summary: &mut FixSummary,
    ) -> Change<'t> {
        let select = |report: &mut kling_check::Report<'_>| settings.levels.apply(report);
        let fixed = settings.checker.fix_selected(text, self.which, select);
        let (new, applied) = (fixed.text, fixed.applied);
        // A request in a file of lines must stay a single line.
        let stays = !new.contains('\n') || text.contains('\n');
        let mut has_errors = false;
        {
            let document = kling_json::Document::read(new.as_str());
            let mut report = settings.checker.check(&document);
            select(&mut report);
            has_errors |= report.has_errors();
            if self.which == Which::Safe {
                let guesses = report.fixes().iter().filter(|fix| !fix.safe).count();
                summary.guesses += guesses;
            }
        }
        if applied == 0 || !stays {
            return Change {
                has_errors,
                ..Change::none(text.as_bytes())
            };
        }
        summary.fixes += applied;
        Change {
            old: text.as_bytes(),
            new: new.into_bytes().into(),
            is_changed: true,
            has_errors,
        }
    }
}

/// A piece of a file before and after fixing.
struct Change<'t> {
    old: &'t [u8],
    new: std::borrow::Cow<'t, [u8]>,
    is_changed: bool,
    /// Whether it still has an error.
    has_errors: bool,
}

impl<'t> Change<'t> {
    const fn none(text: &'t [u8]) -> Self {
        Self {
            old: text,
            new: std::borrow::Cow::Borrowed(text),
            is_changed: false,
            has_errors: false,
        }
    }
}

/// Whether a file found in a folder contains something other than a request; counts it either way.
fn is_something_else(file: &File, text: &str, summary: &mut FixSummary) -> bool {
    let request = Request {
        file: &file.name,
        body: Body::Text(text),
        index: 0,
        offset: 0,
        lines: 0,
        found: file.found,
        settings: &file.settings,
    };
    let is_something_else = file.found && request.is_something_else();
    summary.skipped += u64::from(is_something_else);
    summary.requests += u64::from(!is_something_else);
    is_something_else
}

/// Passes on the rest of a line in the pieces in which it is read.
fn pass_on(
    input: &mut impl BufRead,
    mut give: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = memchr::memchr(b'\n', buffer).map(|at| at + 1);
        let length = end.unwrap_or(buffer.len());
        give(&buffer[..length])?;
        input.consume(length);
        if end.is_some() {
            return Ok(());
        }
    }
}

impl FixSummary {
    fn pass_over(&mut self, not_read: NotRead) {
        match not_read {
            NotRead::Unreadable(message) => {
                self.is_incomplete = true;
                self.unreadable.push(message);
            }
            NotRead::PassedOver(_) => self.passed_over += 1,
        }
    }

    fn report(&mut self, text: &str) {
        self.is_incomplete = true;
        stdio::eprint(text);
    }

    fn say(&self, mode: Mode) {
        let findings = counted(self.fixes as u64, "finding", "findings");
        let files = counted(self.files as u64, "file", "files");
        let mut message = match mode {
            Mode::Write if self.fixes == 0 => "nothing was fixed".to_owned(),
            Mode::Write => format!("fixed {findings} in {files}"),
            Mode::Diff if self.fixes == 0 => "nothing would be fixed".to_owned(),
            Mode::Diff => format!("would fix {findings} in {files}"),
        };
        // If the rest is checked next, the summary of the check reports this.
        if self.guesses > 0 && (mode == Mode::Diff || self.stdin.is_some()) {
            let guesses = counted(self.guesses as u64, "finding", "findings");
            message = format!("{message}; {guesses} more with `--unsafe-fixes`");
        }
        message.push('\n');
        stdio::eprint(&message);
    }
}
