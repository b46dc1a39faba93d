//! Findings: the same as on the command line, at the editor's positions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::client::Client;

const UTF_32: &str = r#"{"general": {"positionEncodings": ["utf-32", "utf-16"]}}"#;

fn utf_32() -> Value {
    serde_json::from_str(UTF_32).unwrap()
}

/// The requests of all fixtures.
fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// By file: rule, place and pointer of each finding on the command line.
fn on_command_line(files: &[PathBuf]) -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_kling"))
        .args(["check", "--format", "json"])
        .args(files)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut by_file: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for found in report["diagnostics"].as_array().unwrap() {
        let place = |end: &str| {
            let part = |name: &str| found[end][name].as_u64().unwrap() - 1;
            format!("{}:{}", part("line"), part("column"))
        };
        let line = format!(
            "{} {} {} {} {} {}",
            found["rule"].as_str().unwrap(),
            found["level"].as_str().unwrap(),
            place("start"),
            place("end"),
            found["pointer"],
            found["message"]
        );
        let file = found["file"].as_str().unwrap().to_owned();
        by_file.entry(file).or_default().push(line);
    }
    by_file
}

/// As [`on_command_line`], for a finding in an editor.
fn described(found: &Value) -> String {
    let place = |end: &str| {
        let part = |name: &str| found["range"][end][name].as_u64().unwrap();
        format!("{}:{}", part("line"), part("character"))
    };
    let message = found["message"].as_str().unwrap();
    let message = message.split("\nhelp: ").next().unwrap();
    let level = match found["severity"].as_u64().unwrap() {
        1 => "error",
        2 => "warning",
        3 => "note",
        other => panic!("severity {other}"),
    };
    assert_eq!(found["source"], "kling");
    assert_eq!(found["code"], found["data"]["rule"]);
    assert!(found["data"]["source"].is_string());
    format!(
        "{} {level} {} {} {} {}",
        found["code"].as_str().unwrap(),
        place("start"),
        place("end"),
        found["data"]["pointer"],
        Value::from(message)
    )
}

#[test]
fn fixtures_have_the_findings_of_the_command_line() {
    let files: Vec<PathBuf> = fixtures()
        .into_iter()
        .filter(|path| fs::read_to_string(path).is_ok())
        .collect();
    assert!(files.len() > 500, "{}", files.len());
    let expected = on_command_line(&files);
    let mut client = Client::with(&[], &utf_32());
    let (mut valid, mut broken) = (0, 0);
    for (number, path) in files.iter().enumerate() {
        let name = path.to_string_lossy().into_owned();
        let text = fs::read_to_string(path).unwrap();
        let uri = format!("file:///{number}.json");
        let found: Vec<String> = client
            .findings_of(&uri, &text)
            .iter()
            .map(described)
            .collect();
        client.close(&uri);
        let expected = expected.get(&name).cloned().unwrap_or_default();
        let syntax = expected.iter().find(|line| line.starts_with("json-syntax"));
        if let Some(syntax) = syntax {
            // In an editor, checking continues after the first syntax error.
            broken += usize::from(found.contains(syntax));
            assert!(
                found.contains(syntax) || found.is_empty(),
                "{name}: {found:?}"
            );
        } else if !found.is_empty() || names_a_member(&text) {
            valid += 1;
            assert_eq!(found, expected, "{name}");
        }
    }
    assert!(valid > 500 && broken > 20, "{valid} {broken}");
    client.end();
}

/// Whether an editor treats a text as a request.
fn names_a_member(text: &str) -> bool {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    ["model", "model_name", "prompt"]
        .iter()
        .any(|name| value.get(name).is_some())
}

