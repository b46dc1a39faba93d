//! What a request costs and what the video will be.

use kling_check::{Bill, Checker, VideoOutput};

#[track_caller]
fn check(text: &str, bill: Option<(&str, Option<u32>)>) {
    let checker = Checker::embedded();
    let report = checker.check(text);
    let expected = bill.map(|(spec, seconds)| Bill { spec, seconds });
    assert_eq!(report.bill, expected, "{:?}", report.diagnostics);
    assert_eq!(report.output.is_some(), bill.is_some());
}

/// The output of a request: seconds, ratio, short side, sound.
#[track_caller]
fn check_output(
    text: &str,
    seconds: Option<u32>,
    ratio: Option<(u16, u16)>,
    short_side: u32,
    sound: bool,
) {
    let checker = Checker::embedded();
    let expected = VideoOutput {
        seconds,
        ratio,
        short_side: Some(short_side),
        sound,
    };
    assert_eq!(checker.check(text).output, Some(expected), "{text}");
}

fn request(model: &str, members: &str) -> String {
    let prompt = if members.contains("video_url") {
        "<<<video_1>>>"
    } else {
        "x"
    };
    format!(r#"{{"model": "{model}", "prompt": "{prompt}"{members}}}"#)
}

const VIDEO: &str =
    r#", "video_list": [{"video_url": "https://example.com/a.mp4", "refer_type": "feature"}]"#;
const BASE: &str = r#", "video_list": [{"video_url": "https://example.com/a.mp4"}]"#;

#[test]
fn kling_v3_by_mode_and_audio() {
    for (members, spec) in [
        (r#", "mode": "std""#, "720P"),
        (r#", "mode": "pro""#, "1080P"),
        (r#", "mode": "std", "audio": true"#, "720P+Sound"),
        (r#", "mode": "pro", "audio": true"#, "1080P+Sound"),
        ("", "720P"),
        (r#", "audio": false"#, "720P"),
    ] {
        check(&request("kling-v3", members), Some((spec, Some(5))));
        check(
            &request("kling-v3", &format!("{members}, \"duration\": 15")),
            Some((spec, Some(15))),
        );
        check(&request("kling-v3-omni", members), Some((spec, Some(5))));
        check(
            &request("kling-v3-omni", &format!("{members}, \"duration\": 10")),
            Some((spec, Some(10))),
        );
    }
}

#[test]
fn kling_v3_omni_with_a_video() {
    check(
        &request("kling-v3-omni", VIDEO),
        Some(("720P+Video", Some(5))),
    );
    check(
        &request(
            "kling-v3-omni",
            &format!(r#"{VIDEO}, "mode": "pro", "duration": 10"#),
        ),
        Some(("1080P+Video", Some(10))),
    );
    // An edited video has the length of its source.
    check(&request("kling-v3-omni", BASE), Some(("720P+Video", None)));
    check(
        &request("kling-v3-omni", r#", "video_list": []"#),
        Some(("720P", Some(5))),
    );
}

#[test]
fn kling_v3_fast_by_resolution() {
    check(&request("kling-v3-fast", ""), Some(("720p", Some(5))));
    check(
        &request("kling-v3-fast", r#", "resolution": "720p", "duration": 3"#),
        Some(("720p", Some(3))),
    );
    check(
        &request(
            "kling-v3-fast",
            r#", "resolution": "1080p", "duration": 15"#,
        ),
        Some(("1080p", Some(15))),
    );
}

#[test]
fn no_bill_where_the_service_refuses_or_readers_differ() {
    for text in [
        request("kling-v3", r#", "duration": 7"#),
        request("kling-v3", r#", "duration": "5""#),
        request("kling-v3", r#", "audio": "on""#),
        request("kling-v3", r#", "mode": "std", "mode": "std""#),
        request(
            "kling-v3",
            r#", "metadata": {"watermark": true, "watermark": true}"#,
        ),
        request("kling-v3", r#", "mode": "std",}"#),
        request("kling-v3", r#", "image_urls": ["http://localhost/a.png"]"#),
        request("kling-v3-omni", &format!(r#"{VIDEO}, "audio": true"#)),
        r#"{"model": "kling-v3"}"#.to_owned(),
        r#"{"model": "Kling-V3", "prompt": "x"}"#.to_owned(),
        r#"{"model": "kling-v4", "prompt": "x"}"#.to_owned(),
        r#"{"prompt": "x"}"#.to_owned(),
        "[]".to_owned(),
    ] {
        check(&text, None);
    }
}

#[test]
fn a_bill_where_the_service_takes_the_request_all_the_same() {
    // What the service drops changes nothing; what it takes it charges.
    check(
        &request("kling-v3", r#", "film_grain": 3"#),
        Some(("720P", Some(5))),
    );
    check(
        &request("kling-v3", r#", "duration": 10.0"#),
        Some(("720P", Some(10))),
    );
    check(
        &request("kling-v3", r#", "aspect_ratio": "4:3""#),
        Some(("720P", Some(5))),
    );
    check(
        r#"{"model": "kling-v3-fast", "prompt": "x", "mode": "pro"}"#,
        Some(("720p", Some(5))),
    );
    check(
        r#"{"model": "kling-v3", "prompt": " "}"#,
        Some(("720P", Some(5))),
    );
}

#[test]
fn a_bill_does_not_depend_on_how_many_findings_are_kept() {
    let unknown: Vec<String> = (0..150)
        .map(|index| format!(", \"zz{index}\": 1"))
        .collect();
    let unknown = unknown.concat();
    check(&request("kling-v3", &unknown), Some(("720P", Some(5))));
    check(
        &request("kling-v3", &format!("{unknown}, \"duration\": 7")),
        None,
    );
    check(
        &request(
            "kling-v3",
            &format!("{unknown}, \"mode\": \"pro\", \"zz3\": 1"),
        ),
        None,
    );
}

#[test]
fn the_output_says_length_ratio_size_and_sound() {
    check_output(&request("kling-v3", ""), Some(5), Some((16, 9)), 720, false);
    check_output(
        &request(
            "kling-v3",
            r#", "duration": 15, "aspect_ratio": "9:16", "mode": "pro", "audio": true"#,
        ),
        Some(15),
        Some((9, 16)),
        1080,
        true,
    );
    check_output(
        &request("kling-v3", r#", "aspect_ratio": "4:3""#),
        Some(5),
        Some((4, 3)),
        720,
        false,
    );
    check_output(
        &request(
            "kling-v3-fast",
            r#", "resolution": "1080p", "aspect_ratio": "1:1""#,
        ),
        Some(5),
        Some((1, 1)),
        1080,
        false,
    );
    // The first frame decides the ratio.
    check_output(
        &request(
            "kling-v3-fast",
            r#", "reference_images": ["https://example.com/a.png"]"#,
        ),
        Some(5),
        None,
        720,
        false,
    );
    check_output(&request("kling-v3-omni", BASE), None, None, 720, false);
    check_output(
        &request("kling-v3-omni", VIDEO),
        Some(5),
        Some((16, 9)),
        720,
        false,
    );
    let keeping = r#", "video_list": [{"video_url": "https://example.com/a.mp4", "keep_original_sound": "yes"}]"#;
    check_output(&request("kling-v3-omni", keeping), None, None, 720, true);
}
