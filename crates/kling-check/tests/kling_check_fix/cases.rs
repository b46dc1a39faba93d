//! Single cases: what is not fixed, what waits for another round, and how fixes are described.

use kling_check::{Checker, Which, apply_fixes};
use kling_json::{Document, Edit, Span};

use crate::support::{fixes, is_clean};

#[track_caller]
fn has_no_fix(text: &str) {
    assert!(!is_clean(text), "{text}");
    assert_eq!(fixes(text), [], "{text}");
}

#[test]
fn what_only_a_person_knows_has_no_fix() {
    // Not JSON; no model; no value that is likelier than another; nothing to say.
    has_no_fix(r#"{"model": "kling-v3", "prompt": "a", "duration": "5""#);
    has_no_fix(r#"{"model": "kling-v9", "prompt": "a", "duration": "5"}"#);
    has_no_fix(r#"{"model": "kling-v3", "prompt": "a", "duration": 7}"#);
    has_no_fix(r#"{"model": "kling-v3", "prompt": " "}"#);
    has_no_fix(r#"{"model": "kling-v3"}"#);
    has_no_fix(r#"{"model": "kling-v3", "prompt": null}"#);
    has_no_fix(r#"{"model": "kling-v3", "prompt": "a", "duration": 5, "duration": 10}"#);
    has_no_fix(r#"{"model": "kling-v3", "prompt": "a", "image_urls": ["cat.png"]}"#);
    has_no_fix(r#"{"model": "kling-v3-omni", "prompt": "<<<image_1>>>"}"#);
    has_no_fix(r#"{"model": "kling-v3-omni", "prompt": "<<<Image_1>>>"}"#);
    has_no_fix("[]");
}

#[test]
fn a_member_that_is_there_is_not_written_over() {
    has_no_fix(r#"{"model": "kling-v3", "prompt": "a", "seconds": "5", "duration": 10}"#);
    has_no_fix(r#"{"model": "kling-v3", "prompt": "a", "duration": 10, "seconds": "5"}"#);
    // A member that says the same as another may go.
    let text = r#"{"model": "kling-v3", "prompt": "a", "duration": 10, "seconds": "10"}"#;
    assert_eq!(
        Checker::embedded().fix(text, Which::Safe).text,
        r#"{"model": "kling-v3", "prompt": "a", "duration": 10}"#
    );
}

#[test]
fn nothing_is_moved_into_a_value_that_is_not_an_object() {
    let text = r#"{"model": "kling-v3", "prompt": "a", "watermark": true, "metadata": "none"}"#;
    assert!(
        fixes(text).iter().all(|fix| !fix.title.starts_with("move")),
        "{:?}",
        fixes(text)
    );
}

#[test]
fn an_object_is_made_once_for_all_that_belong_in_it() {
    let text =
        r#"{"model": "kling-v3", "prompt": "a", "watermark": true, "negative_prompt": "fog"}"#;
    let both = fixes(text);
    assert_eq!(both.len(), 2);
    let round = apply_fixes(&Document::read(text), &both, Which::Safe);
    assert_eq!(round.applied, [0]);
    let checker = Checker::embedded();
    let fixed = checker.fix(text, Which::Safe);
    assert_eq!(
        fixed.text,
        r#"{"model": "kling-v3", "prompt": "a", "metadata": {"watermark": true, "negative_prompt": "fog"}}"#
    );
    assert_eq!((fixed.applied, fixed.rounds), (2, 2));
    assert!(is_clean(&fixed.text));
}

#[test]
fn a_safe_fix_makes_no_video_longer_or_with_sound() {
    // Refused for its `mode` or `duration`, the request has no bill yet.
    let refused = r#"{"model": "kling-v3", "prompt": "a", "seconds": "10", "mode": 5}"#;
    let taken = r#"{"model": "kling-v3", "prompt": "a", "seconds": "10"}"#;
    let same = r#"{"model": "kling-v3", "prompt": "a", "seconds": "5"}"#;
    let silent = r#"{"model": "kling-v3", "prompt": "a", "sound": "on", "duration": 7}"#;
    assert!(!fixes(refused)[0].safe);
    assert!(!fixes(silent)[0].safe);
    assert!(!fixes(taken)[0].safe);
    assert!(fixes(same)[0].safe);
}

#[test]
fn the_findings_of_a_report_may_be_fewer() {
    let checker = Checker::embedded();
    let text = r#"{"model": "kling-v3", "prompt": "a", "duration": "5", "mode": "PRO"}"#;
    let document = Document::read(text);
    let mut report = checker.check(&document);
    report.set_levels(100, |found| {
        (found.pointer() != "/duration").then(|| found.level())
    });
    let fixes = report.fixes();
    assert_eq!(fixes.len(), 1);
    assert_eq!(
        (fixes[0].finding, fixes[0].title.as_str()),
        (0, "write `\"pro\"`")
    );
}

#[test]
fn a_clean_text_is_left_alone() {
    let text = r#"{"model": "kling-v3", "prompt": "a"}"#;
    let checker = Checker::embedded();
    let fixed = checker.fix(text, Which::All);
    assert_eq!(
        (fixed.text.as_str(), fixed.applied, fixed.rounds),
        (text, 0, 0)
    );
    assert!(!fixed.is_refused);
}

#[test]
fn fixes_of_another_text_are_not_applied() {
    let mut fix = fixes(r#"{"model": "kling-v3", "prompt": "a", "duration": "5"}"#);
    fix[0].edits = vec![Edit::new(Span::new(90, 93), "5")];
    let round = apply_fixes(&Document::read("{}"), &fix, Which::Safe);
    assert_eq!((round.text.as_str(), round.applied.len()), ("{}", 0));
}

#[test]
fn titles_quote_requests_safely() {
    let text = "{\"model\": \"kling-v3\", \"prompt\": \"a\", \"\u{202e}drawkcab\u{1b}[2J\": 1}"
        .replace('\u{1b}', "\\u001b");
    let fixes = fixes(&text);
    assert_eq!(fixes.len(), 1);
    assert!(
        fixes[0]
            .title
            .chars()
            .all(|character| !character.is_control() && character != '\u{202e}'),
        "{}",
        fixes[0].title
    );
}

#[test]
fn more_findings_than_a_report_keeps_are_fixed_in_rounds() {
    let items = vec![r#"{"image": "https://example.com/a.png"}"#; 150].join(", ");
    let text = format!(
        r#"{{"model": "kling-v3-omni", "prompt": "a", "metadata": {{"image_list": [{items}]}}}}"#
    );
    let checker = Checker::embedded();
    let fixed = checker.fix(&text, Which::Safe);
    assert_eq!(fixed.applied, 150);
    assert!(!fixed.text.contains("\"image\""));
}
