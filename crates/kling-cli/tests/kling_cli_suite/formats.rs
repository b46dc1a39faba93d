//! The formats of findings, compared with each other and with the schema.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::support::{CLEAN, ERROR, Folder, WARNING, fixtures, pipe, run, run_in};

/// All requests among the fixtures, valid or not.
fn all_fixtures() -> PathBuf {
    fs::canonicalize(fixtures()).unwrap()
}

#[test]
fn the_json_output_fits_its_schema() {
    let schema = run(&["schema", "report"]).json();
    let validator = jsonschema::options().build(&schema).unwrap();
    for text in [CLEAN, ERROR, WARNING, "{", "[]", ""] {
        let report = pipe(&["check", "--format", "json"], text).json();
        assert!(validator.is_valid(&report), "{text}: {report}");
    }
    let report = run_in(&all_fixtures(), &["check", "--format", "json", "."], b"").json();
    let faults: Vec<String> = validator
        .iter_errors(&report)
        .map(|fault| fault.to_string())
        .collect();
    assert_eq!(faults, [""; 0]);
    assert!(report["diagnostics"].as_array().unwrap().len() > 500);
    let mut wrong = report.clone();
    wrong["diagnostics"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_summary_counts_the_diagnostics() {
    let report = run_in(&all_fixtures(), &["check", "--format", "json", "."], b"").json();
    for (level, count) in [
        ("error", "errors"),
        ("warning", "warnings"),
        ("note", "notes"),
    ] {
        let found = report["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|found| found["level"] == level)
            .count();
        assert_eq!(report["summary"][count], found, "{level}");
    }
}

#[test]
fn the_lines_of_jsonl_are_the_diagnostics_of_json() {
    let json = run_in(&all_fixtures(), &["check", "--format", "json", "."], b"");
    let jsonl = run_in(&all_fixtures(), &["check", "--format", "jsonl", "."], b"");
    let mut lines: Vec<&str> = json.out.lines().collect();
    assert_eq!(lines.remove(0), "{\"version\":1,\"diagnostics\":[");
    assert!(lines.pop().unwrap().starts_with("],\"summary\":{"));
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.strip_suffix(',').unwrap_or(line))
        .collect();
    assert_eq!(jsonl.out.lines().collect::<Vec<_>>(), lines);
    assert_eq!((json.code, json.err), (1, String::new()));
}

#[test]
fn members_are_in_the_order_of_the_contract() {
    let text = CLEAN.replace('}', r#", "seconds": 5}"#);
    let out = pipe(&["check", "--format", "jsonl"], text).out;
    let members = [
        "file", "request", "model", "rule", "level", "service", "message", "help", "source",
        "pointer", "span", "start", "end",
    ];
    let places: Vec<usize> = members
        .iter()
        .map(|name| out.find(&format!("\"{name}\":")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{out}");
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let text = CLEAN.replace('}', &format!("{}}}", ", \"prompt\": 1".repeat(250)));
    let report = pipe(&["check", "--format", "json"], &text).json();
    assert_eq!(report["diagnostics"].as_array().unwrap().len(), 100);
    assert_eq!(report["summary"]["errors"], 100);
    assert_eq!(report["summary"]["omitted"], 150);
    let human = pipe(&["check"], &text);
    assert!(
        human
            .out
            .ends_with("note: 150 more findings in the request at -:1 are not shown\n\n")
    );
    assert_eq!(
        human.err,
        "checked 1 request in 1 file: 100 errors, 150 more not shown\n"
    );
}

#[test]
fn a_summary_counts_by_rule_and_by_file() {
    let folder = Folder::with(&[
        ("a.json", ERROR),
        ("b.jsonl", &format!("{WARNING}\n{ERROR}\n{CLEAN}\n")),
        ("c.json", CLEAN),
    ]);
    let ran = folder.run(&["check", "--format", "summary", "."]);
    let expected = "\
rule             errors  warnings  notes
number-notation       0         1      0
wrong-value           2         0      0

file     errors  warnings  notes
a.json        1         0      0
b.jsonl       1         1      0

checked 5 requests in 3 files: 2 errors, 1 warning; 1 fixable with `--fix`
2 requests are clean under the edition 2026-09-zh: `--edition 2026-09-zh`
";
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (1, expected, "")
    );
    let clean = pipe(&["check", "--format", "summary"], CLEAN);
    assert_eq!(clean.out, "checked 1 request in 1 file: no findings\n");
}

#[test]
fn human_output_looks_as_agreed() {
    let folder = Folder::new();
    folder.write(
        "req.json",
        "{\n  \"model\": \"kling-v3-omni\",\n  \"prompt\": \"<<<video_1>>> at night\",\n  \"audio\": true,\n  \
         \"video_list\": [{\"video_url\": \"https://example.com/a.mp4\"}]\n}\n",
    );
    let ran = folder.run(&["check", "req.json"]);
    let expected = "\
error[audio-with-video-list]: `audio: true` cannot be combined with `video_list`
 --> req.json:4:12
  |
4 |   \"audio\": true,
  |            ^^^^
  = source: kling-v3-omni, Introduction; Request Parameters / audio
  = help: remove one of the two; `keep_original_sound` keeps the sound of the reference video

";
    assert_eq!((ran.code, ran.out.as_str()), (1, expected));
    assert_eq!(ran.err, "checked 1 request in 1 file: 1 error\n");
}

#[test]
fn what_the_service_does_is_shown_unless_it_refuses() {
    let text = CLEAN.replace('}', ", \"style\": 1, \"duration\": 5.0}");
    let out = pipe(&["check"], text).out;
    assert_eq!(
        out.matches(
            "  = service: probably ignores this, makes the video without it and charges for it\n"
        )
        .count(),
        1,
        "{out}"
    );
    assert_eq!(
        out.matches("  = service: unknown; no page says what it does with this\n")
            .count(),
        1,
        "{out}"
    );
    assert!(!pipe(&["check"], ERROR).out.contains("= service"));
}

/// Returns the official schema, from the crate of its types.
fn sarif_schema() -> serde_json::Value {
    // Packages for other platforms are not available offline.
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let options = ["--offline", "--locked", "--filter-platform", host];
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .other_options(options.map(str::to_owned).to_vec())
        .exec()
        .unwrap();
    let types = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == "serde-sarif")
        .unwrap();
    let file = types
        .manifest_path
        .with_file_name("src")
        .join("schema.json");
    let mut schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    // One of its patterns has a superfluous bracket, which strict regex parsers refuse.
    for of in ["run", "toolComponent"] {
        let pattern = format!("/definitions/{of}/properties/language/pattern");
        *schema.pointer_mut(&pattern).unwrap() = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    schema
}

#[test]
fn sarif_fits_the_official_schema_and_says_what_json_says() {
    let schema = sarif_schema();
    assert!(
        schema["$id"]
            .as_str()
            .unwrap()
            .contains("oasis-tcs/sarif-spec")
    );
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft7)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let json = run_in(&all_fixtures(), &["check", "--format", "json", "."], b"").json();
    let sarif = run_in(&all_fixtures(), &["check", "--format", "sarif", "."], b"");
    let log = sarif.json();
    let faults: Vec<String> = validator
        .iter_errors(&log)
        .map(|fault| fault.to_string())
        .collect();
    assert_eq!(faults, [""; 0]);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    let diagnostics = json["diagnostics"].as_array().unwrap();
    assert_eq!(results.len(), diagnostics.len());
    for (result, found) in results.iter().zip(diagnostics) {
        assert_eq!(result["ruleId"], found["rule"]);
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[rule]["id"], found["rule"]);
        let level = if found["level"] == "note" {
            "note".into()
        } else {
            found["level"].clone()
        };
        assert_eq!(result["level"], level);
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["byteOffset"], found["span"]["start"]);
        assert_eq!(region["startLine"], found["start"]["line"]);
        assert_eq!(region["endColumn"], found["end"]["column"]);
        assert!(
            result["message"]["text"]
                .as_str()
                .unwrap()
                .starts_with(found["message"].as_str().unwrap())
        );
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    for text in [CLEAN, ERROR, "{", ""] {
        let log = pipe(&["check", "--format", "sarif"], text).json();
        assert!(validator.is_valid(&log), "{text}: {log}");
    }
}

#[test]
fn sarif_reports_unreadable_input() {
    let folder = Folder::new();
    folder.write("a.json", ERROR);
    let ran = run_in(
        folder.path(),
        &["check", "--format", "sarif", "a.json", "missing.json"],
        b"",
    );
    assert_eq!(ran.code, 2);
    let log = ran.json();
    assert_eq!(
        log["runs"][0]["invocations"][0]["executionSuccessful"],
        false
    );
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 1);
}

#[test]
fn github_marks_ten_of_a_level_and_counts_the_others() {
    let ran = run_in(&all_fixtures(), &["check", "--format", "github", "."], b"");
    for (command, level) in [("error", "errors"), ("warning", "warnings")] {
        let marks: Vec<&str> = ran
            .out
            .lines()
            .filter(|line| line.starts_with(&format!("::{command} ")))
            .collect();
        assert_eq!(marks.len(), 10, "{level}");
        assert!(
            marks[9].contains("more findings of this level"),
            "{}",
            marks[9]
        );
        assert!(
            marks[0].contains(",line=") && marks[0].contains(",title="),
            "{}",
            marks[0]
        );
    }
    // Nothing is lost: findings without a mark are lines in the log.
    let json = run_in(&all_fixtures(), &["check", "--format", "json", "."], b"").json();
    let found = json["diagnostics"].as_array().unwrap().len();
    let message = ran
        .out
        .lines()
        .filter(|line| !line.contains("title=kling::"))
        .count();
    assert_eq!(message, found);
    let one = pipe(&["check", "--format", "github"], ERROR);
    assert_eq!((one.code, one.out.lines().count()), (1, 1), "{}", one.out);
}

#[test]
fn code_actions_come_where_they_are_requested_and_fix_the_text() {
    let text = r#"{"model": "kling-v3", "prompt": "x", "duration": "5"}"#;
    let input = format!("{CLEAN}\n{text}\n");
    for format in ["json", "jsonl"] {
        let plain = pipe(&["check", "--lines", "--format", format], &input);
        assert!(!plain.out.contains("\"fix\""), "{}", plain.out);
        let ran = pipe(
            &["check", "--lines", "--show-fixes", "--format", format],
            &input,
        );
        let found = ran
            .out
            .lines()
            .find(|line| line.contains("wrong-type"))
            .unwrap();
        let found: serde_json::Value = serde_json::from_str(found.trim_end_matches(',')).unwrap();
        let edit = &found["fix"]["edits"][0];
        let (start, end) = (
            edit["start"].as_u64().unwrap(),
            edit["end"].as_u64().unwrap(),
        );
        let mut fixed = input.clone();
        fixed.replace_range(
            usize::try_from(start).unwrap()..usize::try_from(end).unwrap(),
            edit["text"].as_str().unwrap(),
        );
        assert_eq!(
            (fixed, &found["fix"]["safe"]),
            (input.replace("\"5\"", "5"), &true.into())
        );
    }
    let log = pipe(&["check", "--lines", "--format", "sarif"], &input).json();
    let fix = &log["runs"][0]["results"][0]["fixes"][0];
    assert_eq!(fix["description"]["text"], "write `5`");
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "5");
    assert_eq!(replacement["deletedRegion"]["byteLength"], 3);
}
