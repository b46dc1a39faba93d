//! Finds the task id in an answer, even one that was cut off.

use kling_json::{Document, Kind, Node};
use serde_json::{Map, Value};

use super::reason::is_nothing;
use crate::task_ref::is_usable_id;

/// The members that hold the task id, in order of preference.
const ID_MEMBERS: [&str; 2] = ["id", "task_id"];

/// Members that mark the object around a task as an event, whose `id` is the event's.
const EVENT_MEMBERS: [&str; 2] = ["event", "api_version"];

/// Returns the task id that `body` holds in full in a known place: `id`, `task_id`, `data.id` or `data.task_id`. In an
/// event, and where the top-level `id` is that of the call, those in `data` come first.
///
/// Reads as far as `body` is valid JSON, so that it also finds the id in an answer that breaks off.
pub(crate) fn find_id(body: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(body.get(..error.valid_up_to())?).ok()?,
    };
    // It does not matter where the text stops being JSON: whatever was found before that counts.
    let answer = Document::read(text.trim_start_matches('\u{feff}'));
    let mut found = FoundIds::default();
    found.read_object(answer.root(), Level::Top);
    found.best()
}

/// Members that hold a task id wherever they occur, in lower case without separators.
const IDS_OF_TASKS: [&str; 6] = [
    "taskid",
    "videoid",
    "jobid",
    "generationid",
    "predictionid",
    "externaltaskid",
];

/// Members that hold the result, so that an `id` in them is the result's id.
const MADE: [&str; 11] = [
    "data", "result", "results", "output", "outputs", "task", "tasks", "video", "videos", "job",
    "metadata",
];

/// How deeply such members are searched.
const DEPTH: usize = 8;

/// Returns a task id from anywhere in an answer. It may not be that of the request's own task, but where there is one,
/// a task may have been created.
pub(crate) fn mentioned_id(members: &Map<String, Value>) -> Option<String> {
    mentioned_in(members, false, DEPTH)
}

/// Whether `body` may mention a task: JSON that has an id of one, or breaks off before its end.
pub(crate) fn may_mention_task(body: &str) -> bool {
    let body = body.trim_start_matches('\u{feff}').trim_start();
    if !body.starts_with(['{', '[']) {
        return false;
    }
    find_id(body.as_bytes()).is_some()
        || serde_json::from_str(body).map_or(true, |members| mentioned_id(&members).is_some())
}

fn mentioned_in(members: &Map<String, Value>, is_made: bool, depth: usize) -> Option<String> {
    let named = members.iter().find_map(|(name, value)| {
        let plain = name.replace(['_', '-'], "").to_ascii_lowercase();
        (IDS_OF_TASKS.contains(&plain.as_str()) || is_made && plain == "id")
            .then(|| usable(value))?
    });
    named.or_else(|| {
        let depth = depth.checked_sub(1)?;
        members.iter().find_map(|(name, value)| {
            let is_made = MADE.contains(&name.to_ascii_lowercase().as_str());
            let items = value
                .as_array()
                .map_or(std::slice::from_ref(value), Vec::as_slice);
            items
                .iter()
                .filter_map(Value::as_object)
                .find_map(|inner| mentioned_in(inner, is_made, depth))
        })
    })
}

/// Returns a value as an id, if it can be the id of a task.
fn usable(value: &Value) -> Option<String> {
    let id = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.as_u64() != Some(0) => number.to_string(),
        Value::Number(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return None;
        }
    };
    is_usable_id(&id).then_some(id)
}

/// Whether a complete answer is an error: it has a non-empty `error`, or `success: false`.
pub(crate) fn is_error_object(members: &Map<String, Value>) -> bool {
    members.get("error").is_some_and(|error| !is_nothing(error))
        || members.get("success") == Some(&Value::Bool(false))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Top,
    Data,
}

/// What was found at the top level and in `data`, in the order of [`ID_MEMBERS`].
#[derive(Default)]
struct FoundIds {
    top: [Option<String>; 2],
    data: [Option<String>; 2],
    is_event: bool,
    /// The id of the call.
    request: Option<String>,
}

impl FoundIds {
    fn best(self) -> Option<String> {
        let [id, _] = &self.top;
        let is_of_call = id.is_some() && *id == self.request;
        let places = if self.is_event || is_of_call {
            [self.data, self.top]
        } else {
            [self.top, self.data]
        };
        places.into_iter().flatten().flatten().next()
    }

    fn read_object(&mut self, object: Node<'_>, level: Level) {
        if object.kind() != Kind::Object {
            return;
        }
        for member in object.children() {
            let Some(key) = member.key() else { continue };
            if let Some(index) = ID_MEMBERS.iter().position(|name| key.equals(name)) {
                self.read_id(member, level, index);
            } else if level == Level::Top && key.equals("data") {
                self.read_object(member, Level::Data);
            } else if level == Level::Top
                && key.equals("request_id")
                && let Some(id) = member.text()
            {
                self.request = Some(id.decode().into_owned());
            } else {
                self.is_event |=
                    level == Level::Top && EVENT_MEMBERS.iter().any(|name| key.equals(name));
            }
        }
    }

