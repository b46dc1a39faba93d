//! `kling submit`: one request, sent at most once.

use std::time::Instant;

use kling_journal::State;

use crate::cli::{Color, Submit};
use crate::exit::Exit;
use crate::service::billing::Billing;
use crate::service::lifecycle;
use crate::service::paid::{Ready, report_sending};
use crate::service::post::{self, Answer, Kind};
use crate::service::print::Print;
use crate::service::recorder::Recorder;
use crate::service::records;
use crate::service::request::{Check, Upload};
use crate::service::session::{self, Session};
use crate::service::stop::{Stop, end};

pub(super) fn run(arguments: &Submit, color: Color) -> Exit {
    let print = Print::new(arguments.connection.format);
    end(begin(arguments, color, print), print)
}

fn begin(arguments: &Submit, color: Color, print: Print) -> Result<Exit, Stop> {
    let began = Instant::now();
    let connection = &arguments.connection;
    let base_url = session::base_url(connection)?;
    let check = Check::new(&arguments.paid, base_url.as_deref(), color, Upload::No)?;
    let ready = Ready::read(&arguments.paid, check, print)?;
    session::block_on(async {
        let session = Session::new(session::builder(connection)?, connection, print, began)?
            .with_continue_options(|continue_options| {
                continue_options.with_records(&arguments.records)
            });
        let journal = records::open(&arguments.records)?;
        let claimed = ready.claim(journal, &session, &arguments.paid, || Ok(()));
        let (recorder, is_new) = claimed.await?;
        let job = recorder.object();
        session
            .run(Some(job), async |session: &Session| {
                submit(session, recorder, ready, is_new).await
            })
            .await
    })
}

async fn submit(
    session: &Session,
    mut recorder: Recorder,
    mut ready: Ready,
    is_new: bool,
) -> Result<Exit, Stop> {
    let answer = if is_new || recorder.job().state == State::Intent {
        send(session, &mut recorder, &mut ready, is_new).await
    } else {
        Ok(known(&recorder))
    };
    let done = match answer {
        Ok(answer) => answer.end(session, &recorder, ready.checked.bill.as_ref()),
        Err(refused) => Err(refused),
    };
    recorder.end(session, done)
}

async fn send(
    session: &Session,
    recorder: &mut Recorder,
    ready: &mut Ready,
    is_new: bool,
) -> Result<Answer, Stop> {
    if !is_new && lifecycle::sent_before(session, recorder).await?.is_some() {
        return Ok(known(recorder));
    }
    let text = ready.sendable(session, recorder).await?;
    report_sending(session, recorder);
    post::post(session, recorder, &text, None).await
}

/// Returns what is known about a request that was sent before.
fn known(recorder: &Recorder) -> Answer {
    let state = &recorder.job().state;
    let (kind, candidate) = match state {
        State::Accepted { .. }
        | State::Completed { .. }
        | State::Saved { .. }
        | State::Failed { .. } => (Kind::Accepted, None),
        State::Rejected { .. } => (Kind::Rejected, None),
        State::Unknown { candidate, .. } => (Kind::Unknown, candidate.clone()),
        State::Intent | State::Sending => (Kind::Unknown, None),
    };
    Answer {
        kind,
        id: state.id().map(str::to_owned),
        candidate,
        http_status: None,
        reason: state.reason().map(str::to_owned),
        billing: Billing::of_job(recorder.job()),
        known: true,
    }
}
