//! Sends a request: only one at a time, recorded before and after.

use std::time::{Duration, Instant};

use kling_http::{Body, Budget, Next, Verdict, next};
use kling_journal::{Event, Job};
use serde::Serialize;

use super::billing::Billing;
use super::print::{VERSION, note, push};
use super::recorder::Recorder;
use super::request::Bill;
use super::session::Session;
use super::stop::{Stop, describe};
use crate::exit::Exit;
use crate::machine;

/// The outcome of a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) kind: Kind,
    /// The task's id.
    pub(crate) id: Option<String>,
    /// An id that may be the task's.
    pub(crate) candidate: Option<String>,
    pub(crate) http_status: Option<u16>,
    /// What the service said, or what went wrong.
    pub(crate) reason: Option<String>,
    /// What the task costs, if the service says so.
    pub(crate) billing: Option<Billing>,
    /// Whether the request was sent by an earlier run, and nothing was sent now.
    pub(crate) known: bool,
}

/// The four verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Accepted,
    Rejected,
    NotSent,
    Unknown,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NotSent => "not-sent",
            Self::Unknown => "unknown",
        }
    }
}

/// What `kling submit` prints as JSON.
#[derive(Serialize)]
struct Output<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<u64>,
    verdict: &'static str,
    state: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    known: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_business_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill: Option<&'a Bill>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing: Option<&'a Billing>,
}

impl Answer {
    fn output<'a>(&'a self, session: &Session, job: &'a Job, bill: Option<&'a Bill>) -> Output<'a> {
        Output {
            version: VERSION,
            job: (!session.is_passing).then_some(job.number),
            verdict: self.kind.word(),
            state: job.state.word(),
            known: self.known,
            id: self.id.as_deref(),
            candidate: self.candidate.as_deref(),
            client_business_id: job.client_business_id.as_deref(),
            http_status: self.http_status,
            reason: self.reason.as_deref(),
            bill,
            billing: self.billing.as_ref(),
        }
    }

    /// Reports what the service says is wrong with a request that it accepted anyway.
    pub(crate) fn report_trouble(&self) {
        if let (Kind::Accepted, Some(reason), false) = (self.kind, &self.reason, self.known) {
            note(&format!(
                "warning: the service accepted the request, but reports a problem with it: {reason}"
            ));
        }
    }

    /// Prints a request that was accepted, or reports why no task was created, and what to do.
    pub(crate) fn end(
        &self,
        session: &Session,
        recorder: &Recorder,
        bill: Option<&Bill>,
    ) -> Result<Exit, Stop> {
        let job = recorder.job();
        let output = self.output(session, job, bill);
        self.report_trouble();
        match self.kind {
            Kind::Accepted => Ok(session.print.result(&output, || {
                let mut text = self.kind.word().to_owned();
                let mut line = |name: &str, value: &dyn std::fmt::Display| {
                    push(&mut text, format_args!("\n{name}: {value}"));
                };
                if let Some(id) = &self.id {
                    line("id", id);
                }
                if let Some(id) = &job.client_business_id {
                    line("client_business_id", id);
                }
                if let Some(bill) = bill {
                    line("bill", bill);
                }
                if let Some(billing) = &self.billing {
                    line("billing", billing);
                }
                text
            })),
            Kind::Rejected | Kind::NotSent | Kind::Unknown => {
                Err(self.stop(session, recorder).with(&output))
            }
        }
    }

    /// Returns why no task was created, and what to do.
    fn stop(&self, session: &Session, recorder: &Recorder) -> Stop {
        let reason = self.reason.as_deref().unwrap_or("it does not say why");
        let status = self
            .http_status
            .map_or_else(String::new, |status| format!(" (HTTP {status})"));
        match self.kind {
            Kind::Unknown => {
                let why = format!("{reason}{status}");
                let number = (!session.is_passing).then_some(recorder.job().number);
                let stop = Stop::unknown(number, &why);
                with_look_up(
                    stop,
                    "Look it up with",
                    session,
                    recorder,
                    self.candidate.as_deref(),
                )
            }
            Kind::NotSent => not_sent(
                session,
                recorder,
                format!("the service was not reached, and nothing was sent: {reason}"),
            ),
            Kind::Accepted | Kind::Rejected => {
                let hint = if self.http_status == Some(401) {
                    "; check the key"
                } else {
                    ""
                };
                Stop::new(
                    Exit::Rejected,
                    format!(
                        "the service rejected the request{status} and charged nothing: {reason}{hint}"
                    ),
                )
            }
        }
    }
}

/// Adds the command that looks up a request whose outcome is unknown, or what to do if there is nothing to look it up
/// by.
pub(crate) fn with_look_up(
    stop: Stop,
    what_for: &'static str,
    session: &Session,
    recorder: &Recorder,
    candidate: Option<&str>,
) -> Stop {
    let job = recorder.job();
    match job.client_business_id.as_deref().or(candidate) {
        Some(id) => stop.with_next(what_for, session.advice("status", id)),
        None => stop.because(
            "it was sent without a `client_business_id`: look for the task on the service's website, or pay for another with \
             `--again`",
        ),
    }
}

/// Returns how often and for how long `kling generate` retries if nothing was sent or the service asks to retry later.
pub(crate) fn budget(session: &Session) -> Budget {
    const ATTEMPTS: u32 = 4;
    const TIME: Duration = Duration::from_mins(2);
    let mut budget = Budget::new(ATTEMPTS, session.left().map_or(TIME, |left| left.min(TIME)));
    // The seed only spreads the pauses of several programs.
    budget.seed = machine::random().map_or(0, u64::from_le_bytes);
    budget
}

