//! What is known about a job, from its record and from the text of its request.

use kling_check::Checker;
use kling_journal::{Job, Journal, State};
use kling_json::Document;
use kling_url::TrustedOrigins;
use serde::Serialize;

use crate::service::billing::Billing;
use crate::service::request::Bill;
use crate::service::stop::Stop;

/// A job in machine-readable form.
#[derive(Serialize)]
pub(super) struct Facts<'a> {
    pub(super) job: u64,
    pub(super) state: &'static str,
    /// Whether the service has charged for it; absent if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) charged: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_business_id: Option<&'a str>,
    pub(super) service: &'a str,
    pub(super) created: i64,
    pub(super) changed: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bill: Option<Bill>,
    /// What the service last said that it costs; absent if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) billing: Option<Billing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'a str>,
}

impl<'a> Facts<'a> {
    /// Collects the facts about a job in this state, as returned by [`word`].
    pub(super) fn new(job: &'a Job, state: &'static str, checker: &Checker) -> Self {
        let document = Document::read(job.text.as_str());
        let member = |name: &str| {
            let text = document.root().member(name)?.text()?;
            Some(text.decode().into_owned())
        };
        let billing = Billing::of_job(job);
        let charged = billing.as_ref().and_then(Billing::charged);
        Self {
            job: job.number,
            state,
            charged: charged.or_else(|| self::charged(state)),
            id: job.state.id(),
            client_business_id: job.client_business_id.as_deref(),
            service: &job.service,
            created: job.created,
            changed: job.changed,
            model: member("model"),
            bill: bill(checker, &document),
            billing,
            prompt: member("prompt"),
            source: job.source.as_deref(),
            file: match &job.state {
                State::Saved { file, .. } => Some(file),
                State::Intent
                | State::Sending
                | State::Accepted { .. }
                | State::Completed { .. }
                | State::Rejected { .. }
                | State::Failed { .. }
                | State::Unknown { .. } => None,
            },
            reason: job.state.reason(),
        }
    }
}

/// Returns the word for a job's state. A request that was being sent by a process that no longer exists is unknown.
pub(super) fn word(journal: &mut Journal, job: &Job) -> Result<&'static str, Stop> {
    let gone = job.state == State::Sending && journal.holder(job.number)?.is_none();
    Ok(if gone { "unknown" } else { job.state.word() })
}

/// Returns the bill of a request; if it is only right under another edition, the bill of that one.
fn bill(checker: &Checker, document: &Document<'_>) -> Option<Bill> {
    let report = checker.check(document);
    if let Ok(bill) = report.bill() {
        return Some(Bill::from(bill));
    }
    let other = Checker::edition(report.clean_edition()?).ok()?;
    other.check(document).bill().ok().map(Bill::from)
}

/// Whether a job in this state is charged, if the service does not say what it costs. Some refund a task that failed.
fn charged(state: &str) -> Option<bool> {
    match state {
        "intent" | "rejected" => Some(false),
        "accepted" | "completed" | "saved" => Some(true),
        _ => None,
    }
}

/// Returns the checker that determines the bills of these jobs.
pub(super) fn checker<'a>(jobs: impl Iterator<Item = &'a Job>) -> Checker {
    let mut trusted = TrustedOrigins::default();
    for job in jobs {
        // Files that were uploaded to the service are trusted. A text that is not a URL names no files either.
        let _ = trusted.insert(&job.service);
    }
    Checker::embedded().trust(trusted)
}
