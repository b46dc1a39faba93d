//! One job, with its history and the text of its request.

use kling_journal::{Entry, Event, Job};
use serde::Serialize;

use super::facts::{self, Facts};
use crate::exit::Exit;
use crate::service::billing::{Billing, NOT_KNOWN};
use crate::service::clock;
use crate::service::print::{Print, VERSION, push};

/// What `kling jobs show` prints as JSON.
#[derive(Serialize)]
struct Output<'a> {
    version: u32,
    #[serde(flatten)]
    job: Facts<'a>,
    attempts: u32,
    key: &'a str,
    request: &'a str,
    history: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    sequence: u64,
    at: i64,
    event: &'a str,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// The answer itself, as far as it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a str>,
    /// What the service said that the task costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    billing: Option<Billing>,
}

/// Describes what happened, for people.
fn describe(event: Option<&Event>) -> String {
    match event {
        None => "recorded, before anything was sent".to_owned(),
        Some(Event::Send) => "sending it".to_owned(),
        Some(Event::NotSent { .. }) => "nothing was sent".to_owned(),
        Some(Event::Accepted { id }) => format!("accepted as {id}"),
        Some(Event::Rejected { .. }) => "rejected by the service".to_owned(),
        Some(Event::Lost { .. }) => {
            "no usable answer was received: the outcome is unknown".to_owned()
        }
        Some(Event::Found) => "found again by another run".to_owned(),
        Some(Event::Settled { id }) => format!("looked up: the service has it as {id}"),
        Some(Event::Answered { .. }) => "the service answered for the last time".to_owned(),
        Some(Event::Billed { .. }) => "the service said what it costs".to_owned(),
        Some(Event::Completed) => "the video is made".to_owned(),
        Some(Event::Failed { .. }) => "failed at the service".to_owned(),
        Some(Event::Saved { file, .. }) => format!("saved in {file}"),
    }
}

impl<'a> Line<'a> {
    fn new(entry: &'a Entry) -> Self {
        let answer = match &entry.event {
            Some(Event::Answered { text }) => Some(text.as_str()),
            _ => None,
        };
        let reason = match &entry.event {
            Some(
                Event::NotSent { reason }
                | Event::Rejected { reason }
                | Event::Lost { reason, .. }
                | Event::Failed { reason },
            ) => Some(reason.as_str()),
            Some(
                Event::Send
                | Event::Accepted { .. }
                | Event::Found
                | Event::Settled { .. }
                | Event::Answered { .. }
                | Event::Billed { .. }
                | Event::Completed
                | Event::Saved { .. },
            )
            | None => None,
        };
        Self {
            sequence: entry.sequence,
            at: entry.at,
            event: entry.event.as_ref().map_or("intent", Event::word),
            state: entry.state.word(),
            reason: reason.filter(|reason| !reason.is_empty()),
            answer,
            billing: match &entry.event {
                Some(Event::Billed { billing }) => Some(Billing::from(billing.clone())),
                _ => None,
            },
        }
    }
}

pub(super) fn print(print: Print, job: &Job, word: &'static str, history: &[Entry]) -> Exit {
    let output = Output {
        version: VERSION,
        job: Facts::new(job, word, &facts::checker(std::iter::once(job))),
        attempts: job.attempts,
        key: job.key.as_str(),
        request: &job.text,
        history: history.iter().map(Line::new).collect(),
    };
    print.result(&output, || {
        let mut text = format!("job {}: {word}\n", job.number);
        let mut line = |name: &str, value: &str| push(&mut text, format_args!("{name}: {value}\n"));
        line("service", &job.service);
        if output.job.charged == Some(false) {
            line("charged", "no");
        } else if let Some(bill) = &output.job.bill {
            line("bill", &bill.to_string());
        }
        match &output.job.billing {
            Some(billing) => line("billing", &billing.to_string()),
            None if word == "failed" => line("billing", NOT_KNOWN),
            None => {}
        }
        if let Some(id) = job.state.id() {
            line("id", id);
        }
        if let Some(id) = &job.client_business_id {
            line("client_business_id", id);
        }
        if let Some(source) = &job.source {
            line("request", source);
        }
        if let Some(file) = output.job.file {
            line("video", file);
        }
        for (line, entry) in output.history.iter().zip(history) {
            let billing = line.billing.as_ref().map(ToString::to_string);
            let why = line.reason.or(line.answer).or(billing.as_deref());
            let reason = why.map_or_else(String::new, |reason| format!(": {reason}"));
            push(
                &mut text,
                format_args!(
                    "{}: {}{reason}\n",
                    clock::local(entry.at),
                    describe(entry.event.as_ref())
                ),
            );
        }
        // A tab would be shown as an escape sequence.
        text.push_str(&job.text.replace('\t', "  "));
        text
    })
}
