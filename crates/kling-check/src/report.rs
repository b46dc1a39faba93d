//! What checking a request gives: diagnostics, the bill, and what the video will be.

use std::borrow::Cow;

use kling_json::{Position, Span};
use kling_spec::{Level, Service};

use crate::deferred::DeferredTexts;

/// One finding, with its place in the text of the request.
///
/// Its words are made when they are first asked for: many readers only count findings, or show a few.
/// Message, help and source are plain text for people; what they quote of the request is shortened
/// and holds no control, bidirectional or zero-width character.
///
/// ```
/// let checker = kling_check::Checker::embedded();
/// let report = checker.check(r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 7}"#);
/// assert!(report.diagnostics[0].message().starts_with("`duration` must be"));
/// ```
#[derive(Debug, Clone)]
pub struct Diagnostic<'c> {
    /// The kebab-case id of the rule.
    pub rule: &'c str,
    /// How bad it is.
    pub level: Level,
    /// What the service does with such a request.
    pub service: Service,
    /// RFC 6901 pointer of the value or member; `""` is the request.
    pub pointer: String,
    /// Bytes in the text of the request.
    pub span: Span,
    /// Line and column of the first byte.
    pub start: Position,
    /// Line and column of the byte behind the last one.
    pub end: Position,
    pub(crate) texts: DeferredTexts<'c>,
}

/// The words of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts<'c> {
    /// What is wrong.
    pub message: Cow<'c, str>,
    /// What to do, where something general can be said.
    pub help: Option<Cow<'c, str>>,
    /// Why: the place on the model's page, or the reason.
    pub source: Cow<'c, str>,
}

impl<'c> Diagnostic<'c> {
    /// A finding that was made outside of the checker, as by a program that does not read a request
    /// over its limit. It stands at the beginning of the request.
    pub fn of_request(rule: &'c str, level: Level, service: Service, texts: Texts<'c>) -> Self {
        let start = Position { line: 1, column: 1 };
        Self {
            rule,
            level,
            service,
            pointer: String::new(),
            span: Span::default(),
            start,
            end: start,
            texts: DeferredTexts::given(texts),
        }
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.texts.texts().message
    }

    /// What to do, where something general can be said.
    pub fn help(&self) -> Option<&str> {
        self.texts.texts().help.as_deref()
    }

    /// Why: the place on the model's page, or the reason.
    pub fn source(&self) -> &str {
        &self.texts.texts().source
    }
}

impl PartialEq for Diagnostic<'_> {
    fn eq(&self, other: &Self) -> bool {
        let place = |found: &Self| (found.span, found.start, found.end);
        (self.rule, self.level, self.service, &self.pointer)
            == (other.rule, other.level, other.service, &other.pointer)
            && place(self) == place(other)
            && self.texts.texts() == other.texts.texts()
    }
}

impl Eq for Diagnostic<'_> {}

/// Findings beyond the limit of a request, which are counted but not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Omitted {
    /// Errors not kept.
    pub errors: u64,
    /// Warnings not kept.
    pub warnings: u64,
    /// Advice not kept.
    pub advice: u64,
}

impl Omitted {
    /// All findings not kept.
    pub const fn total(self) -> u64 {
        self.errors + self.warnings + self.advice
    }

    pub(crate) const fn count(&mut self, level: Level) {
        match level {
            Level::Error => self.errors += 1,
            Level::Warning => self.warnings += 1,
            Level::Advice => self.advice += 1,
        }
    }
}

/// What the service charges for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bill<'c> {
    /// The billing spec, such as `720P+Sound`.
    pub spec: &'c str,
    /// The seconds of video charged; `None` where the request does not tell, as for an edited video.
    pub seconds: Option<u32>,
}

/// What the video will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VideoOutput {
    /// Its length in seconds, where the request tells.
    pub seconds: Option<u32>,
    /// Its width and height as a ratio, parts from 1 to 9999, where the request tells.
    pub ratio: Option<(u16, u16)>,
    /// Its shorter side in pixels, where the contract has it.
    pub short_side: Option<u32>,
    /// Whether it has sound.
    pub sound: bool,
}

/// The outcome of checking one request.
///
/// `'c` is the checker, whose contracts lend the texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report<'c> {
    /// The model as whose request the text was read.
    pub model: Option<&'c str>,
    /// The findings kept, in the order of the text.
    pub diagnostics: Vec<Diagnostic<'c>>,
    /// The findings beyond the limit.
    pub omitted: Omitted,
    /// The bill, if the service would take the request and the contract says what it charges.
    pub bill: Option<Bill<'c>>,
    /// What the video will be, under the same condition as the bill.
    pub output: Option<VideoOutput>,
}

impl Report<'_> {
    /// Whether nothing at all was found.
    pub fn is_clean(&self) -> bool {
        self.diagnostics.is_empty() && self.omitted.total() == 0
    }

    /// Whether an error was found.
    pub fn has_errors(&self) -> bool {
        self.omitted.errors > 0
            || self
                .diagnostics
                .iter()
                .any(|found| found.level == Level::Error)
    }
}
