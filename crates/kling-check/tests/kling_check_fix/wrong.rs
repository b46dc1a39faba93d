//! Fixers that are wrong on purpose, each caught by the law that it breaks.

use kling_check::{Checker, Fix};
use kling_json::{Document, Edit, Kind, Span, remove_member, replace_value};

use crate::laws::{Seen, check};
use crate::support::fixes;

const TEXT: &str = r#"{"model": "kling-v3", "prompt": "a heron lands", "duration": "10", "mode": "pro", "ratio": "1:1"}"#;

/// Makes the right fixes wrong.
fn spoiled(text: &str, spoil: impl Fn(&Document<'_>, &mut Fix)) -> Vec<Fix> {
    let mut fixes = fixes(text);
    let document = Document::parse(text).unwrap();
    for fix in &mut fixes {
        spoil(&document, fix);
    }
    fixes
}

#[track_caller]
fn caught(text: &str, spoil: impl Fn(&Document<'_>, &mut Fix), law: &str) {
    let checker = Checker::embedded();
    let mut seen = Seen::default();
    let right = |text: &str| spoiled(text, |_, _| {});
    assert_eq!(check(&checker, text, &right, &mut seen), Ok(()));
    let wrong = |text: &str| spoiled(text, &spoil);
    let fault = check(&checker, text, &wrong, &mut seen).unwrap_err();
    assert!(fault.contains(law), "{fault}");
}

fn is_of_duration(document: &Document<'_>, fix: &Fix) -> bool {
    let duration = document.pointer("/duration").map(|node| node.span());
    fix.edits.iter().any(|edit| Some(edit.span) == duration)
}

#[test]
fn a_fix_that_changes_the_bill() {
    let text = r#"{"model": "kling-v3", "prompt": "a heron lands", "duration": 10.0}"#;
    caught(
        text,
        |_, fix| fix.edits[0].text = "5".to_owned(),
        "changes the bill",
    );
}

#[test]
fn a_guess_that_is_called_safe() {
    let text = r#"{"model": "kling-v3", "prompt": "a heron lands", "sound": "on"}"#;
    caught(text, |_, fix| fix.safe = true, "changes the bill");
}

#[test]
fn a_fix_that_loses_an_address() {
    let text =
        r#"{"model": "kling-v3", "prompt": "a heron lands", "image": "https://example.com/a.png"}"#;
    caught(
        text,
        |document, fix| {
            if let Some(image) = document.pointer("/image") {
                fix.safe = false;
                fix.edits = vec![remove_member(image).unwrap()];
            }
        },
        "loses",
    );
}

#[test]
fn a_bill_that_changes_only_together_with_others() {
    let text = r#"{"model": "kling-v3", "prompt": "a heron lands", "mode": "PRO", "sound": "on"}"#;
    caught(text, |_, fix| fix.safe = true, "together with the others");
}

#[test]
fn a_fix_that_adds_a_finding() {
    caught(
        TEXT,
        |document, fix| {
            if is_of_duration(document, fix) {
                fix.edits[0].text = "7".to_owned();
            }
        },
        "a safe fix adds `wrong-value`",
    );
}

#[test]
fn a_fix_that_leaves_no_json() {
    caught(
        TEXT,
        |document, fix| {
            if is_of_duration(document, fix) {
                fix.edits[0].text = "10,".to_owned();
            }
        },
        "leaves no JSON",
    );
}

#[test]
fn a_fix_that_changes_nothing() {
    caught(
        TEXT,
        |document, fix| {
            if is_of_duration(document, fix) {
                fix.edits[0].text = "\"10\"".to_owned();
            }
        },
        "changes nothing",
    );
}

#[test]
fn a_fix_that_never_comes_to_rest() {
    // Each notation is turned into the next one, without end.
    caught(
        r#"{"model": "kling-v3", "prompt": "a heron lands", "duration": 5.0}"#,
        |document, fix| {
            let zeros = document.pointer("/duration").unwrap().raw().len();
            fix.safe = false;
            fix.edits[0].text = format!("5.{}", "0".repeat(zeros));
        },
        "do not come to rest",
    );
}

#[test]
fn a_fix_that_writes_the_request_anew() {
    caught(
        TEXT,
        |document, fix| {
            let text = document.text().replace("\"10\"", "10").replace(": ", ":");
            fix.edits = vec![Edit::new(document.root().span(), text)];
        },
        "replaces the whole request",
    );
}

#[test]
fn a_fix_that_cuts_a_character() {
    caught(
        r#"{"model": "kling-v3", "prompt": "雨", "duration": "5"}"#,
        |document, fix| {
            let prompt = document.pointer("/prompt").unwrap().span();
            let inside = Span::new(prompt.start + 2, prompt.start + 2);
            fix.edits.insert(0, Edit::new(inside, ""));
        },
        "cannot be edited",
    );
}

#[test]
fn fixes_that_need_one_another() {
    // The fix applied second drops what only exists because of the first.
    caught(
        TEXT,
        |document, fix| {
            let is_text = document
                .pointer("/duration")
                .is_some_and(|node| node.kind() == Kind::String);
            let ratio = document.pointer("/ratio").filter(|_| is_text);
            if let Some(ratio) = ratio
                && !is_of_duration(document, fix)
            {
                fix.edits = vec![remove_member(ratio).unwrap()];
            }
        },
        "one after another",
    );
}

#[test]
fn conflicting_edits() {
    caught(
        TEXT,
        |document, fix| {
            if is_of_duration(document, fix) {
                let duration = document.pointer("/duration").unwrap();
                let edit = replace_value(duration, "10").unwrap();
                fix.edits = vec![edit.clone(), edit];
            }
        },
        "cannot be edited",
    );
}
