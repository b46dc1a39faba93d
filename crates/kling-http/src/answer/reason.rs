//! What an answer says is wrong, in the places where services and the gateways in front of them say it.

use serde_json::{Map, Value};

use super::api_error::ApiError;

/// Members that say in words what is wrong, the most specific first; in lower case without separators.
const WORDS: [&str; 14] = [
    "message",
    "msg",
    "errormessage",
    "errormsg",
    "errmsg",
    "failreason",
    "failurereason",
    "failedreason",
    "failmsg",
    "taskstatusmsg",
    "statusmsg",
    "detail",
    "details",
    "reason",
];

/// Members that do so only in an error. Elsewhere they may describe the video.
const WORDS_OF_ERRORS: [&str; 3] = ["errordescription", "description", "title"];

/// Objects that may hold a reason when there is none beside them.
const WITHIN: [&str; 5] = ["data", "output", "result", "task_result", "base_resp"];

/// How deeply reasons may be nested.
const DEPTH: usize = 8;

/// The maximum number of reasons that are reported.
const SEVERAL: usize = 5;

/// Returns what the members of an answer say is wrong. Words that may also accompany a success count only if the
/// answer is known to be bad: because it says so itself, or because its status makes it `is_bad`.
pub(crate) fn of_members(members: &Map<String, Value>, is_bad: bool) -> Option<ApiError> {
    of_object(members, is_bad, DEPTH)
}

/// Returns what a body that is known to be bad says: JSON, a page, or text.
pub(crate) fn of_body(body: &[u8]) -> Option<ApiError> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let message = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(members)) => return of_members(&members, true),
        Ok(value) => words_of(&value, DEPTH),
        Err(_) if text.starts_with('<') => page(text),
        Err(_) => Some(text.to_owned()).filter(|text| !text.is_empty()),
    };
    Some(said(message?))
}

fn said(message: String) -> ApiError {
    ApiError {
        message: Some(message),
        ..ApiError::default()
    }
}

fn of_object(members: &Map<String, Value>, is_bad: bool, depth: usize) -> Option<ApiError> {
    if depth == 0 {
        return None;
    }
    let mut found = ["error", "errors"]
        .into_iter()
        .filter_map(|name| members.get(name).filter(|error| !is_nothing(error)))
        .find_map(|error| of_error(error, depth));
    let is_bad = is_bad || found.is_some() || members.get("success") == Some(&Value::Bool(false));
    if !is_bad {
        return None;
    }
    if found.as_ref().is_none_or(|found| found.message.is_none()) {
        let message = words_in(members, &WORDS, depth);
        if message.is_some() {
            found.get_or_insert_default().message = message;
        }
    }
    if let Some(found) = &mut found
        && found.code.is_none()
    {
        found.code = code_of(members);
    }
    found.or_else(|| {
        let within = |name: &&str| {
            of_object(
                members.get(*name)?.as_object()?,
                true,
                depth.saturating_sub(1),
            )
        };
        WITHIN.iter().find_map(within)
    })
}

/// Returns what an `error` member says, which may be an object or words.
fn of_error(error: &Value, depth: usize) -> Option<ApiError> {
    let Value::Object(members) = error else {
        return words_of(error, depth).map(said);
    };
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let mut message = words_in(members, &WORDS, depth)
        .or_else(|| words_in(members, &WORDS_OF_ERRORS, depth))
        .or_else(|| {
            ["error", "errors"]
                .iter()
                .find_map(|name| words_of(members.get(*name)?, depth.saturating_sub(1)))
        });
    if let Some(message) = &mut message {
        let details = ["details", "detail"]
            .iter()
            .find_map(|name| words_of(members.get(*name)?, depth.saturating_sub(1)));
        if let Some(details) = details.filter(|details| !message.contains(details.as_str())) {
            *message = format!("{message}: {details}");
        }
    }
    let parameter = ["param", "parameter", "field"]
        .iter()
        .find_map(|name| text(name).filter(|name| !name.trim().is_empty()));
    if let Some(parameter) = parameter
        && message
            .as_ref()
            .is_none_or(|message| !message.contains(parameter))
    {
        let place = format!("(parameter `{parameter}`)");
        message = Some(match message {
            Some(message) => format!("{message} {place}"),
            None => place,
        });
    }
    let found = ApiError {
        message,
        kind: text("type").map(str::to_owned),
        code: code_of(members),
        ..ApiError::default()
    };
    (found.message.is_some() || found.kind.is_some() || found.code.is_some()).then_some(found)
}

