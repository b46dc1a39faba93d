//! A request without faults, as members.

use super::print::{Json, Members};
use super::{address, prompt};
use crate::random::Random;

/// A model, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    Omni,
    V3,
    Fast,
}

impl Model {
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Omni => "kling-v3-omni",
            Self::V3 => "kling-v3",
            Self::Fast => "kling-v3-fast",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) model: Model,
    pub(crate) members: Members,
}

impl Draft {
    /// Draws a request without faults, its prompt still empty, and the placeholders that the prompt has to mention.
    pub(crate) fn draw(random: &mut Random) -> (Self, Vec<String>) {
        let model = match random.index(100) {
            0..55 => Model::Omni,
            55..87 => Model::V3,
            _ => Model::Fast,
        };
        let members = vec![
            ("model".to_owned(), model.id().into()),
            ("prompt".to_owned(), "".into()),
        ];
        let mut draft = Self { model, members };
        let marks = match model {
            Model::Omni => draft.omni(random),
            Model::V3 => draft.v3(random),
            Model::Fast => draft.fast(random),
        };
        if random.chance(15) {
            draft.set(
                "client_business_id",
                format!("order-2026-03-{:06}", random.index(1_000_000)).into(),
            );
        }
        (draft, marks)
    }

    pub(crate) fn get(&mut self, key: &str) -> Option<&mut Json> {
        self.members
            .iter_mut()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    pub(crate) fn set(&mut self, key: &str, value: Json) {
        match self.get(key) {
            Some(old) => *old = value,
            None => self.members.push((key.to_owned(), value)),
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Json> {
        let index = self.members.iter().position(|(name, _)| name == key)?;
        Some(self.members.remove(index).1)
    }

    /// Returns the members of `metadata`.
    pub(crate) fn metadata(&mut self) -> Option<&mut Members> {
        match self.get("metadata")? {
            Json::Object(members) => Some(members),
            Json::Text(_) | Json::Raw(_) | Json::List(_) => None,
        }
    }

    /// Moves `model` to another place in about one request out of seven.
    pub(crate) fn order(&mut self, random: &mut Random) {
        if random.chance(15) {
            let model = self.members.remove(0);
            let place = random.between(1, self.members.len());
            self.members.insert(place, model);
        }
    }

    fn omni(&mut self, random: &mut Random) -> Vec<String> {
        let video = random.chance(20);
        let edits = video && random.chance(40);
        self.mode(random);
        if !edits {
            if random.chance(75) {
                self.set("duration", Self::seconds(random, &[5, 5, 10]));
            }
            self.ratio(random);
        }
        if random.chance(30) {
            self.set("audio", (!video && random.chance(70)).into());
        }
        let mut marks = Vec::new();
        let mut metadata = Members::new();
        if random.chance(60) {
            let images = Self::images(random, edits);
            marks.extend((1..=images.len()).map(|index| format!("<<<image_{index}>>>")));
            metadata.push(("image_list".to_owned(), Json::List(images)));
        }
        if random.chance(20) {
            let element = vec![
                ("url".to_owned(), address::image(random).into()),
                ("type".to_owned(), "image".into()),
                ("role".to_owned(), "subject".into()),
            ];
            marks.push("<<<element_1>>>".to_owned());
            metadata.push((
                "element_list".to_owned(),
                Json::List(vec![Json::Object(element)]),
            ));
        }
        if video {
            let kind = if edits { "base" } else { "feature" };
            let mut item = vec![
                ("video_url".to_owned(), address::video(random).into()),
                ("refer_type".to_owned(), kind.into()),
            ];
            if random.chance(70) {
                item.push((
                    "keep_original_sound".to_owned(),
                    random.pick(&["yes", "no"]).into(),
                ));
            }
            marks.push("<<<video_1>>>".to_owned());
            self.set("video_list", Json::List(vec![Json::Object(item)]));
        }
        if random.chance(20) {
            metadata.push(("watermark".to_owned(), random.chance(30).into()));
        }
        if !metadata.is_empty() {
            self.set("metadata", Json::Object(metadata));
        }
        marks
    }

    /// Draws one to three images; frames have a type, plain references have none.
    fn images(random: &mut Random, edits: bool) -> Vec<Json> {
        let types: &[Option<&str>] = match random.index(10) {
            0..3 if !edits => &[Some("first_frame"), Some("end_frame")],
            3..5 if !edits => &[Some("first_frame")],
            0..7 => &[None],
            7 | 8 => &[None, None],
            _ => &[None, None, None],
        };
        let image = |kind: Option<&str>| {
            let mut members = vec![("image_url".to_owned(), address::image(random).into())];
            members.extend(kind.map(|kind| ("type".to_owned(), kind.into())));
            Json::Object(members)
        };
        types.iter().copied().map(image).collect()
    }

    fn v3(&mut self, random: &mut Random) -> Vec<String> {
        let images = if random.chance(55) {
            random.between(1, 2)
        } else {
            0
        };
        self.mode(random);
        if random.chance(75) {
            let lengths: &[u32] = if images == 0 {
                &[5, 5, 10, 15]
            } else {
                &[5, 5, 10]
            };
            self.set("duration", Self::seconds(random, lengths));
        }
        self.ratio(random);
        if images > 0 {
            self.set(
                "image_urls",
                Json::List((0..images).map(|_| address::image(random).into()).collect()),
            );
        }
        if random.chance(35) {
            self.set("audio", random.chance(60).into());
        }
        if random.chance(40) {
            let mut metadata = vec![(
                "negative_prompt".to_owned(),
                prompt::negative(random).into(),
            )];
            if random.chance(30) {
                metadata.push(("watermark".to_owned(), false.into()));
            }
            self.set("metadata", Json::Object(metadata));
        }
        Vec::new()
    }

    fn fast(&mut self, random: &mut Random) -> Vec<String> {
        if random.chance(70) {
            self.set("resolution", random.pick(&["720p", "1080p"]).into());
        }
        if random.chance(75) {
            self.set("duration", Self::seconds(random, &[3, 5, 5, 8, 10, 15]));
        }
        if random.chance(50) {
            self.set(
                "reference_images",
                Json::List(vec![address::image(random).into()]),
            );
        } else {
            self.ratio(random);
        }
        if random.chance(20) {
            self.set("watermark", random.chance(40).into());
        }
        Vec::new()
    }

    fn seconds(random: &mut Random, lengths: &[u32]) -> Json {
        lengths[random.index(lengths.len())].into()
    }

    fn mode(&mut self, random: &mut Random) {
        if random.chance(70) {
            self.set("mode", random.pick(&["std", "pro"]).into());
        }
    }

    fn ratio(&mut self, random: &mut Random) {
        if random.chance(65) {
            self.set(
                "aspect_ratio",
                random.pick(&["16:9", "16:9", "9:16", "1:1"]).into(),
            );
        }
    }
}
