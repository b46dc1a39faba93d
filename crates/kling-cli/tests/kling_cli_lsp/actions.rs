//! Fixes as code actions.

use serde_json::{Value, json};

use crate::client::Client;

const URI: &str = "file:///a.json";

/// Has a character beyond the basic plane before the places that are fixed.
const REQUEST: &str = "{\"model\": \"kling-v3\", \"prompt\": \"😀 boat\", \"duration\": \"5\",
 \"aspectRatio\": \"1:1\", \"mode\": \"PRO\"}
";

fn everywhere() -> Value {
    json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 100, "character": 0 } })
}

fn actions(client: &mut Client, uri: &str, range: &Value, context: &Value) -> Vec<Value> {
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
    client
        .request("textDocument/codeAction", &params)
        .as_array()
        .unwrap()
        .clone()
}

/// The text after an action.
fn applied(text: &str, uri: &str, action: &Value) -> String {
    let offset = |place: &Value| {
        let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut left = place["character"].as_u64().unwrap();
        for (at, character) in text[start..].char_indices() {
            if left == 0 {
                return start + at;
            }
            left -= character.len_utf16() as u64;
        }
        text.len()
    };
    let mut edits: Vec<(usize, usize, &str)> = action["edit"]["changes"][uri]
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (
                offset(&range["start"]),
                offset(&range["end"]),
                edit["newText"].as_str().unwrap(),
            )
        })
        .collect();
    edits.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

#[test]
fn each_finding_has_its_fix_and_the_safe_ones_come_together() {
    let mut client = Client::new();
    let found = client.findings_of(URI, REQUEST);
    let all = actions(
        &mut client,
        URI,
        &everywhere(),
        &json!({ "diagnostics": found }),
    );
    let message: Vec<(&str, &str, bool)> = all
        .iter()
        .map(|action| {
            let text = |member: &str| action[member].as_str().unwrap();
            (
                text("kind"),
                text("title"),
                action["isPreferred"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        message,
        [
            ("quickfix", "write `5`", true),
            (
                "quickfix",
                "rename `aspectRatio` to `aspect_ratio` (a guess)",
                false
            ),
            ("quickfix", "write `\"pro\"`", true),
            (
                "source.fixAll",
                "fix everything that can be fixed safely",
                false
            ),
        ]
    );
    for (action, (from, to)) in all.iter().zip([
        ("\"5\"", "5"),
        ("aspectRatio", "aspect_ratio"),
        ("PRO", "pro"),
    ]) {
        assert_eq!(applied(REQUEST, URI, action), REQUEST.replace(from, to));
        assert_eq!(action["diagnostics"].as_array().unwrap().len(), 1);
    }
    assert_eq!(
        applied(REQUEST, URI, &all[3]),
        REQUEST.replace("\"5\"", "5").replace("PRO", "pro")
    );
    client.end();
}

#[test]
fn only_what_is_asked_for_and_only_where() {
    let mut client = Client::new();
    client.findings_of(URI, REQUEST);
    let second =
        json!({ "start": { "line": 1, "character": 3 }, "end": { "line": 1, "character": 3 } });
    let here = actions(
        &mut client,
        URI,
        &second,
        &json!({ "diagnostics": [], "only": ["quickfix"] }),
    );
    assert_eq!(here.len(), 1, "{here:?}");
    assert_eq!(
        here[0]["title"],
        "rename `aspectRatio` to `aspect_ratio` (a guess)"
    );
    for only in ["source", "source.fixAll"] {
        let all = actions(
            &mut client,
            URI,
            &everywhere(),
            &json!({ "diagnostics": [], "only": [only] }),
        );
        assert_eq!(all.len(), 1);
    }
    for only in ["refactor", "source.organizeImports", "sour"] {
        let none = actions(
            &mut client,
            URI,
            &everywhere(),
            &json!({ "diagnostics": [], "only": [only] }),
        );
        assert_eq!(none, [] as [Value; 0]);
    }
    client.end();
}

#[test]
fn there_is_no_fix_for_what_is_half_typed_or_unknown() {
    let mut client = Client::new();
    let context = json!({ "diagnostics": [] });
    client.findings_of(URI, &REQUEST[..REQUEST.len() - 3]);
    assert!(actions(&mut client, URI, &everywhere(), &context).is_empty());
    assert!(actions(&mut client, "file:///other.json", &everywhere(), &context).is_empty());
    client.end();
}

#[test]
fn in_a_file_of_lines_each_request_is_fixed() {
    let mut client = Client::new();
    let uri = "file:///a.jsonl";
    let line = "{\"model\": \"kling-v3\", \"prompt\": \"x\", \"duration\": 5.0}";
    let text = format!("{line}\n\n{line}\nno json\n");
    client.findings_of(uri, &text);
    let all = actions(
        &mut client,
        uri,
        &everywhere(),
        &json!({ "diagnostics": [], "only": ["source.fixAll"] }),
    );
    assert_eq!(applied(&text, uri, &all[0]), text.replace("5.0", "5"));
    client.end();
}
