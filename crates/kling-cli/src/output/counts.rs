//! How many requests and findings there were.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use kling_check::json::v1::Summary;
use kling_check::{Fix, Omitted};
use kling_spec::Level;

use crate::exit::Exit;
use crate::input::request::{FileName, Request};

/// Findings by level: errors, warnings, notes.
pub(crate) type ByLevel = [u64; 3];

/// The counts of a run, or of a part of it.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// All requests and findings.
    pub(crate) summary: Summary,
    /// Findings that `--fix` would fix.
    safe_fixes: u64,
    /// Findings that only `--unsafe-fixes` would fix.
    unsafe_fixes: u64,
    /// Requests that have no findings under another edition, by the newest such edition.
    clean_elsewhere: BTreeMap<&'static str, u64>,
    /// Whether there is an error among the findings over the limit of a request.
    omitted_errors: bool,
    /// Findings by rule; collected only if they are printed.
    pub(crate) rules: BTreeMap<Box<str>, ByLevel>,
    /// Findings by file in input order, for the files that have any; collected only if they are printed.
    pub(crate) files: Vec<(Arc<FileName>, ByLevel)>,
}

impl Counts {
    /// Counts a request, with the levels of its findings.
    pub(crate) fn add_request(
        &mut self,
        levels: impl IntoIterator<Item = Level>,
        omitted: Omitted,
    ) {
        self.summary.requests += 1;
        for level in levels {
            match level {
                Level::Error => self.summary.errors += 1,
                Level::Warning => self.summary.warnings += 1,
                Level::Note => self.summary.notes += 1,
            }
        }
        self.summary.omitted += omitted.total();
        self.omitted_errors |= omitted.errors > 0;
    }

    /// Counts the fixes of a request.
    pub(crate) fn add_fixes(&mut self, fixes: &[Fix]) {
        let safe = fixes.iter().filter(|fix| fix.safe).count();
        self.safe_fixes += safe as u64;
        self.unsafe_fixes += (fixes.len() - safe) as u64;
    }

    /// Counts a request that has no findings under another edition.
    pub(crate) fn add_clean_elsewhere(&mut self, edition: &'static str) {
        *self.clean_elsewhere.entry(edition).or_default() += 1;
    }

    /// Counts the findings of a request, given with their rules, by rule and for its file.
    pub(crate) fn add_places<'f>(
        &mut self,
        request: &Request<'_>,
        findings: impl IntoIterator<Item = (&'f str, Level)>,
    ) {
        let mut all = ByLevel::default();
        for (rule, level) in findings {
            let counts = match self.rules.get_mut(rule) {
                Some(counts) => counts,
                None => self.rules.entry(rule.into()).or_default(),
            };
            counts[level as usize] += 1;
            all[level as usize] += 1;
        }
        if all != ByLevel::default() {
            self.add_file(request.file, all);
        }
    }

    /// Adds the counts of a later part.
    pub(crate) fn add(&mut self, part: Self) {
        let Summary {
            requests,
            errors,
            warnings,
            notes,
            skipped,
            omitted,
        } = part.summary;
        self.summary.requests += requests;
        self.summary.errors += errors;
        self.summary.warnings += warnings;
        self.summary.notes += notes;
        self.summary.skipped += skipped;
        self.summary.omitted += omitted;
        self.omitted_errors |= part.omitted_errors;
        self.safe_fixes += part.safe_fixes;
        self.unsafe_fixes += part.unsafe_fixes;
        for (edition, requests) in part.clean_elsewhere {
            *self.clean_elsewhere.entry(edition).or_default() += requests;
        }
        for (rule, counts) in part.rules {
            add(self.rules.entry(rule).or_default(), counts);
        }
        for (file, counts) in part.files {
            self.add_file(&file, counts);
        }
    }

    /// Returns the number of all findings, including those over the limit of a request.
    pub(crate) const fn findings(&self) -> u64 {
        let Summary {
            errors,
            warnings,
            notes,
            omitted,
            ..
        } = self.summary;
        errors + warnings + notes + omitted
    }

