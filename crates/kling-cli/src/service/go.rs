//! A job from wherever it is to a video on the disk.

use std::fs;

use kling_http::{DownloadOptions, Task, TaskRef};
use kling_journal::{Event, State};

use super::paid::{Ready, tell_sending};
use super::post::{self, Kind, look_up_command};
use super::print::note;
use super::recorder::Recorder;
use super::save;
use super::session::Session;
use super::stop::{Stop, told};
use super::task::{observe, reason};
use super::wait::{self, Waited};
use crate::cli::Polling;
use crate::exit::Exit;

/// What is to be done next.
enum Step {
    /// An intent that was found: whether it has left all the same is asked for first, which costs nothing.
    Ask,
    Send,
    Settle,
    Wait(String),
    /// The task, if it was asked for already.
    Fetch(String, Option<Box<Task>>),
    Nothing(Exit),
}

/// Goes on with a job until its video is saved, or until there is nothing more to do.
pub(crate) async fn on(
    session: &Session,
    mut recorder: Recorder,
    is_new: bool,
    mut ready: Option<Ready>,
    polling: Polling,
    options: DownloadOptions,
) -> Exit {
    let mut step = begin(session, &recorder, is_new, &options);
    let exit = loop {
        let next = match step {
            Step::Ask => ask(session, &mut recorder).await,
            Step::Send => send(session, &mut recorder, ready.as_mut()).await,
            Step::Settle => settle(session, &mut recorder).await,
            Step::Wait(id) => Ok(wait(session, &mut recorder, id, polling).await),
            Step::Fetch(id, task) => {
                fetch(session, &mut recorder, &id, task, options.clone()).await
            }
            Step::Nothing(exit) => break exit,
        };
        step = next.unwrap_or_else(|stop| Step::Nothing(stop.tell()));
    };
    recorder.close(exit)
}

fn begin(session: &Session, recorder: &Recorder, is_new: bool, options: &DownloadOptions) -> Step {
    let job = recorder.job();
    match &job.state {
        State::Intent if is_new => Step::Send,
        State::Intent => Step::Ask,
        State::Sending | State::Unknown { .. } => Step::Settle,
        State::Accepted { id } => Step::Wait(id.clone()),
        State::Completed { id } => Step::Fetch(id.clone(), None),
        // Unless it was moved away, it is all there.
        State::Saved { id, file, bytes } => {
            let is_there = fs::metadata(file).is_ok_and(|metadata| metadata.len() == *bytes);
            if is_there {
                Step::Nothing(
                    save::give_saved(session, id, file, *bytes, &options.target)
                        .unwrap_or_else(Stop::tell),
                )
            } else {
                Step::Fetch(id.clone(), None)
            }
        }
        State::Rejected { reason } | State::Failed { reason, .. } => {
            note(&format!(
                "job {} is {}, and nothing is left to do: {reason}",
                job.number,
                job.state.word()
            ));
            Step::Nothing(if job.state.id().is_some() {
                Exit::Failed
            } else {
                Exit::Rejected
            })
        }
    }
}

async fn send(
    session: &Session,
    recorder: &mut Recorder,
    ready: Option<&mut Ready>,
) -> Result<Step, Stop> {
    let text = match ready {
        Some(ready) => match ready.sendable(session, recorder).await {
            Ok(text) => text,
            Err(refusal) => return refusal.end().map(Step::Nothing),
        },
        // It was about to leave before, as it is.
        None => recorder.job().text.clone(),
    };
    tell_sending(session, recorder);
    let answer = post::post(session, recorder, &text, Some(post::budget(session))).await?;
    match (answer.kind, answer.id.clone()) {
        (Kind::Accepted, Some(id)) => {
            note(&format!("accepted as {id}"));
            Ok(Step::Wait(id))
        }
        (Kind::Unknown, _) if !session.signals.is_stopped() => {
            note(&format!(
                "warning: it is not known whether the service took the request: {}; looking it up",
                answer.message.as_deref().unwrap_or_default()
            ));
            // The journal may have failed to record it, so it is not asked.
            look_up(session, recorder, answer.candidate.as_deref()).await
        }
        (Kind::Accepted | Kind::Rejected | Kind::NotSent | Kind::Unknown, _) => {
            answer.tell(session, recorder);
            Ok(Step::Nothing(answer.kind.exit()))
        }
    }
}

async fn ask(session: &Session, recorder: &mut Recorder) -> Result<Step, Stop> {
    Ok(match sent_before(session, recorder).await? {
        Some(id) => Step::Wait(id),
        None => Step::Send,
    })
}

