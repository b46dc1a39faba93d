//! `kling jobs`: the jobs that were paid for.

mod show;

use std::path::{Path, PathBuf};
use std::time::Instant;

use kling_journal::{Effect, Job, Journal, State};
use serde::Serialize;

use crate::cli::{
    Color, Configured, Deferred, Jobs, JobsCommand, JobsList, JobsResume, JobsShow, Paid, SpecFiles,
};
use crate::exit::Exit;
use crate::output::table::Table;
use crate::service::destination::Destination;
use crate::service::environment::now;
use crate::service::paid::Ready;
use crate::service::print::{Print, VERSION};
use crate::service::recorder::Recorder;
use crate::service::request::{Check, Checked, Refusal, Source, Upload};
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, end};
use crate::service::{destination, go, records};

pub(super) fn run(arguments: &Jobs, color: Color) -> Exit {
    let (done, print) = match &arguments.command {
        None => {
            let arguments = &arguments.list.0;
            (list(arguments), Print::new(arguments.format))
        }
        Some(JobsCommand::List(Deferred(arguments))) => {
            (list(arguments), Print::new(arguments.format))
        }
        Some(JobsCommand::Show(Deferred(arguments))) => {
            (show(arguments), Print::new(arguments.format))
        }
        Some(JobsCommand::Resume(Deferred(arguments))) => {
            let print =
                destination::print(&arguments.target, Print::new(arguments.connection.format));
            (resume(arguments, color, print), print)
        }
    };
    end(done, print)
}

/// A job in the list.
#[derive(Serialize)]
struct Item<'a> {
    job: u64,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_business_id: Option<&'a str>,
    service: &'a str,
    created: i64,
    changed: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl<'a> Item<'a> {
    fn new(job: &'a Job, state: &'a str) -> Self {
        Self {
            job: job.number,
            state,
            id: job.state.id(),
            client_business_id: job.client_business_id.as_deref(),
            service: &job.service,
            created: job.created,
            changed: job.changed,
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

/// The word of a job's state. A request that was being sent by a process that is gone is unknown.
fn word(journal: &mut Journal, job: &Job) -> Result<&'static str, Stop> {
    let gone = job.state == State::Sending && journal.holder(job.number)?.is_none();
    Ok(if gone { "unknown" } else { job.state.word() })
}

fn list(arguments: &JobsList) -> Result<Exit, Stop> {
    #[derive(Serialize)]
    struct Object<'a> {
        version: u32,
        jobs: Vec<Item<'a>>,
    }
    let print = Print::new(arguments.format);
    let mut jobs = Vec::new();
    if let Some(mut journal) = records::open_existing(&arguments.records)? {
        for job in journal.jobs(arguments.limit)? {
            let word = word(&mut journal, &job)?;
            jobs.push((job, word));
        }
    }
    let object = Object {
        version: VERSION,
        jobs: jobs
            .iter()
            .map(|(job, word)| Item::new(job, word))
            .collect(),
    };
    Ok(print.result(&object, || {
        if jobs.is_empty() {
            return "no jobs".to_owned();
        }
        let mut table = Table::new(4);
        for (job, word) in &jobs {
            let id = job.state.id().or(job.client_business_id.as_deref());
            table.row([
                job.number.to_string(),
                (*word).to_owned(),
                id.unwrap_or("-").to_owned(),
                job.source.clone().unwrap_or_else(|| "-".to_owned()),
            ]);
        }
        table.render("")
    }))
}

fn show(arguments: &JobsShow) -> Result<Exit, Stop> {
    let print = Print::new(arguments.format);
    let Some(mut journal) = records::open_existing(&arguments.records)? else {
        return Err(no_journal(&arguments.records)?);
    };
    let (job, history) = journal.job(arguments.job)?;
    let word = word(&mut journal, &job)?;
    Ok(show::print(print, &job, word, &history))
}

fn no_journal(records: &crate::cli::Records) -> Result<Stop, Stop> {
    Ok(Stop::usage(format!(
        "there is no journal at {}, so there are no jobs; name another with `--journal`",
        records::path(records)?.display()
    )))
}

fn resume(arguments: &JobsResume, color: Color, print: Print) -> Result<Exit, Stop> {
    let began = Instant::now();
    let destination = Destination::new(&arguments.target)?;
    let Some(mut journal) = records::open_existing(&arguments.records)? else {
        return Err(no_journal(&arguments.records)?);
    };
    // The job is asked for where it was sent to, unless somebody says that this is now elsewhere.
    let (job, _) = journal.job(arguments.job)?;
    let mut connection = arguments.connection.clone();
    if connection.base_url.is_none() {
        connection.base_url = Some(job.service.clone());
    }
    session::block_on(async {
        let session = Session::new(session::builder(&connection)?, &connection, print, began)?
            .with_records(&arguments.records);
        let (ticket, effects) = journal.resume(arguments.job, now())?;
        let recorder = Recorder::new(journal, ticket);
        let is_unsent = effects.is_empty() && recorder.job().state == State::Intent;
        debug_assert!(
            !effects.contains(&Effect::Post),
            "nothing is sent without being recorded first"
        );
        let ready = if is_unsent {
            match ready(&session, recorder.job(), color) {
                Ok(ready) => Some(ready),
                Err(refusal) => return recorder.end(&session, refusal.end()),
            }
        } else {
            None
        };
        session
            .run(Some(arguments.job), async |session: &Session| {
                let polling = arguments.polling;
                go::on(session, recorder, false, ready, polling, &destination).await
            })
            .await
    })
}

/// A request that was recorded and never left: it is checked as if it were new. One that has left before was checked then.
fn ready(session: &Session, job: &Job, color: Color) -> Result<Ready, Refusal> {
    let file = job
        .source
        .as_deref()
        .map_or_else(|| PathBuf::from(crate::input::files::STDIN), PathBuf::from);
    let paid = Paid {
        file,
        client_id: None,
        no_client_id: job.client_business_id.is_none(),
        no_check: job.attempts > 0,
        allow: Vec::new(),
        again: false,
        contracts: SpecFiles { specs: Vec::new() },
        max_cost: None,
        configured: Configured::default(),
    };
    let check = Check::new(&paid, Some(session.client.origin()), color, Upload::Inside)?;
    let source = Source::of(Path::new(&paid.file));
    let checked = if job.attempts > 0 {
        Checked::default()
    } else {
        check.check(&source, &job.text, session.print)?
    };
    Ok(Ready {
        check,
        source,
        text: job.text.clone(),
        checked,
    })
}
