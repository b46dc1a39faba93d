//! Hovers, completions and definitions at a place.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::client::Client;

const URI: &str = "file:///a.json";

const REQUEST: &str = "{
  \"model\": \"kling-v3-omni\",
  \"prompt\": \"😀 Let <<<image_2>>> follow @image_1 to <<<image_3>>>\",
  \"duration\": 5,
  \"metadata\": {
    \"image_list\": [
      {\"image_url\": \"https://example.com/a.png\"},
      {\"image_url\": \"https://example.com/b.png\", \"type\": \"end_frame\"}
    ]
  }
}
";

macro_rules! assert_text {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, $text)
        })
    };
}

fn capable() -> Value {
    json!({
        "textDocument": {
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "completion": {
                "completionItem": {
                    "snippetSupport": true,
                    "documentationFormat": ["markdown"],
                },
            },
        },
    })
}

/// Returns a text without its mark `¦`, and the mark's position.
fn marked(text: &str) -> (String, (usize, usize)) {
    let (before, _) = text.split_once('¦').unwrap();
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    (text.replacen('¦', "", 1), (line, column))
}

/// Returns the request with a mark before a text in it.
fn at(text: &str) -> String {
    assert_eq!(REQUEST.matches(text).count(), 1);
    REQUEST.replace(text, &format!("¦{text}"))
}

/// Returns the part of a text in a range of one line.
fn part<'t>(text: &'t str, range: &Value) -> &'t str {
    assert_eq!(range["start"]["line"], range["end"]["line"]);
    let line = usize::try_from(range["start"]["line"].as_u64().unwrap()).unwrap();
    let line = text.split('\n').nth(line).unwrap();
    let offset = |end: &str| {
        let mut left = range[end]["character"].as_u64().unwrap();
        for (offset, character) in line.char_indices() {
            if left == 0 {
                return offset;
            }
            left -= character.len_utf16() as u64;
        }
        line.len()
    };
    &line[offset("start")..offset("end")]
}

/// Returns what a hover says, after the text that it is about.
fn hover(client: &mut Client, text: &str) -> String {
    let (text, place) = marked(text);
    client.findings_of(URI, &text);
    let answer = client.at("hover", URI, place);
    if answer.is_null() {
        return "nothing\n".to_owned();
    }
    format!(
        "[{}] {}\n{}\n",
        part(&text, &answer["range"]),
        answer["contents"]["kind"].as_str().unwrap(),
        answer["contents"]["value"].as_str().unwrap()
    )
}

#[test]
fn hover_shows_what_the_contract_says() {
    let mut client = Client::with(&[], &capable());
    let mut message = String::new();
    for text in [
        &at("duration"),
        &at("5,"),
        &at("\"metadata\""),
        &at("\"image_list\""),
        &at("\"end_frame\""),
        &at("kling-v3-omni"),
        &at("Let"),
        &at("<<<image_2"),
        &at("mage_2>>>"),
        &at("@image_1"),
        &at("<<<image_3>>>"),
        // Between members there is nothing to describe.
        &at("  \"duration\""),
        "{\"model\": \"kling-v3\", \"prom¦pt",
        "{\"model\": \"kling-v3\", \"foo¦\": 1}",
        "{\"mod¦el\": \"kling-v9\"}",
        "¦",
    ] {
        let line = text.lines().find(|line| line.contains('¦')).unwrap();
        writeln!(message, "## {line}\n{}", hover(&mut client, text)).unwrap();
    }
    assert_text!("hover", message);
    client.end();
}

#[test]
fn hover_is_plain_where_the_editor_knows_no_markdown() {
    let mut client = Client::new();
    let message = hover(&mut client, &at("duration"));
    assert!(
        message.starts_with("[\"duration\"] plaintext\n"),
        "{message}"
    );
    client.end();
}

/// Returns the completions at the mark: what is matched, what replaces what, and the details.
fn completion(client: &mut Client, text: &str) -> String {
    let (text, place) = marked(text);
    client.findings_of(URI, &text);
    let answer = client.at("completion", URI, place);
    if answer.is_null() {
        return "nothing\n".to_owned();
    }
    assert_eq!(answer["isIncomplete"], false);
    let items = answer["items"].as_array().unwrap();
    let sorted = items.is_sorted_by_key(|item| item["sortText"].as_str().unwrap());
    assert!(sorted, "{items:?}");
    let message: Vec<String> = items
        .iter()
        .map(|item| {
            format!(
                "{} ({}): [{}] -> {} | {}\n",
                item["label"].as_str().unwrap(),
                item["filterText"].as_str().unwrap(),
                part(&text, &item["textEdit"]["range"]),
                item["textEdit"]["newText"].as_str().unwrap(),
                item["detail"].as_str().unwrap_or("nothing more"),
            )
        })
        .collect();
    if message.is_empty() {
        "none\n".to_owned()
    } else {
        message.concat()
    }
}

/// A request whose first list item is `rest`.
fn omni(rest: &str) -> String {
    format!("{{\"model\": \"kling-v3-omni\", \"prompt\": \"a\", {rest}")
}

fn completions(client: &mut Client, texts: &[String]) -> String {
    let mut message = String::new();
    for text in texts {
        writeln!(message, "## {text}\n{}", completion(client, text)).unwrap();
    }
    message
}