#[test]
fn what_is_not_a_request_is_left_alone() {
    let mut client = Client::new();
    for text in [
        "",
        "{}",
        "[1, 2]",
        r#"{"name": "left-pad", "version": 1}"#,
        "{\"compilerOptions\": {,}}",
    ] {
        assert_eq!(
            client.findings_of("file:///package.json", text),
            Vec::<Value>::new(),
            "{text}"
        );
    }
    assert_eq!(
        client.findings_of("file:///a.json", r#"{"prompt": "a boat"}"#)[0]["code"],
        "missing-field"
    );
    client.end();
}

#[test]
fn places_are_counted_in_the_units_of_the_editor() {
    // The emoji is beyond the Basic Multilingual Plane: four bytes, two code units, one character.
    let text = "{\"model\": \"kling-v3\",\r\n\"prompt\": \"é😀\", \"duration\": 7}";
    for (encodings, expected, column) in [
        (json!(["utf-8", "utf-16"]), "utf-8", 32),
        (json!(["utf-16", "utf-8"]), "utf-16", 29),
        (json!(["utf-32"]), "utf-32", 28),
        (json!(["utf-7"]), "utf-16", 29),
        (json!([]), "utf-16", 29),
    ] {
        let capabilities = json!({ "general": { "positionEncodings": encodings } });
        let mut client = Client::start(&[]);
        let answer = client.request("initialize", &json!({ "capabilities": capabilities }));
        assert_eq!(answer["capabilities"]["positionEncoding"], expected);
        let found = client.findings_of("file:///a.json", text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            found[0]["range"],
            json!({
                "start": { "line": 1, "character": column },
                "end": { "line": 1, "character": column + 1 },
            }),
            "{expected}"
        );
        client.end();
    }
}

#[test]
fn each_line_of_a_file_of_lines_is_a_request() {
    let text = concat!(
        "{\"model\": \"kling-v3\", \"prompt\": \"a\"}\r\n",
        "\n",
        "{\"unrelated\": true}\n",
        "{\"model\": \"kling-v3\", \"prompt\": \"😀\", \"duration\": 7}\n",
        "{\"model\": \"kling-v3\", \"prompt\": \"b\", \"dura\n",
        "{\"model\": \"kling-v3\"}",
    );
    let mut client = Client::with(&[], &utf_32());
    for uri in ["file:///a.jsonl", "file:///a.ndjson"] {
        let found: Vec<String> = client
            .findings_of(uri, text)
            .iter()
            .map(described)
            .collect();
        let places: Vec<(&str, &str)> = found
            .iter()
            .map(|line| {
                let mut words = line.split(' ');
                (words.next().unwrap(), words.nth(1).unwrap())
            })
            .collect();
        assert_eq!(
            places,
            [
                ("wrong-value", "3:49"),
                ("json-syntax", "4:42"),
                ("missing-field", "5:0"),
            ],
            "{found:?}"
        );
    }
    client.end();
}

#[test]
fn half_typed_requests_are_read_as_far_as_they_go() {
    let mut client = Client::with(&[], &utf_32());
    let mut codes = |text: &str| -> Vec<String> {
        let found = client.findings_of("file:///a.json", text);
        found
            .iter()
            .map(|found| found["code"].as_str().unwrap().to_owned())
            .collect()
    };
    // Wrong values are reported both before and after the syntax error.
    assert_eq!(
        codes(
            "{\"model\": \"kling-v3\", \"prompt\": \"a\", \"duration\": 7,, \"aspect_ratio\": 5}"
        ),
        ["wrong-value", "json-syntax", "wrong-type"]
    );
    // What is still being written is not reported as wrong.
    for half in [
        "\"dur",
        "\"duration\"",
        "\"duration\":",
        "\"mode\": \"p",
        "\"image_urls\": [\"",
    ] {
        let text = format!("{{\"model\": \"kling-v3\", \"prompt\": \"a\", {half}");
        let found = codes(&text);
        assert!(
            !found.is_empty() && found.iter().all(|code| code == "json-syntax"),
            "{half}: {found:?}"
        );
    }
    // Other quotation marks are a syntax error, and their content is read.
    assert_eq!(
        codes("{'model': 'kling-v3', 'prompt': 'a', 'length': 5}")
            .iter()
            .filter(|code| *code != "json-syntax")
            .count(),
        1
    );
    client.end();
}

#[test]
fn a_document_that_is_too_large_has_one_finding() {
    let mut client = Client::with(&["--max-request-size", "64"], &json!({}));
    let long = format!(
        "{{\"model\": \"kling-v3\", \"prompt\": \"{}\"}}",
        "a".repeat(50)
    );
    for uri in ["file:///a.json", "file:///a.jsonl"] {
        let found = client.findings_of(uri, &long);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["code"], "request-too-large");
    }
    assert_eq!(client.at("hover", "file:///a.json", (0, 3)), Value::Null);
    // A document that becomes short enough is read again.
    let range = json!({
        "start": { "line": 0, "character": 34 },
        "end": { "line": 0, "character": 80 },
    });
    client.change(
        "file:///a.json",
        2,
        &json!([{ "range": range, "text": "" }]),
    );
    assert_eq!(client.findings("file:///a.json", 2), Vec::<Value>::new());
    client.end();
}

#[test]
fn a_file_of_many_faults_has_a_bounded_number_of_findings() {
    let line = "{\"model\": \"kling-v3\", \"prompt\": \"a\", \"duration\": 7}\n";
    let mut client = Client::new();
    let found = client.findings_of("file:///a.jsonl", &line.repeat(1002));
    assert_eq!(found.len(), 1001);
    let last = found.last().unwrap();
    assert_eq!(last["severity"], 3);
    assert!(
        last["message"]
            .as_str()
            .unwrap()
            .starts_with("2 more findings are not shown"),
        "{last}"
    );
    client.end();
}

#[test]
fn a_model_can_be_assumed() {
    let mut client = Client::with(&["--model", "kling-v3"], &json!({}));
    let found = client.findings_of("file:///a.json", "{\"prompt\": \"a\", \"duration\": 7}");
    let codes: Vec<&Value> = found.iter().map(|found| &found["code"]).collect();
    assert_eq!(codes, ["missing-field", "wrong-value"]);
    client.end();
}

#[test]
fn the_settings_of_a_project_hold() {
    let folder = tempfile::tempdir().unwrap();
    let uri = |name: &str| format!("file://{}/{name}", folder.path().display());
    for name in ["strict", "faulty"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let settings = "deny = [\"number-notation\"]\nallow = [\"empty-list\"]\n";
    fs::write(folder.path().join("strict/kling.toml"), settings).unwrap();
    fs::write(folder.path().join("faulty/kling.toml"), "dney = []\n").unwrap();
    let text =
        "{\"model\": \"kling-v3\", \"prompt\": \"a\", \"duration\": 5.0, \"image_urls\": []}";
    let mut client = Client::new();
    let mut levels = |uri: &str| -> Vec<(Value, Value)> {
        let found = client.findings_of(uri, text);
        let of = |found: &Value| (found["code"].clone(), found["severity"].clone());
        found.iter().map(of).collect()
    };
    let lenient = [
        (json!("number-notation"), json!(2)),
        (json!("empty-list"), json!(2)),
    ];
    assert_eq!(levels(&uri("a.json")), lenient);
    assert_eq!(
        levels(&uri("strict/a.json")),
        [(json!("number-notation"), json!(1))]
    );
    assert_eq!(levels("untitled:a.json"), lenient);
    client.open(&uri("faulty/a.json"), text);
    let message = client.next_log();
    assert!(message.contains("did you mean `deny`?"), "{message}");
    assert_eq!(
        client.at("hover", &uri("faulty/a.json"), (0, 3)),
        Value::Null
    );
    client.end();
}
