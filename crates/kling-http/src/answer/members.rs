//! The objects within a task.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{deserialize_from, take};
use crate::sanitise::Sanitiser;

/// The `result` of a completed task.
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TaskResult {
    /// What `data` holds: `video`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The videos: one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<Media>>,
    /// All other members.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A video that can be downloaded.
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Media {
    /// Where it is. The URL is signed: whoever has it can fetch the video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its container format: `mp4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// All other members.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

deserialize_from!(Map<String, Value>: TaskResult, Media);

impl From<Map<String, Value>> for TaskResult {
    fn from(mut members: Map<String, Value>) -> Self {
        Self {
            kind: take(&mut members, "type"),
            data: take(&mut members, "data"),
            other: members,
        }
    }
}

impl From<Map<String, Value>> for Media {
    fn from(mut members: Map<String, Value>) -> Self {
        Self {
            url: take(&mut members, "url"),
            format: take(&mut members, "format"),
            other: members,
        }
    }
}

impl fmt::Debug for TaskResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "TaskResult", self)
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Media", self)
    }
}

/// Writes the value as JSON, without the queries of URLs: they are signatures.
pub(super) fn debug(f: &mut fmt::Formatter<'_>, name: &str, value: &impl Serialize) -> fmt::Result {
    let text = serde_json::to_string(value).map_err(|_| fmt::Error)?;
    let text = Sanitiser::default().evidence(text.as_bytes());
    write!(f, "{name}({})", text.unwrap_or_default())
}
