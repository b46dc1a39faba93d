//! Checking one request.

use kling_check::{Checker, Diagnostic, Expectation, Report, Texts};
use kling_spec::{CommonRule, Level, Service};

use crate::input::request::{Body, Request};
use crate::output::counts::Counts;
use crate::output::render::{Render, fixes};
use crate::run::{Task, Told};

/// How requests are checked.
pub(super) struct CheckTask<'r> {
    /// `None`: findings are only counted, by rule and by file.
    pub(super) renderer: Option<&'r dyn Render>,
    /// Whether what is skipped is told.
    pub(super) show_skipped: bool,
}

impl Task for CheckTask<'_> {
    type Tally = Counts;

    fn request(
        &self,
        request: &Request<'_>,
        expected: &mut Expectation,
        told: &mut Told,
        counts: &mut Counts,
    ) {
        let settings = request.settings;
        let mut report = report(request, expected);
        if (settings.assumes || !report.is_clean()) && request.is_something_else() {
            counts.summary.skipped += 1;
            if self.show_skipped {
                told.notes.push_str(&request.skipped());
            }
            return;
        }
        if !report.is_clean() {
            settings.levels.apply(&mut report);
            let fixes = if self.renderer.is_none_or(Render::wants_fixes) {
                fixes(request, &report)
            } else {
                Vec::new()
            };
            counts.add_fixes(&fixes);
            match self.renderer {
                Some(renderer) => renderer.findings(request, &report, &fixes, &mut told.out),
                None => counts.add_places(request, &report),
            }
        }
        counts.add_report(&report);
    }

    fn add(total: &mut Counts, part: Counts) {
        total.add(part);
    }

    fn shows_skipped(&self) -> bool {
        self.show_skipped
    }

    fn findings(counts: &Counts) -> u64 {
        counts.findings()
    }
}

/// The report of a request, whatever its text is.
pub(in crate::commands) fn report<'r>(
    request: &Request<'r>,
    expected: &mut Expectation,
) -> Report<'r> {
    let checker = &request.settings.checker;
    match request.body {
        Body::Text(text) => checker.check_expecting(text, expected),
        Body::Bytes(bytes) => checker.check_bytes(bytes),
        Body::TooLarge { .. } => too_large(checker, request.settings.limit),
    }
}

/// The finding of a request that was not read; it stands where the request begins.
pub(crate) fn too_large(checker: &Checker, limit: usize) -> Report<'_> {
    let rule = checker.common().rule(CommonRule::RequestTooLarge);
    let values = &[("limit", limit.to_string())];
    let found = Diagnostic::of_request(
        rule.rule.id(),
        rule.level.unwrap_or(Level::Error),
        rule.service.unwrap_or(Service::Unknown),
        Texts {
            message: rule.say.render(values).into(),
            help: rule.help.as_ref().map(|help| help.render(values).into()),
            source: rule.reason.as_deref().unwrap_or_default().into(),
        },
    );
    Report {
        diagnostics: vec![found],
        ..Report::default()
    }
}
