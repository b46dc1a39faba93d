//! A job from any state to a video on disk.

use kling_http::{Task, TaskRef};
use kling_journal::{Event, State};

use super::billing::{self, Billing};
use super::destination::Destination;
use super::paid::{Ready, report_sending};
use super::post::{self, Kind, not_sent, with_look_up};
use super::print::note;
use super::recorder::Recorder;
use super::session::Session;
use super::stop::{Stop, describe};
use super::task::{observe, reason, report_warnings, task_of_client_id};
use super::wait::{self, JobOfTask, TaskOrigin, WaitEnd};
use super::{request, save};
use crate::cli::Polling;
use crate::exit::Exit;

/// The next thing to do.
enum Step {
    /// For an intent found in the journal: first ask whether it was sent after all, which costs nothing.
    Ask,
    Send,
    Settle,
    Wait(String, TaskOrigin),
    /// The task, if its status is already known.
    Fetch(String, Option<Box<Task>>),
    Done(Exit),
}

/// Continues a job until its video is saved, or until there is nothing more to do.
pub(crate) async fn run_to_end(
    session: &Session,
    mut recorder: Recorder,
    is_new: bool,
    mut ready: Option<Ready>,
    polling: Polling,
    destination: &Destination,
) -> Result<Exit, Stop> {
    let mut step = begin(session, &recorder, is_new, destination).await;
    let done = loop {
        step = match step {
            Ok(Step::Ask) => ask(session, &mut recorder).await,
            Ok(Step::Send) => send(session, &mut recorder, ready.as_mut()).await,
            Ok(Step::Settle) => settle(session, &mut recorder).await,
            Ok(Step::Wait(id, before)) => wait(session, &mut recorder, id, before, polling).await,
            Ok(Step::Fetch(id, task)) => {
                fetch(session, &mut recorder, &id, task, destination).await
            }
            Ok(Step::Done(exit)) => break Ok(exit),
            Err(refused) => break Err(refused),
        };
    };
    recorder.end(session, done)
}

async fn begin(
    session: &Session,
    recorder: &Recorder,
    is_new: bool,
    destination: &Destination,
) -> Result<Step, Stop> {
    let job = recorder.job();
    Ok(match &job.state {
        State::Intent if is_new => Step::Send,
        State::Intent => Step::Ask,
        State::Sending | State::Unknown { .. } => Step::Settle,
        State::Accepted { id } => Step::Wait(id.clone(), TaskOrigin::Older),
        State::Completed { id } => Step::Fetch(id.clone(), None),
        State::Saved { id, .. } => {
            let files = recorder.saved_files()?;
            let are_there = files
                .iter()
                .all(|(file, bytes)| save::is_there(job, file, *bytes));
            if are_there && destination.has_all(&files) {
                let number = Some(job.number);
                let billing = Billing::of_job(job);
                let given = save::give_saved(session, number, id, &files, billing, destination);
                Step::Done(given.await?)
            } else {
                Step::Fetch(id.clone(), None)
            }
        }
        State::Rejected { reason } | State::Failed { reason, .. } => {
            let (exit, cost) = if job.state.id().is_some() {
                let billing = Billing::of_job(job);
                let cost = format!("; {}", billing::of_failed(billing.as_ref()));
                (Exit::Failed, cost)
            } else {
                (Exit::Rejected, String::new())
            };
            return Err(Stop::new(
                exit,
                format!(
                    "job {} is {}, and there is nothing left to do: {reason}{cost}",
                    job.number,
                    job.state.word()
                ),
            ));
        }
    })
}

async fn send(
    session: &Session,
    recorder: &mut Recorder,
    ready: Option<&mut Ready>,
) -> Result<Step, Stop> {
    let text = match ready {
        Some(ready) => ready.sendable(session, recorder).await?,
        // It is sent as it was recorded.
        None => recorder.job().text.clone(),
    };
    report_sending(session, recorder);
    let answer = post::post(session, recorder, &text, Some(post::budget(session))).await?;
    match (answer.kind, answer.id.clone()) {
        (Kind::Accepted, Some(id)) => {
            note(&format!("accepted as {id}"));
            answer.report_trouble();
            Ok(Step::Wait(id, TaskOrigin::New))
        }
        (Kind::Unknown, _) if !session.signals.is_stopped() => {
            note(&format!(
                "warning: it is not known whether the service accepted the request: {}; looking it up",
                answer.reason.as_deref().unwrap_or_default()
            ));
            look_up(session, recorder, answer.candidate.as_deref()).await
        }
        (Kind::Accepted | Kind::Rejected | Kind::NotSent | Kind::Unknown, _) => {
            answer.end(session, recorder, None).map(Step::Done)
        }
    }
}

