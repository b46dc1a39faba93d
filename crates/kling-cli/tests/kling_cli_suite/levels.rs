//! `--deny`, `--warn` and `--allow`.

use crate::support::{CLEAN, ERROR, Ran, WARNING, pipe};

/// One warning and one note.
fn upstream() -> String {
    CLEAN
        .replace("pond", &"pond ".repeat(600))
        .replace('}', ", \"duration\": 5.0}")
}

/// `rule level` of each finding.
fn levels(arguments: &[&str], text: &str) -> (i32, Vec<String>) {
    let Ran { code, out, err } = pipe(&[&["check", "--format", "jsonl"], arguments].concat(), text);
    assert_ne!(code, 2, "{err}");
    let found = out.lines().map(|line| {
        let found: serde_json::Value = serde_json::from_str(line).unwrap();
        format!(
            "{} {}",
            found["rule"].as_str().unwrap(),
            found["level"].as_str().unwrap()
        )
    });
    (code, found.collect())
}

#[track_caller]
fn check(arguments: &[&str], text: &str, code: i32, expected: &[&str]) {
    let (ran, found) = levels(arguments, text);
    assert_eq!(
        (ran, found),
        (
            code,
            expected.iter().map(|&found| found.to_owned()).collect()
        )
    );
}

#[test]
fn a_rule_gets_another_level() {
    check(
        &["--warn", "wrong-value"],
        ERROR,
        0,
        &["wrong-value warning"],
    );
    check(&["--allow", "wrong-value"], ERROR, 0, &[]);
    check(
        &["--deny", "number-notation"],
        WARNING,
        1,
        &["number-notation error"],
    );
    check(
        &["--deny", "too-long", "--allow", "number-notation"],
        &upstream(),
        1,
        &["too-long error"],
    );
}

#[test]
fn several_rules_are_given_at_once() {
    check(
        &["--allow", "wrong-value,number-notation", "--deny=too-long"],
        &upstream().replace("5.0", "7.0"),
        1,
        &["too-long error"],
    );
    let ran = pipe(&["check", "--allow", "wrong-value,wrong-tpye"], CLEAN);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (
            2,
            "error: --allow: `wrong-tpye` is not a rule; did you mean `wrong-type`?\n"
        )
    );
}

#[test]
fn a_group_means_its_level() {
    check(
        &[],
        &upstream(),
        0,
        &["too-long note", "number-notation warning"],
    );
    check(
        &["--deny", "warnings"],
        &upstream(),
        1,
        &["too-long note", "number-notation error"],
    );
    check(
        &["--deny", "notes"],
        &upstream(),
        1,
        &["too-long error", "number-notation warning"],
    );
    check(
        &["--warn", "notes", "--allow", "warnings"],
        &upstream(),
        0,
        &["too-long warning"],
    );
    check(
        &["--allow", "notes", "--allow", "warnings"],
        &upstream(),
        0,
        &[],
    );
}

#[test]
fn a_rule_counts_before_its_group_and_the_last_word_counts() {
    check(
        &["--allow", "number-notation", "--deny", "warnings"],
        WARNING,
        0,
        &[],
    );
    check(
        &["--deny", "warnings", "--allow", "number-notation"],
        WARNING,
        0,
        &[],
    );
    check(
        &["--allow", "wrong-value", "--warn", "wrong-value"],
        ERROR,
        0,
        &["wrong-value warning"],
    );
    check(
        &["--warn", "wrong-value", "--allow", "wrong-value"],
        ERROR,
        0,
        &[],
    );
}

#[test]
fn an_unknown_rule_is_a_fault_with_a_suggestion() {
    let ran = pipe(&["check", "--allow", "wrong-valeu"], CLEAN);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.err,
        "error: --allow: `wrong-valeu` is not a rule; did you mean `wrong-value`?\n"
    );
    let ran = pipe(&["check", "--deny", "nothing-like-it-at-all"], CLEAN);
    assert_eq!(
        ran.err,
        "error: --deny: `nothing-like-it-at-all` is not a rule; `kling explain` lists the rules\n"
    );
    check(&["--allow", "audio-with-video-list"], CLEAN, 0, &[]);
}

#[test]
fn a_text_that_is_not_json_stays_an_error() {
    for option in ["--allow", "--warn"] {
        let ran = pipe(&["check", option, "json-syntax"], CLEAN);
        assert_eq!(ran.code, 2, "{option}");
        assert!(ran.err.contains("remains an error"), "{}", ran.err);
    }
    check(&["--deny", "json-syntax"], "{", 1, &["json-syntax error"]);
}

#[test]
fn what_is_allowed_takes_no_place_among_the_findings_shown() {
    let duplicates = ", \"prompt\": 1".repeat(150);
    let text = CLEAN.replace('}', &format!("{duplicates}, \"duration\": 7}}"));
    let (_, all) = levels(&[], &text);
    assert_eq!((all.len(), all[0].as_str()), (100, "duplicate-key error"));
    check(
        &["--allow", "duplicate-key"],
        &text,
        1,
        &["wrong-value error"],
    );
    let (_, warned) = levels(&["--warn", "duplicate-key"], &text);
    assert_eq!(
        (warned.len(), warned[99].as_str()),
        (100, "wrong-value error")
    );
    let report = pipe(
        &["check", "--format", "json", "--warn", "duplicate-key"],
        &text,
    )
    .json();
    assert_eq!(report["summary"]["omitted"], 51);
    assert_eq!(report["summary"]["warnings"], 99);
}
