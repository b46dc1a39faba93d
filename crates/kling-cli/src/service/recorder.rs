//! Recording what happens to one job: before the request leaves it must succeed, afterwards it must not get in the way.

use kling_journal::{Event, Job, Journal, State, Ticket};

use super::environment::now;
use super::print::note;
use super::stop::Stop;
use crate::exit::Exit;

/// The journal, and the right to one job in it.
pub(crate) struct Recorder {
    journal: Journal,
    ticket: Ticket,
    /// Whether something could not be recorded; nothing more is then, and the command does not end well.
    is_broken: bool,
}

impl Recorder {
    pub(crate) const fn new(journal: Journal, ticket: Ticket) -> Self {
        Self {
            journal,
            ticket,
            is_broken: false,
        }
    }

    /// The job as it was last recorded.
    pub(crate) const fn job(&self) -> &Job {
        self.ticket.job()
    }

    /// Whether the task of this id is another job's. A journal that cannot be read says no: it says so when it is written.
    pub(crate) fn is_task_of_another(&self, id: &str) -> bool {
        self.journal
            .is_task_of_another(self.job(), id)
            .unwrap_or_default()
    }

    /// Records that the request is about to leave. If that fails it must not.
    pub(crate) fn send(&mut self, text: &str) -> Result<(), Stop> {
        self.journal
            .record_send(&mut self.ticket, text, now())
            .map(|_| ())
            .map_err(Stop::from)
    }

    /// Records what became of the request or the task. If that fails, what must not be lost is told.
    pub(crate) fn record(&mut self, event: Event) {
        if self.is_broken {
            return;
        }
        let keep = match &event {
            Event::Accepted { id } | Event::Settled { id } => {
                format!("the service took the request: keep the id of its task, {id}")
            }
            Event::Lost { .. } => {
                "it is not known whether the service took the request: do not send it again"
                    .to_owned()
            }
            Event::Saved { file, .. } => format!("the video is saved in {file}"),
            Event::Send
            | Event::NotSent { .. }
            | Event::Rejected { .. }
            | Event::Found
            | Event::Answered { .. }
            | Event::Completed
            | Event::Failed { .. } => "the service's answer follows".to_owned(),
        };
        if let Err(error) = self.journal.record(&mut self.ticket, event, now()) {
            self.is_broken = true;
            note(&format!(
                "error: this could not be recorded: {error}; {keep}"
            ));
        }
    }

    /// Records that the task is done, unless that is known.
    pub(crate) fn completed(&mut self) {
        if matches!(self.job().state, State::Accepted { .. }) {
            self.record(Event::Completed);
        }
    }

    /// Records that the task failed, unless that is known.
    pub(crate) fn failed(&mut self, reason: String) {
        if matches!(self.job().state, State::Accepted { .. }) {
            self.record(Event::Failed { reason });
        }
    }

    /// Records where the video is.
    pub(crate) fn saved(&mut self, file: String, bytes: u64) {
        if matches!(self.job().state, State::Completed { .. }) {
            self.record(Event::Saved { file, bytes });
        }
    }

    /// Lets others work on the job, and gives the exit code of the command.
    pub(crate) fn close(mut self, exit: Exit) -> Exit {
        // If this fails, the claim ends with the process.
        let _ = self.journal.release(self.ticket);
        if self.is_broken && exit == Exit::Clean {
            Exit::LocalIo
        } else {
            exit
        }
    }
}