    /// Returns the exit code of a run with these findings.
    pub(crate) const fn exit(&self) -> Exit {
        if self.summary.errors > 0 || self.omitted_errors {
            Exit::Errors
        } else {
            Exit::Clean
        }
    }

    fn add_file(&mut self, file: &Arc<FileName>, counts: ByLevel) {
        match self.files.last_mut() {
            Some((last, sum)) if Arc::ptr_eq(last, file) => add(sum, counts),
            Some(_) | None => self.files.push((Arc::clone(file), counts)),
        }
    }
}

fn add(sum: &mut ByLevel, part: ByLevel) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}

/// Formats a number with its noun: `1 request`, `2 requests`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Describes what a run has found, in one line.
pub(crate) fn sentence(counts: &Counts, files: u64) -> String {
    let summary = &counts.summary;
    let mut line = format!(
        "checked {} in {}: ",
        counted(summary.requests, "request", "requests"),
        counted(files, "file", "files"),
    );
    let mut parts = Vec::new();
    let mut part = |number: u64, message: String| {
        if number > 0 {
            parts.push(message);
        }
    };
    part(summary.errors, counted(summary.errors, "error", "errors"));
    part(
        summary.warnings,
        counted(summary.warnings, "warning", "warnings"),
    );
    part(summary.notes, counted(summary.notes, "note", "notes"));
    part(
        summary.omitted,
        format!("{} more not shown", summary.omitted),
    );
    if parts.is_empty() {
        parts.push("no findings".to_owned());
    }
    line.push_str(&parts.join(", "));
    if summary.skipped > 0 {
        line.push_str("; skipped ");
        line.push_str(&counted(
            summary.skipped,
            "file or line that is not a request",
            "files or lines that are not requests",
        ));
    }
    line.push_str(&fixable(counts));
    line.push('\n');
    for (edition, requests) in counts.clean_elsewhere.iter().rev() {
        let requests = counted(*requests, "request is", "requests are");
        writeln!(
            line,
            "{requests} clean under the edition {edition}: `--edition {edition}`"
        )
        .expect("writing to a String cannot fail");
    }
    line
}

/// Describes how many findings the program can fix itself.
fn fixable(counts: &Counts) -> String {
    match (counts.safe_fixes, counts.unsafe_fixes) {
        (0, 0) => String::new(),
        (safe, 0) => format!("; {safe} fixable with `--fix`"),
        (0, guesses) => format!("; {guesses} fixable with `--unsafe-fixes`"),
        (safe, guesses) => {
            format!("; {safe} fixable with `--fix`, {guesses} more with `--unsafe-fixes`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_omits_zero_counts() {
        let mut none = Counts::default();
        none.summary.requests = 1;
        assert_eq!(
            sentence(&none, 1),
            "checked 1 request in 1 file: no findings\n"
        );
        let summary = Summary {
            requests: 12,
            errors: 2,
            warnings: 1,
            notes: 3,
            skipped: 1,
            omitted: 4,
        };
        let mut some = Counts {
            summary,
            ..Counts::default()
        };
        assert_eq!(
            sentence(&some, 3),
            "checked 12 requests in 3 files: 2 errors, 1 warning, 3 notes, 4 more not shown; \
             skipped 1 file or line that is not a request\n"
        );
        for (safe, guesses, message) in [
            (1, 0, "1 fixable with `--fix`"),
            (0, 2, "2 fixable with `--unsafe-fixes`"),
            (1, 2, "1 fixable with `--fix`, 2 more with `--unsafe-fixes`"),
        ] {
            (some.safe_fixes, some.unsafe_fixes) = (safe, guesses);
            let message = format!("is not a request; {message}\n");
            assert!(
                sentence(&some, 3).ends_with(&message),
                "{}",
                sentence(&some, 3)
            );
        }
    }
}
