//! Written by `cargo xtask codegen` from the contracts. Change those, not this.
//!
//! Requests to Kling V3.

use bon::Builder;

use crate::request::texts;

/// Kling V3. Text-to-video, image-to-video, and video between a first and a last frame.
///
/// - endpoint: `POST /v1/videos/generations`
#[derive(Debug, Clone, PartialEq, Eq, Hash, Builder)]
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
    pub mode: Option<Mode>,
    /// Length of the video. 15 is for text-to-video only.
    ///
    /// - unit: s
    /// - default: `5` (another edition: every other edition of the page gives 5 as the default)
    /// - source: `Request Parameters / duration`
    pub duration: Option<Duration>,
    /// Width to height of the video.
    ///
    /// - common values: `"16:9"`, `"9:16"`, `"1:1"` (inferred: the page names the common values and
    ///   does not say that others work)
    /// - width:height in whole numbers
    /// - default: `"16:9"` (another edition: every other edition of the page gives `16:9` as the
    ///   default)
    /// - source: `Request Parameters / aspect_ratio`
    #[builder(into)]
    pub aspect_ratio: Option<AspectRatio>,
    /// Images to start from: one is the first frame, two are the first and the last frame.
    ///
    /// - at most 2 items
    /// - source: `Request Parameters / image_urls`
    #[builder(with = |list: impl IntoIterator<Item = impl Into<String>>| texts(list))]
    pub image_urls: Option<Vec<String>>,
    /// Whether to make a video with sound, billed as Sound.
    ///
    /// - default: `false` (another edition: every other edition of the page gives `false` as the
    ///   default)
    /// - source: `Introduction; Request Parameters / audio`
    pub audio: Option<bool>,
    /// Further parameters.
    ///
    /// - source: `Request Parameters / metadata`
    pub metadata: Option<Metadata>,
    /// An id of the caller's own. It is stored with the task, returned, and can be used to look the
    /// task up.
    ///
    /// - another edition: a later edition of each page lists `client_business_id`
    pub client_business_id: Option<String>,
}

impl KlingV3 {
    /// The id of the model, as requests give it.
    pub const MODEL: &'static str = "kling-v3";

    /// The text of the request, as it is sent.
    pub fn to_json(&self) -> String {
        crate::request::to_json(self)
    }
}

object! {
    KlingV3 {
        required model = "model",
        required prompt = "prompt",
        optional mode = "mode",
        optional duration = "duration",
        optional aspect_ratio = "aspect_ratio",
        optional image_urls = "image_urls",
        optional audio = "audio",
        optional metadata = "metadata",
        ignored "$schema",
        optional client_business_id = "client_business_id",
    }
}

/// Further parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Builder)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct Metadata {
    /// What the video should not show.
    ///
    /// - source: `Request Parameters / metadata`
    pub negative_prompt: Option<String>,
    /// Whether to add a watermark.
    ///
    /// - source: `Request Parameters / metadata`
    pub watermark: Option<bool>,
}

object! {
    Metadata {
        optional negative_prompt = "negative_prompt",
        optional watermark = "watermark",
    }
}

closed_strings! {
    /// What `model` takes.
    pub enum Model {
        /// `"kling-v3"`.
        KlingV3 = "kling-v3",
    }
}

closed_strings! {
    /// What `mode` takes.
    pub enum Mode {
        /// `"std"`; what an absent member means.
        Std = "std",
        /// `"pro"`.
        Pro = "pro",
    }
}

closed_integers! {
    /// What `duration` takes.
    pub enum Duration {
        /// `5`; what an absent member means.
        Seconds5 = 5,
        /// `10`.
        Seconds10 = 10,
        /// `15`.
        Seconds15 = 15,
    }
}

open_strings! {
    /// What `aspect_ratio` takes; other values may work.
    pub enum AspectRatio {
        /// `"16:9"`; what an absent member means.
        Ratio16x9 = "16:9",
        /// `"9:16"`.
        Ratio9x16 = "9:16",
        /// `"1:1"`.
        Ratio1x1 = "1:1",
    }
}
