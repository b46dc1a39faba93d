//! Written by `cargo xtask codegen` from the contracts. Change those, not this.
//!
//! Requests to Kling V3.

use bon::Builder;
use serde::Serialize;

use crate::request::texts;

/// Kling V3. Text-to-video, image-to-video, and video between a first and a last frame.
///
/// - endpoint: `POST /v1/videos/generations`
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Builder)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct KlingV3 {
    /// The model that makes the video.
    ///
    /// - required (another edition: every other edition of the page marks `model` as required)
    /// - source: `Request Parameters / model`
    #[builder(skip = Model::KlingV3)]
    pub model: Model,
    /// What the video shows: subject, action, scene, camera movement and style.
    ///
    /// - required (another edition: every other edition of the page marks `prompt` as required)
    /// - more than white space (inferred: a blank prompt says nothing about the video)
    /// - at most 2500 characters (upstream limit: prompt length)
    /// - source: `Request Parameters / prompt`
    pub prompt: String,
    /// Generation mode: `std` makes 720P, `pro` makes 1080P. It decides the billing resolution.
    ///
    /// - default: `"std"` (another edition: every other edition of the page gives `std` as the
    ///   default)
    /// - source: `Introduction; Request Parameters / mode`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Length of the video. 15 is for text-to-video only.
    ///
    /// - unit: s
    /// - default: `5` (another edition: every other edition of the page gives 5 as the default)
    /// - source: `Request Parameters / duration`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Duration>,
    /// Width to height of the video.
    ///
    /// - common values: `"16:9"`, `"9:16"`, `"1:1"` (inferred: the page names the common values and
    ///   does not say that others work)
    /// - width:height in whole numbers
    /// - default: `"16:9"` (another edition: every other edition of the page gives `16:9` as the
    ///   default)
    /// - source: `Request Parameters / aspect_ratio`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<String>,
    /// Images to start from: one is the first frame, two are the first and the last frame.
    ///
    /// - at most 2 items
    /// - source: `Request Parameters / image_urls`
    #[builder(with = |list: impl IntoIterator<Item = impl Into<String>>| texts(list))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_urls: Option<Vec<String>>,
    /// Whether to make a video with sound, billed as Sound.
    ///
    /// - default: `false` (another edition: every other edition of the page gives `false` as the
    ///   default)
    /// - source: `Introduction; Request Parameters / audio`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<bool>,
    /// Further parameters.
    ///
    /// - source: `Request Parameters / metadata`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// An id of the caller's own. It is stored with the task, returned, and can be used to look the
    /// task up.
    ///
    /// - another edition: a later edition of each page lists `client_business_id`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_business_id: Option<String>,
}

impl KlingV3 {
    /// The text of the request, as it is sent.
    pub fn to_json(&self) -> String {
        crate::request::to_json(self)
    }
}

/// Further parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Builder)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct Metadata {
    /// What the video should not show.
    ///
    /// - source: `Request Parameters / metadata`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negative_prompt: Option<String>,
    /// Whether to add a watermark.
    ///
    /// - source: `Request Parameters / metadata`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<bool>,
}

/// What `model` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Model {
    /// `"kling-v3"`.
    #[serde(rename = "kling-v3")]
    KlingV3,
}

/// What `mode` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Mode {
    /// `"std"`; what an absent member means.
    #[serde(rename = "std")]
    Std,
    /// `"pro"`.
    #[serde(rename = "pro")]
    Pro,
}

/// What `duration` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
#[repr(i64)]
#[serde(into = "i64")]
pub enum Duration {
    /// `5`; what an absent member means.
    Seconds5 = 5,
    /// `10`.
    Seconds10 = 10,
    /// `15`.
    Seconds15 = 15,
}

impl From<Duration> for i64 {
    fn from(value: Duration) -> Self {
        value as Self
    }
}
