//! A task, as the submit and the status answer show it.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Number, Value};

use super::members::{TaskResult, debug};
use super::{ApiError, Billing, State, Warning, reason, videos};
use crate::sanitise::Sanitiser;

/// A task. Every member may be missing; one that is unknown or not of the documented type is
/// kept in [`other`](Self::other), so that `Task` → JSON → `Task` loses nothing.
///
/// ```
/// use kling_http::{State, Task};
///
/// let task: Task = serde_json::from_str(
///     r#"{"id": "video_1", "status": "completed", "url": "https://example.com/x.mp4"}"#,
/// )?;
/// assert_eq!(task.state(), State::Completed);
/// assert_eq!(task.video_url(), Some("https://example.com/x.mp4"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Task {
    /// The service's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the answer is about: `generation.task`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The model that makes the video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How far it is, as a word: see [`state`](Self::state).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// How much is done, from 0 to 100: see [`percent`](Self::percent).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Number>,
    /// When it was submitted, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// When it was completed, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<i64>,
    /// Until when the video can be downloaded, in seconds since 1970: 24 hours after completion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// The caller's own id, if the request had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_business_id: Option<String>,
    /// The video, once completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<TaskResult>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// What it costs; if there is none, that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing: Option<Billing>,
    /// All other members.
    #[serde(flatten)]
    pub other: Map<String, Value>,
    /// What is around the task in its answer.
    #[serde(skip)]
    pub(super) envelope: Option<Box<Task>>,
    #[serde(skip)]
    pub(super) raw: Box<str>,
    #[serde(skip)]
    warnings: Vec<Warning>,
}

impl<'de> Deserialize<'de> for Task {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

/// Reads a task member by member. Most answers are about a task, and building a map of all members first would take as
/// long as everything else.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Task;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Task, A::Error> {
        let mut task = Task::default();
        while let Some((name, value)) = members.next_entry()? {
            task.set(name, value);
        }
        Ok(task)
    }
}

impl From<Map<String, Value>> for Task {
    fn from(members: Map<String, Value>) -> Self {
        let mut task = Self::default();
        for (name, value) in members {
            task.set(name, value);
        }
        task
    }
}

impl Task {
    /// Sets a member. A value not of the documented type is kept in `other`; of several members with the same name the
    /// last one counts.
    fn set(&mut self, name: String, value: Value) {
        let left = match name.as_str() {
            "id" => set_text(&mut self.id, value),
            "object" => set_text(&mut self.object, value),
            "model" => set_text(&mut self.model, value),
            "status" => set_text(&mut self.status, value),
            "progress" => set(&mut self.progress, value),
            "created_at" => set(&mut self.created_at, value),
            "completed_at" => set(&mut self.completed_at, value),
            "expires_at" => set(&mut self.expires_at, value),
            "client_business_id" => set_text(&mut self.client_business_id, value),
            "result" => set(&mut self.result, value),
            "billing" => set(&mut self.billing, value),
            "error" if value.is_object() => set(&mut self.error, value),
            "error" => {
                // An error that is a plain string stays in `other`; `failure` reads both.
                self.error = None;
                Some(value)
            }
            _ => Some(value),
        };
        match left {
            Some(value) => {
                self.other.insert(name, value);
            }
            None => {
                self.other.remove(&name);
            }
        }
    }

    /// The URL of the video, if there is one: the first of [`video_urls`](Self::video_urls).
    pub fn video_url(&self) -> Option<&str> {
        self.video_urls().into_iter().next()
    }

    /// The URLs of the videos, in the order of the answer, from the first of the usual places that has one, such as
    /// `result.data[].url`, `result.videos[].url`, `output[]`, `video_url`, `url` or `metadata.url`. Cover images and
    /// the media of the request are not among them. The URLs are signed and expire.
    pub fn video_urls(&self) -> Vec<&str> {
        let places = [
            self.result.as_ref().map(videos::in_result),
            Some(videos::in_members(&self.other)),
            self.envelope.as_ref().map(|envelope| envelope.video_urls()),
        ];
        let found = places.into_iter().flatten().find(|found| !found.is_empty());
        let mut urls: Vec<&str> = Vec::new();
        for url in found.unwrap_or_default() {
            if !urls.contains(&url) {
                urls.push(url);
            }
        }
        urls
    }

