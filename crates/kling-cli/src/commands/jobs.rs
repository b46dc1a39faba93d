//! `kling jobs`: the recorded jobs.

mod facts;
mod list;
mod place;
mod show;

use std::path::{Path, PathBuf};
use std::time::Instant;

use kling_journal::{Effect, ErrorKind, Job, Journal, State};

use crate::cli::{Color, Configured, Jobs, JobsCommand, JobsResume, JobsShow, Paid, SpecFiles};
use crate::exit::Exit;
use crate::service::destination::Destination;
use crate::service::environment::now;
use crate::service::paid::Ready;
use crate::service::print::{Print, note};
use crate::service::recorder::{Recorder, not_claimed};
use crate::service::request::{Check, Checked, Source, Upload};
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, end};
use crate::service::{destination, lifecycle, records};

pub(super) fn run(arguments: &Jobs, color: Color) -> Exit {
    let (done, print) = match &arguments.command {
        None => {
            let print = Print::new(arguments.list.format);
            (list::run(&arguments.list, print), print)
        }
        Some(JobsCommand::List(arguments)) => {
            let print = Print::new(arguments.format);
            (list::run(arguments, print), print)
        }
        Some(JobsCommand::Show(arguments)) => {
            let print = Print::new(arguments.format);
            (show(arguments, print), print)
        }
        Some(JobsCommand::Resume(arguments)) => {
            let print =
                destination::print(&arguments.target, Print::new(arguments.connection.format));
            (resume(arguments, color, print), print)
        }
    };
    end(done, print)
}

fn show(arguments: &JobsShow, print: Print) -> Result<Exit, Stop> {
    let Some(mut journal) = records::open_to_read(&arguments.records)? else {
        return Err(no_journal(&arguments.records)?);
    };
    let (job, history) = journal.job(number(&journal, &arguments.job)?)?;
    let word = facts::word(&mut journal, &job)?;
    Ok(show::print(print, &job, word, &history))
}

/// The number of the job that is meant by its number, or by one of its ids.
fn number(journal: &Journal, meant: &str) -> Result<u64, Stop> {
    // An id may look like a number, which comes first.
    if let Ok(number) = meant.parse() {
        match journal.job(number) {
            Ok(_) => return Ok(number),
            Err(error) if *error.kind() == ErrorKind::NoSuchJob => {}
            Err(error) => return Err(error.into()),
        }
    }
    let found = journal.find(None, meant)?;
    match found.as_slice() {
        // Of several at one service the newest is meant, as where a request is looked up.
        [newest, others @ ..] if others.iter().all(|job| job.service == newest.service) => {
            Ok(newest.number)
        }
        [] => Err(Stop::usage(format!(
            "the journal has no job `{meant}`; `kling jobs` lists the jobs"
        ))),
        several => {
            let numbers: Vec<String> = several.iter().map(|job| job.number.to_string()).collect();
            Err(Stop::usage(format!(
                "jobs of more than one service have the id `{meant}`: {}; give the number of the one you mean",
                numbers.join(", ")
            )))
        }
    }
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
    destination.check_not_replacing(&[
        Some(&records::path(&arguments.records)?),
        arguments.connection.key_file.as_ref(),
    ])?;
    let Some(mut journal) = records::open_existing(&arguments.records)? else {
        return Err(no_journal(&arguments.records)?);
    };
    // The job is looked up at the service that it was sent to, unless the user gives another base URL.
    let number = number(&journal, &arguments.job)?;
    let (job, _) = journal.job(number)?;
    let mut connection = arguments.connection.clone();
    if connection.base_url.is_none() {
        connection.base_url = Some(job.service.clone());
    }
    session::block_on(async {
        let session = Session::new(session::builder(&connection)?, &connection, print, began)?
            .with_continue_options(|continue_options| {
                continue_options
                    .with_records(&arguments.records)
                    .with_target(&arguments.target)
            });
        let (claimed_job, effects) = journal
            .resume(number, now())
            .map_err(|error| not_claimed(&session, error, &job))?;
        let refused = may_resume(&journal, &session, claimed_job.job());
        let recorder = Recorder::new(journal, claimed_job);
        if let Err(refused) = refused {
            return recorder.end(&session, Err(refused));
        }
        let is_unsent = effects.is_empty() && recorder.job().state == State::Intent;
        debug_assert!(
            !effects.contains(&Effect::Post),
            "nothing is sent without being recorded first"
        );
        let ready = if is_unsent {
            match ready(&session, recorder.job(), color) {
                Ok(ready) => Some(ready),
                Err(refused) => return recorder.end(&session, Err(refused)),
            }
        } else {
            None
        };
        let job = recorder.object();
        session
            .run(Some(job), async |session: &Session| {
                let polling = arguments.polling;
                lifecycle::run_to_end(session, recorder, false, ready, polling, &destination).await
            })
            .await
    })
}

/// Fails if continuing a job could pay for its request twice: if it is unsent and would be sent to a service other
/// than the one in the journal, or if a later job with the same request was sent.
fn may_resume(journal: &Journal, session: &Session, job: &Job) -> Result<(), Stop> {
    let number = job.number;
    let asked = session.client.base_url();
    let is_elsewhere = job.service != asked;
    if job.state != State::Intent {
        if is_elsewhere {
            note(&format!(
                "warning: job {number} was sent to {}, but {asked} is asked about it",
                job.service
            ));
        }
        return Ok(());
    }
    if is_elsewhere {
        return Err(Stop::usage(format!(
            "job {number} is a request for {} that has not been sent yet, and nothing was sent; leave out `--base-url`, or send the \
             request to {asked} with `kling generate`",
            job.service
        )));
    }
    let known = journal.known(&job.key, &job.service)?;
    match known.filter(|known| known.number != number && known.state != State::Intent) {
        Some(known) => Err(Stop::usage(format!(
            "the request of job {number} has meanwhile been sent as job {}, and nothing was sent; continue with that job, or \
             pay for another with `kling generate --again`",
            known.number
        ))),
        None => Ok(()),
    }
}

/// Checks a request that was recorded but never sent as if it were new. One that has been sent was checked then.
fn ready(session: &Session, job: &Job, color: Color) -> Result<Ready, Stop> {
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
        contracts: SpecFiles::default(),
        max_cost: None,
        configured: Configured::default(),
    };
    let check = Check::new(&paid, Some(session.client.origin()), color, Upload::Inside)?;
    let source = Source::of(Path::new(&paid.file));
    let checked = if job.attempts > 0 {
        Checked::default()
    } else {
        check
            .check(&source, &job.text, session.print)
            .map_err(|stop| {
                stop.because(
                    "`kling generate` with the file of the request continues this job too, and has options such as `--spec` and `--allow`",
                )
            })?
    };
    Ok(Ready {
        check,
        source,
        text: job.text.clone(),
        checked,
    })
}
