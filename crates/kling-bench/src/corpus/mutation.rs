//! Real-world mistakes, one per request.

use super::address;
use super::draft::{Draft, Model};
use super::print::{Json, Members, Style, text};
use crate::random::Random;

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutation {
    /// A value that the model does not list.
    WrongValue,
    /// A number or boolean in quotes.
    Quoted,
    /// A field that no model has.
    UnknownField,
    /// A field of another model.
    FieldOfAnotherModel,
    /// A list at another level, or under the name that another model uses.
    MisplacedList,
    /// A required member is missing.
    MissingField,
    /// A member is `null`.
    Null,
    /// A host of a private network.
    PrivateHost,
    /// A path of the local machine in place of a URL.
    LocalFile,
    /// Base64 in place of a URL.
    InlineImage,
    /// A placeholder for an item that does not exist.
    PlaceholderRange,
    /// A placeholder as other programs write it.
    PlaceholderDialect,
    /// Sound with a reference video.
    AudioWithVideoList,
    /// An end frame without a first frame.
    EndFrameAlone,
    /// A key occurs twice.
    DuplicateKey,
    /// The model's id is misspelt, or that of another model.
    WrongModel,
    /// The text is not JSON.
    Syntax,
}

impl Mutation {
    /// All kinds of mutation.
    pub const ALL: &[Self] = &[
        Self::WrongValue,
        Self::Quoted,
        Self::UnknownField,
        Self::FieldOfAnotherModel,
        Self::MisplacedList,
        Self::MissingField,
        Self::Null,
        Self::PrivateHost,
        Self::LocalFile,
        Self::InlineImage,
        Self::PlaceholderRange,
        Self::PlaceholderDialect,
        Self::AudioWithVideoList,
        Self::EndFrameAlone,
        Self::DuplicateKey,
        Self::WrongModel,
        Self::Syntax,
    ];

    /// Returns whether a JSON reader with the model's schema can detect it.
    pub const fn schema_sees(self) -> bool {
        match self {
            Self::PrivateHost
            | Self::PlaceholderRange
            | Self::PlaceholderDialect
            | Self::DuplicateKey => false,
            Self::WrongValue
            | Self::Quoted
            | Self::UnknownField
            | Self::FieldOfAnotherModel
            | Self::MisplacedList
            | Self::MissingField
            | Self::Null
            | Self::LocalFile
            | Self::InlineImage
            | Self::AudioWithVideoList
            | Self::EndFrameAlone
            | Self::WrongModel
            | Self::Syntax => true,
        }
    }

    pub(super) fn draw(random: &mut Random) -> Self {
        Self::ALL[random.index(Self::ALL.len())]
    }

    /// Returns the text of the request with this mutation, or `None` if it does not fit.
    pub(super) fn text(
        self,
        random: &mut Random,
        draft: &mut Draft,
        style: Style,
    ) -> Option<String> {
        match self {
            Self::WrongValue => wrong_value(random, draft),
            Self::Quoted => quoted(random, draft),
            Self::UnknownField => {
                let (key, value) = UNKNOWN[random.index(UNKNOWN.len())];
                draft.set(key, Json::Raw(value.to_owned()));
            }
            Self::FieldOfAnotherModel => field_of_another_model(draft),
            Self::MisplacedList => misplace(draft)?,
            Self::MissingField => missing(draft)?,
            Self::Null => {
                let key = random.pick(&["duration", "watermark", "client_business_id"]);
                if draft.model != Model::Fast && key == "watermark" {
                    draft.set("audio", Json::Raw("null".to_owned()));
                } else {
                    draft.set(key, Json::Raw("null".to_owned()));
                }
            }
            Self::PrivateHost => {
                let address = random.pick(&[
                    "http://192.168.1.20:8080/uploads/frame.png",
                    "http://localhost:3000/assets/start.jpg",
                    "https://minio.internal/bucket/first.png?X-Amz-Expires=3600",
                    "http://127.0.0.1:9000/renders/a.png",
                ]);
                *media(draft)? = address.into();
            }
            Self::LocalFile => {
                let path = random.pick(&[
                    "/Users/anna/Pictures/frame.png",
                    "./images/start.jpg",
                    "C:\\Users\\anna\\Desktop\\frame.png",
                    "file:///srv/media/first.png",
                ]);
                *media(draft)? = path.into();
            }
            Self::InlineImage => *media(draft)? = address::inline_image(random).into(),
            Self::PlaceholderRange => mention(draft, " Keep <<<image_9>>> in the background.")?,
            Self::PlaceholderDialect => mention(draft, " Keep @image_1 in the background.")?,
            Self::AudioWithVideoList => {
                draft.get("video_list")?;
                draft.set("audio", true.into());
            }
            Self::EndFrameAlone => end_frame_alone(draft)?,
            Self::DuplicateKey => {
                // A repeated prompt would exceed the length of a request here.
                let place = draft.members.iter().rposition(|(key, _)| key != "prompt")?;
                let again = draft.members[place].clone();
                draft.members.push(again);
            }
            Self::WrongModel => draft.set("model", wrong_model(random, draft.model).into()),
            Self::Syntax => return Some(broken(random, &text(&draft.members, style))),
        }
        Some(text(&draft.members, style))
    }
}

