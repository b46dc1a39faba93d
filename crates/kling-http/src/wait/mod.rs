//! Polling a task, once and until it is done.

mod drive;
mod machine;
mod options;
mod outcome;
mod seen;

pub use drive::Wait;
pub use machine::{Effect, Event, Machine, Moment};
pub use options::{UnknownId, WaitOptions};
pub use outcome::{GaveUp, Reason, WaitEvent, WaitOutcome};

use crate::answer::{About, Task, Warning};
use crate::client::{Answer, Client};
use crate::error::{Error, Kind};
use crate::task_ref::TaskRef;

impl Client {
    /// Returns the state of a task. Costs nothing, so it is retried within [`Retries`](crate::Retries).
    ///
    /// The answer is about the task asked for, by its `id` or its `client_business_id`; if both sides know both, both
    /// match. An answer that does not say which task it is about is accepted, with a [warning](Task::warnings).
    /// Cancel-safe.
    ///
    /// # Errors
    /// [`is_not_found`](Error::is_not_found) if the service does not know the task, which proves nothing about a
    /// charge; [`is_unauthorized`](Error::is_unauthorized); [`is_other_task`](Error::is_other_task) if the answer is
    /// about another task; [`is_answer`](Error::is_answer) if it cannot be read; [`is_connect`](Error::is_connect),
    /// [`is_timeout`](Error::is_timeout) and [`is_transport`](Error::is_transport) after all tries.
    #[tracing::instrument(name = "status", skip_all, fields(task = %task))]
    pub async fn status(&self, task: &TaskRef) -> Result<Task, Error> {
        self.retried(|| self.status_once(task)).await
    }

    /// Waits until a task is done, as a stream of events and as a future of the outcome.
    ///
    /// Cancel-safe: dropping it only stops the polling.
    ///
    /// ```no_run
    /// # async fn example(client: kling_http::Client) {
    /// use kling_http::{TaskRef, WaitOptions, WaitOutcome};
    ///
    /// match client.wait(&TaskRef::id("video_1"), WaitOptions::default()).await {
    ///     WaitOutcome::Completed(task) => println!("{:?}", task.video_url()),
    ///     WaitOutcome::Failed(task) => println!("failed: {:?}", task.failure()),
    ///     WaitOutcome::GaveUp(gave_up) => println!("{gave_up}"),
    /// }
    /// # }
    /// ```
    pub fn wait(&self, task: &TaskRef, options: WaitOptions) -> Wait {
        Wait::new(self.clone(), task.clone(), options)
    }

    pub(crate) async fn status_once(&self, task: &TaskRef) -> Result<Task, Error> {
        let url = self.task_url(task)?;
        let answer = self.ask(url).await?;
        let mut found = answer.task(Some(task), self.sanitiser())?;
        let about = found.about(task);
        if about == About::Another {
            let name = found.id.as_deref().or(found.client_business_id.as_deref());
            let name = self.sanitiser().message(name.unwrap_or_default());
            let message =
                format!("the service answered about a task other than the requested one: `{name}`");
            return Err(self.not_used(&answer, Kind::OtherTask, message));
        }
        if !found.has_state_or_video() {
            let is_bad = about == About::Unnamed || found.is_of_a_failed_call();
            // An error without a state says nothing about the task, which may be running.
            if found.said(is_bad).is_some() {
                return Err(answer.refusal("the service answered with an error", self.sanitiser()));
            }
            if about == About::Unnamed {
                let message = "the service's answer does not say which task it is about";
                return Err(self.not_used(&answer, Kind::Answer, message));
            }
        }
        if about == About::Unnamed {
            found.warn(Warning::WithoutId);
            found.id = task.service_id().map(str::to_owned);
        }
        let state = found.state();
        if !state.is_final() && found.video_url().is_some() {
            let word = state.to_string();
            found.warn(Warning::DoneByAddress { word });
        }
        Ok(found)
    }

    fn not_used(&self, answer: &Answer, kind: Kind, message: impl Into<String>) -> Error {
        Error::new(kind, message)
            .with_help("the answer is not used; ask again later")
            .with_status(answer.status)
            .with_request_id(answer.request_id.clone())
            .with_body(self.sanitiser().evidence(&answer.body))
    }
}
