//! `kling.toml`: searched upwards from each file, overridden by the command line, shown by `kling config`.

use std::fs;

use crate::support::{CLEAN, ERROR, Folder, WARNING, run, run_in};

const MINE: &str = r#"
id = "mine"
title = "Mine"
endpoint = "POST /v1/videos/generations"
about = "A model of my own."
[field.model]
type = "string"
required = true
values = ["mine"]
about = "The model."
source = "my page"
[field.prompt]
type = "string"
required = true
about = "The prompt."
source = "my page"
"#;

#[test]
fn each_file_has_the_settings_of_its_folder() {
    let folder = Folder::with(&[
        ("kling.toml", "deny = [\"warnings\"]"),
        ("a.json", WARNING),
        ("in/kling.toml", "allow = [\"wrong-value\"]"),
        ("in/deep/b.json", ERROR),
        ("in/deep/c.jsonl", &format!("{WARNING}\n{ERROR}\n")),
    ]);
    let report = folder.run(&["check", "--format", "json", "."]).json();
    let found: Vec<(&str, &str)> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| {
            (
                found["file"].as_str().unwrap(),
                found["level"].as_str().unwrap(),
            )
        })
        .collect();
    // Only the nearest file counts, so the warning below `in` stays a warning.
    assert_eq!(found, [("a.json", "error"), ("in/deep/c.jsonl", "warning")]);
    let stdin = run_in(
        folder.path(),
        &["check", "--format", "json", "-"],
        WARNING.as_bytes(),
    );
    assert_eq!(stdin.code, 1, "{}", stdin.out);
}

