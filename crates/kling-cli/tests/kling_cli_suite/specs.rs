//! The user's own contracts.

use crate::support::{Folder, run};

pub(crate) const CONTRACT: &str = r#"
id = "own-model"
title = "Own model"
endpoint = "POST /v1/videos/generations"
about = "A model that only this test knows."

[field.model]
type = "string"
required = true
values = ["own-model"]
about = "The model."
source = "Parameters"

[field.prompt]
type = "string"
required = true
about = "What the video shows."
source = "Parameters"

[field.loops]
type = "integer"
about = "How often."
source = "Parameters"

[rule.loops-are-few]
when = { present = "loops" }
must = { const = ["loops", 2] }
blame = ["loops"]
say = "there are two loops"
help = "write 2"
source = "Parameters"
"#;

#[test]
fn a_contract_from_a_file_is_a_contract() {
    let request = r#"{"model": "own-model", "prompt": "a boat", "loops": 3}"#;
    let folder = Folder::with(&[("own.toml", CONTRACT), ("a.json", request)]);
    let ran = folder.run(&["check", "--format", "json", "--spec", "own.toml", "a.json"]);
    assert_eq!(ran.findings(), ["a.json#0 loops-are-few 1:53"]);
    assert_eq!(
        folder
            .run(&[
                "check",
                "--spec",
                "own.toml",
                "--allow",
                "loops-are-few",
                "a.json"
            ])
            .code,
        0
    );
    assert!(
        folder
            .run(&["models", "--spec", "own.toml", "own-model"])
            .out
            .contains("loops")
    );
    assert!(
        folder
            .run(&["explain", "--spec", "own.toml", "loops-are-few"])
            .out
            .contains("write 2")
    );
    assert_eq!(
        folder
            .run(&["schema", "--spec", "own.toml", "own-model"])
            .json()["title"],
        "Own model request"
    );
    assert!(
        folder
            .run(&["bill", "--spec", "own.toml", "a.json"])
            .out
            .contains("no bill: error[loops-are-few]")
    );
}

#[test]
fn every_fault_of_a_contract_has_its_place() {
    let folder = Folder::with(&[
        ("a.toml", &CONTRACT.replace("required", "requierd")),
        ("b.toml", "id = 1"),
    ]);
    let ran = folder.run(&[
        "check", "--spec", "a.toml", "--spec", "b.toml", "--spec", "c.toml", "x.json",
    ]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines.len(), 4, "{}", ran.err);
    for (line, place) in [(0, "a.toml:9:1"), (1, "a.toml:16:1")] {
        assert!(
            lines[line].starts_with(&format!("error: {place}: "))
                && lines[line].contains("did you mean `required`?"),
            "{}",
            lines[line]
        );
    }
    assert!(lines[2].starts_with("error: b.toml:1:6: "), "{}", lines[2]);
    assert!(
        lines[3].starts_with("error: c.toml: cannot be read: "),
        "{}",
        lines[3]
    );
}

#[test]
fn no_contract_is_needed_to_know_the_embedded_ones() {
    assert_eq!(run(&["models"]).out.lines().count(), 3);
}
