//! What the service does with the body of a submit, according to the checker's findings.

use kling_check::json::v1;
use kling_check::{Checker, Diagnostic, Report};
use kling_json::{Buffer, Document};
use serde::Serialize;

use crate::random::hash;

/// The maximum number of findings of a request that are evaluated; a request with more errors is refused.
pub(crate) const MAX_FINDINGS: usize = 1000;

/// The longest `client_business_id`, in bytes. The pages name no limit; this one bounds what is stored.
const MAX_CLIENT_ID: usize = 1024;

/// One finding of a request, as the page and the request log show it.
///
/// The texts are safe: what they quote of the request is shortened and contains no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The id of the rule.
    pub rule: String,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// What the service does about it: `refuses`, `ignores` or `unknown`.
    pub service: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Why.
    pub source: String,
    /// JSON Pointer to the place; `""` is the request.
    pub pointer: String,
    /// The bytes of the body that it is about.
    pub span: Span,
    /// Where the place begins.
    pub start: Position,
    /// Where the place ends.
    pub end: Position,
}

/// A half-open range of byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

/// A line and a column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The line.
    pub line: u64,
    /// The column, in Unicode scalar values.
    pub column: u64,
}

/// The service's decision on a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) findings: Vec<Finding>,
    pub(crate) outcome: Result<Order, Refusal>,
}

/// Why a body is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// JSON Pointer of the field.
    pub(crate) pointer: String,
    pub(crate) message: String,
}

/// What to generate and charge for a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) client_business_id: Option<String>,
    pub(crate) body_hash: String,
    /// As `body_hash`, without `client_business_id`.
    pub(crate) request_hash: String,
    /// The billing spec, if the contract specifies it.
    pub(crate) spec: Option<String>,
    /// The seconds that are charged, if the request specifies them.
    pub(crate) billed_seconds: Option<u32>,
    pub(crate) seconds: Option<u32>,
    pub(crate) ratio: Option<(u16, u16)>,
    pub(crate) short_side: Option<u32>,
    pub(crate) sound: bool,
}

/// Decides on a body as the service does: refuses what the service refuses, drops what it ignores, and accepts the
/// request where the service's behaviour is not known. In strict mode, refuses every error.
pub(crate) fn check(checker: &Checker, body: &[u8], is_strict: bool) -> Checked {
    let document = Document::read_bytes(body, Buffer::default());
    let report = checker.check(&document);
    let findings = findings(&report);
    let refused: Vec<&Finding> = findings
        .iter()
        .filter(|found| found.service == "refuses" || is_strict && found.level == "error")
        .collect();
    let outcome = match refused.split_first() {
        Some((first, others)) => Err(Refusal {
            pointer: first.pointer.clone(),
            message: with_count(&first.message, others.len()),
        }),
        None if report.omitted().errors > 0 => Err(Refusal {
            pointer: String::new(),
            message: "the request has too many problems to check".to_owned(),
        }),
        None => order(&report, &document),
    };
    Checked { findings, outcome }
}

fn with_count(message: &str, others: usize) -> String {
    match others {
        0 => message.to_owned(),
        others => format!("{message} (and {others} more)"),
    }
}

/// Converts the findings, through the checker's stable output format rather than its own types.
fn findings(report: &Report<'_>) -> Vec<Finding> {
    let location = v1::Location {
        file: "",
        request: 0,
        offset: 0,
        lines: 0,
    };
    let position = |at: v1::Position| Position {
        line: at.line,
        column: at.column,
    };
    let finding = |found: &Diagnostic| {
        let found = v1::Diagnostic::new(location, report.model(), found);
        Finding {
            rule: found.rule.to_owned(),
            level: match found.level {
                v1::Level::Error => "error",
                v1::Level::Warning => "warning",
                v1::Level::Note => "note",
            },
            service: match found.service {
                v1::Service::Refuses => "refuses",
                v1::Service::Ignores => "ignores",
                v1::Service::Unknown => "unknown",
            },
            message: found.message.to_owned(),
            help: found.help.map(str::to_owned),
            source: found.source.to_owned(),
            pointer: found.pointer.to_owned(),
            span: Span {
                start: found.span.start,
                end: found.span.end,
            },
            start: position(found.start),
            end: position(found.end),
        }
    };
    report.diagnostics().iter().map(finding).collect()
}

/// Returns the order for a request that the checker accepts; such a request is an object.
fn order(report: &Report<'_>, document: &Document<'_>) -> Result<Order, Refusal> {
    let text = document.text();
    let member = |name: &str| {
        let text = document.root().member(name)?.text()?;
        Some(text.decode().into_owned())
    };
    let client_business_id = member("client_business_id");
    if client_business_id
        .as_ref()
        .is_some_and(|id| id.len() > MAX_CLIENT_ID)
    {
        return Err(Refusal {
            pointer: "/client_business_id".to_owned(),
            message: format!("`client_business_id` has more than {MAX_CLIENT_ID} bytes"),
        });
    }
    let output = report.output().unwrap_or_default();
    // With duplicate keys there is no canonical text, so such a body is identified by its bytes.
    let hash_of = |text: &str| {
        let canonical = kling_json::canonical(text);
        hash(canonical.as_ref().map_or(text.as_bytes(), String::as_bytes))
    };
    let body_hash = hash_of(text);
    let request_hash = match client_business_id {
        Some(_) => hash_of(&without_client_id(text)),
        None => body_hash.clone(),
    };
    let bill = report.bill().ok();
    Ok(Order {
        model: report.model().unwrap_or_default().to_owned(),
        prompt: member("prompt").unwrap_or_default(),
        client_business_id,
        body_hash,
        request_hash,
        spec: bill.map(|bill| bill.spec.to_owned()),
        billed_seconds: bill.and_then(|bill| bill.seconds),
        seconds: output.seconds,
        ratio: output.ratio,
        short_side: output.short_side,
        sound: output.sound,
    })
}

/// Returns the request without the id that its caller gave it.
fn without_client_id(text: &str) -> String {
    let read = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
    match read {
        Ok(mut members) => {
            members.remove("client_business_id");
            serde_json::Value::Object(members).to_string()
        }
        // The body has a number that cannot be written again, so it is identified by its bytes.
        Err(_) => text.to_owned(),
    }
}