    /// Returns what the task costs, as the service says it of the task or of the object around it.
    pub fn billing(&self) -> Option<&Billing> {
        let around = || self.envelope.as_ref()?.billing();
        self.billing.as_ref().or_else(around)
    }

    /// Returns what the service says is wrong: why the task failed, or the error that it reports in another state. For
    /// a failed task without a reason, the beginning of the answer.
    pub fn failure(&self) -> Option<ApiError> {
        let is_failed = self.state() == State::Failed;
        let said = self.said(is_failed);
        if said.is_some() || !is_failed {
            return said;
        }
        let excerpt = Sanitiser::default().excerpt(self.raw.as_bytes())?;
        Some(ApiError {
            message: Some(format!(
                "it does not say why; its answer begins with: {excerpt}"
            )),
            ..ApiError::default()
        })
    }

    /// Returns what the task, or the object around it, says is wrong.
    pub(crate) fn said(&self, is_bad: bool) -> Option<ApiError> {
        let members = serde_json::to_value(self).ok()?;
        let said = reason::of_members(members.as_object()?, is_bad);
        said.or_else(|| self.envelope.as_ref()?.said(is_bad))
    }

    /// The answer that the task was read from: at most 16 KiB, safe to print, without the key and without the queries
    /// of URLs. Empty for a task that does not come from the service.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Returns what is odd about the answer, although it is used.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    pub(crate) fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    pub(crate) fn with_raw(mut self, raw: impl Into<Box<str>>) -> Self {
        self.raw = raw.into();
        self
    }
}

/// Sets a member if the value is a string, and returns the value otherwise.
fn set_text(member: &mut Option<String>, value: Value) -> Option<Value> {
    if let Value::String(text) = value {
        *member = Some(text);
        None
    } else {
        *member = None;
        Some(value)
    }
}

/// Sets a member if the value has its type, and returns the value otherwise.
fn set<T: DeserializeOwned>(member: &mut Option<T>, value: Value) -> Option<Value> {
    *member = T::deserialize(&value).ok();
    member.is_none().then_some(value)
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Task", self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Task;

    fn task(value: Value) -> Task {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn nothing_is_lost() {
        for value in [
            json!({}),
            json!({"id": 5, "status": null, "progress": "50%", "created_at": 7, "usage": {"x": [1]}}),
            json!({"id": "a", "status": "failed", "progress": 50, "error": "plain", "created_at": 1.5}),
            json!({"result": {"type": "video", "data": [{"url": "u", "w": 1}], "n": 1}, "billing": {"credits": "1.50", "x": 0}}),
            json!({"result": [], "error": {"code": 7, "message": "m", "type": "t", "param": "p"}}),
        ] {
            assert_eq!(serde_json::to_value(task(value.clone())).unwrap(), value);
        }
    }

    #[test]
    fn a_failure_without_a_reason_shows_the_answer() {
        let failed = task(json!({"status": "failed"}));
        assert_eq!(failed.failure(), None);
        let failed = failed.with_raw(r#"{"status":"failed","x":1}"#);
        let shown = failed.failure().unwrap().message_text().unwrap();
        assert!(shown.contains(r#""x":1"#), "{shown}");
    }

    #[test]
    fn debug_shows_no_signature() {
        let shown = format!(
            "{:?}",
            task(json!({"url": "https://a.example/x?sig=secret"}))
        );
        assert!(
            shown.contains("a.example") && !shown.contains("secret"),
            "{shown}"
        );
        let nested = task(json!({"result": {"data": [{"url": "https://a.example/x?sig=secret"}]}}));
        assert!(!format!("{:?}", nested.result).contains("secret"));
    }
}
