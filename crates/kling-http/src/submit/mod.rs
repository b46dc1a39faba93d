//! Submits: one attempt, one of four verdicts, and the only function that may allow another attempt.

mod classify;
mod next;
mod verdict;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

pub use next::{Budget, Next, next};
pub use verdict::{Accepted, NotSent, Rejected, Unknown, Verdict};

use crate::body::Body;
use crate::client::{
    Answer, Client, End, GENERATIONS, body_of, is_before_connection, read_body, transport_error,
};

impl Client {
    /// Sends a request for a video, which costs money: exactly one attempt over its own connection, never repeated and
    /// never redirected.
    ///
    /// Not cancel-safe: if the future is dropped before it is ready, the request may have been sent, and its outcome
    /// is unknown. Record that the request is about to be sent before calling this.
    ///
    /// [`next`] decides what to do with the verdict.
    #[tracing::instrument(name = "submit", skip_all, fields(bytes = body.text().len()))]
    pub async fn submit(&self, body: &Body) -> Verdict {
        let request = self
            .paid_request(Method::POST, self.endpoint(&GENERATIONS))
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .body(body.bytes());
        let verdict = match request.send().await {
            Err(error) if is_before_connection(&error) => Verdict::NotSent(NotSent {
                error: transport_error(error),
            }),
            Err(error) => classify::without_answer(body, transport_error(error)),
            Ok(response) => {
                let head = Answer::head_of(&response);
                let (bytes, end) =
                    read_body(body_of(response), self.max_answer(), transport_error).await;
                let answer = head.with_body(bytes, self.sanitiser());
                match end {
                    End::Complete => classify::complete(answer, body, self.sanitiser()),
                    End::Cut(error) => classify::cut(&answer, body, error, self.sanitiser()),
                    End::TooLarge => {
                        classify::too_large(&answer, body, self.max_answer(), self.sanitiser())
                    }
                }
            }
        };
        tracing::info!(
            verdict = verdict.name(),
            status = verdict.http_status(),
            "submitted"
        );
        verdict
    }
}
