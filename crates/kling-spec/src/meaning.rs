//! What the members of requests are for, under one name over all models, and where a contract writes it.

use std::fmt;

use indexmap::IndexMap;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

use crate::path::Path;
use crate::scalar::Scalar;

/// What a member of a request is for. Two models, or two editions of a page, may write the same meaning in different
/// places.
///
/// ```
/// use kling_spec::{Meaning, Spec};
///
/// let spec = Spec::embedded("kling-v3").expect("a known model");
/// assert_eq!(spec.meanings()[&Meaning::Tier].to.to_string(), "mode");
/// let spec = Spec::embedded("kling-v3-fast").expect("a known model");
/// assert_eq!(spec.meanings()[&Meaning::Tier].to.to_string(), "resolution");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Meaning {
    /// The id of the model.
    Model,
    /// What the video shows.
    Prompt,
    /// What the video should not show.
    NegativePrompt,
    /// The URL of the image that the video begins with.
    FirstFrame,
    /// The URL of the image that the video ends with.
    LastFrame,
    /// The URL of an image that the video refers to, and that is not one of its frames.
    Reference,
    /// The URL of a subject.
    Element,
    /// The URL of a video.
    Video,
    /// What a video is used for.
    VideoUse,
    /// Whether the sound of a video is kept: `true` or `false`.
    KeepSound,
    /// The length of the video in seconds.
    Length,
    /// The ratio of width to height.
    Ratio,
    /// The resolution: `720p` or `1080p`.
    Tier,
    /// Whether the video has sound.
    Sound,
    /// Whether the video has a watermark.
    Watermark,
    /// The caller's own id of the task.
    ClientId,
}

impl Meaning {
    /// All meanings.
    pub const ALL: [Self; 16] = [
        Self::Model,
        Self::Prompt,
        Self::NegativePrompt,
        Self::FirstFrame,
        Self::LastFrame,
        Self::Reference,
        Self::Element,
        Self::Video,
        Self::VideoUse,
        Self::KeepSound,
        Self::Length,
        Self::Ratio,
        Self::Tier,
        Self::Sound,
        Self::Watermark,
        Self::ClientId,
    ];

    /// Returns the name that contracts use: `first-frame`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Prompt => "prompt",
            Self::NegativePrompt => "negative-prompt",
            Self::FirstFrame => "first-frame",
            Self::LastFrame => "last-frame",
            Self::Reference => "reference",
            Self::Element => "element",
            Self::Video => "video",
            Self::VideoUse => "video-use",
            Self::KeepSound => "keep-sound",
            Self::Length => "length",
            Self::Ratio => "ratio",
            Self::Tier => "tier",
            Self::Sound => "sound",
            Self::Watermark => "watermark",
            Self::ClientId => "client-id",
        }
    }

    /// Returns the meaning with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|meaning| meaning.name() == name)
    }
}

/// Where a contract writes a meaning.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that says where a meaning is written"
)]
#[non_exhaustive]
pub struct WrittenAt {
    /// The field that has the value: `metadata.image_list[].image_url`.
    pub to: Path,
    /// What the other members of the same item are: `{ type = "first_frame" }`.
    #[serde(default)]
    pub with: IndexMap<String, Scalar>,
    /// Which item of the list it is, from 1, if the place in the list says what an item is for.
    pub position: Option<u32>,
    /// How values are written, if not as they are.
    #[serde(default)]
    pub values: Vec<WrittenValue>,
    /// Where else a request may have it.
    #[serde(default)]
    pub also: Vec<AlsoAt>,
}

/// Describes the place: `metadata.image_list[].image_url with type "first_frame"`.
impl fmt::Display for WrittenAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to)?;
        if let Some(position) = self.position {
            write!(f, ", item {position}")?;
        }
        for (index, (name, value)) in self.with.iter().enumerate() {
            let word = if index == 0 { " with" } else { " and" };
            write!(f, "{word} {name} {value}")?;
        }
        for (index, value) in self.values.iter().enumerate() {
            let sign = if index == 0 { ":" } else { "," };
            write!(f, "{sign} {} for {}", value.written, value.is)?;
        }
        Ok(())
    }
}

/// A value of a meaning, and how a contract writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table with `is` and `written`"
)]
#[non_exhaustive]
pub struct WrittenValue {
    /// The value, in the terms of all models: `720p`.
    pub is: Scalar,
    /// The value in this model: `std`.
    pub written: Scalar,
}

/// Another place where a request may have a meaning. It is read there, and never written there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that says where a meaning is read"
)]
#[non_exhaustive]
pub struct AlsoAt {
    /// The field that has the value.
    pub to: Path,
    /// What the other members of the same item are.
    #[serde(default)]
    pub with: IndexMap<String, Scalar>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_meaning_has_a_name_of_its_own() {
        for meaning in Meaning::ALL {
            assert_eq!(Meaning::named(meaning.name()), Some(meaning));
        }
        assert_eq!(Meaning::named("first_frame"), None);
    }
}
