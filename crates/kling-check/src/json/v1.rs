//! Version 1 of the JSON output.

#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::Serialize;

use crate::diagnostic;

/// The number that [`Report::version`] always has.
pub const VERSION: u32 = 1;

/// Findings of any number of requests, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "Report of kling check"))]
pub struct Report<'a> {
    /// The version of this format: 1.
    #[cfg_attr(feature = "schema", schemars(extend("const" = VERSION)))]
    pub version: u32,
    /// The findings, by request in the order of the input, within a request in the order of its text.
    pub diagnostics: Vec<Diagnostic<'a>>,
    /// The counts.
    pub summary: Summary,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Diagnostic<'a> {
    /// The file, as it was named or found; `-` is standard input.
    pub file: &'a str,
    /// The index of the request in the file, from 0; blank lines are not requests.
    pub request: u64,
    /// The model that the request was checked for; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "&str"))]
    pub model: Option<&'a str>,
    /// The kebab-case id of the rule.
    pub rule: &'a str,
    /// How bad it is.
    pub level: Level,
    /// What the service does with such a request, as far as is known: `source` says whether a page says so.
    pub service: Service,
    /// What is wrong.
    pub message: &'a str,
    /// What to do; absent if nothing can be said in general.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "&str"))]
    pub help: Option<&'a str>,
    /// Why: the place on the model's page, or the reason.
    pub source: &'a str,
    /// The newest other edition of the model's page that accepts what was found; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "&str"))]
    pub other_edition: Option<&'a str>,
    /// JSON Pointer (RFC 6901) of the value or member in the request; `""` is the request.
    pub pointer: &'a str,
    /// The bytes of the file that the finding is about.
    pub span: Span,
    /// Line and column of the first byte.
    pub start: Position,
    /// Line and column of the byte after the last one.
    pub end: Position,
    /// How to fix it; absent if that is not known or was not requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Fix<'a>"))]
    pub fix: Option<Fix<'a>>,
}

/// A fix for one finding: all of its edits, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Fix<'a> {
    /// Whether it guesses nothing and changes no bill.
    pub safe: bool,
    /// What it changes, in the order of the file, without overlap.
    pub edits: Vec<Edit<'a>>,
}

/// A replacement of some bytes of the file; an insertion where `start` is `end`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Edit<'a> {
    /// The first byte that is replaced.
    pub start: u64,
    /// One past the last byte that is replaced.
    pub end: u64,
    /// What is written there instead.
    pub text: &'a str,
}

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Documented as refused, contradictory, or certain to lose what was paid for.
    Error,
    /// Accepted, but probably not intended, or without effect.
    Warning,
    /// A limit of the upstream service.
    Note,
}

/// What the service does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Answers with an error and charges nothing.
    Refuses,
    /// Ignores what is wrong, makes the video without it and charges.
    Ignores,
    /// Not documented.
    Unknown,
}

/// A half-open range of byte offsets in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Span {
    /// The first byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Position {
    /// The line, from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub line: u64,
    /// The column in Unicode scalar values, from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub column: u64,
}

/// How many requests and findings there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Summary {
    /// Requests that were checked.
    pub requests: u64,
    /// Errors among the diagnostics.
    pub errors: u64,
    /// Warnings among the diagnostics.
    pub warnings: u64,
    /// Notes among the diagnostics.
    pub notes: u64,
    /// Files and lines in folders that are not requests and were skipped.
    pub skipped: u64,
    /// Findings of any level beyond the limit of a request, which are not among the diagnostics.
    pub omitted: u64,
}

/// Where a request is in its file, to offset the places of its findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location<'a> {
    /// The name of the file.
    pub file: &'a str,
    /// The index of the request in the file, from 0.
    pub request: u64,
    /// The bytes of the file before the request.
    pub offset: u64,
    /// The lines of the file before the one on which the request begins.
    pub lines: u64,
}

impl<'a> Diagnostic<'a> {
    /// Converts a finding of the request at `location`, which was checked for `model`.
    ///
    /// A request must begin at the beginning of a line, because columns are not changed.
    ///
    /// ```
    /// use kling_check::json::v1::{Diagnostic, Location};
    /// use kling_json::Document;
    /// let checker = kling_check::Checker::embedded();
    /// let document = Document::read(r#"{"model": "kling-v3", "prompt": "a boat", "duration": 7}"#);
    /// let report = checker.check(&document);
    /// let location = Location { file: "batch.jsonl", request: 3, offset: 1000, lines: 4 };
    /// let diagnostics = report.diagnostics();
    /// let found = Diagnostic::new(location, report.model(), &diagnostics[0]);
    /// assert_eq!((found.request, found.start.line), (3, 5));
    /// assert!(found.span.start > 1000);
    /// ```
    pub fn new(
        location: Location<'a>,
        model: Option<&'a str>,
        found: &'a diagnostic::Diagnostic,
    ) -> Self {
        let position = |at: kling_json::Position| Position {
            line: location.lines.saturating_add(wide(at.line)),
            column: wide(at.column),
        };
        Self {
            file: location.file,
            request: location.request,
            model,
            rule: &found.rule,
            level: found.level.into(),
            service: found.service.into(),
            message: &found.message,
            help: found.help.as_deref(),
            source: &found.source,
            other_edition: found.other_edition.as_ref().map(|other| other.id),
            pointer: &found.pointer,
            span: Span {
                start: location.offset.saturating_add(wide(found.span.start)),
                end: location.offset.saturating_add(wide(found.span.end)),
            },
            start: position(found.start),
            end: position(found.end),
            fix: None,
        }
    }

