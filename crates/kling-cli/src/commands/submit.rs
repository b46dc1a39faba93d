//! `kling submit`: one request, sent at most once.

use std::time::Instant;

use kling_journal::State;

use crate::cli::{Color, Submit};
use crate::exit::Exit;
use crate::service::go;
use crate::service::paid::{Ready, tell_sending};
use crate::service::post::{self, Answer, Kind};
use crate::service::print::Print;
use crate::service::recorder::Recorder;
use crate::service::records;
use crate::service::request::{Check, Upload};
use crate::service::session::{self, Session};
use crate::service::stop::Stop;

pub(super) fn run(arguments: &Submit, color: Color) -> Result<Exit, Stop> {
    let began = Instant::now();
    let connection = &arguments.connection;
    let base_url = session::base_url(connection)?;
    let check = Check::new(&arguments.paid, base_url.as_deref(), color, Upload::No)?;
    let ready = match Ready::read(&arguments.paid, check, Print::new(connection.format)) {
        Ok(ready) => ready,
        Err(refusal) => return refusal.end(),
    };
    session::block_on(async {
        let session = Session::new(session::builder(connection)?, connection, began)?
            .with_records(&arguments.records);
        let journal = records::open(&arguments.records)?;
        let (recorder, is_new) = ready.claim(journal, session.client.origin(), &arguments.paid)?;
        session
            .run(async |session: &Session| Ok(submit(session, recorder, ready, is_new).await))
            .await
    })
}

async fn submit(session: &Session, mut recorder: Recorder, mut ready: Ready, is_new: bool) -> Exit {
    let answer = if is_new || recorder.job().state == State::Intent {
        match send(session, &mut recorder, &mut ready, is_new).await {
            Ok(answer) => answer,
            Err(exit) => return recorder.close(exit),
        }
    } else {
        known(&recorder)
    };
    let printed = answer.print(
        session.print,
        recorder.job().client_business_id.as_deref(),
        ready.checked.bill.as_ref(),
    );
    answer.tell(session, &recorder);
    let exit = answer.kind.exit();
    recorder.close(if exit == Exit::Clean { printed } else { exit })
}

async fn send(
    session: &Session,
    recorder: &mut Recorder,
    ready: &mut Ready,
    is_new: bool,
) -> Result<Answer, Exit> {
    if !is_new {
        match go::sent_before(session, recorder).await {
            Ok(None) => {}
            Ok(Some(_)) => return Ok(known(recorder)),
            Err(stop) => return Err(stop.tell()),
        }
    }
    let text = match ready.sendable(session, recorder).await {
        Ok(text) => text,
        Err(refusal) => return Err(refusal.end().unwrap_or_else(Stop::tell)),
    };
    tell_sending(session, recorder);
    post::post(session, recorder, &text, None)
        .await
        .map_err(Stop::tell)
}

/// What is known of a request that was sent before.
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
        message: state.reason().map(str::to_owned),
        known: true,
    }
}
