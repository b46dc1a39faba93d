//! Faults in the content of an answer: the bytes are valid, the meaning is wrong.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::EffectContext;
use crate::fault::Action;
use crate::http::Answer;
use crate::price;

/// Changes the members that the fault affects; an answer that is not an object stays unchanged.
pub(super) fn edit(action: &Action, right: Answer, context: &EffectContext<'_>) -> Answer {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(&right.body) else {
        return right;
    };
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has sorted them")]
    match action {
        Action::IdIn(path) => {
            if let Some(id) = members.remove("id") {
                put(&mut members, path, id);
            }
        }
        Action::NoId => {
            members.remove("id");
        }
        Action::Word(word) => {
            members.insert("status".to_owned(), status_word(word));
            reopen(&mut members);
        }
        Action::Regress => {
            members.insert("status".to_owned(), json!("queued"));
            members.insert("progress".to_owned(), json!(0));
            reopen(&mut members);
        }
        Action::NoUrl => {
            complete(&mut members);
            members.insert("result".to_owned(), json!({"type": "video", "data": []}));
        }
        Action::ExpiredUrl => {
            if let Some(url) = url(&mut members) {
                *url = json!(expired(url.as_str().unwrap_or_default()));
            }
        }
        Action::Url(other) => put_url(&mut members, other),
        Action::UrlIn(path) => {
            let moved = url(&mut members).map(Value::take);
            if let Some(url) = moved {
                members.remove("result");
                put(&mut members, path, url);
            }
        }
        Action::Billing(word) => bill(&mut members, word),
        Action::OtherId => {
            let id = members.get("id").and_then(Value::as_str);
            let other = format!("{}-other", id.unwrap_or("task"));
            members.insert("id".to_owned(), json!(other));
            members.remove("client_business_id");
            put_url(
                &mut members,
                &format!("{}/files/videos/another.mp4", context.url),
            );
        }
        _ => {}
    }
    Answer {
        body: Bytes::from(Value::Object(members).to_string()),
        ..right
    }
}

/// Returns a word as a string, unless it is a number or null.
fn status_word(word: &str) -> Value {
    match word.parse::<i64>() {
        Ok(number) => json!(number),
        Err(_) if word == "null" => Value::Null,
        Err(_) => json!(word),
    }
}

/// Turns the members of an answer into those of a completed job.
fn complete(members: &mut Map<String, Value>) {
    members.insert("status".to_owned(), json!("completed"));
    members.insert("progress".to_owned(), json!(100));
    members.remove("error");
}

/// Replaces the bill; an amount where one is due and there was none is that of five seconds.
fn bill(members: &mut Map<String, Value>, word: &str) {
    if word == "none" {
        members.remove("billing");
        return;
    }
    let mut bill = Map::from_iter([("status".to_owned(), json!(word))]);
    for (name, usual) in [("credits", price::credits(5)), ("cost_usd", price::usd(5))] {
        let right = members.get("billing").and_then(|bill| bill.get(name));
        let right = right.filter(|amount| **amount != json!("0")).cloned();
        let amount = match word {
            "pending" => continue,
            "refunded" => json!("0"),
            _ => right.unwrap_or_else(|| json!(usual)),
        };
        bill.insert(name.to_owned(), amount);
    }
    members.insert("billing".to_owned(), Value::Object(bill));
}

/// Removes the members that only an ended job has.
fn reopen(members: &mut Map<String, Value>) {
    for name in ["completed_at", "expires_at", "result", "error"] {
        members.remove(name);
    }
}

/// Replaces the URL of the upload or of the video.
fn put_url(members: &mut Map<String, Value>, other: &str) {
    if members.contains_key("success") {
        if let Some(Value::Object(data)) = members.get_mut("data") {
            data.insert("url".to_owned(), json!(other));
        }
        return;
    }
    complete(members);
    let media = json!({"type": "video", "data": [{"url": other, "format": "mp4"}]});
    members.insert("result".to_owned(), media);
}

