//! A finding in words, with its place, for people and programs.

mod message;
mod phrases;
mod unexpected_key;
mod value;

use std::borrow::Cow;

use kling_json::{LineWalker, Position, Span, SyntaxError};
use kling_spec::{CommonRuleText, Level, Service};

use crate::context::Context;
use crate::elsewhere::{OtherEdition, accepting};
use crate::finding::Finding;

pub(crate) use message::instead_of_unknown;

/// One finding in words, with its place in the text of the request. Borrows nothing.
///
/// Message, help and source are plain text to be read; quotations from the request are shortened and contain no
/// control, bidirectional or zero-width characters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The kebab-case id of the rule.
    pub rule: Cow<'static, str>,
    /// How bad it is.
    pub level: Level,
    /// What the service does with such a request.
    pub service: Service,
    /// Whether a page says what is claimed; otherwise it is inferred, and `source` says from what.
    pub is_documented: bool,
    /// What is wrong.
    pub message: String,
    /// What to do, if there is general advice.
    pub help: Option<String>,
    /// Why: the place on the model's page, or the reason.
    pub source: String,
    /// The newest other edition of the model's page that accepts what was found.
    pub other_edition: Option<OtherEdition>,
    /// RFC 6901 pointer of the value or member; `""` is the request.
    pub pointer: String,
    /// The place in the text of the request, in bytes.
    pub span: Span,
    /// Line and column of the first byte.
    pub start: Position,
    /// Line and column of the byte after the last one.
    pub end: Position,
}

/// The texts of a finding: message, help and source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FindingText {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) source: String,
}

impl Diagnostic {
    /// Makes the finding for a request that was not read, placed at its beginning.
    pub(crate) fn request_too_large(rule: &CommonRuleText, limit: usize) -> Self {
        let values = &[("limit", limit.to_string())];
        let help = rule.help.as_ref().map(|help| help.render(values));
        Self::at_beginning(rule, Service::Unknown, rule.say.render(values), help)
    }

    /// Makes the finding for a text that is not JSON, placed at its beginning.
    pub(crate) fn syntax(rule: &CommonRuleText, error: SyntaxError) -> Self {
        let message = rule.say.render(&[("what", message::syntax_error(error))]);
        let help = message::syntax_help(error).map(str::to_owned);
        Self::at_beginning(rule, Service::Refuses, message, help)
    }

    /// Makes a finding that has no document; `service` counts if the rule does not say what the service does.
    fn at_beginning(
        rule: &CommonRuleText,
        service: Service,
        message: String,
        help: Option<String>,
    ) -> Self {
        let start = Position { line: 1, column: 1 };
        Self {
            rule: Cow::Borrowed(rule.rule.id()),
            level: rule.level.unwrap_or(Level::Error),
            service: rule.service.unwrap_or(service),
            is_documented: false,
            message,
            help,
            source: rule.reason.clone().unwrap_or_default(),
            other_edition: None,
            pointer: String::new(),
            span: Span::default(),
            start,
            end: start,
        }
    }

    /// Puts a finding into words, with its context. `lines` has passed nothing after its beginning.
    fn new(finding: &Finding<'_>, context: &Context<'_>, lines: &mut LineWalker<'_>) -> Self {
        let FindingText {
            message,
            help,
            source,
        } = message::finding_text(finding, context);
        let rule = match finding.rule {
            crate::finding::Rule::Common(rule) => Cow::Borrowed(rule.id()),
            crate::finding::Rule::OfContract(rule) => Cow::Owned(rule.id.clone()),
        };
        let span = finding.span();
        let start = lines.position(span.start);
        Self {
            rule,
            level: finding.level,
            service: finding.service,
            is_documented: finding.is_documented(context),
            message,
            help,
            source,
            other_edition: accepting(finding, context, |table, field| {
                phrases::of_field(table, field).expected.clone()
            }),
            pointer: finding.pointer(),
            span,
            start,
            // The next finding may begin before this one ends.
            end: lines.clone().position(span.end),
        }
    }
}

/// Puts the findings into words, keeping their order, which is that of the text.
pub(crate) fn diagnostics(findings: &[Finding<'_>], context: &Context<'_>) -> Vec<Diagnostic> {
    let mut lines = LineWalker::new(context.document.text());
    let found = findings.iter();
    found
        .map(|finding| Diagnostic::new(finding, context, &mut lines))
        .collect()
}
