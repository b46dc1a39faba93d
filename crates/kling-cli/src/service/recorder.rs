//! Records what happens to one job: before the request is sent this must succeed, afterwards it must not get in the
//! way.

use std::collections::VecDeque;

use kling_journal::{ClaimedJob, ErrorKind, Event, Job, Journal, State};

use super::billing::Billing;
use super::environment::now;
use super::print::note;
use super::session::Session;
use super::stop::Stop;
use crate::exit::Exit;

/// How many times recording is tried at the end while others keep the journal locked. Each try itself waits for some
/// seconds.
const LAST_TRIES: u32 = 6;

/// The journal, and the claim on one job in it.
pub(crate) struct Recorder {
    journal: Journal,
    /// The job as recorded in the journal.
    claimed_job: ClaimedJob,
    /// The job in its actual state.
    job: Job,
    /// Events that are not in the journal yet, oldest first.
    waiting: VecDeque<(Event, i64)>,
    /// Why they could not be recorded, once that is certain.
    lost: Option<String>,
}

impl Recorder {
    pub(crate) fn new(journal: Journal, claimed_job: ClaimedJob) -> Self {
        Self {
            journal,
            job: claimed_job.job().clone(),
            claimed_job,
            waiting: VecDeque::new(),
            lost: None,
        }
    }

    /// Returns the job in its actual state.
    pub(crate) const fn job(&self) -> &Job {
        &self.job
    }

    /// Whether the task with this id belongs to another job. Returns false if the journal cannot be read: that is
    /// reported when it is written.
    pub(crate) fn is_task_of_another(&self, id: &str) -> bool {
        self.journal
            .is_task_of_another(self.job(), id)
            .unwrap_or_default()
    }

    /// Records that the request is about to be sent. If this fails, it must not be sent.
    pub(crate) fn send(&mut self, text: &str) -> Result<(), Stop> {
        self.flush()?;
        self.journal
            .record_send(&mut self.claimed_job, text, now())
            .map_err(Stop::from)?;
        self.job.clone_from(self.claimed_job.job());
        Ok(())
    }

    /// Records the outcome of the request or the task. If this fails, reports what must not be lost, and retries with
    /// the next event.
    pub(crate) fn record(&mut self, session: &Session, event: Event) {
        let Ok((state, _)) = self.job.state.on(&event) else {
            debug_assert!(false, "{event:?} cannot follow {:?}", self.job.state);
            return;
        };
        self.job.state = state;
        if let Event::Billed { billing } = &event {
            self.job.billing = Some(billing.clone());
        }
        let keep = keep(session, &event);
        self.waiting.push_back((event, now()));
        if let Err(error) = self.flush() {
            note(&format!(
                "error: this could not be recorded: {error}; {keep}"
            ));
        }
    }

    /// Records the events that could not be recorded before.
    pub(crate) fn flush(&mut self) -> Result<(), kling_journal::Error> {
        while let Some((event, at)) = self.waiting.front() {
            self.journal
                .record(&mut self.claimed_job, event.clone(), *at)?;
            self.waiting.pop_front();
        }
        Ok(())
    }

    /// Records that the task is done, and the service's answer, unless that is known.
    pub(crate) fn completed(&mut self, session: &Session, answer: &str) {
        if matches!(self.job.state, State::Accepted { .. }) {
            self.answered(session, answer);
            self.record(session, Event::Completed);
        }
    }

    /// Records that the task failed, and the service's answer, unless that is known.
    pub(crate) fn failed(&mut self, session: &Session, reason: String, answer: &str) {
        if matches!(self.job.state, State::Accepted { .. }) {
            self.answered(session, answer);
            self.record(session, Event::Failed { reason });
        }
    }

    /// Records what the service says that the task costs, unless that is known.
    pub(crate) fn billed(&mut self, session: &Session, billing: &Billing) {
        let has_task = match self.job.state {
            State::Accepted { .. }
            | State::Completed { .. }
            | State::Saved { .. }
            | State::Failed { .. } => true,
            State::Intent | State::Sending | State::Rejected { .. } | State::Unknown { .. } => {
                false
            }
        };
        if let Some(event) = billing.event(&self.job).filter(|_| has_task) {
            self.record(session, event);
        }
    }