async fn ask(session: &Session, recorder: &mut Recorder) -> Result<Step, Stop> {
    Ok(match sent_before(session, recorder).await? {
        Some(id) => Step::Wait(id, TaskOrigin::Older),
        None => Step::Send,
    })
}

/// Returns the task of a request that the journal considers unsent, if the service has it: the journal may have been
/// restored from an older copy.
pub(crate) async fn sent_before(
    session: &Session,
    recorder: &mut Recorder,
) -> Result<Option<String>, Stop> {
    let Some(own) = recorder.job().client_business_id.clone() else {
        return Ok(None);
    };
    let asked = task_of_client_id(session, &own).await;
    let number = recorder.job().number;
    let asked = asked.map_err(|stop| {
        if session.is_passing {
            stop
        } else {
            stop.with_next("Send it with", session.resume(number))
        }
    });
    let Some(found) = asked? else {
        return Ok(None);
    };
    if let Some(why) = not_own(session, recorder, &found) {
        // Whoever the task belongs to, a second request with its id is not sent.
        return Err(not_sent(
            session,
            recorder,
            format!(
                "the service already has a task with the `client_business_id` {own}, and {why}; nothing was sent; use another \
                 id for another video"
            ),
        ));
    }
    // A service that treats this id as a task's own may return it as such.
    let Some(id) = found.id.filter(|id| *id != own) else {
        return Err(not_sent(
            session,
            recorder,
            "the service was asked whether it already has this request, and its answer does not say which task it is \
             about; nothing was sent; try again, or pay for another with `--again`",
        ));
    };
    note(&format!(
        "the service already has the request, as {id}: it is not sent again"
    ));
    recorder.record(session, Event::Settled { id: id.clone() });
    Ok(Some(id))
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

/// Polls what may be the task. If the service does not know it, that proves nothing.
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
    let mut why = "it has no id to look it up by".to_owned();
    for task in tasks {
        let asked = session
            .call(
                "looking the request up",
                Exit::Unknown,
                session.client.status(&task),
            )
            .await;
        match asked {
            Err(stop) => {
                stop.reason().clone_into(&mut why);
                break;
            }
            Ok(Ok(found)) => match (not_own(session, recorder, &found), found.id) {
                (None, Some(id)) => {
                    note(&format!("the service accepted the request as {id}"));
                    recorder.record(session, Event::Settled { id: id.clone() });
                    return Ok(Step::Wait(id, TaskOrigin::Older));
                }
                (None, None) => "the task that was found has no id".clone_into(&mut why),
                (Some(not_own), _) => not_own.clone_into(&mut why),
            },
            Ok(Err(error)) if error.is_not_found() => {
                "the service does not know such a task, which does not prove that nothing was charged"
                    .clone_into(&mut why);
            }
            Ok(Err(error)) => why = describe(&error),
        }
    }
    let what_for = "Look it up later with this, or pay for another with `--again`";
    let stop = Stop::unknown(Some(recorder.job().number), &why);
    Err(with_look_up(stop, what_for, session, recorder, candidate))
}

/// The maximum difference between the clocks of the service and of this machine, in seconds.
const CLOCKS_DIFFER: i64 = 60;

