//! Checks a single request.

use std::mem;

use kling_json::{Buffer, Document};

use crate::input::request::Request;
use crate::output::counts::Counts;
use crate::output::findings::Findings;
use crate::output::render::Render;
use crate::run::{RunOutput, Task};

/// How requests are checked.
pub(super) struct CheckTask<'r> {
    /// `None`: findings are only counted, by rule and by file.
    pub(super) renderer: Option<&'r dyn Render>,
    /// Whether skipped texts are reported.
    pub(super) show_skipped: bool,
}

impl Task for CheckTask<'_> {
    type Tally = Counts;

    fn request(
        &self,
        request: &Request<'_>,
        buffer: &mut Buffer,
        output: &mut RunOutput,
        counts: &mut Counts,
    ) {
        match request.document(mem::take(buffer)) {
            Some(document) => {
                self.check(request, &document, output, counts);
                *buffer = document.into_buffer();
            }
            None => self.too_large(request, output, counts),
        }
    }

    fn add(total: &mut Counts, part: Counts) {
        total.add(part);
    }

    fn shows_skipped(&self) -> bool {
        self.show_skipped
    }

    fn is_in_order(&self) -> bool {
        self.renderer.is_some_and(Render::is_in_order)
    }

    fn findings(counts: &Counts) -> u64 {
        counts.findings()
    }
}

impl CheckTask<'_> {
    fn check(
        &self,
        request: &Request<'_>,
        document: &Document<'_>,
        output: &mut RunOutput,
        counts: &mut Counts,
    ) {
        let settings = request.settings;
        let mut report = settings.checker.check(document);
        if (settings.assumes || !report.is_clean()) && request.is_something_else() {
            self.skip(request, output, counts);
            return;
        }
        if !report.is_clean() {
            settings.levels.apply(&mut report);
            let wants_fixes = self.renderer.is_none_or(Render::wants_fixes);
            let fixes = if wants_fixes {
                report.fixes()
            } else {
                Vec::new()
            };
            counts.add_fixes(&fixes);
            if wants_fixes && let Some(edition) = report.clean_edition() {
                counts.add_clean_elsewhere(edition);
            }
            if let Some(renderer) = self.renderer {
                let found = Findings::new(&report, fixes);
                renderer.findings(request, &found, &mut output.out);
            } else {
                let found = report.findings().iter();
                let found = found.map(|found| (found.rule().id(), found.level()));
                counts.add_places(request, found);
            }
        }
        let levels = report.findings().iter().map(kling_check::Finding::level);
        counts.add_request(levels, report.omitted());
    }

    /// Reports a request that was too large to be read.
    fn too_large(&self, request: &Request<'_>, output: &mut RunOutput, counts: &mut Counts) {
        if request.is_something_else() {
            self.skip(request, output, counts);
            return;
        }
        let settings = request.settings;
        let found = settings.checker.request_too_large(settings.limit);
        let found = settings.levels.applied(found);
        let found = found.map_or_else(Findings::default, Findings::of);
        if let Some(renderer) = self.renderer {
            renderer.findings(request, &found, &mut output.out);
        } else {
            let found = found.diagnostics.iter();
            counts.add_places(request, found.map(|found| (&*found.rule, found.level)));
        }
        let levels = found.diagnostics.iter().map(|found| found.level);
        counts.add_request(levels, found.omitted);
    }

    fn skip(&self, request: &Request<'_>, output: &mut RunOutput, counts: &mut Counts) {
        counts.summary.skipped += 1;
        if self.show_skipped {
            output.notes.push_str(&request.skipped());
        }
    }
}
