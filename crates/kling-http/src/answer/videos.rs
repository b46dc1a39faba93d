//! Where an answer puts the URL of the video, for services of this family.

use serde_json::{Map, Value};

use super::members::{Media, TaskResult};

/// Members that hold the URL of a video, or an object that does, the best first. Members that repeat the request
/// (`input`, `video_list`, `image_urls`) and images of the video (`cover`, `thumbnail`) are not among them.
const HOLDERS: [&str; 14] = [
    "result",
    "task_result",
    "data",
    "videos",
    "video_urls",
    "output",
    "outputs",
    "video_url",
    "videoUrl",
    "result_url",
    "url",
    "urls",
    "video",
    "download_url",
];

/// How deeply the members are searched.
const DEPTH: usize = 5;

/// Words in a type that show that the object is not the video.
const OTHER_TYPES: [&str; 12] = [
    "image", "cover", "thumb", "poster", "preview", "audio", "subtitle", "jpg", "jpeg", "png",
    "webp", "gif",
];

/// File extensions that are not those of videos.
const OTHER_ENDINGS: [&str; 12] = [
    ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".svg", ".avif", ".mp3", ".wav", ".json",
    ".vtt",
];

/// The URLs in an object: all those in the first place that has any.
pub(super) fn in_members(members: &Map<String, Value>) -> Vec<&str> {
    let mut found = members_at(members, DEPTH);
    if found.is_empty()
        && let Some(Value::Object(metadata)) = members.get("metadata")
    {
        // `metadata` also repeats members of the request, so nothing deeper counts.
        found = ["url", "video_url"]
            .into_iter()
            .filter_map(|name| metadata.get(name)?.as_str().filter(|url| is_video(url)))
            .take(1)
            .collect();
    }
    found
}

/// The URLs in the documented place, or next to it.
pub(super) fn in_result(result: &TaskResult) -> Vec<&str> {
    let mut found: Vec<&str> = result.data.iter().flatten().flat_map(in_media).collect();
    if found.is_empty() {
        found = members_at(&result.other, DEPTH);
    }
    found
}

fn in_media(media: &Media) -> Vec<&str> {
    if media.format.as_deref().is_some_and(is_other_type) || is_other(&media.other) {
        return Vec::new();
    }
    match media.url.as_deref().filter(|url| is_documented_video(url)) {
        Some(url) => vec![url],
        None => members_at(&media.other, DEPTH),
    }
}

fn members_at(members: &Map<String, Value>, depth: usize) -> Vec<&str> {
    if depth == 0 || is_other(members) {
        return Vec::new();
    }
    HOLDERS
        .iter()
        .filter_map(|name| Some((*name, members.get(*name)?)))
        // A string here is the input that the video was made from.
        .filter(|(name, value)| *name != "video" || !value.is_string())
        .map(|(_, value)| value_at(value, depth - 1))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

fn value_at(value: &Value, depth: usize) -> Vec<&str> {
    match value {
        Value::String(text) if is_video(text) => vec![text],
        Value::Array(items) if depth > 0 => items
            .iter()
            .flat_map(|item| value_at(item, depth - 1))
            .collect(),
        Value::Object(members) => members_at(members, depth),
        Value::String(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {
            Vec::new()
        }
    }
}

/// Whether an object says that it is not a video.
fn is_other(members: &Map<String, Value>) -> bool {
    [
        "type",
        "format",
        "mime_type",
        "content_type",
        "kind",
        "role",
    ]
    .iter()
    .filter_map(|name| members.get(*name)?.as_str())
    .any(is_other_type)
}

fn is_other_type(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    !word.contains("video") && OTHER_TYPES.iter().any(|other| word.contains(other))
}

/// Whether a text is a URL whose extension is not that of another kind of file.
fn is_video(text: &str) -> bool {
    let text = text.trim();
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && has_the_ending_of_a_video(text)
}

/// As [`is_video`], for the documented place, where part of a URL also counts, if only to be refused with a reason.
fn is_documented_video(text: &str) -> bool {
    let text = text.trim();
    text.contains(['/', '.'])
        && !text.contains(char::is_whitespace)
        && has_the_ending_of_a_video(text)
}

fn has_the_ending_of_a_video(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.to_ascii_lowercase();
    !OTHER_ENDINGS.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::Task;

    fn found(value: Value) -> Vec<String> {
        let task: Task = serde_json::from_value(value).unwrap();
        task.video_urls().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn each_of_the_usual_places_is_looked_at() {
        const URL: &str = "https://a.example/v.mp4?sig=1";
        for answer in [
            json!({"result": {"type": "video", "data": [{"url": URL, "format": "mp4"}]}}),
            json!({"result": {"data": {"url": URL}}}),
            json!({"result": {"data": [URL]}}),
            json!({"result": {"data": [{}, {"url": URL}]}}),
            json!({"result": {"url": URL}}),
            json!({"result": {"videos": [{"url": [URL], "expires_at": 9}]}}),
            json!({"result": {"videos": [{"id": "v", "url": URL, "duration": "5.041"}]}}),
            json!({"result": [{"url": URL}]}),
            json!({"result": URL}),
            json!({"task_result": {"videos": [{"id": "v", "url": URL}]}}),
            json!({"data": [{"url": URL}]}),
            json!({"data": {"output": [URL]}}),
            json!({"output": [URL]}),
            json!({"output": URL}),
            json!({"output": {"video_url": URL}}),
            json!({"video": {"url": URL, "content_type": "video/mp4"}}),
            json!({"video_url": URL}),
            json!({"url": URL}),
            json!({"metadata": {"url": URL}}),
            json!({"result": {"data": [{"url": ""}]}, "url": URL}),
            json!({"result": {"data": []}, "metadata": {"url": URL}}),
        ] {
            assert_eq!(found(answer.clone()), [URL], "{answer}");
        }
    }

    #[test]
    fn several_videos_are_all_found_in_order() {
        let several = json!({"result": {"videos": [
            {"url": "https://a.example/1.mp4", "cover_url": "https://a.example/1.jpg"},
            {"url": ["https://a.example/2.mp4", "https://a.example/1.mp4"]},
        ]}, "url": "https://a.example/other.mp4"});
        assert_eq!(
            found(several),
            ["https://a.example/1.mp4", "https://a.example/2.mp4"]
        );
    }

    #[test]
    fn nothing_else_is_taken_for_a_video() {
        const PICTURE: &str = "https://a.example/v.jpg?x=1";
        const VIDEO: &str = "https://a.example/in.mp4";
        for answer in [
            json!({"url": PICTURE}),
            json!({"output": [PICTURE]}),
            json!({"result": {"data": [{"type": "image", "url": VIDEO}]}}),
            json!({"result": {"data": [{"format": "thumbnail", "url": VIDEO}]}}),
            json!({"cover_url": VIDEO, "thumbnail_url": VIDEO, "poster": VIDEO}),
            json!({"input": {"video_url": VIDEO}, "request": {"url": VIDEO}}),
            json!({"video_list": [{"video_url": VIDEO}], "video": VIDEO}),
            json!({"metadata": {"image_list": [{"url": VIDEO}], "video_list": [{"video_url": VIDEO}]}}),
            json!({"url": "soon", "video_url": "", "output": "none", "result": 5}),
            json!({"result": null, "url": 5}),
        ] {
            assert_eq!(found(answer.clone()), [""; 0], "{answer}");
        }
        let mut deep = json!({"url": VIDEO});
        for _ in 0..100 {
            deep = json!({"data": deep});
        }
        assert_eq!(found(deep), [""; 0]);
    }
}