#[test]
fn completion_offers_what_the_contract_has() {
    let mut client = Client::with(&[], &capable());
    let texts = [
        "{¦".to_owned(),
        "{\"¦\"}".to_owned(),
        "{\"model\": ¦}".to_owned(),
        "{\"model\": \"kling-v3¦\", \"prompt\": \"a\"}".to_owned(),
        "{\"model\": \"kling-v9\", ¦}".to_owned(),
        "{\"model\": \"kling-v3\", ¦}".to_owned(),
        "{¦ \"model\": \"kling-v3\", \"duration\": 5}".to_owned(),
        omni("\"dur¦ation\": 5}"),
        omni("\"du¦"),
        omni("\"duration\": ¦"),
        omni("\"duration\": 1¦}"),
        omni("\"aspect_ratio\": \"16:¦\"}"),
        omni("\"mode\": ¦\n\"duration\": 5}"),
        omni("\"audio\": f¦"),
        omni("\"metadata\": {¦"),
        omni("\"metadata\": {\"image_list\": [{\"type\": \"¦\"}]}}"),
        omni("\"metadata\": {\"image_list\": [{\"type\": \"end_frame\"}, {¦"),
        omni("\"metadata\": {\"element_list\": [{\"role\": ¦"),
        omni("\"video_list\": ¦}"),
        omni("\"video_list\": [¦]}"),
        omni("\"unknown\": {¦}}"),
        omni("\"client_business_id\": ¦}"),
        "{\"model\": \"kling-v3-omni\"} ¦".to_owned(),
    ];
    assert_text!("completion", completions(&mut client, &texts));
    client.end();
}

#[test]
fn completion_offers_placeholders_of_the_items_that_are_there() {
    let mut client = Client::with(&[], &capable());
    let prompt = |prompt: &str| REQUEST.replace("😀 Let <<<image_2>>>", prompt);
    let texts = [
        prompt("😀 <<<¦"),
        prompt("😀 <<<im¦age_1>>> and"),
        prompt("😀 <¦"),
        prompt("😀 ¦"),
        // Half typed up to the end of the text.
        omni("\"video_list\": [{\"video_url\": \"https://example.com/a.mp4\"}], \"prompt\": \"Let <<<¦")
            .replace(" \"prompt\": \"a\",", ""),
        // A model without placeholders has none to offer.
        REQUEST
            .replace("kling-v3-omni", "kling-v3")
            .replace("Let", "<<<¦"),
    ];
    let mut message = String::new();
    for text in &texts {
        let line = text.lines().find(|line| line.contains('¦')).unwrap();
        writeln!(message, "## {line}\n{}", completion(&mut client, text)).unwrap();
    }
    assert_text!("completion-placeholders", message);
    client.end();
}

#[test]
fn completion_inserts_plain_text_where_the_editor_knows_no_snippets() {
    let mut client = Client::new();
    let texts = [omni("¦}"), omni("\"mode\": ¦}")];
    assert_text!("completion-plain", completions(&mut client, &texts));
    client.end();
}

/// Returns the definition for a place.
fn definition(client: &mut Client, uri: &str, text: &str) -> Option<String> {
    let (text, place) = marked(text);
    client.findings_of(uri, &text);
    let answer = client.at("definition", uri, place);
    (!answer.is_null()).then(|| {
        assert_eq!(answer["uri"], uri);
        part(&text, &answer["range"]).to_owned()
    })
}

#[test]
fn a_placeholder_leads_to_its_item() {
    let mut client = Client::new();
    let mut to = |text: &str| definition(&mut client, URI, text);
    let second = "{\"image_url\": \"https://example.com/b.png\", \"type\": \"end_frame\"}";
    assert_eq!(to(&at("<<<image_2")).as_deref(), Some(second));
    assert_eq!(to(&at("_2>>>")).as_deref(), Some(second));
    assert_eq!(to(&at(" follow")).as_deref(), Some(second), "behind it");
    let first = "{\"image_url\": \"https://example.com/a.png\"}";
    assert_eq!(to(&at("@image_1")).as_deref(), Some(first));
    assert_eq!(to(&at("image_3>>>")), None);
    assert_eq!(to(&at("Let")), None);
    assert_eq!(to(&at("duration")), None);
    // Half typed: the list is not closed.
    let half = "{\"model\": \"kling-v3-omni\", \"prompt\": \"\\u00e9 <<<video¦_1>>>\", \"video_list\": [{\"video_url\": \"x";
    assert_eq!(to(half).as_deref(), Some("{\"video_url\": \"x"));
    client.end();
}

#[test]
fn each_line_of_a_file_of_lines_is_asked_on_its_own() {
    let uri = "file:///a.jsonl";
    let line = |mark: &str| {
        format!(
            "{{\"model\": \"kling-v3-omni\", \"prompt\": \"<<<{mark}image_1>>>\", \"metadata\": {{\"image_list\": [{{\"image_url\": \"{mark}\"}}]}}}}\n"
        )
    };
    let text = [
        line(""),
        "\n".to_owned(),
        line("").replacen("<<<", "<<<¦", 1),
    ]
    .concat();
    let mut client = Client::with(&[], &capable());
    assert_eq!(
        definition(&mut client, uri, &text).as_deref(),
        Some("{\"image_url\": \"\"}")
    );
    let (plain, place) = marked(&text);
    client.findings_of(uri, &plain);
    let answer = client.at("definition", uri, place);
    assert_eq!(answer["range"]["start"]["line"], 2);
    client.end();
}
