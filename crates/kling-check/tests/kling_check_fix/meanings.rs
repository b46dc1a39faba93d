//! Requests written for another edition of the page, another model or another level: what their members mean is kept.

use kling_check::{Checker, Which};
use kling_json::canonical;

fn checker(edition: &str) -> Checker {
    Checker::edition(edition).unwrap()
}

/// Fixes a request by the contracts of an edition with the safe fixes alone.
#[track_caller]
fn becomes(edition: &str, before: &str, after: &str) {
    let fixed = checker(edition).fix(before, Which::Safe).text;
    assert_eq!(
        canonical(&fixed).unwrap(),
        canonical(after).unwrap(),
        "{edition}: {fixed}"
    );
}

/// Checks that neither the safe nor the other fixes change a request.
#[track_caller]
fn stays(edition: &str, text: &str) {
    assert_eq!(
        checker(edition).fix(text, Which::All).text,
        text,
        "{edition}"
    );
}

const FRAMES: &str = r#"{"model": "kling-v3", "prompt": "a", "image_urls": ["https://files.example.com/1.png", "https://files.example.com/2.png"]}"#;
const ROLES: &str = r#"{"model": "kling-v3", "prompt": "a", "image_with_roles": [{"url": "https://files.example.com/1.png", "role": "first_frame"}, {"url": "https://files.example.com/2.png", "role": "last_frame"}]}"#;

#[test]
fn frames_by_place_become_frames_by_role_and_back() {
    for edition in ["2026-06", "2026-09-zh"] {
        becomes(edition, FRAMES, ROLES);
    }
    for edition in ["seed", "2026-04", "2026-04-zh"] {
        becomes(edition, ROLES, FRAMES);
    }
    // The place says which frame it is, wherever the request lists it.
    let turned = r#"{"model": "kling-v3", "prompt": "a", "image_with_roles": [{"role": "last_frame", "url": "https://files.example.com/2.png"}, {"role": "first_frame", "url": "https://files.example.com/1.png"}]}"#;
    becomes("seed", turned, FRAMES);
}

#[test]
fn a_last_frame_of_its_own_is_one_by_role() {
    becomes(
        "2026-09-zh",
        r#"{"model": "kling-v3", "prompt": "a", "metadata": {"last_frame_image": "https://files.example.com/2.png"}}"#,
        r#"{"model": "kling-v3", "prompt": "a", "metadata": {}, "image_with_roles": [{"url": "https://files.example.com/2.png", "role": "last_frame"}]}"#,
    );
    // The seed writes it behind a first frame, which is missing here.
    stays(
        "seed",
        r#"{"model": "kling-v3", "prompt": "a", "metadata": {"last_frame_image": "https://files.example.com/2.png"}}"#,
    );
}

#[test]
fn a_plain_reference_never_becomes_a_frame() {
    let references = r#"{"model": "kling-v3", "prompt": "a", "reference_images": ["https://files.example.com/1.png"]}"#;
    stays("seed", references);
    stays(
        "seed",
        r#"{"model": "kling-v3", "prompt": "a", "image_with_roles": [{"url": "https://files.example.com/1.png", "role": "reference"}]}"#,
    );
    stays(
        "seed",
        r#"{"model": "kling-v3-fast", "prompt": "a", "image_list": [{"image_url": "https://files.example.com/1.png"}]}"#,
    );
}

#[test]
fn one_that_cannot_be_said_keeps_the_others_where_they_are() {
    // This model has a first frame and no last one.
    stays(
        "seed",
        r#"{"model": "kling-v3-fast", "prompt": "a", "image_urls": ["https://files.example.com/1.png", "https://files.example.com/2.png"]}"#,
    );
    // Two first frames are not a first and a last one.
    stays(
        "seed",
        r#"{"model": "kling-v3", "prompt": "a", "image_with_roles": [{"url": "https://files.example.com/1.png", "role": "first_frame"}, {"url": "https://files.example.com/2.png", "role": "first_frame"}]}"#,
    );
    // A member that no meaning accounts for.
    stays(
        "seed",
        r#"{"model": "kling-v3", "prompt": "a", "image_with_roles": [{"url": "https://files.example.com/1.png", "role": "first_frame", "weight": 2}]}"#,
    );
}

#[test]
fn a_member_of_another_model_is_written_as_this_one_has_it() {
    becomes(
        "seed",
        r#"{"model": "kling-v3-fast", "prompt": "a", "image_urls": ["https://files.example.com/1.png"]}"#,
        r#"{"model": "kling-v3-fast", "prompt": "a", "reference_images": ["https://files.example.com/1.png"]}"#,
    );
    becomes(
        "seed",
        r#"{"model": "kling-v3-omni", "prompt": "a <<<image_1>>> <<<image_2>>>", "image_with_roles": [{"url": "https://files.example.com/1.png", "role": "first_frame"}, {"url": "https://files.example.com/2.png", "role": "last_frame"}]}"#,
        r#"{"model": "kling-v3-omni", "prompt": "a <<<image_1>>> <<<image_2>>>", "metadata": {"image_list": [{"image_url": "https://files.example.com/1.png", "type": "first_frame"}, {"image_url": "https://files.example.com/2.png", "type": "end_frame"}]}}"#,
    );
    becomes(
        "seed",
        r#"{"model": "kling-v3", "prompt": "a", "image_list": [{"image_url": "https://files.example.com/1.png", "type": "first_frame"}]}"#,
        r#"{"model": "kling-v3", "prompt": "a", "image_urls": ["https://files.example.com/1.png"]}"#,
    );
    becomes(
        "seed",
        r#"{"model": "kling-v3", "prompt": "a", "resolution": "720P"}"#,
        r#"{"model": "kling-v3", "prompt": "a", "mode": "std"}"#,
    );
    becomes(
        "seed",
        r#"{"model": "kling-v3-fast", "prompt": "a", "mode": " STD"}"#,
        r#"{"model": "kling-v3-fast", "prompt": "a", "resolution": "720p"}"#,
    );
}

#[test]
fn a_higher_tier_is_no_safe_fix() {
    let text = r#"{"model": "kling-v3", "prompt": "a", "resolution": "1080p"}"#;
    let checker = checker("seed");
    assert_eq!(checker.fix(text, Which::Safe).text, text);
    assert_eq!(
        checker.fix(text, Which::All).text,
        r#"{"model": "kling-v3", "prompt": "a", "mode": "pro"}"#
    );
}

#[test]
fn where_no_page_of_the_model_says_what_is_charged_the_video_stays_as_it_is() {
    for (edition, model, ignored) in [
        ("2026-04", "kling-v3", r#""metadata": {"duration": 10}"#),
        ("2026-04", "kling-v3", r#""metadata": {"mode": "pro"}"#),
        ("2026-04-zh", "kling-v3", r#""metadata": {"mode": "pro"}"#),
        ("seed", "kling-v3-fast", r#""Duration": 10"#),
        ("seed", "kling-v3-fast", r#""Resolution": "1080p""#),
    ] {
        let text = format!(r#"{{"model": "{model}", "prompt": "a", {ignored}}}"#);
        let checker = checker(edition);
        assert_eq!(
            checker.fix(text.as_str(), Which::Safe).text,
            text,
            "{edition}"
        );
        assert_ne!(
            checker.fix(text.as_str(), Which::All).text,
            text,
            "{edition}"
        );
    }
    // What does not change what is made is safe.
    becomes(
        "2026-04",
        r#"{"model": "kling-v3", "prompt": "a", "Duration": 5}"#,
        r#"{"model": "kling-v3", "prompt": "a", "duration": 5}"#,
    );
}
