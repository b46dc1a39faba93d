//! What the service does with the body of a submit, according to the checker's findings.

use kling_check::json::v1;
use kling_check::{Checker, Diagnostic, Level, Report, Service};
use kling_json::{Buffer, Document};
use kling_spec::{Meaning, Spec, Step};
use serde::Serializer;

use crate::random::hash;

/// The maximum number of findings of a request that are evaluated; a request with more errors is refused.
pub(crate) const MAX_FINDINGS: usize = 1000;

const CLIENT_ID: &str = "client_business_id";
/// The longest `client_business_id`, in bytes. The pages name no limit; this one bounds what is stored.
const MAX_CLIENT_ID: usize = 1024;

/// The service's decision on a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) findings: Vec<Diagnostic>,
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
    let findings = report.diagnostics();
    let is_refused = |found: &&Diagnostic| {
        found.service == Service::Refuses || is_strict && found.level == Level::Error
    };
    let refused: Vec<&Diagnostic> = findings.iter().filter(is_refused).collect();
    let outcome = match refused.split_first() {
        Some((first, others)) => Err(Refusal {
            pointer: first.pointer.clone(),
            message: with_count(&first.message, others.len()),
        }),
        None if report.omitted().errors > 0 => Err(Refusal {
            pointer: String::new(),
            message: "the request has too many problems to check".to_owned(),
        }),
        None => order(checker, &report, &document),
    };
    Checked { findings, outcome }
}

fn with_count(message: &str, others: usize) -> String {
    match others {
        0 => message.to_owned(),
        others => format!("{message} (and {others} more)"),
    }
}

/// Writes findings as the page and the request log show them: in the form that the checker's reports have.
pub(crate) fn write<S: Serializer>(
    findings: &[Diagnostic],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let location = v1::Location {
        file: "",
        request: 0,
        offset: 0,
        lines: 0,
    };
    let written = |found| v1::Diagnostic::new(location, None, found);
    serializer.collect_seq(findings.iter().map(written))
}

/// Returns the order for a request that the checker accepts; such a request is an object.
fn order(
    checker: &Checker,
    report: &Report<'_>,
    document: &Document<'_>,
) -> Result<Order, Refusal> {
    let text = document.text();
    let member = |name: &str| {
        let text = document.root().member(name)?.text()?;
        Some(text.decode().into_owned())
    };
    let model = report.model().unwrap_or_default();
    let client_business_id = checker
        .spec(model)
        .and_then(|spec| client_id(spec, document));
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
        model: model.to_owned(),
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

/// Returns the id that the caller gave the request, in the first of the places where the contract has it.
fn client_id(spec: &Spec, document: &Document<'_>) -> Option<String> {
    let row = spec.meanings().get(&Meaning::ClientId)?;
    let places = std::iter::once(&row.to).chain(row.also.iter().map(|also| &also.to));
    let mut ids = places.filter_map(|path| {
        let mut steps = path.steps().iter();
        steps.try_fold(document.root(), |node, step| match step {
            Step::Member(name) => node.member(name),
            Step::Items => None,
        })
    });
    Some(ids.next()?.text()?.decode().into_owned())
}

/// Returns the request without the id that its caller gave it.
fn without_client_id(text: &str) -> String {
    let read = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
    match read {
        Ok(mut members) => {
            members.remove(CLIENT_ID);
            if let Some(serde_json::Value::Object(inner)) = members.get_mut("metadata") {
                inner.remove(CLIENT_ID);
            }
            serde_json::Value::Object(members).to_string()
        }
        // The body has a number that cannot be written again, so it is identified by its bytes.
        Err(_) => text.to_owned(),
    }
}