/// Returns the code of an error, unless it is a success code.
fn code_of(members: &Map<String, Value>) -> Option<Value> {
    let code = ["code", "error_code", "errcode"]
        .iter()
        .find_map(|name| members.get(*name))?;
    match code {
        Value::Number(number) if !matches!(number.as_i64(), Some(0 | 200)) => Some(code.clone()),
        Value::String(text) if !is_success(text) && !matches!(text.trim(), "0" | "200") => {
            Some(code.clone())
        }
        Value::Number(_)
        | Value::String(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Array(_)
        | Value::Object(_) => None,
    }
}

/// Returns the words of the first of these members that has any.
fn words_in(members: &Map<String, Value>, words: &[&str], depth: usize) -> Option<String> {
    let members: Vec<(String, &Value)> = members
        .iter()
        .map(|(name, value)| (name.replace('_', "").to_ascii_lowercase(), value))
        .collect();
    words.iter().find_map(|word| {
        let mut said = members.iter().filter(|(name, _)| name == word);
        said.find_map(|(_, value)| words_of(value, depth))
    })
}

/// Returns what a value says in words.
fn words_of(value: &Value, depth: usize) -> Option<String> {
    if depth == 0 {
        return None;
    }
    match value {
        Value::String(text) => {
            let text = unwrapped(text.trim(), depth);
            (!is_success(&text)).then_some(text)
        }
        Value::Array(items) => {
            let words: Vec<String> = items
                .iter()
                .filter_map(|item| words_of(item, depth.saturating_sub(1)))
                .take(SEVERAL)
                .collect();
            (!words.is_empty()).then(|| words.join("; "))
        }
        Value::Object(members) => {
            let words = of_error(value, depth.saturating_sub(1))?.message?;
            Some(match place(members) {
                Some(place) => format!("{place}: {words}"),
                None => words,
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The location of a fault in the request, as validators report it: `["body", "duration"]`.
fn place(members: &Map<String, Value>) -> Option<String> {
    let steps: Vec<String> = members
        .get("loc")?
        .as_array()?
        .iter()
        .enumerate()
        .filter_map(|(index, step)| match step {
            Value::String(text) if index > 0 || text != "body" => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::String(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        })
        .collect();
    (!steps.is_empty()).then(|| steps.join("."))
}

/// Replaces JSON that a gateway passed on inside a text by the words in it.
fn unwrapped(text: &str, depth: usize) -> String {
    let inner = text.find('{').and_then(|at| {
        let (before, rest) = text.split_at(at);
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let value = values.next()?.ok()?;
        let words = of_object(value.as_object()?, true, depth.saturating_sub(1))?.summary()?;
        let after = rest.get(values.byte_offset()..)?;
        Some(format!("{before}{words}{after}"))
    });
    inner.unwrap_or_else(|| text.to_owned())
}

/// Whether an `error` member says that there is no error.
pub(super) fn is_nothing(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => is_success(text) || text.trim() == "0",
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Number(number) => matches!(number.as_i64(), Some(0 | 200)),
        Value::Bool(true) => false,
    }
}

/// Whether a text says that all is well, or nothing at all.
fn is_success(text: &str) -> bool {
    let words = [
        "",
        "success",
        "succeed",
        "succeeded",
        "ok",
        "done",
        "null",
        "none",
    ];
    words
        .iter()
        .any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// Returns what a page says in its title or its first heading, or an XML error in its message.
fn page(text: &str) -> Option<String> {
    // Byte for byte as long as the text, so that positions in it are valid there.
    let lower = text.to_ascii_lowercase();
    ["title", "h1", "message"].iter().find_map(|name| {
        let start = lower.find(&format!("<{name}"))?;
        let start = start + lower[start..].find('>')? + 1;
        let end = start + lower[start..].find(&format!("</{name}"))?;
        let words = without_tags(&text[start..end]);
        (!words.is_empty()).then_some(words)
    })
}

fn without_tags(html: &str) -> String {
    let mut words = String::new();
    let mut is_tag = false;
    for character in html.chars() {
        match character {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            _ if !is_tag => words.push(character),
            _ => {}
        }
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(words, |words, (from, to)| words.replace(from, to))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{of_body, of_members};
    use crate::Task;

    fn summary(body: &str) -> Option<String> {
        of_body(body.as_bytes())?.summary()
    }

    #[test]
    fn a_reason_is_found_wherever_it_is() {
        for body in [
            r#"{"error":{"code":401,"message":"why","type":"authentication_error"}}"#,
            r#"{"error":"why"}"#,
            r#"{"error":{"msg":"why"}}"#,
            r#"{"error":{"error":{"message":"why"}}}"#,
            r#"{"error":{"code":5},"message":"why"}"#,
            r#"{"error":{"title":"why"},"title":"A cat"}"#,
            r#"{"success":false,"message":"why"}"#,
            r#"{"code":1301,"message":"why","data":null}"#,
            r#"{"code":5,"msg":"why"}"#,
            r#"{"detail":"why"}"#,
            r#"{"detail":[{"msg":"why","type":"x"}]}"#,
            r#"{"errors":["why"]}"#,
            r#"{"errors":[{"message":"why"}]}"#,
            r#"{"message":"ok","data":{"fail_reason":"why"}}"#,
            r#"{"fail_reason":"why"}"#,
            r#"{"failReason":"why"}"#,
            r#"{"errorMessage":"why"}"#,
            r#"{"message":"SUCCEED","data":{"task_status_msg":"why"}}"#,
            r#"{"base_resp":{"status_msg":"why"}}"#,
            r#"{"error":{"message":"{\"error\":{\"message\":\"why\"}}"}}"#,
            r#"[{"error":{"message":"why"}}]"#,
            r#""why""#,
            "why",
            "\u{feff}why\n",
            "<html><head><title>why</title></head><body>x</body></html>",
            "<HTML><H1 class=a><b>why</b></H1>",
            "<?xml version='1.0'?><Error><Code>A</Code><Message>why</Message></Error>",
        ] {
            assert_eq!(summary(body).as_deref(), Some("why"), "{body}");
        }
    }

    #[test]
    fn places_and_details_are_reported() {
        for (body, expected) in [
            (
                r#"{"detail":[{"loc":["body","duration"],"msg":"too long"},{"loc":["query",0],"msg":"no"}]}"#,
                "duration: too long; query.0: no",
            ),
            (
                r#"{"error":{"message":"invalid","param":"duration","details":"3 is not allowed"}}"#,
                "invalid: 3 is not allowed (parameter `duration`)",
            ),
            (
                r#"{"error":{"param":"duration"}}"#,
                "(parameter `duration`)",
            ),
            (
                r#"{"message":"upstream 400: {\"error\":{\"message\":\"why\"}}, later"}"#,
                "upstream 400: why, later",
            ),
            (r#"{"error":{"code":"task_not_exist"}}"#, "task_not_exist"),
            (r#"{"message":"a {b} c"}"#, "a {b} c"),
            ("<title>a &lt;b&gt; &amp;lt;</title>", "a <b> &lt;"),
        ] {
            assert_eq!(summary(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn without_a_reason_nothing_is_reported() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            "5",
            r#"{"a":1}"#,
            r#"{"error":{}}"#,
            "<html></html>",
        ] {
            assert_eq!(summary(body), None, "{body}");
        }
        let mut deep = json!("why");
        for _ in 0..100 {
            deep = json!({"error": deep});
        }
        assert_eq!(summary(&deep.to_string()), None);
    }

    #[test]
    fn a_success_message_is_not_a_reason() {
        for answer in [
            json!({"message": "the video is in the making", "status": "queued"}),
            json!({"error": null, "msg": "ok", "detail": "x"}),
            json!({"error": null, "title": "A cat", "description": "in the rain"}),
        ] {
            assert_eq!(of_members(answer.as_object().unwrap(), false), None);
        }
    }

    #[test]
    fn a_failed_task_has_a_reason() {
        for (answer, expected) in [
            (json!({"status": "failed", "message": "quota"}), "quota"),
            (
                json!({"status": "error", "error": {"message": "boom"}}),
                "boom",
            ),
            (
                json!({"task_status": "failed", "task_status_msg": "risk"}),
                "risk",
            ),
            (json!({"status": "FAILURE", "fail_reason": "risk"}), "risk"),
            (
                json!({"status": "failed", "data": {"error": "deep"}}),
                "deep",
            ),
        ] {
            let task: Task = serde_json::from_value(answer.clone()).unwrap();
            let failure = task.failure().unwrap();
            assert_eq!(
                failure.message_text().as_deref(),
                Some(expected),
                "{answer}"
            );
        }
    }
}
