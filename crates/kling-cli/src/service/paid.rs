//! A request on its way from a file to a job: read, checked, claimed, its files uploaded.

use std::collections::BTreeMap;

use kling_http::Body;
use kling_journal::{Claim, ErrorKind, Job, JobKey, Journal, NewJob, State};

use super::billing::{Billing, of_failed};
use super::environment::now;
use super::print::{Print, note};
use super::recorder::{self, Recorder, not_claimed};
use super::request::{self, Check, Checked, Source};
use super::session::Session;
use super::stop::{Stop, describe, exit_of};
use super::task::task_of_client_id;
use super::{local_files, save};
use crate::cli;
use crate::exit::Exit;

/// A request that was read and may be sent once its local files are uploaded.
pub(crate) struct Ready {
    pub(crate) check: Check,
    pub(crate) source: Source,
    pub(crate) text: String,
    pub(crate) checked: Checked,
}

impl Ready {
    /// Reads and checks the request of the command line.
    pub(crate) fn read(paid: &cli::Paid, check: Check, print: Print) -> Result<Self, Stop> {
        let source = Source::of(&paid.file);
        let text = source.read(&paid.file, check.limit())?;
        let checked = check.check(&source, &text, print)?;
        Ok(Self {
            check,
            source,
            text,
            checked,
        })
    }

    /// Claims the request's job; returns whether it is a new one. `before_paying` can refuse a new one.
    pub(crate) async fn claim(
        &self,
        mut journal: Journal,
        session: &Session,
        paid: &cli::Paid,
        before_paying: impl FnOnce() -> Result<(), Stop>,
    ) -> Result<(Recorder, bool), Stop> {
        let service = session.client.base_url();
        let with_hashes = local_files::with_hashes(&self.text, &self.checked.files)?;
        let key = JobKey::of(&self.checked.for_service(&with_hashes))
            .map_err(|error| Stop::usage(format!("{error}; nothing was sent")))?;
        let client_business_id = client_id(&self.text, paid)?;
        let known = journal.known(&key, service)?;
        let is_sent = known.as_ref().is_some_and(|job| job.state != State::Intent);
        if paid.again || !is_sent {
            let may_pay = self.checked.is_affordable().and_then(|()| before_paying());
            may_pay.map_err(|stop| match &known {
                Some(job) if !paid.again => stop.with(&recorder::object(job)),
                Some(_) | None => stop,
            })?;
        }
        if (paid.again || known.is_none())
            && let Some(id) = &client_business_id
            // An id that the journal knows is refused by the journal itself.
            && journal
                .find(Some(service), id)?
                .first()
                .is_none_or(|job| matches!(job.state, State::Rejected { .. }))
        {
            refuse_used_id(session, id).await?;
        }
        let elsewhere = journal.known_elsewhere(&key, service)?;
        let last = journal.last(&key, service)?;
        if let Some(job) = last.as_ref().filter(|_| !paid.again) {
            refuse_paid_failure(job)?;
        }
        let claim = journal.claim(
            NewJob {
                key: &key,
                service,
                // Whoever sends it later may not know what is for editors.
                text: &self.checked.for_service(&self.text),
                client_business_id: client_business_id.as_deref(),
                source: self.source.path.as_deref(),
                again: paid.again,
            },
            now(),
        );
        let claim = claim.map_err(|error| {
            // Another process may have begun the job meanwhile.
            let known = journal.known(&key, service).ok().flatten();
            let is_about_it = !paid.again || matches!(error.kind(), ErrorKind::Held(_));
            match known.filter(|_| is_about_it) {
                Some(job) => not_claimed(session, error, &job),
                None => error.into(),
            }
        })?;
        Ok(match claim {
            Claim::New(claimed_job) => {
                if let Some(job) = last.filter(|_| !paid.again) {
                    let (ended, cost) = if matches!(job.state, State::Failed { .. }) {
                        let billing = Billing::of_job(&job);
                        ("failed", format!("; {}", of_failed(billing.as_ref())))
                    } else {
                        ("was rejected", String::new())
                    };
                    note(&format!(
                        "note: job {} of this request {ended} ({}{cost}), so it is sent again as another job",
                        job.number,
                        job.state.reason().unwrap_or_default()
                    ));
                }
                if let Some(job) = elsewhere.filter(|job| job.state != State::Intent) {
                    note(&format!(
                        "note: this request is job {} at {}; {service} is another service with its own accounts, so it is \
                         sent there too",
                        job.number, job.service
                    ));
                }
                (Recorder::new(journal, claimed_job), true)
            }
            Claim::Known(claimed_job, _) => {
                let recorder = Recorder::new(journal, claimed_job);
                report_known(&recorder, paid.client_id.as_deref());
                (recorder, false)
            }
        })
    }

    /// Returns the text to send: files uploaded and replaced, with the job's `client_business_id`.
    pub(crate) async fn sendable(
        &mut self,
        session: &Session,
        recorder: &Recorder,
    ) -> Result<String, Stop> {
        let mut text = self.text.clone();
        if !self.checked.files.is_empty() {
            text = self.upload(session).await?;
            self.checked = self.check.check(&self.source, &text, session.print)?;
            self.checked.is_affordable()?;
        }
        text = self.checked.for_service(&text);
        if let Some(id) = &recorder.job().client_business_id {
            text = request::with_client_id(&text, id);
        }
        Ok(text)
    }

