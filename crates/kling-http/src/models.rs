//! The models that the service lists.

use serde_json::Value;

use crate::answer::is_error_object;
use crate::client::Client;
use crate::error::Error;

/// The maximum number of ids that are read.
const MAX_MODELS: usize = 10_000;

impl Client {
    /// Returns the ids of the models for videos that the service lists, in its order, each safe to print and at most
    /// 500 characters long; at most 10,000. Costs nothing, so it is retried within [`Retries`](crate::Retries).
    ///
    /// The ids show which edition of the service's pages holds: a model may have another id in another one.
    ///
    /// Cancel-safe.
    ///
    /// ```no_run
    /// # async fn example(client: kling_http::Client) -> Result<(), kling_http::Error> {
    /// for id in client.video_models().await? {
    ///     println!("{id}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`status`](Self::status), except those about a task; [`is_answer`](Error::is_answer) if the answer has no list.
    #[tracing::instrument(name = "video_models", skip_all)]
    pub async fn video_models(&self) -> Result<Vec<String>, Error> {
        self.retried(|| self.video_models_once()).await
    }

    async fn video_models_once(&self) -> Result<Vec<String>, Error> {
        let mut url = self.endpoint(&["models"]);
        url.query_pairs_mut().append_pair("type", "video");
        let answer = self.ask(url).await?;
        let members = answer.object(self.sanitiser())?;
        if is_error_object(&members) {
            return Err(answer.refusal("the service does not list its models", self.sanitiser()));
        }
        let Some(Value::Array(models)) = members.get("data") else {
            let message = "the service's answer has no list of models";
            return Err(answer.unusable(message, self.sanitiser()));
        };
        let ids = models.iter().filter_map(|model| match model {
            Value::String(id) => Some(id.as_str()),
            Value::Object(model) => model.get("id")?.as_str(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        });
        Ok(ids
            .take(MAX_MODELS)
            .map(|id| self.sanitiser().message(id))
            .collect())
    }
}