/// Returns why a task that was found cannot be that of the job; `None` if it can.
fn not_own(session: &Session, recorder: &Recorder, found: &Task) -> Option<String> {
    let job = recorder.job();
    let is_of_another_request = match (&found.client_business_id, &job.client_business_id) {
        (Some(found), Some(own)) => found != own,
        (Some(_) | None, _) => false,
    };
    let is_of_another_job = found
        .id
        .as_ref()
        .is_some_and(|id| recorder.is_task_of_another(id));
    if is_of_another_request || is_of_another_job {
        return Some("the task that was found is of another request".to_owned());
    }
    let is_older = found
        .created_at
        .is_some_and(|created| created < job.created.saturating_sub(CLOCKS_DIFFER));
    // Generated ids are unique; an id that the user chose may have been used before this journal was created.
    let chosen = job.client_business_id.as_deref();
    let chosen = chosen.filter(|id| is_older && !request::is_own_client_id(id))?;
    Some(format!(
        "the task that was found was made before this job, so it is of another request, or a clock is wrong (`{}` gets its \
         video)",
        session.advice("download", chosen)
    ))
}

/// Ends the command if a task was completed but the service no longer returns a URL of its video.
fn gone(session: &Session, recorder: &Recorder, id: &str, task: &Task) -> Stop {
    let why = match task.failure() {
        Some(_) => format!(": {}", reason(task)),
        None => String::new(),
    };
    Stop::new(
        Exit::Unusable,
        format!(
            "the task {id} was done before, but the service now says `{}` and gives no URL of its video{why}; URLs expire \
             after a day",
            task.state()
        ),
    )
    .with_next("Ask again with this, or pay for another with `--again`", session.resume(recorder.job().number))
}

/// Refers to the job's task by the id that the service gave it.
fn task_of(recorder: &Recorder, id: &str) -> TaskRef {
    let task = TaskRef::id(id);
    match &recorder.job().client_business_id {
        Some(own) => task.expecting_client_business_id(own),
        None => task,
    }
}

async fn wait(
    session: &Session,
    recorder: &mut Recorder,
    id: String,
    before: TaskOrigin,
    polling: Polling,
) -> Result<Step, Stop> {
    let task = task_of(recorder, &id);
    // Events that could not be recorded are retried whenever there is news of the task.
    let heard = || {
        let _ = recorder.flush();
    };
    match wait::wait(session, &task, before, polling, heard).await {
        WaitEnd::Completed(task) => {
            observe(session, recorder, &task);
            Ok(Step::Fetch(id, Some(task)))
        }
        WaitEnd::Failed(task) => {
            observe(session, recorder, &task);
            let reason = reason(&task);
            // A service in this process charges nothing.
            let billing = Billing::of_task(session, &task);
            let cost = if session.is_passing {
                String::new()
            } else {
                format!("; {}", billing::of_failed(billing.as_ref()))
            };
            let why = format!("the task {id} failed at the service: {reason}{cost}");
            Err(Stop::new(Exit::Failed, why).with(&serde_json::json!({ "billing": billing })))
        }
        WaitEnd::Unfinished(unfinished) => {
            // A task that is done without a URL of its video has been paid for: its answer is kept.
            if let Some(last) = &unfinished.last {
                observe(session, recorder, last);
            }
            let job = JobOfTask {
                number: recorder.job().number,
                is_unknown: false,
            };
            Err(unfinished.stop(session, &id, Some(job)))
        }
    }
}

async fn fetch(
    session: &Session,
    recorder: &mut Recorder,
    id: &str,
    task: Option<Box<Task>>,
    destination: &Destination,
) -> Result<Step, Stop> {
    let number = recorder.job().number;
    let task = if let Some(task) = task {
        task
    } else {
        destination.before_saving()?;
        let named = task_of(recorder, id);
        let task = session
            .call(
                "asking for the task",
                Exit::Unusable,
                session.client.status(&named),
            )
            .await?
            // Whatever the service answers now, the task is completed and its video is not saved.
            .map_err(|error| {
                Stop::new(Exit::Unusable, describe(&error))
                    .with_next("The video is paid for. Get it with", session.resume(number))
            })?;
        report_warnings(&task);
        observe(session, recorder, &task);
        if task.video_url().is_none() {
            return Err(gone(session, recorder, id, &task));
        }
        Box::new(task)
    };
    save::report_download(&task);
    let number = (!session.is_passing).then_some(number);
    save::save(session, Some(recorder), number, &task, destination)
        .await
        .map(Step::Done)
}

#[cfg(test)]
mod tests;