    async fn upload(&self, session: &Session) -> Result<String, Stop> {
        let files = &self.checked.files;
        let mut known: BTreeMap<&std::path::Path, String> = BTreeMap::new();
        let mut urls = Vec::with_capacity(files.len());
        for file in files {
            // A file that is named twice is uploaded once.
            if let Some(url) = known.get(file.path.as_path()) {
                urls.push(url.clone());
                continue;
            }
            let shown = file.path.display();
            note(&format!("uploading {shown}"));
            let uploaded = session
                .call(
                    "uploading a file, and the request was not sent",
                    Exit::NotReached,
                    session.client.upload_media(&file.media),
                )
                .await?
                .map_err(|error| {
                    Stop::new(
                        exit_of(&error),
                        format!(
                            "{shown} was not uploaded, and the request was not sent: {}",
                            describe(&error)
                        ),
                    )
                })?;
            known.insert(&file.path, uploaded.url.clone());
            urls.push(uploaded.url);
        }
        local_files::replace(&self.text, files, &urls)
    }
}

/// Fails if the service has a task with an id that the user chose: even if the journal is lost or on another machine,
/// no request is sent twice with one id. Generated ids are unique.
async fn refuse_used_id(session: &Session, id: &str) -> Result<(), Stop> {
    if request::is_own_client_id(id) || session.is_passing {
        return Ok(());
    }
    let Some(task) = task_of_client_id(session, id).await? else {
        return Ok(());
    };
    if task
        .client_business_id
        .as_deref()
        .is_some_and(|own| own != id)
    {
        return Ok(());
    }
    let task_id = task.id.filter(|task| task != id);
    let named = task_id
        .as_ref()
        .map_or_else(String::new, |task| format!(" ({task})"));
    let stop = Stop::usage(format!(
        "the service already has a task with the `client_business_id` {id}{named}, which this journal does not know, and \
         nothing was sent: no request is sent twice with one id; use another id for another video"
    ));
    Err(stop
        .with_next("Get that task's video with", session.advice("download", id))
        .with(&serde_json::json!({ "id": task_id, "client_business_id": id })))
}

/// Checks that the last job of a request did not fail and was charged all the same.
fn refuse_paid_failure(job: &Job) -> Result<(), Stop> {
    let billing = Billing::of_job(job).filter(|billing| billing.charged() == Some(true));
    match billing.filter(|_| matches!(job.state, State::Failed { .. })) {
        None => Ok(()),
        Some(billing) => Err(Stop::usage(format!(
            "job {} of this request failed ({}) and is paid for: its bill is {billing}; nothing was sent; pay for another with \
             `--again`",
            job.number,
            job.state.reason().unwrap_or_default()
        ))
        .with(&recorder::object(job))),
    }
}

/// Returns the id by which the request can be looked up: its own, that of the command line, or a fresh one.
fn client_id(text: &str, paid: &cli::Paid) -> Result<Option<String>, Stop> {
    let body = Body::from_json_text(text);
    if body.has_unusable_client_business_id() {
        return Err(Stop::usage(
            "the task could not be looked up by the `client_business_id` of this request, because it is not a single text of 1 to \
             512 bytes, and nothing was sent; write a single one, or remove it",
        ));
    }
    let given = paid.client_id.as_deref();
    if let Some(own) = body.client_business_id() {
        return match given {
            Some(given) if given != own => Err(Stop::usage(format!(
                "--client-id {given}: the request already has the `client_business_id` {own}, and nothing was sent; leave out one \
                 of them"
            ))),
            Some(_) | None => Ok(Some(own.to_owned())),
        };
    }
    if paid.no_client_id {
        return Ok(None);
    }
    let id = match given {
        Some(given) => given.to_owned(),
        None => request::fresh_client_id()?,
    };
    // A text that it cannot be inserted into is sent without an id.
    let body = Body::from_json_text(request::with_client_id(text, &id));
    match body.client_business_id() {
        None if given.is_some() => Err(Stop::usage(format!(
            "--client-id {id}: the request is not an object, so it cannot be sent with an id; correct it"
        ))),
        own => Ok(own.map(str::to_owned)),
    }
}

/// Prints the id before the request is sent, so that it is known whatever happens.
pub(crate) fn report_sending(session: &Session, recorder: &Recorder) {
    let job = recorder.job();
    if let Some(id) = &job.client_business_id {
        note(&format!("client_business_id: {id}"));
    }
    // Jobs of a service in this process are not in the journal.
    let number = if session.is_passing {
        String::new()
    } else {
        format!(" as job {}", job.number)
    };
    note(&format!(
        "sending the request to {}{number}",
        session.client.base_url()
    ));
}

fn report_known(recorder: &Recorder, asked_id: Option<&str>) {
    let job = recorder.job();
    let is = match &job.state {
        State::Intent => "was not sent yet".to_owned(),
        State::Unknown { .. } => "was sent, but its outcome is not known".to_owned(),
        State::Accepted { id } => format!("is running as {id}"),
        State::Completed { id } => format!("is done as {id}, but not saved"),
        State::Saved { file, bytes, .. } if save::is_there(job, file, *bytes) => {
            format!("is saved in {file}")
        }
        State::Saved { file, .. } => {
            format!("was saved in {file}, which no longer exists or was changed")
        }
        State::Sending | State::Rejected { .. } | State::Failed { .. } => {
            format!("is {}", job.state.word())
        }
    };
    note(&format!(
        "job {} of this request {is}: it is continued and not paid for again (`--again` pays for another)",
        job.number
    ));
    if let Some(asked) = asked_id.filter(|asked| job.client_business_id.as_deref() != Some(asked)) {
        note(&format!(
            "warning: the request was recorded with {}, so `--client-id {asked}` is not used",
            job.client_business_id
                .as_ref()
                .map_or_else(|| "no id".to_owned(), |id| format!("the id {id}"))
        ));
    }
}