/// Sends a request and records the outcome. Without a budget there is one attempt.
pub(crate) async fn post(
    session: &Session,
    recorder: &mut Recorder,
    text: &str,
    budget: Option<Budget>,
) -> Result<Answer, Stop> {
    let body = Body::from_json_text(text);
    let mut budget = budget;
    loop {
        if session.signals.is_stopped() {
            return Err(stopped(session, recorder));
        }
        if session.left().is_some_and(|left| left.is_zero()) {
            let why = "the time was up before the request was sent; nothing was sent; allow more with `--timeout`";
            return Err(not_sent(session, recorder, why));
        }
        let began = Instant::now();
        recorder.send(body.text())?;
        let Some(verdict) = attempt(session, &body).await else {
            let answer = Answer {
                kind: Kind::Unknown,
                id: None,
                candidate: None,
                http_status: None,
                reason: Some(
                    "the time of `--timeout` was up before an answer was received".to_owned(),
                ),
                billing: None,
                known: false,
            };
            return Ok(concluded(session, recorder, answer));
        };
        let pause = match budget.as_ref().map(|budget| next(&verdict, budget)) {
            Some(Next::Resend { after }) => after,
            Some(Next::Stop) | None => {
                return Ok(concluded(session, recorder, answer(session, verdict)));
            }
        };
        let later = answer(session, verdict);
        let reason = later.reason.unwrap_or_default();
        let event = Event::NotSent {
            reason: reason.clone(),
        };
        recorder.record(session, event);
        note(&format!(
            "nothing was charged: {reason}; sending it again in {:.0} s",
            pause.as_secs_f64().ceil()
        ));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = session.signals.first() => return Err(stopped(session, recorder)),
        }
        budget = budget.map(|budget| budget.after_attempt(began.elapsed()));
    }
}

fn stopped(session: &Session, recorder: &Recorder) -> Stop {
    not_sent(
        session,
        recorder,
        "stopped before the request was sent; nothing was sent",
    )
}

/// Ends the command while the request is still unsent.
pub(crate) fn not_sent(session: &Session, recorder: &Recorder, why: impl Into<String>) -> Stop {
    let stop = Stop::new(Exit::NotReached, why);
    if session.is_passing {
        return stop;
    }
    stop.with_next("Send it with", session.resume(recorder.job().number))
}

/// Makes one attempt. Once the request has begun, waits for it even if the user wants to stop; `None` if the time is
/// up.
async fn attempt(session: &Session, body: &Body) -> Option<Verdict> {
    let submit = session.client.submit(body);
    tokio::pin!(submit);
    let out_of_time = async {
        match session.left() {
            Some(left) => tokio::time::sleep(left).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(out_of_time);
    let mut is_reported = false;
    loop {
        tokio::select! {
            biased;
            verdict = &mut submit => return Some(verdict),
            () = &mut out_of_time => return None,
            () = session.signals.first(), if !is_reported => {
                is_reported = true;
                note("the request is being sent: waiting for the answer. The next signal ends this at once, and the outcome is then unknown");
            }
        }
    }
}

/// Records the end of an attempt.
fn concluded(session: &Session, recorder: &mut Recorder, mut answer: Answer) -> Answer {
    // It cannot be known then whose task it is.
    if let (Kind::Accepted, Some(id)) = (answer.kind, &answer.id)
        && recorder.is_task_of_another(id)
    {
        answer.reason = Some(format!(
            "the service answered with the id {id}, which it has already given to another job"
        ));
        answer.kind = Kind::Unknown;
        answer.id = None;
    }
    let reason = answer.reason.clone().unwrap_or_default();
    let event = match answer.kind {
        Kind::Accepted => Event::Accepted {
            id: answer.id.clone().unwrap_or_default(),
        },
        Kind::Rejected => Event::Rejected {
            reason: match answer.http_status {
                Some(status) => format!("HTTP {status}: {reason}"),
                None => reason,
            },
        },
        Kind::NotSent => Event::NotSent { reason },
        Kind::Unknown => Event::Lost {
            candidate: answer.candidate.clone(),
            reason,
        },
    };
    recorder.record(session, event);
    if let Some(billing) = &answer.billing {
        recorder.billed(session, billing);
    }
    answer
}

fn answer(session: &Session, verdict: Verdict) -> Answer {
    let http_status = verdict.http_status();
    match verdict {
        Verdict::Accepted(accepted) => Answer {
            kind: Kind::Accepted,
            reason: accepted.reason(),
            billing: Billing::of_task(session, &accepted.task),
            id: Some(accepted.id),
            candidate: None,
            http_status,
            known: false,
        },
        Verdict::Rejected(rejected) => Answer {
            kind: Kind::Rejected,
            id: None,
            candidate: None,
            http_status,
            reason: Some(rejected.message).filter(|message| !message.is_empty()),
            billing: None,
            known: false,
        },
        Verdict::NotSent(not_sent) => Answer {
            kind: Kind::NotSent,
            id: None,
            candidate: None,
            http_status,
            reason: Some(describe(&not_sent.error)),
            billing: None,
            known: false,
        },
        Verdict::Unknown(unknown) => {
            let mut reason = unknown.error.to_string();
            // If there is a reason, the error already contains it.
            if let (Some(evidence), None) = (&unknown.evidence, &unknown.reason) {
                push(&mut reason, format_args!("; it began with: {evidence}"));
            }
            Answer {
                kind: Kind::Unknown,
                id: None,
                candidate: unknown.candidate,
                http_status,
                reason: Some(reason),
                billing: None,
                known: false,
            }
        }
    }
}