/// The task of a request that the journal takes for unsent, if the service has it: the journal may be an older copy of
/// itself.
pub(crate) async fn sent_before(
    session: &Session,
    recorder: &mut Recorder,
) -> Result<Option<String>, Stop> {
    let Some(own) = recorder.job().client_business_id.clone() else {
        return Ok(None);
    };
    let task = TaskRef::client_business_id(&own);
    let found = session
        .call("looking the request up", session.client.status(&task))
        .await
        // Whatever ends it here, nothing was sent.
        .map_err(|stop| Stop::new(Exit::NotReached, stop.message()))?;
    match found {
        Ok(found) => {
            let is_own = found
                .client_business_id
                .as_ref()
                .is_none_or(|found| *found == own);
            let Some(id) = found
                .id
                .filter(|id| is_own && *id != own && !recorder.is_task_of_another(id))
            else {
                return Ok(None);
            };
            note(&format!(
                "the service has the request already, as {id}: it is not sent again"
            ));
            recorder.record(Event::Settled { id: id.clone() });
            Ok(Some(id))
        }
        // It does not know it, or does not take such questions.
        Err(error) if error.status().is_some_and(|status| status < 500) => Ok(None),
        Err(error) => Err(Stop::new(
            Exit::NotReached,
            format!(
                "it could not be asked whether the service has this request already: {}; nothing was sent; try again",
                told(&error)
            ),
        )),
    }
}

async fn settle(session: &Session, recorder: &mut Recorder) -> Result<Step, Stop> {
    let candidate = match &recorder.job().state {
        State::Unknown { candidate, .. } => candidate.clone(),
        State::Intent
        | State::Sending
        | State::Accepted { .. }
        | State::Completed { .. }
        | State::Saved { .. }
        | State::Rejected { .. }
        | State::Failed { .. } => None,
    };
    look_up(session, recorder, candidate.as_deref()).await
}

/// Asks for what may be the task. That the service does not know it proves nothing.
async fn look_up(
    session: &Session,
    recorder: &mut Recorder,
    candidate: Option<&str>,
) -> Result<Step, Stop> {
    let own = recorder.job().client_business_id.clone();
    let tasks = candidate
        .map(TaskRef::id)
        .into_iter()
        .chain(own.clone().map(TaskRef::client_business_id));
    let mut why = "there is nothing to look it up by".to_owned();
    for task in tasks {
        match session
            .call("looking the request up", session.client.status(&task))
            .await?
        {
            Ok(found) => {
                let another = match (&found.client_business_id, &own) {
                    (Some(found), Some(own)) => found != own,
                    (Some(_) | None, _) => false,
                };
                let another = another
                    || found
                        .id
                        .as_ref()
                        .is_some_and(|id| recorder.is_task_of_another(id));
                if let Some(id) = found.id.clone().filter(|_| !another) {
                    note(&format!("the service took the request as {id}"));
                    recorder.record(Event::Settled { id: id.clone() });
                    return Ok(Step::Wait(id));
                }
                "the task found is of another request".clone_into(&mut why);
            }
            Err(error) if error.is_not_found() => {
                "the service knows no such task, which proves nothing about a charge"
                    .clone_into(&mut why);
            }
            Err(error) => why = told(&error),
        }
    }
    let job = recorder.job();
    note(&format!(
        "error: it is not known whether the service took the request of job {}: {why}; it may be paid for, so it is not sent \
         again. Look it up later, or pay for another with `--again`:",
        job.number
    ));
    note(&format!(
        "  {}",
        look_up_command(session, recorder, candidate)
    ));
    Ok(Step::Nothing(Exit::Unknown))
}

async fn wait(session: &Session, recorder: &mut Recorder, id: String, polling: Polling) -> Step {
    let number = recorder.job().number;
    match wait::wait(session, &TaskRef::id(&id), polling).await {
        Waited::Completed(task) => {
            recorder.completed();
            Step::Fetch(id, Some(task))
        }
        Waited::Failed(task) => {
            let reason = reason(&task);
            note(&format!(
                "error: the task {id} failed at the service: {reason}"
            ));
            recorder.failed(reason);
            Step::Nothing(Exit::Failed)
        }
        Waited::GaveUp(gave_up) => {
            wait::tell_running(session, &id, Some(number), &gave_up.to_string());
            Step::Nothing(wait::exit_of(gave_up.reason))
        }
        Waited::Interrupted(_) => {
            wait::tell_running(session, &id, Some(number), "stopped waiting");
            Step::Nothing(Exit::Running)
        }
    }
}

async fn fetch(
    session: &Session,
    recorder: &mut Recorder,
    id: &str,
    task: Option<Box<Task>>,
    options: DownloadOptions,
) -> Result<Step, Stop> {
    let task = if let Some(task) = task {
        task
    } else {
        let named = TaskRef::id(id);
        let task = session
            .call("asking for the task", session.client.status(&named))
            .await?
            .map_err(|error| Stop::of_call(&error))?;
        observe(recorder, &task);
        Box::new(task)
    };
    save::tell_download(&task);
    save::save(session, Some(recorder), &task, options)
        .await
        .map(Step::Nothing)
}
