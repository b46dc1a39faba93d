//! Decisions on single points, each as a request with its findings: the model, fields and values.

use kling_check::Checker;

use crate::support::{check, check_by, first_help, images, omni, v3};

#[test]
fn a_slip_in_the_model_is_reported_and_read_as_that_model() {
    check(
        r#"{"model": "Kling-V3", "prompt": "x", "duration": 7}"#,
        &["error unknown-model /model", "error wrong-value /duration"],
    );
    check(
        r#"{"model": " kling v3 omni", "prompt": "<<<image_1>>>"}"#,
        &[
            "error unknown-model /model",
            "error placeholder-range /prompt",
        ],
    );
    check(
        r#"{"prompt": "x", "model_name": "kling-v3", "duration": 7}"#,
        &[
            "error misnamed-field /model_name",
            "error wrong-value /duration",
        ],
    );
    check(
        r#"{"prompt": "x", "modle": "kling-v3"}"#,
        &["error unknown-field /modle"],
    );
}

#[test]
fn another_model_gets_one_error_and_what_is_true_of_any_text() {
    for other in ["kling-v4", "kling-v3-pro", "kling-v3.1", "veo-3", ""] {
        check(
            &format!(r#"{{"model": "{other}", "duration": 7, "x": null}}"#),
            &["error unknown-model /model"],
        );
    }
    check(
        r#"{"model": "kling-v4", "a": 1, "a": 2}"#,
        &["error unknown-model /model", "error duplicate-key /a"],
    );
    check(
        r#"{"model": "kling-v4", "a": tru"#,
        &["error unknown-model /model", "error json-syntax (root)"],
    );
    check(r#"{"prompt": "x"}"#, &["error missing-field (root)"]);
    check(r#"{"model": 3}"#, &["error wrong-type /model"]);
    check(r#"{"model": null}"#, &["error null-value /model"]);
}

#[test]
fn an_assumed_model_is_the_one_by_which_other_requests_are_read() {
    let checker = Checker::embedded().assume_model("kling-v3").unwrap();
    check_by(&checker, r#"{"model": "kling-v3", "prompt": "x"}"#, &[]);
    check_by(
        &checker,
        r#"{"prompt": "x", "duration": 7}"#,
        &["error missing-field (root)", "error wrong-value /duration"],
    );
    check_by(
        &checker,
        r#"{"model": "kling-v4", "prompt": "x", "duration": 7}"#,
        &["error unknown-model /model", "error wrong-value /duration"],
    );
    check_by(
        &checker,
        r#"{"model": "kling-v3-fast", "prompt": "x", "duration": 7}"#,
        &[],
    );
    let unknown = Checker::embedded()
        .assume_model("kling-v3-onmi")
        .unwrap_err();
    assert_eq!(unknown.suggestion.as_deref(), Some("kling-v3-omni"));
}

#[test]
fn the_first_of_two_equal_keys_counts() {
    check(
        &v3(r#""duration": 5, "duration": 7"#),
        &["error duplicate-key /duration"],
    );
    check(
        &v3(r#""duration": 7, "duration": 5"#),
        &[
            "error wrong-value /duration",
            "error duplicate-key /duration",
        ],
    );
    check(
        &v3(r#""duration": 5, "\u0064uration": 5"#),
        &["error duplicate-key /duration"],
    );
    check(
        r#"{"model": "kling-v3", "model": "kling-v3-fast", "prompt": "x", "mode": "pro"}"#,
        &["error duplicate-key /model"],
    );
}

#[test]
fn rules_read_a_member_as_its_only_possible_reading_leaves_it() {
    let with_image = r#", "image_urls": ["https://example.com/a.png"]"#;
    check(
        &v3(&format!(r#""duration": "15"{with_image}"#)),
        &[
            "error wrong-type /duration",
            "error image-to-video-length /duration",
        ],
    );
    check(
        &v3(&format!(r#""duration": "soon"{with_image}"#)),
        &["error wrong-type /duration"],
    );
    check(
        &v3(r#""duration": 15, "image_urls": null"#),
        &["error null-value /image_urls"],
    );
    check(
        &omni(
            "<<<video_1>>>",
            r#""audio": true, "metadata": {"video_list": [{"video_url": "https://example.com/a.mp4"}]}"#,
        ),
        &[
            "error audio-with-video-list /audio",
            "error misplaced-field /metadata/video_list",
        ],
    );
    // A malformed item counts as an item, a mark of another dialect as a mention.
    check(
        &omni("<<<image_1>>>", r#""metadata": {"image_list": [5]}"#),
        &["error wrong-type /metadata/image_list/0"],
    );
    check(
        &omni("@image_1", r#""metadata": {"image_list": [5]}"#),
        &[
            "warning placeholder-dialect /prompt",
            "error wrong-type /metadata/image_list/0",
        ],
    );
    // A wrong key is the only finding if the required member that it means is missing.
    check(
        r#"{"model": "kling-v3", "promt": "a boat"}"#,
        &["error unknown-field /promt"],
    );
    check(
        &omni(
            "<<<image_1>>>",
            r#""metadata": {"image_list": [{"url": "https://example.com/a.png"}]}"#,
        ),
        &["error misnamed-field /metadata/image_list/0/url"],
    );
}

#[test]
fn of_what_a_malformed_value_would_hold_nothing_is_known() {
    let marks = "<<<image_1>>> <<<element_2>>>";
    for (value, rule) in [
        ("null", "null-value"),
        ("5", "wrong-type"),
        ("[]", "wrong-type"),
        ("true", "wrong-type"),
    ] {
        let metadata = omni(marks, &format!(r#""metadata": {value}"#));
        check(&metadata, &[&format!("error {rule} /metadata")]);
        let members = format!(r#""video_list": [{value}], "duration": 10"#);
        let expected = format!("error {rule} /video_list/0");
        check(&omni("<<<video_1>>>", &members), &[&expected]);
    }
    // A text is read as the URL of the video, which is to be edited by default.
    let address = r#""video_list": ["https://example.com/a.mp4"], "duration": 10"#;
    let expected = [
        "error wrong-type /video_list/0",
        "note base-video-length /duration",
    ];
    check(&omni("<<<video_1>>>", address), &expected);
}

#[test]
fn fields_that_are_unknown_or_elsewhere() {
    check(
        &v3(r#""film_grain": 3"#),
        &["error unknown-field /film_grain"],
    );
    check(
        &v3(r#""metadata": {"film_grain": 3}"#),
        &["error unknown-field /metadata/film_grain"],
    );
    check(
        &v3(r#""negative_prompt": "rain""#),
        &["error misplaced-field /negative_prompt"],
    );
    check(
        r#"{"model": "kling-v3-fast", "prompt": "x", "mode": "pro"}"#,
        &["error misplaced-field /mode"],
    );
    let help = first_help(r#"{"model": "kling-v3-fast", "prompt": "x", "mode": "pro"}"#);
    assert!(help.contains("1080p"), "{help}");
    check(
        &v3(r#""$schema": "kling-v3.schema.json", "client_business_id": "a-1""#),
        &[],
    );
    check(
        &v3(r#""metadata": {"$schema": "x"}"#),
        &["error misplaced-field /metadata/$schema"],
    );
}

#[test]
fn a_prompt_says_something_on_every_model() {
    for model in Checker::embedded().models() {
        check(
            &format!(r#"{{"model": "{model}"}}"#),
            &["error missing-field (root)"],
        );
        for blank in ["", " ", "\\n\\t", "\u{3000}", "\\u2028\\u0085", "\u{a0}"] {
            check(
                &format!(r#"{{"model": "{model}", "prompt": "{blank}"}}"#),
                &["error blank-text /prompt"],
            );
        }
        // A zero-width space is not white space in Unicode.
        check(
            &format!(r#"{{"model": "{model}", "prompt": "\u200b"}}"#),
            &[],
        );
    }
    // That its items are not mentioned is not reported as well.
    check(&images(" ", 2), &["error blank-text /prompt"]);
}

#[test]
fn numbers_compare_by_value_and_are_written_as_integers() {
    for text in [
        "5.0",
        "5e0",
        "50e-1",
        "0.5E+1",
        "5.000000000000000000000000",
    ] {
        check(
            &v3(&format!(r#""duration": {text}"#)),
            &["warning number-notation /duration"],
        );
    }
    for text in [
        "7",
        "-5",
        "0",
        "1e400",
        "-1e400",
        "99999999999999999999",
        "7.0e0",
    ] {
        let text = v3(&format!(r#""duration": {text}"#));
        check(&text, &["error wrong-value /duration"]);
    }
    for text in [
        "5.5",
        "5.0000000000000000000001",
        "\"5\"",
        "true",
        "[5]",
        "{}",
    ] {
        check(
            &v3(&format!(r#""duration": {text}"#)),
            &["error wrong-type /duration"],
        );
    }
    check(&v3(r#""duration": null"#), &["error null-value /duration"]);
}

#[test]
fn the_text_is_json_with_one_object() {
    check("[]", &["error not-an-object (root)"]);
    assert!(first_help("[{}]").contains(".jsonl"));
    for text in ["\"x\"", "5", "true", "null"] {
        check(text, &["error not-an-object (root)"]);
    }
    let syntax = &["error json-syntax (root)"][..];
    for text in [
        "",
        " ",
        "{",
        "{'a': 1}",
        "{\"a\": 1,}",
        "\u{feff}{}",
        "{\"a\": \"\\ud800\"}",
        "{\"a\": \"\n\"}",
        "{}{}",
        "nul",
        "{\"a\": 01}",
    ] {
        check(text, syntax);
    }
    let nested = |depth: usize| {
        format!(
            r#"{{"model": "kling-v3", "prompt": "x", "a": {}{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    check(&nested(127), &["error unknown-field /a"]);
    check(
        &nested(128),
        &["error unknown-field /a", "error json-syntax (root)"],
    );
}