    fn read_id(&mut self, member: Node<'_>, level: Level, index: usize) {
        let id = if let Some(text) = member.text() {
            text.decode().into_owned()
        } else if let Some(number) = member.number() {
            // A number at the end of a cut text may have lost digits.
            let is_cut = member.span().end == member.document().text().len();
            if is_cut || number.to_i64().is_none() {
                return;
            }
            number.raw().to_owned()
        } else {
            return;
        };
        let places = match level {
            Level::Top => &mut self.top,
            Level::Data => &mut self.data,
        };
        if let Some(place) = places.get_mut(index)
            && place.is_none()
            && is_usable_id(&id)
        {
            *place = Some(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{find_id, may_mention_task, mentioned_id};

    fn id(body: &str) -> Option<String> {
        find_id(body.as_bytes())
    }

    #[test]
    fn the_known_places() {
        assert_eq!(id(r#"{"id":"video_1"}"#).as_deref(), Some("video_1"));
        assert_eq!(
            id(r#"{"data":{"task_id":"a","id":"b"}}"#).as_deref(),
            Some("b")
        );
        assert_eq!(
            id(r#"{"data":{"id":"b"},"task_id":"a"}"#).as_deref(),
            Some("a")
        );
        assert_eq!(id(r#"{"i\u0064":"v\u0069"}"#).as_deref(), Some("vi"));
        assert_eq!(id(r#"{"id":17}"#).as_deref(), Some("17"));
    }

    #[test]
    fn the_id_of_an_event_or_a_call_is_not_the_tasks() {
        for body in [
            r#"{"event":"task.created","id":"evt_9","data":{"id":"task_1","status":"queued"}}"#,
            r#"{"id":"evt_9","data":{"task_id":"task_1"},"api_version":"v1"}"#,
            r#"{"id":"req_1","request_id":"req_1","data":{"id":"task_1"}}"#,
        ] {
            assert_eq!(id(body).as_deref(), Some("task_1"), "{body}");
        }
        // A gateway may pass on the answer of the vendor behind it, whose id is not the gateway's own.
        assert_eq!(
            id(r#"{"id":"task_1","request_id":"r","data":{"id":"vendor_1"}}"#).as_deref(),
            Some("task_1")
        );
        assert_eq!(id(r#"{"id":"a","request_id":"a"}"#).as_deref(), Some("a"));
    }

    #[test]
    fn other_places_are_none() {
        assert_eq!(
            id(r#"{"error":{"id":"a"},"request_id":"b","data":[{"id":"c"}]}"#),
            None
        );
        assert_eq!(id(r#"{"data":{"data":{"id":"c"}}}"#), None);
        assert_eq!(id(r#"{"id":"","task_id":null}"#), None);
        assert_eq!(id(r#"{"id":".."}"#), None);
        assert_eq!(id(r#"[{"id":"a"}]"#), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn an_id_of_a_task_is_seen_in_any_place() {
        let seen = |answer: Value| mentioned_id(answer.as_object().unwrap());
        for answer in [
            json!({"error": 0, "msg": "ok", "result": {"id": "t1"}}),
            json!({"error": 0, "data": {"video": {"id": "t1"}}}),
            json!({"error": "warning", "data": [{"task_id": "t1"}]}),
            json!({"result": {"task": {"id": "t1"}}}),
            json!({"error": {"message": "late", "taskId": "t1"}}),
            json!({"a": {"b": {"video_id": "t1"}}}),
        ] {
            assert_eq!(seen(answer.clone()).as_deref(), Some("t1"), "{answer}");
        }
        for answer in [
            json!({"error": {"message": "no", "id": "req_1"}}),
            json!({"request_id": "req_1", "data": {"id": null, "task_id": ""}}),
            json!({"data": {"id": 0}, "task_id": {}}),
            json!({"id": "t1"}),
        ] {
            assert_eq!(seen(answer.clone()), None, "{answer}");
        }
    }

    #[test]
    fn every_cut_gives_the_whole_id_or_none() {
        let body = r#"{"model":"é","id":"video_é1","status":"queued"}"#.as_bytes();
        let whole = body.windows(4).position(|bytes| bytes == b"\"sta").unwrap() - 1;
        for cut in 0..=body.len() {
            let expected = (cut >= whole).then_some("video_é1");
            assert_eq!(find_id(&body[..cut]).as_deref(), expected, "{cut}");
        }
        for cut in 0..=8 {
            let found = find_id(&br#"{"id":17}"#[..cut]);
            assert_eq!(found, None, "{cut}");
        }
    }

    #[test]
    fn a_body_that_breaks_off_may_mention_a_task() {
        for body in [
            r#"{"error": {"code": "task_not_exist"}, "task_id": "t-1"}"#,
            r#"{"error": {"code": "task_not_exist"}, "detail": {"video_id": "v-1"}}"#,
            r#"{"error": {"code": "task_not_exist", "message": "no su"#,
            r#" [{"id": "t-1"}]"#,
        ] {
            assert!(may_mention_task(body), "{body}");
        }
        for body in [
            "",
            "<html><title>404 Not Found</title></html>",
            r#"{"error": {"code": "task_not_exist", "message": "no such task"}, "request_id": "r-1"}"#,
        ] {
            assert!(!may_mention_task(body), "{body}");
        }
    }
}
