//! What people read: findings of every fixture, help texts, explanations.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support::{fixtures, run, run_in};

macro_rules! assert_text {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, $text)
        })
    };
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Checks the findings of all fixtures of a model, with a snapshot for each group.
fn check_fixtures(model: &str) {
    let model_folder = fixtures().join(model);
    for group in names(&model_folder)
        .into_iter()
        .filter(|name| model_folder.join(name).is_dir())
    {
        let folder = model_folder.join(&group);
        let names = names(&folder);
        let arguments: Vec<&str> = ["check"]
            .into_iter()
            .chain(names.iter().map(String::as_str))
            .collect();
        let ran = run_in(&folder, &arguments, b"");
        assert_ne!(ran.code, 2, "{}", ran.err);
        let mut findings = ran.out.split_inclusive("\n\n").peekable();
        let mut text = String::new();
        for name in &names {
            write!(text, "# {name}\n\n").unwrap();
            let place = format!("--> {name}:");
            let mut found = false;
            while let Some(finding) = findings.next_if(|finding| finding.contains(&place)) {
                text.push_str(finding);
                found = true;
            }
            if !found {
                text.push_str("no findings\n\n");
            }
        }
        assert_eq!(findings.next(), None, "every finding has its file");
        assert_text!(format!("{model}--{group}"), text);
    }
}

#[test]
fn findings_of_kling_v3_omni() {
    check_fixtures("kling-v3-omni");
}

#[test]
fn findings_of_kling_v3() {
    check_fixtures("kling-v3");
}

#[test]
fn findings_of_kling_v3_fast() {
    check_fixtures("kling-v3-fast");
}

#[test]
fn findings_of_no_model() {
    check_fixtures("any");
}

#[cfg(all(feature = "client", feature = "emulator"))]
#[test]
fn help() {
    let commands = [
        "",
        "check",
        "explain",
        "models",
        "schema",
        "bill",
        "generate",
        "submit",
        "status",
        "wait",
        "download",
        "upload",
        "jobs",
        "jobs list",
        "jobs show",
        "jobs resume",
        "balance",
        "doctor",
        "emulator",
        "completions",
        "man",
    ];
    let mut text = String::new();
    for command in commands {
        let arguments: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        writeln!(text, "# kling {command}\n\n{}", run(&arguments).out).unwrap();
    }
    assert_text!("help", text);
}

#[test]
fn explain() {
    assert_text!("explain", run(&["explain"]).out);
    for rule in [
        "wrong-value",
        "misnamed-field",
        "audio-with-video-list",
        "too-many-items",
        "placeholder-order",
        "json-syntax",
    ] {
        assert_text!(format!("explain--{rule}"), run(&["explain", rule]).out);
    }
}

#[test]
fn models() {
    assert_text!("models", run(&["models"]).out);
    for model in ["kling-v3-omni", "kling-v3", "kling-v3-fast"] {
        assert_text!(format!("models--{model}"), run(&["models", model]).out);
    }
}

#[test]
fn report_schema() {
    assert_text!("schema--report", run(&["schema", "report"]).out);
}

/// Each format over the same fixtures: those with several faults at once.
#[test]
fn formats() {
    for model in ["kling-v3-omni", "kling-v3-fast"] {
        let folder = fixtures().join(model).join("pairs");
        let names = names(&folder);
        for format in ["json", "jsonl", "sarif", "github", "summary"] {
            let arguments: Vec<&str> = ["check", "--no-config", "--show-fixes", "--format", format]
                .into_iter()
                .chain(names.iter().map(String::as_str))
                .collect();
            let ran = run_in(&folder, &arguments, b"");
            assert_eq!(ran.code, 1, "{}", ran.err);
            let mut text = ran.out;
            // The table of rules is the same for all requests, and has its own test.
            if let (Some(start), Some(end)) =
                (text.find("\"rules\":["), text.find("\"semanticVersion\""))
            {
                text.replace_range(start..end, "\"rules\":[…],");
            }
            assert_text!(format!("format-{format}--{model}"), text);
        }
    }
}