#[test]
fn the_command_line_counts_before_the_file() {
    let folder = Folder::with(&[
        (
            "kling.toml",
            "allow = [\"wrong-value\"]\nmax-request-size = 10",
        ),
        ("other.toml", "deny = [\"warnings\"]"),
        ("a.json", ERROR),
        ("w.json", WARNING),
    ]);
    let rules = |arguments: &[&str]| {
        let report = folder
            .run(&[&["check", "--format", "json"], arguments].concat())
            .json();
        let found = report["diagnostics"].as_array().unwrap().clone();
        found
            .iter()
            .map(|found| found["rule"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(&["a.json"]), ["request-too-large"]);
    assert_eq!(rules(&["a.json", "--max-request-size", "1000"]), [""; 0]);
    assert_eq!(
        rules(&[
            "a.json",
            "--max-request-size",
            "1000",
            "--deny",
            "wrong-value"
        ]),
        ["wrong-value"]
    );
    assert_eq!(rules(&["a.json", "--no-config"]), ["wrong-value"]);
    assert_eq!(
        folder
            .run(&["check", "w.json", "--config", "other.toml"])
            .code,
        1
    );
    assert_eq!(folder.run(&["check", "w.json", "--no-config"]).code, 0);
}

#[test]
fn contracts_and_the_model_are_relative_to_the_file() {
    let folder = Folder::with(&[
        (
            "project/kling.toml",
            "spec = [\"contracts/mine.toml\"]\nmodel = \"mine\"",
        ),
        ("project/contracts/mine.toml", MINE),
        ("project/requests/a.json", r#"{"prompt": "x", "seed": 1}"#),
        ("b.json", r#"{"prompt": "x", "seed": 1}"#),
    ]);
    let report = folder.run(&["check", "--format", "json", "."]).json();
    let found: Vec<String> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| format!("{} {} {}", found["file"], found["model"], found["rule"]))
        .collect();
    assert_eq!(
        found,
        [
            r#""b.json" null "missing-field""#,
            r#""project/requests/a.json" "mine" "missing-field""#,
            r#""project/requests/a.json" "mine" "misnamed-field""#,
        ]
    );
    let bill = folder.run(&["bill", "project/requests/a.json"]);
    assert!(bill.out.contains("no bill"), "{}", bill.out);
}

/// Files, and the message about each.
const FAULTS: [(&str, &str); 23] = [
    (
        "alow = []",
        "kling.toml:1:1: `alow` is not a key; did you mean `allow`?",
    ),
    (
        "\n deny = 5",
        "kling.toml:2:9: this is the integer 5; write a list, such as `[\"wrong-value\"]`\n",
    ),
    (
        "deny = [5]",
        "kling.toml:1:9: this is the integer 5; write a text between quotation marks\n",
    ),
    (
        "model = true",
        "kling.toml:1:9: this is the boolean true; write a text between quotation marks\n",
    ),
    (
        "deny = [\"warnings\",\n  \"wrong-vale\"]",
        "kling.toml:2:3: `wrong-vale` is not a rule; did you mean `wrong-value`?",
    ),
    (
        "allow = [\"json-syntax\"]",
        "kling.toml:1:10: `json-syntax` remains an error, because text that is not JSON cannot be sent",
    ),
    (
        "model = \"kling-v9\"",
        "kling.toml:1:9: `kling-v9` is not the id of a known model; the models are ",
    ),
    (
        "max-request-size = \"8MiB\"",
        "kling.toml:1:20: this is the text \"8MiB\"; write a whole number of bytes above 0, such as `8388608`\n",
    ),
    (
        "max-request-size = 0",
        "kling.toml:1:20: this is the integer 0; write a whole number of bytes above 0, such as `8388608`\n",
    ),
    (
        "prices = 5",
        "kling.toml:1:10: this is the integer 5; write a table of prices, with `currency` in it\n",
    ),
    (
        "[prices]\n",
        "kling.toml:1:1: the prices have no currency; add a line such as `currency = \"USD\"` below `[prices]`\n",
    ),
    (
        "model = \"kling-v3\"\n[prices.kling-v3]\n\"720P\" = { per-job = 1 }",
        "kling.toml:2:2: the prices have no currency; add a line such as `currency = \"USD\"` below `[prices]`\n",
    ),
    (
        "[prices]\ncurrency = 5",
        "kling.toml:2:12: this is the integer 5; write a text between quotation marks\n",
    ),
    (
        "[prices]\ncurrency = \"USD\"\nkling-v3 = 5",
        "kling.toml:3:12: this is the integer 5; write a table of prices by billing spec, such as `\"720P\" = { per-second = 0.05 }`\n",
    ),
    (
        "[prices]\ncurrency = \"USD\"\n[prices.kling-v3]\n\"720P\" = 0.05",
        "kling.toml:4:10: this is the number 0.05; write a price as `{ per-second = 0.05 }` or `{ per-job = 1.50 }`\n",
    ),
    (
        "[prices]\ncurrency = \"USD\"\n[prices.kling-v3]\n\"720P\" = { per-hour = 1 }",
        "kling.toml:4:12: `per-hour` is not a key; the keys are per-second, per-job\n",
    ),
    (
        "[prices]\ncurrency = \"USD\"\n[prices.kling-v3]\n\"720P\" = {}",
        "kling.toml:4:10: this is an empty table; write a price as `{ per-second = 0.05 }` or `{ per-job = 1.50 }`\n",
    ),
    (
        "[prices]\ncurrency = \"USD\"\n[prices.kling-v3]\n\"720P\" = { per-second = 1, per-job = 1 }",
        "kling.toml:4:10: a price is by the second or by the job, not both; remove one\n",
    ),
    (
        "[prices]\ncurrency = \"USD\"\n[prices.kling-v3]\n\"720P\" = { per-second = \"0.05\" }",
        "kling.toml:4:25: this is the text \"0.05\"; write an amount such as `0.05`, with at most nine digits after the point\n",
    ),
    (
        "[prices]\ncurrency = \"USD\"\n[prices.kling-v3]\n\"720P\" = { per-second = -1 }",
        "kling.toml:4:25: this is the integer -1; write an amount such as `0.05`, with at most nine digits after the point\n",
    ),
    (
        "[prices]\ncurrency = \"USD\"\n[prices.kling-v4]\n\"720P\" = { per-second = 1 }",
        "kling.toml:3:9: `kling-v4` is not the id of a known model; the models are ",
    ),
    (
        "[prices]\ncurrency = \"USD\"\n[prices.kling-v3]\n\"720p\" = { per-second = 1 }",
        "kling.toml:4:1: kling-v3 has no billing spec `720p`; did you mean `720P`?\n",
    ),
    ("spec = [\"missing.toml\"]", "missing.toml: cannot be read"),
];

#[test]
fn an_error_in_the_file_is_reported_with_its_place() {
    for (text, message) in FAULTS {
        let folder = Folder::with(&[("kling.toml", text), ("a.json", CLEAN)]);
        for arguments in [
            &["check", "a.json"][..],
            &["check", "."],
            &["bill", "a.json"],
            &["config"],
        ] {
            let ran = folder.run(arguments);
            assert_eq!(
                (ran.code, ran.out.as_str()),
                (2, ""),
                "{text} {arguments:?}"
            );
            assert_eq!(
                ran.err.matches(message).count(),
                1,
                "{text} {arguments:?}: {}",
                ran.err
            );
        }
    }
}

#[test]
fn an_error_in_a_nested_value_is_reported_once_and_nothing_under_it_is_checked() {
    let folder = Folder::with(&[
        ("a.json", ERROR),
        ("in/kling.toml", "alow = []"),
        ("in/b.json", ERROR),
        ("in/c.json", ERROR),
    ]);
    let ran = folder.run(&["check", "--format", "json", "."]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.findings().len(), 1);
    assert_eq!(
        ran.err.matches("did you mean `allow`?").count(),
        1,
        "{}",
        ran.err
    );
}

#[test]
fn config_shows_what_holds_and_where_it_comes_from() {
    let folder = Folder::with(&[
        (
            "kling.toml",
            "deny = [\"warnings\"]\nspec = [\"mine.toml\"]\nmodel = \"mine\"",
        ),
        ("mine.toml", MINE),
        ("in/a.json", CLEAN),
    ]);
    let ran = folder.run(&["config", "in/a.json"]);
    let path = fs::canonicalize(folder.path()).unwrap();
    let out = ran.out.replace(&path.display().to_string(), "DIR");
    assert_eq!(
        out,
        "# from DIR/kling.toml\ndeny = [\"warnings\"]\nspec = [\"DIR/mine.toml\"]\nmodel = \"mine\"\nmax-request-size = 8388608 # default\n"
    );
    let none = folder.run(&["config", "--no-config"]);
    assert_eq!(
        none.out,
        "# no kling.toml: `--no-config` was given\nmax-request-size = 8388608 # default\n"
    );
    assert_eq!(folder.run(&["config", "missing"]).code, 2);
    // The output is a file with the same settings.
    fs::write(folder.path().join("again.toml"), &ran.out).unwrap();
    assert_eq!(
        folder
            .run(&["check", "--config", "again.toml", "in/a.json"])
            .code,
        folder.run(&["check", "in/a.json"]).code
    );
}

#[test]
fn the_schema_is_that_of_the_file() {
    let schema = run(&["schema", "config"]).json();
    let validator = jsonschema::options().build(&schema).unwrap();
    for (text, valid) in [
        ("deny = [\"warnings\"]\nmax-request-size = 5", true),
        ("", true),
        ("alow = []", false),
        ("deny = 5", false),
        ("max-request-size = 0", false),
    ] {
        let value: serde_json::Value = toml::from_str(text).unwrap();
        assert_eq!(validator.is_valid(&value), valid, "{text}");
    }
}

#[test]
fn the_example_of_the_readme_is_a_configuration() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let folder = Folder::with(&[
        ("kling.toml", example),
        ("contracts/mine.toml", MINE),
        ("a.json", CLEAN),
    ]);
    let ran = folder.run(&["bill", "a.json"]);
    assert!(
        ran.out
            .starts_with("a.json:1: kling-v3, 720P, 5 s, 0.25 USD\n"),
        "{}{}",
        ran.out,
        ran.err
    );
    let shown = folder.run(&["config"]).out;
    assert!(
        shown.contains("\"1080P+Sound\" = { per-job = 1.50 }"),
        "{shown}"
    );
}
