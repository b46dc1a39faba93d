//! Telling the journal what comes to be known of a task that was asked for by its id.

use kling_http::{Task, TaskRef};
use kling_journal::{ErrorKind, Journal};

use super::environment::now;
use super::print::note;
use super::recorder::Recorder;
use super::records;
use super::request;
use super::task::observe;
use crate::cli::Records;
use crate::exit::Exit;

/// The task of the command line, and its job if the journal has one that is free.
pub(crate) struct Follow {
    pub(crate) task: TaskRef,
    pub(crate) recorder: Option<Recorder>,
}

impl Follow {
    /// Looks the id up in the journal. A journal that cannot be used is told and does not matter here: nothing is paid
    /// for.
    pub(crate) fn new(id: &str, records: &Records, service: &str) -> Self {
        let mut follow = Self {
            task: if request::is_own_client_id(id) {
                TaskRef::client_business_id(id)
            } else {
                TaskRef::id(id)
            },
            recorder: None,
        };
        match records::open_existing(records) {
            Ok(Some(journal)) => {
                if let Err(error) = follow.claim(id, service, journal) {
                    let held = matches!(error.kind(), ErrorKind::Held(_));
                    if !held {
                        note(&format!(
                            "warning: the journal does not learn of this: {error}"
                        ));
                    }
                }
            }
            Ok(None) => {}
            Err(stop) => {
                note("warning: the journal does not learn of this:");
                stop.tell();
            }
        }
        follow
    }

    fn claim(
        &mut self,
        id: &str,
        service: &str,
        mut journal: Journal,
    ) -> Result<(), kling_journal::Error> {
        let Some(job) = journal.find(service, id)? else {
            return Ok(());
        };
        if job.client_business_id.as_deref() == Some(id) {
            self.task = TaskRef::client_business_id(id);
        }
        if !job.state.is_final() {
            let (ticket, _) = journal.resume(job.number, now())?;
            self.recorder = Some(Recorder::new(journal, ticket));
        }
        Ok(())
    }

    /// Tells the journal of a task.
    pub(crate) fn observe(&mut self, task: &Task) {
        if let Some(recorder) = &mut self.recorder {
            observe(recorder, task);
        }
    }

    /// Gives the job back, and the exit code of the command.
    pub(crate) fn close(self, exit: Exit) -> Exit {
        match self.recorder {
            Some(recorder) => recorder.close(exit),
            None => exit,
        }
    }
}