const UNKNOWN: &[(&str, &str)] = &[
    ("seed", "42"),
    ("cfg_scale", "0.5"),
    ("fps", "24"),
    ("style", "\"cinematic\""),
    ("n", "1"),
    ("callback_url", "\"https://hooks.example.com/kling\""),
    (
        "camera_control",
        "{\"type\":\"simple\",\"config\":{\"zoom\":3}}",
    ),
];

fn wrong_value(random: &mut Random, draft: &mut Draft) {
    match (random.index(3), draft.model) {
        (0, Model::Fast) => draft.set("resolution", "4k".into()),
        (0, Model::Omni | Model::V3) => draft.set("mode", "ultra".into()),
        (1, _) => draft.set("duration", 20.into()),
        (_, _) => draft.set("aspect_ratio", "widescreen".into()),
    }
}

fn quoted(random: &mut Random, draft: &mut Draft) {
    if draft.model != Model::Fast && random.chance(30) {
        draft.set("audio", "true".into());
    } else {
        draft.set("duration", "5".into());
    }
}

fn field_of_another_model(draft: &mut Draft) {
    match draft.model {
        Model::Omni | Model::V3 => draft.set("resolution", "1080p".into()),
        Model::Fast => draft.set("mode", "pro".into()),
    }
}

fn misplace(draft: &mut Draft) -> Option<()> {
    match draft.model {
        Model::Omni => {
            let metadata = draft.metadata()?;
            let place = metadata.iter().position(|(key, _)| key == "image_list")?;
            let (key, list) = metadata.remove(place);
            draft.set(&key, list);
        }
        Model::V3 => {
            let list = draft.remove("image_urls")?;
            draft.set("reference_images", list);
        }
        Model::Fast => {
            let list = draft.remove("reference_images")?;
            draft.set("image_urls", list);
        }
    }
    Some(())
}

fn missing(draft: &mut Draft) -> Option<()> {
    if let Some(list) = draft
        .metadata()
        .and_then(|metadata| metadata.iter_mut().find(|(key, _)| key == "image_list"))
    {
        first_object(&mut list.1)?.retain(|(key, _)| key != "image_url");
        return Some(());
    }
    draft.remove("model").map(drop)
}

/// Returns the first URL of an image or a reference video.
fn media(draft: &mut Draft) -> Option<&mut Json> {
    let has_video = draft.get("video_list").is_some();
    let (list, key) = match draft.model {
        Model::Omni if has_video => (draft.get("video_list")?, "video_url"),
        Model::Omni => {
            let list = draft
                .metadata()?
                .iter_mut()
                .find(|(key, _)| key == "image_list")?;
            (&mut list.1, "image_url")
        }
        Model::V3 => return first_item(draft.get("image_urls")?),
        Model::Fast => return first_item(draft.get("reference_images")?),
    };
    first_object(list)?
        .iter_mut()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value)
}

fn first_item(list: &mut Json) -> Option<&mut Json> {
    match list {
        Json::List(items) => items.first_mut(),
        Json::Text(_) | Json::Raw(_) | Json::Object(_) => None,
    }
}

fn first_object(list: &mut Json) -> Option<&mut Members> {
    match first_item(list)? {
        Json::Object(members) => Some(members),
        Json::Text(_) | Json::Raw(_) | Json::List(_) => None,
    }
}

/// Adds a sentence to the prompt of a model with placeholders.
fn mention(draft: &mut Draft, sentence: &str) -> Option<()> {
    if draft.model != Model::Omni {
        return None;
    }
    match draft.get("prompt")? {
        Json::Text(prompt) => prompt.push_str(sentence),
        Json::Raw(_) | Json::List(_) | Json::Object(_) => return None,
    }
    Some(())
}

fn end_frame_alone(draft: &mut Draft) -> Option<()> {
    if draft.get("video_list").is_some() {
        return None;
    }
    let list = draft
        .metadata()?
        .iter_mut()
        .find(|(key, _)| key == "image_list")?;
    let image = first_object(&mut list.1)?;
    image.retain(|(key, _)| key != "type");
    image.push(("type".to_owned(), "end_frame".into()));
    Some(())
}

fn wrong_model(random: &mut Random, model: Model) -> String {
    match random.index(3) {
        0 => model.id().to_uppercase(),
        1 => model.id().replace('-', "_"),
        _ => random
            .pick(&["kling-v2-6", "kling-video-o1", "kling-v3-omni-pro"])
            .to_owned(),
    }
}

/// Breaks the JSON as typing and cut-off transfers do.
fn broken(random: &mut Random, valid: &str) -> String {
    let body = valid.trim_end_matches(['}', '\n', ' ']);
    match random.index(6) {
        0 => format!("{body},}}"),
        1 => valid[..valid.len() - 1].to_owned(),
        2 => valid.replacen("\":", "\"", 1),
        3 => valid.replacen('"', "'", 2),
        4 => format!("{body},\"audio\":True}}"),
        _ => valid.replacen("\"prompt\"", "prompt", 1),
    }
}