    fn answered(&mut self, session: &Session, answer: &str) {
        if answer.is_empty() {
            return;
        }
        let text = answer.to_owned();
        self.record(session, Event::Answered { text });
    }

    /// Records where the videos are, unless that is already known.
    pub(crate) fn saved(&mut self, session: &Session, files: Vec<(String, u64)>) {
        if matches!(self.job.state, State::Completed { .. }) {
            for (file, bytes) in files {
                self.record(session, Event::Saved { file, bytes });
            }
        }
    }

    /// Returns where the videos were saved.
    pub(crate) fn saved_files(&self) -> Result<Vec<(String, u64)>, Stop> {
        let (_, history) = self.journal.job(self.job.number)?;
        let events = history.into_iter().filter_map(|entry| entry.event);
        Ok(events
            .filter_map(|event| {
                if let Event::Saved { file, bytes } = event {
                    Some((file, bytes))
                } else {
                    None
                }
            })
            .collect())
    }

    /// Records the remaining events, with several tries; returns why they could not be recorded, if so.
    pub(crate) fn settle(&mut self, session: &Session) -> Option<&str> {
        let is_behind = !self.waiting.is_empty();
        let mut tries = 1;
        while self.lost.is_none()
            && let Err(error) = self.flush()
        {
            let is_busy = *error.kind() == ErrorKind::Busy;
            if is_busy && tries < LAST_TRIES && !session.signals.is_stopped() {
                if tries == 1 {
                    note("the journal is locked by other processes: trying again");
                }
                tries += 1;
            } else {
                self.lost = Some(format!("what happened could not be recorded: {error}"));
            }
        }
        if is_behind && self.lost.is_none() {
            note("everything is now recorded");
        }
        self.lost.as_deref()
    }

    /// Returns the members that describe the job in machine-readable output.
    pub(crate) fn object(&self) -> serde_json::Value {
        object(self.job())
    }

    /// Releases the job and ends the command, adding the job to a failure. A job with unrecorded events is not
    /// released: the next process then finds that its holder is gone, and looks it up.
    pub(crate) fn end(mut self, session: &Session, done: Result<Exit, Stop>) -> Result<Exit, Stop> {
        let object = self.object();
        let done = done.map_err(|stop| {
            if session.is_passing {
                stop
            } else {
                stop.with(&object)
            }
        });
        if self.settle(session).is_some() {
            return match done {
                Ok(Exit::Clean) => Ok(Exit::LocalIo),
                done => done,
            };
        }
        // If this fails, the claim ends with the process.
        let _ = self.journal.release(self.claimed_job);
        done
    }
}

/// Returns the members that describe a job in machine-readable output.
pub(crate) fn object(job: &Job) -> serde_json::Value {
    serde_json::json!({
        "job": job.number,
        "id": job.state.id(),
        "client_business_id": job.client_business_id,
        "state": job.state.word(),
    })
}

/// Ends the command for a job that could not be claimed, with what the journal knows of it.
pub(crate) fn not_claimed(session: &Session, error: kling_journal::Error, job: &Job) -> Stop {
    let is_passing_trouble = matches!(error.kind(), ErrorKind::Held(_) | ErrorKind::Busy);
    let stop = Stop::from(error).with(&object(job));
    if is_passing_trouble {
        stop.with_next("Then continue with", session.resume(job.number))
    } else {
        stop
    }
}

/// Returns what must not be lost of an unrecorded event, and how to continue without the journal.
fn keep(session: &Session, event: &Event) -> String {
    match event {
        Event::Accepted { id } | Event::Settled { id } => format!(
            "the service accepted the request as the task {id}, which is paid for: keep this id, `{}` continues without the journal",
            session.advice("wait", id)
        ),
        Event::Lost { .. } => {
            "it is not known whether the service accepted the request: do not send it again"
                .to_owned()
        }
        Event::Saved { file, .. } => format!("the video is saved in {file}"),
        Event::Billed { .. } => "what the task costs follows".to_owned(),
        Event::Completed => "the task is done".to_owned(),
        Event::Failed { .. } => "the task failed".to_owned(),
        Event::Rejected { .. } => "the service rejected the request".to_owned(),
        Event::NotSent { .. } => "nothing was sent".to_owned(),
        Event::Send | Event::Found | Event::Answered { .. } => {
            "the service's answer follows".to_owned()
        }
    }
}
