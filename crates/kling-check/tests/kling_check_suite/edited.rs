//! Fixtures with odd edits: the checker never panics, and always gives the same answer.

use kling_check::{
    Bill, Checker, DEFAULT_MAX_FINDINGS, Diagnostic, NoBill, Omitted, Report, VideoOutput,
};
use kling_json::Document;

use crate::support::fixture_texts;

/// What edits insert into a text: signs and words that mean something to one of the readers.
const TOKENS: &[&str] = &[
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "0",
    "5",
    "15",
    "5.0",
    "1e400",
    "-",
    ".",
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "\"\"",
    "\"15\"",
    "\"prompt\":",
    "\"mode\":\"pro\",",
    "\"audio\":true,",
    "\"duration\":10,",
    "<<<image_1>>>",
    "<<<image_2>>>",
    "<<<",
    "@image_1",
    "https://example.com/a.png",
    "http://10.0.0.1/a",
    "\\u0061",
    "\\ud800",
    "\u{3000}",
    "雨",
    "\"image_urls\":[],",
    "\"model\":\"kling-v3\",",
    "model",
    "first_frame",
    "end_frame",
    "\"refer_type\":\"base\",",
    "16:9",
    "3:2",
];

/// Small random numbers, the same in every run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// Replaces a part of the text by a token, by another part, or by nothing.
    fn edit(&mut self, text: &mut String) {
        let start = self.place(text);
        let mut end = start;
        if self.below(2) == 0 {
            let reach = self.below(12);
            end = (start + reach).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
        }
        let put = if self.below(4) == 0 {
            let (one, other) = (self.place(text), self.place(text));
            let part = &text[one.min(other)..one.max(other)];
            part.chars().take(100).collect()
        } else {
            TOKENS[self.below(TOKENS.len())].to_owned()
        };
        text.replace_range(start..end, &put);
    }
}

/// Returns each fixture `rounds` times, with one to three edits each.
pub(crate) fn edited_fixtures(rounds: usize) -> Vec<String> {
    let mut noise = Noise(0x2545_f491_4f6c_dd1d);
    let mut texts = Vec::new();
    for fixture in fixture_texts().filter(|fixture| fixture.len() < 20_000) {
        for round in 0..rounds {
            let mut text = fixture.clone();
            for _ in 0..=round % 3 {
                noise.edit(&mut text);
            }
            texts.push(text);
        }
    }
    texts
}

/// Everything that a report says.
#[derive(Debug, PartialEq)]
pub(crate) struct ReportContent<'d> {
    model: Option<&'d str>,
    diagnostics: Vec<Diagnostic>,
    omitted: Omitted,
    bill: Result<Bill<'d>, NoBill>,
    output: Option<VideoOutput>,
}

impl<'d> ReportContent<'d> {
    pub(crate) fn of(report: &Report<'d>) -> Self {
        Self {
            model: report.model(),
            diagnostics: report.diagnostics(),
            omitted: report.omitted(),
            bill: report.bill(),
            output: report.output(),
        }
    }
}

/// Asserts that a text has only one report, and that its findings agree with its diagnostics. Returns whether it is
/// clean.
#[track_caller]
pub(crate) fn check_determinism(checker: &Checker, text: &str) -> bool {
    let document = Document::read(text);
    let report = checker.check(&document);
    let content = ReportContent::of(&report);
    assert_eq!(
        content,
        ReportContent::of(&checker.check(&document)),
        "{text}"
    );
    let used = Document::read("[1, {\"a\": [2]}]").into_buffer();
    let again = Document::read_bytes(text.as_bytes(), used);
    assert_eq!(content, ReportContent::of(&checker.check(&again)), "{text}");
    assert_eq!(content.model, checker.model(&document), "{text}");
    assert!(content.diagnostics.len() <= DEFAULT_MAX_FINDINGS, "{text}");
    let found = report.findings().iter();
    let found = found.map(|found| {
        (
            found.rule().id(),
            found.level(),
            found.service(),
            found.span(),
        )
    });
    let reported = content.diagnostics.iter();
    let reported = reported.map(|one| (&*one.rule, one.level, one.service, one.span));
    assert!(found.eq(reported), "{text}");
    report.is_clean()
}

#[test]
fn an_edited_fixture_has_one_answer() {
    let checker = Checker::embedded();
    let assuming = Checker::embedded().assume_model("kling-v3-omni").unwrap();
    let (mut clean, mut faulty) = (0, 0);
    for (index, text) in edited_fixtures(40).iter().enumerate() {
        let is_clean = check_determinism(&checker, text);
        check_determinism(&assuming, text);
        // Fixes take many checks, so only some texts are fixed.
        if index % 8 == 0 {
            let document = Document::read(text.as_str());
            let fixes = || assuming.check(&document).fixes();
            assert_eq!(fixes(), fixes(), "{text}");
        }
        *if is_clean { &mut clean } else { &mut faulty } += 1;
    }
    assert!(
        clean > 250 && faulty > 5_000,
        "{clean} clean, {faulty} faulty"
    );
}
