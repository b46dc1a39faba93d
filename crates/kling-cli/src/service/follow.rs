//! Updates the journal with what becomes known about a task that was looked up by its id.

use kling_http::{Task, TaskRef};
use kling_journal::{ErrorKind, Journal, State};

use super::environment::now;
use super::print::{note, push};
use super::recorder::Recorder;
use super::records;
use super::request;
use super::session::Session;
use super::stop::{Stop, describe};
use super::task::{observe, report_warnings};
use super::wait::JobOfTask;
use crate::cli::Records;
use crate::exit::Exit;

/// The task of the command line, and its job if the journal has one that is not held.
pub(crate) struct Follow {
    pub(crate) task: TaskRef,
    /// Its job, even if another process is working on it.
    pub(crate) job: Option<JobOfTask>,
    pub(crate) recorder: Option<Recorder>,
}

impl Follow {
    /// Looks the id up in the journal. A journal that cannot be used is only reported, since nothing is paid for.
    pub(crate) fn new(id: &str, records: &Records, service: &str) -> Self {
        let mut follow = Self {
            task: if request::is_own_client_id(id) {
                TaskRef::client_business_id(id)
            } else {
                TaskRef::id(id)
            },
            job: None,
            recorder: None,
        };
        match records::open_existing(records) {
            Ok(Some(journal)) => {
                if let Err(error) = follow.claim(id, service, journal) {
                    let held = matches!(error.kind(), ErrorKind::Held(_));
                    if !held {
                        note(&format!(
                            "warning: this is not recorded in the journal: {error}"
                        ));
                    }
                }
            }
            Ok(None) => {}
            Err(stop) => note(&format!(
                "warning: this is not recorded in the journal: {}",
                stop.reason()
            )),
        }
        follow
    }

    fn claim(
        &mut self,
        id: &str,
        service: &str,
        mut journal: Journal,
    ) -> Result<(), kling_journal::Error> {
        let Some(job) = journal.find(Some(service), id)?.into_iter().next() else {
            return Ok(());
        };
        self.job = Some(JobOfTask {
            number: job.number,
            is_unknown: matches!(job.state, State::Sending | State::Unknown { .. }),
        });
        match job.client_business_id.as_deref() {
            Some(own) if own == id => self.task = TaskRef::client_business_id(id),
            // Ids of the service repeat when an emulator restarts.
            Some(own) => self.task = TaskRef::id(id).expecting_client_business_id(own),
            None => {}
        }
        // What a task costs may be settled after its end.
        if !matches!(job.state, State::Rejected { .. }) {
            let (claimed_job, _) = journal.resume(job.number, now())?;
            self.recorder = Some(Recorder::new(journal, claimed_job));
        }
        Ok(())
    }

    /// Requests the status of the task.
    pub(crate) async fn ask(&self, session: &Session) -> Result<Task, Stop> {
        let what = "asking for the task";
        let unknown = self.job.filter(|job| job.is_unknown);
        let cut = match unknown {
            Some(_) => Exit::Unknown,
            None => Exit::Running,
        };
        let error = match session
            .call(what, cut, session.client.status(&self.task))
            .await?
        {
            Ok(task) => {
                report_warnings(&task);
                return Ok(task);
            }
            Err(error) => error,
        };
        if let Some(job) = unknown {
            return Err(job.unknown(session, &describe(&error)));
        }
        if error.is_input() {
            return Err(Stop::usage(describe(&error)));
        }
        // Whatever the service answers to a question, an accepted task remains accepted.
        if error.status().is_none_or(|status| status >= 500) {
            return Err(error.into());
        }
        let mut why = describe(&error);
        if self.job.is_none() && self.task.as_str().parse::<u32>().is_ok() {
            let job = self.task.as_str();
            let show = session.advice("jobs show", job);
            push(
                &mut why,
                format_args!("; if {job} is the number of a job, `{show}` shows it"),
            );
        }
        let stop = match self.job {
            Some(job) => Stop::new(
                Exit::Running,
                format!(
                    "{why}; the service accepted the request of job {} as this task, which is paid for",
                    job.number
                ),
            ),
            None => Stop::new(
                Exit::Running,
                format!("{why}; whether the task was ever created or charged is not known"),
            ),
        };
        Err(if error.is_not_found() && self.job.is_none() {
            stop
        } else {
            stop.with_next(
                "Ask again with",
                session.advice("status", self.task.as_str()),
            )
        })
    }

    /// Returns the number of its job.
    pub(crate) fn number(&self) -> Option<u64> {
        self.job.map(|job| job.number)
    }

    /// Updates the journal from a task.
    pub(crate) fn observe(&mut self, session: &Session, task: &Task) {
        if let Some(recorder) = &mut self.recorder {
            observe(session, recorder, task);
        }
    }

    /// Releases the job, and ends the command.
    pub(crate) fn end(self, session: &Session, done: Result<Exit, Stop>) -> Result<Exit, Stop> {
        match self.recorder {
            Some(recorder) => recorder.end(session, done),
            None => done,
        }
    }
}
