//! Written by `cargo xtask codegen` from the contracts. Change those, not this.
//!
//! Requests to Kling V3 Omni.

use bon::Builder;
use serde::Serialize;

/// Kling V3 Omni. Text-to-video, and video from reference images, videos and subjects that the
/// prompt names by placeholders.
///
/// - endpoint: `POST /v1/videos/generations`
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Builder)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct KlingV3Omni {
    /// The model that makes the video.
    ///
    /// - required (another edition: every other edition of the page marks `model` as required)
    /// - source: `Request Parameters / model`
    #[builder(skip = Model::KlingV3Omni)]
    pub model: Model,
    /// What the video shows. `<<<image_N>>>`, `<<<video_N>>>` and `<<<element_N>>>` name the items
    /// of the lists.
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
    /// Length of the video.
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
    /// Whether to make a video with sound, billed as Sound. Not together with `video_list`.
    ///
    /// - default: `false` (another edition: every other edition of the page gives `false` as the
    ///   default)
    /// - source: `Introduction; Request Parameters / audio`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<bool>,
    /// Reference videos, in the order of the `<<<video_N>>>` placeholders. Billed as Video.
    ///
    /// - at most 1 item (upstream limit: number of reference videos)
    /// - source: `Request Parameters / video_list`
    #[builder(with = FromIterator::from_iter)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_list: Option<Vec<Video>>,
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

impl KlingV3Omni {
    /// The text of the request, as it is sent.
    pub fn to_json(&self) -> String {
        crate::request::to_json(self)
    }
}

/// One reference video.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Builder)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct Video {
    /// Address of the reference video, open to everybody.
    ///
    /// - required (another edition: every other edition of the page marks `video_url` as required
    ///   in an item)
    /// - a public http or https address
    /// - source: `Introduction; Request Parameters / video_list`
    pub video_url: String,
    /// What the video is for: `base` to edit it, `feature` to take its features or motion.
    ///
    /// - default: `"base"` (another edition: a later edition of the page gives `base` as the
    ///   default)
    /// - source: `Request Parameters / video_list`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refer_type: Option<VideoReferType>,
    /// Whether to keep the sound of the reference video.
    ///
    /// - default: `"no"` (another edition: a later edition of the page gives `no` as the default)
    /// - source: `Request Parameters / video_list`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_original_sound: Option<VideoKeepOriginalSound>,
}

/// Further parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Builder)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct Metadata {
    /// Reference images, in the order of the `<<<image_N>>>` placeholders.
    ///
    /// - source: `Request Parameters / metadata / image_list`
    #[builder(with = FromIterator::from_iter)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_list: Option<Vec<Image>>,
    /// Reference subjects, in the order of the `<<<element_N>>>` placeholders.
    ///
    /// - source: `Request Parameters / metadata / element_list`
    #[builder(with = FromIterator::from_iter)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element_list: Option<Vec<Element>>,
    /// Whether to add a watermark.
    ///
    /// - source: `Request Parameters / metadata / watermark`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<bool>,
}

/// One reference image.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Builder)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct Image {
    /// Address of the image, open to everybody.
    ///
    /// - required (another edition: every other edition of the page marks `image_url` as required
    ///   in an item)
    /// - a public http or https address
    /// - source: `Introduction; Request Parameters / metadata / image_list`
    pub image_url: String,
    /// What the image is for; left out for a plain reference.
    ///
    /// - source: `Request Parameters / metadata / image_list`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<ImageType>,
}

/// One reference subject or role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Builder)]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct Element {
    /// Address of the subject's image, character asset or another supported asset.
    ///
    /// - required (another edition: every other edition of the page marks `url` as required in an
    ///   item)
    /// - a public address, or another asset address
    /// - source: `Introduction; Request Parameters / metadata / element_list`
    pub url: String,
    /// What kind of asset the address leads to, such as `image` or `video`.
    ///
    /// - such as `"image"`, `"video"`
    /// - source: `Request Parameters / metadata / element_list`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// The part the subject plays, as the upstream model understands it.
    ///
    /// - such as `"subject"`
    /// - source: `Request Parameters / metadata / element_list`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// What `model` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Model {
    /// `"kling-v3-omni"`.
    #[serde(rename = "kling-v3-omni")]
    KlingV3Omni,
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
}

impl From<Duration> for i64 {
    fn from(value: Duration) -> Self {
        value as Self
    }
}

/// What `video_list[].refer_type` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum VideoReferType {
    /// `"base"`; what an absent member means.
    #[serde(rename = "base")]
    Base,
    /// `"feature"`.
    #[serde(rename = "feature")]
    Feature,
}

/// What `video_list[].keep_original_sound` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum VideoKeepOriginalSound {
    /// `"yes"`.
    #[serde(rename = "yes")]
    Yes,
    /// `"no"`; what an absent member means.
    #[serde(rename = "no")]
    No,
}

/// What `metadata.image_list[].type` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum ImageType {
    /// `"first_frame"`.
    #[serde(rename = "first_frame")]
    FirstFrame,
    /// `"end_frame"`.
    #[serde(rename = "end_frame")]
    EndFrame,
}
