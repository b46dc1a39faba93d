//! Written by `cargo xtask codegen` from the contracts. Change those, not this.
//!
//! Requests to Kling V3 Fast.

use bon::Builder;
use serde::Serialize;

use crate::request::texts;

/// Kling V3 Fast. Text-to-video, and video from a first frame.
///
/// - endpoint: `POST /v1/videos/generations`
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Builder)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct KlingV3Fast {
    /// The model that makes the video.
    ///
    /// - required
    /// - source: `Request Parameters / model`
    #[builder(skip = Model::KlingV3Fast)]
    pub model: Model,
    /// What the video shows.
    ///
    /// - required
    /// - more than white space (inferred: a blank prompt says nothing about the video)
    /// - at most 2500 characters (upstream limit: prompt length)
    /// - source: `Request Parameters / prompt`
    pub prompt: String,
    /// The first frame. Only the first image is used.
    ///
    /// - at most 1 item
    /// - source: `Request Parameters / reference_images`
    #[builder(with = |list: impl IntoIterator<Item = impl Into<String>>| texts(list))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_images: Option<Vec<String>>,
    /// Resolution of the video.
    ///
    /// - default: `"720p"`
    /// - source: `Introduction; Request Parameters / resolution`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Length of the video.
    ///
    /// - unit: s
    /// - default: `5`
    /// - source: `Introduction; Request Parameters / duration`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Duration>,
    /// Width to height of the video. For text-to-video only.
    ///
    /// - default: `"16:9"`
    /// - source: `Introduction; Request Parameters / aspect_ratio`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// Whether to add the official Kling watermark; a watermark of one's own is not supported.
    ///
    /// - default: `false`
    /// - source: `Introduction; Request Parameters / watermark`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<bool>,
    /// An id of the caller's own. It is stored with the task, returned, and can be used to look the
    /// task up.
    ///
    /// - another edition: a later edition of each page lists `client_business_id`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_business_id: Option<String>,
}

impl KlingV3Fast {
    /// The text of the request, as it is sent.
    pub fn to_json(&self) -> String {
        crate::request::to_json(self)
    }
}

/// What `model` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Model {
    /// `"kling-v3-fast"`.
    #[serde(rename = "kling-v3-fast")]
    KlingV3Fast,
}

/// What `resolution` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Resolution {
    /// `"720p"`; what an absent member means.
    #[serde(rename = "720p")]
    P720,
    /// `"1080p"`.
    #[serde(rename = "1080p")]
    P1080,
}

/// What `duration` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
#[repr(i64)]
#[serde(into = "i64")]
pub enum Duration {
    /// `3`.
    Seconds3 = 3,
    /// `4`.
    Seconds4 = 4,
    /// `5`; what an absent member means.
    Seconds5 = 5,
    /// `6`.
    Seconds6 = 6,
    /// `7`.
    Seconds7 = 7,
    /// `8`.
    Seconds8 = 8,
    /// `9`.
    Seconds9 = 9,
    /// `10`.
    Seconds10 = 10,
    /// `11`.
    Seconds11 = 11,
    /// `12`.
    Seconds12 = 12,
    /// `13`.
    Seconds13 = 13,
    /// `14`.
    Seconds14 = 14,
    /// `15`.
    Seconds15 = 15,
}

impl From<Duration> for i64 {
    fn from(value: Duration) -> Self {
        value as Self
    }
}

/// What `aspect_ratio` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum AspectRatio {
    /// `"16:9"`; what an absent member means.
    #[serde(rename = "16:9")]
    Ratio16x9,
    /// `"9:16"`.
    #[serde(rename = "9:16")]
    Ratio9x16,
    /// `"1:1"`.
    #[serde(rename = "1:1")]
    Ratio1x1,
}
