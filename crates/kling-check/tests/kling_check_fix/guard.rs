//! What fixes never do: drop what was meant, change a bill without being asked to, wrap JSON in a text, or repeat a
//! member.

use kling_check::{Checker, Which, apply_fixes};
use kling_json::Document;

use crate::support::{fixes, is_clean};

fn fixed(text: &str, which: Which) -> String {
    Checker::embedded().fix(text, which).text
}

/// Returns a request with one more member.
fn with(member: &str) -> String {
    format!(r#"{{"model": "kling-v3-fast", "prompt": "a heron lands", {member}}}"#)
}

#[test]
fn what_was_meant_is_never_dropped() {
    for member in [
        r#""negative_prompt": "blur, text""#,
        r#""static_mask": "https://example.com/mask.png""#,
        r#""static_mask": "mask.png""#,
        r#""static_mask": "./masks/one""#,
        r#""notes": "河上的红船""#,
        r#""token": "0123456789abcdef0123456789abcdef0""#,
        r#""loop": true"#,
        r#""tags": ["x"]"#,
        r#""tags": [1]"#,
        r#""camera": {"zoom": 3}"#,
        r#""camera": {"zoom": {"by": 3}}"#,
        r#""camera": "{\"zoom\": 3}""#,
        r#""watermark": false, "watermark": true"#,
        r#""reference_images": ["https://example.com/a.png", "https://example.com/b.png"]"#,
        r#""reference_images": ["a.png", "https://example.com/b.png"]"#,
    ] {
        let text = with(member);
        assert!(!is_clean(&text), "{text}");
        assert_eq!(fixes(&text), [], "{text}");
    }
}

#[test]
fn what_says_little_or_nothing_may_go_and_what_is_there_twice() {
    for member in [
        r#""zoom": 3"#,
        r#""zoom": "1.5""#,
        r#""loop": false"#,
        r#""style": "noir""#,
        r#""tags": []"#,
        r#""camera": {}"#,
        r#""camera": {"zoom": {}}"#,
        r#""camera": """#,
        r#""zoom": null"#,
    ] {
        assert_eq!(
            fixed(&with(member), Which::All),
            r#"{"model": "kling-v3-fast", "prompt": "a heron lands"}"#,
            "{member}"
        );
    }
    for (twice, once) in [
        (r#""audio": true, "audio": true"#, r#""audio": true"#),
        (
            r#""reference_images": ["https://example.com/a.png", "https://example.com/a.png"]"#,
            r#""reference_images": ["https://example.com/a.png"]"#,
        ),
    ] {
        assert_eq!(fixed(&with(twice), Which::Safe), with(once));
    }
}

#[test]
fn the_remedy_in_words_loses_nothing_either() {
    let checker = Checker::embedded();
    let help = |member: &str| {
        let document = Document::read(with(member));
        let found = checker.check(&document).diagnostics();
        found[0].help.clone().unwrap()
    };
    assert!(help(r#""zoom": 3"#).starts_with("remove it; the fields here are "));
    assert!(help(r#""zoom": [3]"#).starts_with("move its value to one of the fields here"));
    assert!(
        help(r#""negative_prompt": "fog""#).starts_with("remove it, or use a model that has it")
    );
    assert!(help(r#""negative_prompt": "fog, rain""#).starts_with("use a model that has it"));
    assert!(help(r#""seconds": 6, "duration": 5"#).ends_with("already exists: remove this one"));
    assert!(
        help(r#""image_urls": ["https://example.com/a.png"], "reference_images": []"#)
            .contains("move the value of this one there")
    );
    assert!(
        help(r#""reference_images": ["https://example.com/a.png", "https://example.com/b.png"]"#)
            .contains("put the one you mean first")
    );
}

#[test]
fn a_bill_is_judged_with_all_other_safe_fixes() {
    // Each alone leaves the request refused, and so without a bill; together they would add the sound.
    let text = r#"{"model": "kling-v3", "prompt": "a", "mode": "PRO", "sound": "on"}"#;
    let safe: Vec<bool> = fixes(text).iter().map(|fix| fix.safe).collect();
    assert_eq!(safe, [true, false]);
    assert_eq!(
        fixed(text, Which::Safe),
        r#"{"model": "kling-v3", "prompt": "a", "mode": "pro", "sound": "on"}"#
    );
    // A request that is refused without the fixes may get any bill.
    let text = r#"{"model": "kling-v3", "prompt": "a", "mode": "PRO", "duration": "10"}"#;
    assert!(fixes(text).iter().all(|fix| fix.safe));
}

#[test]
fn what_cannot_be_judged_together_waits() {
    // The list may be moved only once its URL is right: only then is it clear that the video is billed differently.
    let text = r#"{"model": "kling-v3-omni", "prompt": "<<<video_1>>> at night", "metadata": {"video_list": [{"video_url": " https://example.com/v.mp4 ", "refer_type": "Base"}]}}"#;
    let end = fixed(text, Which::Safe);
    let checker = Checker::embedded();
    assert!(end.contains("\"metadata\": {\"video_list\""), "{end}");
    let (before, after) = (Document::read(text), Document::read(end.as_str()));
    let (before, after) = (checker.check(&before), checker.check(&after));
    assert!(
        before.bill().is_err() || before.bill() == after.bill(),
        "{end}"
    );
}

#[test]
fn json_in_a_text_is_read_and_never_wrapped() {
    let text = r#"{"model": "kling-v3-omni", "prompt": "<<<image_1>>> moves", "metadata": "{\"image_list\": \"[{\\\"image_url\\\": \\\"https://example.com/a.png\\\"}]\"}"}"#;
    assert_eq!(
        fixed(text, Which::All),
        r#"{"model": "kling-v3-omni", "prompt": "<<<image_1>>> moves", "metadata": {"image_list": [{"image_url": "https://example.com/a.png"}]}}"#
    );
    for member in [
        r#""image": "[\"https://example.com/a.png\"]""#,
        r#""image": "{\"url\": \"https://example.com/a.png\"}""#,
        r#""image_urls": ["{\"url\": \"https://example.com/a.png\"}"]"#,
        r#""image_urls": "{\"url\": \"https://example.com/a.png\"}""#,
    ] {
        let text = format!(r#"{{"model": "kling-v3", "prompt": "a heron lands", {member}}}"#);
        let end = fixed(&text, Which::All);
        assert!(
            !end.contains("[\"[") && end.matches("[\"{").count() <= text.matches("[\"{").count(),
            "{end}"
        );
    }
}

#[test]
fn two_fixes_of_one_round_make_a_member_once() {
    let text = r#"{"model": "kling-v3-omni", "prompt": "<<<image_1>>> moves", "Metadata": {}, "image_list": [{"image_url": "https://example.com/a.png"}]}"#;
    let round = apply_fixes(&Document::read(text), &fixes(text), Which::Safe);
    assert_eq!(
        round.text.matches("\"metadata\"").count(),
        1,
        "{}",
        round.text
    );
    assert_eq!(
        fixed(text, Which::Safe),
        r#"{"model": "kling-v3-omni", "prompt": "<<<image_1>>> moves", "metadata": {"image_list": [{"image_url": "https://example.com/a.png"}]}}"#
    );
}