fn url(members: &mut Map<String, Value>) -> Option<&mut Value> {
    members
        .get_mut("result")?
        .get_mut("data")?
        .get_mut(0)?
        .get_mut("url")
}

/// Returns the URL with an expiry in 1970, which its signature does not match.
fn expired(url: &str) -> String {
    match url.split_once("?expires=") {
        Some((path, query)) => {
            let rest = query.split_once('&').map_or("", |(_, rest)| rest);
            format!("{path}?expires=1&{rest}")
        }
        None => url.to_owned(),
    }
}

/// Sets the value at a path such as `data.id`, at most a few names deep.
fn put(members: &mut Map<String, Value>, path: &str, value: Value) {
    const MAX_DEPTH: usize = 8;
    let mut names = path.splitn(MAX_DEPTH, '.').collect::<Vec<_>>();
    let Some(last) = names.pop() else {
        return;
    };
    let mut place = members;
    for name in names {
        let inner = place.entry(name).or_insert_with(|| json!({}));
        if !inner.is_object() {
            *inner = json!({});
        }
        let Value::Object(object) = inner else {
            return;
        };
        place = object;
    }
    place.insert(last.to_owned(), value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Fault, Phase};

    fn edited(fault: &str, body: &Value) -> Value {
        let fault: Fault = fault.parse().unwrap();
        let context = EffectContext {
            phase: Phase::Poll,
            url: "http://127.0.0.1:1",
            target: "/",
            wall_ms: 0,
            keep_alive: true,
        };
        let answer = edit(&fault.action, Answer::json(200, body), &context);
        serde_json::from_slice(&answer.body).unwrap()
    }

    fn completed() -> Value {
        let url = "http://127.0.0.1:1/files/videos/a.mp4?expires=9&signature=b";
        json!({"id": "a", "status": "completed", "progress": 100, "expires_at": 9,
            "result": {"type": "video", "data": [{"url": url, "format": "mp4"}]}})
    }

    #[test]
    fn answers_to_submits() {
        let body = json!({"id": "a", "metadata": {}});
        let answer = |fault| edited(fault, &body);
        assert_eq!(
            answer("submit:id-in=data.id"),
            json!({"data": {"id": "a"}, "metadata": {}})
        );
        assert_eq!(
            answer("submit:id-in=metadata.task_id"),
            json!({"metadata": {"task_id": "a"}})
        );
        assert_eq!(answer("submit:no-id"), json!({"metadata": {}}));
    }

    #[test]
    fn answers_to_polls() {
        for (word, status) in [
            ("5", json!(5)),
            ("null", Value::Null),
            ("COMPLETED", json!("COMPLETED")),
        ] {
            let answer = edited(&format!("poll:word={word}"), &completed());
            assert_eq!(answer["status"], status);
            assert!(answer.get("result").is_none());
        }
        assert_eq!(edited("poll:regress", &completed())["status"], "queued");
        assert_eq!(
            edited("poll:no-url", &completed())["result"]["data"],
            json!([])
        );
        assert_eq!(edited("poll:other-id", &completed())["id"], "a-other");
        let answer = edited("poll:expired-url", &completed());
        let url = answer["result"]["data"][0]["url"].as_str().unwrap();
        assert!(url.ends_with("a.mp4?expires=1&signature=b"), "{url}");
        let answer = edited("poll:url-in=metadata.url", &completed());
        assert!(answer["metadata"]["url"].is_string() && answer.get("result").is_none());
        for (word, bill) in [
            ("pending", json!({"status": "pending"})),
            (
                "refunded",
                json!({"status": "refunded", "credits": "0", "cost_usd": "0"}),
            ),
            (
                "settled",
                json!({"status": "settled", "credits": "12.5", "cost_usd": "0.0625"}),
            ),
            ("none", Value::Null),
        ] {
            let answer = edited(&format!("poll:billing={word}"), &completed());
            assert_eq!(answer["billing"], bill, "{word}");
        }
    }
}
