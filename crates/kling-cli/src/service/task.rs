//! A task as `kling status` and `kling wait` print it, and what the journal records from it.

use kling_http::{ApiError, State as TaskState, Task, TaskRef};
use kling_journal::{Event, State};
use serde::Serialize;

use super::billing::{self, Billing};
use super::print::{VERSION, note, push};
use super::recorder::Recorder;
use super::session::Session;
use super::stop::{Stop, describe};
use crate::exit::Exit;

/// What `kling status` and `kling wait` print as JSON.
#[derive(Serialize)]
pub(crate) struct TaskOutput<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<&'a serde_json::Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    /// All URLs, if there is more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    urls: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorObject>,
    /// What it costs; absent if the service does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    billing: Option<Billing>,
    /// The error in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct ErrorObject {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Returns the machine-readable form of a task, and of its job if there is one.
pub(crate) fn output<'a>(session: &Session, task: &'a Task, job: Option<u64>) -> TaskOutput<'a> {
    let state = task.state();
    let failure = task.failure();
    TaskOutput {
        version: VERSION,
        job,
        id: task.id.as_deref(),
        state: state.word().to_owned(),
        progress: task.progress.as_ref(),
        url: task.video_url(),
        urls: Some(task.video_urls()).filter(|urls| urls.len() > 1),
        expires_at: task.expires_at,
        error: failure.as_ref().map(|error| ErrorObject {
            code: error.code_text(),
            message: error.message_text(),
        }),
        billing: Billing::of_task(session, task),
        reason: (state == TaskState::Failed).then(|| reason(task)),
    }
}

/// Prints a task as the result of a command, and returns its exit code.
pub(crate) fn print(session: &Session, task: &Task, job: Option<u64>) -> Exit {
    let state = task.state();
    let output = output(session, task, job);
    let printed = session.print.result(&output, || {
        let mut text = format!("{}: {state}", task.id.as_deref().unwrap_or("the task"));
        if let Some(percent) = task.percent().filter(|_| !state.is_final()) {
            push(&mut text, format_args!(", {percent:.0} %"));
        }
        for url in task.video_urls() {
            push(&mut text, format_args!("\n{url}"));
        }
        if state == TaskState::Failed {
            push(&mut text, format_args!("\n{}", reason(task)));
        }
        if let Some(line) = billing::line(&state, output.billing.as_ref()) {
            push(&mut text, format_args!("\n{line}"));
        }
        text
    });
    if state == TaskState::Failed && printed == Exit::Clean {
        Exit::Failed
    } else {
        printed
    }
}

/// Returns why a task failed, in the service's words.
pub(crate) fn reason(task: &Task) -> String {
    let failure = task.failure();
    let code = failure.as_ref().and_then(ApiError::code_text);
    let message = failure.as_ref().and_then(ApiError::message_text);
    match (code, message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(text), None) | (None, Some(text)) => text,
        (None, None) => "the service does not say why".to_owned(),
    }
}

/// Reports what is odd about an answer that is used.
pub(crate) fn report_warnings(task: &Task) {
    for warning in task.warnings() {
        note(&format!("warning: {warning}"));
    }
}

/// Records in the journal what a task from the service shows.
pub(crate) fn observe(session: &Session, recorder: &mut Recorder, task: &Task) {
    if matches!(recorder.job().state, State::Unknown { .. })
        && let Some(id) = &task.id
    {
        recorder.record(session, Event::Settled { id: id.clone() });
    }
    // Before the end of the task, which may be the last that is recorded.
    if let Some(billing) = Billing::of_task(session, task) {
        recorder.billed(session, &billing);
    }
    match task.state() {
        TaskState::Queued | TaskState::InProgress | TaskState::Other(_)
            if task.video_url().is_none() => {}
        TaskState::Completed | TaskState::Queued | TaskState::InProgress | TaskState::Other(_) => {
            recorder.completed(session, task.raw());
        }
        TaskState::Failed => recorder.failed(session, reason(task), task.raw()),
    }
}

/// Returns the task that the service has for a `client_business_id`; called before anything is sent with that id.
pub(crate) async fn task_of_client_id(session: &Session, id: &str) -> Result<Option<Task>, Stop> {
    let task = TaskRef::client_business_id(id);
    let asked = session
        // However this ends, nothing was sent.
        .call(
            "looking the request up before it is sent",
            Exit::NotReached,
            session.client.status(&task),
        )
        .await?;
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_plainly_not_found() => Ok(None),
        Err(error) => Err(Stop::new(
            Exit::NotReached,
            format!(
                "the service could not be asked whether it already has this request: {}; nothing was sent; try again",
                describe(&error)
            ),
        )),
    }
}
