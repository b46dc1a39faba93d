//! Exit codes, standard input, and files that cannot be read.

use crate::support::{CLEAN, ERROR, Folder, WARNING, pipe, run};

#[test]
fn the_exit_code_is_that_of_the_worst_finding() {
    let folder = Folder::with(&[
        ("clean.json", CLEAN),
        ("warning.json", WARNING),
        ("error.json", ERROR),
    ]);
    let code = |arguments: &[&str]| folder.run(arguments).code;
    assert_eq!(code(&["check", "clean.json"]), 0);
    assert_eq!(code(&["check", "warning.json"]), 0);
    assert_eq!(code(&["check", "error.json"]), 1);
    assert_eq!(
        code(&["check", "warning.json", "error.json", "clean.json"]),
        1
    );
    assert_eq!(code(&["check", "missing.json"]), 2);
    assert_eq!(code(&["check", "error.json", "missing.json"]), 2);
    assert_eq!(code(&["check", "--no-such-option"]), 2);
    assert_eq!(code(&["check", "--threads", "0", "clean.json"]), 2);
    assert_eq!(code(&["check", "--max-request-size", "0", "clean.json"]), 2);
    assert_eq!(code(&[]), 2);
}

#[test]
fn a_file_that_cannot_be_read_does_not_stop_the_others() {
    let folder = Folder::with(&[("a.json", ERROR), ("c.json", ERROR), ("c.jsonl", ERROR)]);
    let ran = folder.run(&[
        "check", "--format", "json", "a.json", "b.json", "c.json", "b.jsonl", "c.jsonl",
    ]);
    assert_eq!(ran.code, 2);
    let expected = [
        "a.json#0 wrong-value 1:61",
        "c.json#0 wrong-value 1:61",
        "c.jsonl#0 wrong-value 1:61",
    ];
    assert_eq!(ran.findings(), expected);
    assert!(
        ran.err.starts_with("error: cannot read `b.json`: "),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("\nerror: cannot read `b.jsonl`: "),
        "{}",
        ran.err
    );
}

#[test]
fn a_dash_is_the_standard_input() {
    let ran = pipe(&["check", "--format", "json", "-"], ERROR);
    assert_eq!(
        (ran.code, ran.findings()),
        (1, vec!["-#0 wrong-value 1:61".to_owned()])
    );
    assert_eq!(
        pipe(&["check", "-", "-"], CLEAN).err,
        "checked 1 request in 1 file: no findings\n"
    );
}

#[test]
fn without_a_path_the_standard_input_is_read() {
    let ran = pipe(&["check"], CLEAN);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "checked 1 request in 1 file: no findings\n");
}

#[test]
fn an_empty_file_is_not_json() {
    let folder = Folder::with(&[
        ("empty.json", ""),
        ("blank.json", " \n"),
        ("empty.jsonl", ""),
    ]);
    let ran = folder.run(&[
        "check",
        "--format",
        "json",
        "empty.json",
        "blank.json",
        "empty.jsonl",
    ]);
    // An error that concerns a whole file of lines has no place.
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("`empty.jsonl` contains no request"),
        "{}",
        ran.err
    );
    assert_eq!(
        ran.findings(),
        [
            "empty.json#0 json-syntax 1:1",
            "blank.json#0 json-syntax 2:1"
        ]
    );
    assert_eq!(ran.json()["summary"]["requests"], 2);
}

#[test]
fn a_file_that_is_named_twice_is_checked_once() {
    let folder = Folder::with(&[("a/one.json", ERROR), ("a/two.json", ERROR)]);
    let ran = folder.run(&[
        "check",
        "--format",
        "json",
        "a/two.json",
        "./a/two.json",
        "a",
        "a",
    ]);
    assert_eq!(
        ran.findings(),
        [
            "a/two.json#0 wrong-value 1:61",
            "a/one.json#0 wrong-value 1:61"
        ]
    );
}

#[test]
fn a_model_can_be_assumed() {
    let text = r#"{"prompt": "a paper boat", "duration": 7}"#;
    let ran = pipe(&["check", "--format", "jsonl", "--model", "kling-v3"], text);
    assert!(
        ran.out
            .contains(r#""model":"kling-v3","rule":"wrong-value""#),
        "{}",
        ran.out
    );
    let ran = run(&["check", "--model", "kling-v3-omi", "-"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("did you mean `kling-v3-omni`?"),
        "{}",
        ran.err
    );
}

#[test]
fn a_request_over_the_limit_is_reported_and_not_read() {
    let folder = Folder::with(&[("a.json", ERROR)]);
    let length = ERROR.len().to_string();
    assert_eq!(
        folder
            .run(&["check", "--max-request-size", &length, "a.json"])
            .code,
        1
    );
    let less = (ERROR.len() - 1).to_string();
    let ran = folder.run(&[
        "check",
        "--format",
        "json",
        "--max-request-size",
        &less,
        "a.json",
    ]);
    assert_eq!(
        (ran.code, ran.findings()),
        (1, vec!["a.json#0 request-too-large 1:1".to_owned()])
    );
    let found = &ran.json()["diagnostics"][0];
    assert_eq!(found["service"], "unknown");
    assert!(found["message"].as_str().unwrap().contains(&less));
    assert!(found.get("model").is_none());
    let human = folder
        .run(&["check", "--max-request-size", &less, "a.json"])
        .out;
    assert!(human.contains("\n --> a.json:1:1\n  = source: "), "{human}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_ends_the_program_quietly() {
    use std::process::Stdio;

    use crate::support::program;

    for format in ["human", "json", "jsonl"] {
        let folder = Folder::with(&[("many.jsonl", &format!("{ERROR}\n").repeat(20_000))]);
        let mut child = program(folder.path())
            .args(["check", "--format", format, "many.jsonl"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{format}: {:?}",
            output.status
        );
    }
}

#[test]
fn a_blank_file_is_reported_as_empty() {
    for text in ["", " \n\t\r\n"] {
        let folder = Folder::with(&[("a.json", text)]);
        let ran = folder.run(&["check", "a.json"]);
        assert_eq!(ran.code, 1);
        assert!(
            ran.out
                .starts_with("error[json-syntax]: the file is empty\n --> a.json:"),
            "{}",
            ran.out
        );
        assert!(
            ran.out
                .contains("= help: write a request as a JSON object\n"),
            "{}",
            ran.out
        );
    }
    let ran = pipe(&["check", "-"], "{\"model\":");
    assert!(!ran.out.contains("empty"), "{}", ran.out);
}

#[test]
fn the_certainty_about_the_service_is_shown() {
    let message = |text: &str| pipe(&["check", "-"], text).out;
    let inferred =
        "= service: probably ignores this, makes the video without it and charges for it\n";
    let unknown = message(r#"{"model": "kling-v3", "prompt": "x", "colour": "red"}"#);
    assert!(unknown.contains(inferred), "{unknown}");
    let placeholder = message(r#"{"model": "kling-v3", "prompt": "<<<image_1>>>"}"#);
    assert!(placeholder.contains(inferred), "{placeholder}");
    // The page says so.
    let documented = message(
        r#"{"model": "kling-v3-fast", "prompt": "x", "aspect_ratio": "1:1", "reference_images": ["https://example.com/a.png"]}"#,
    );
    assert!(
        documented
            .contains("= service: ignores this, makes the video without it and charges for it\n"),
        "{documented}"
    );
}