    /// Adds the fix of the finding, which belongs to the request at `location`.
    ///
    /// ```
    /// use kling_check::json::v1::{Diagnostic, Location};
    /// let checker = kling_check::Checker::embedded();
    /// let text = r#"{"model": "kling-v3", "prompt": "a boat", "duration": "5"}"#;
    /// let document = kling_json::Document::read(text);
    /// let report = checker.check(&document);
    /// let (diagnostics, fixes) = (report.diagnostics(), report.fixes());
    /// let location = Location { file: "batch.jsonl", request: 3, offset: 1000, lines: 4 };
    /// let found = Diagnostic::new(location, report.model(), &diagnostics[0])
    ///     .with_fix(location, &fixes[0]);
    /// let fix = found.fix.expect("it was given");
    /// assert!(fix.safe);
    /// assert_eq!((fix.edits[0].start, fix.edits[0].text), (1054, "5"));
    /// ```
    #[must_use]
    pub fn with_fix(mut self, location: Location<'_>, fix: &'a crate::Fix) -> Self {
        let moved = |edit: &'a kling_json::Edit| Edit {
            start: location.offset.saturating_add(wide(edit.span.start)),
            end: location.offset.saturating_add(wide(edit.span.end)),
            text: &edit.text,
        };
        self.fix = Some(Fix {
            safe: fix.safe,
            edits: fix.edits.iter().map(moved).collect(),
        });
        self
    }
}

/// Returns the JSON Schema (Draft 2020-12) of [`Report`].
#[cfg(feature = "schema")]
pub fn report_schema() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Report<'_>>()
}

impl From<kling_spec::Level> for Level {
    fn from(level: kling_spec::Level) -> Self {
        match level {
            kling_spec::Level::Error => Self::Error,
            kling_spec::Level::Warning => Self::Warning,
            kling_spec::Level::Note => Self::Note,
        }
    }
}

impl From<kling_spec::Service> for Service {
    fn from(service: kling_spec::Service) -> Self {
        match service {
            kling_spec::Service::Refuses => Self::Refuses,
            kling_spec::Service::Ignores => Self::Ignores,
            kling_spec::Service::Unknown => Self::Unknown,
        }
    }
}

/// Widens a number: offsets of the format have 64 bits on every machine.
fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "schema")]
    #[test]
    fn the_schema_names_every_member_and_which_may_be_absent() {
        let schema = report_schema();
        let diagnostic = schema.pointer("/$defs/Diagnostic").unwrap();
        let members: Vec<&String> = diagnostic["properties"]
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(members.len(), 15);
        let required = diagnostic["required"].as_array().unwrap();
        assert_eq!(required.len(), 11);
        assert!(
            !required
                .iter()
                .any(|name| name == "model" || name == "help" || name == "fix")
        );
        assert_eq!(diagnostic["properties"]["help"]["type"], "string");
        assert_eq!(
            schema.pointer("/properties/version/const").unwrap(),
            VERSION
        );
    }

    #[test]
    fn places_are_moved_to_those_of_the_file() {
        let found = diagnostic::Diagnostic {
            rule: "wrong-value".into(),
            level: kling_spec::Level::Warning,
            service: kling_spec::Service::Ignores,
            is_documented: false,
            message: "m".to_owned(),
            help: None,
            source: "s".to_owned(),
            other_edition: None,
            pointer: "/a".to_owned(),
            span: kling_json::Span::new(2, 5),
            start: kling_json::Position { line: 1, column: 3 },
            end: kling_json::Position { line: 2, column: 1 },
        };
        let location = Location {
            file: "f",
            request: 7,
            offset: 5_000_000_000,
            lines: 9,
        };
        let moved = Diagnostic::new(location, Some("kling-v3"), &found);
        assert_eq!(
            moved.span,
            Span {
                start: 5_000_000_002,
                end: 5_000_000_005
            }
        );
        assert_eq!(
            moved.start,
            Position {
                line: 10,
                column: 3
            }
        );
        assert_eq!(
            moved.end,
            Position {
                line: 11,
                column: 1
            }
        );
        assert_eq!(
            (moved.level, moved.service),
            (Level::Warning, Service::Ignores)
        );
    }
}
