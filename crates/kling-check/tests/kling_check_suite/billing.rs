//! What a request costs and what the video will be.

use kling_check::{Checker, NoBill};
use kling_json::Document;
use kling_spec::Spec;

use crate::support::{lines, output};

#[track_caller]
fn check(text: &str, expected: Result<(&str, Option<u32>), NoBill>) {
    check_by(&Checker::embedded(), text, expected);
}

/// Does the same as [`check`] with another checker.
#[track_caller]
fn check_by(checker: &Checker, text: &str, expected: Result<(&str, Option<u32>), NoBill>) {
    let document = Document::read(text);
    let report = checker.check(&document);
    let bill = report.bill().map(|bill| (bill.spec, bill.seconds));
    assert_eq!(bill, expected, "{text}: {:?}", lines(&report));
    // The output is known for each request that the service accepts, whether its price is or not.
    let is_taken = matches!(expected, Ok(_) | Err(NoBill::NotInContract | NoBill::Open));
    assert_eq!(report.output().is_some(), is_taken, "{text}");
}

/// Checks the output of a request: seconds, ratio, short side, sound.
#[track_caller]
fn check_output(
    text: &str,
    seconds: Option<u32>,
    ratio: Option<(u16, u16)>,
    short_side: u32,
    sound: bool,
) {
    let checker = Checker::embedded();
    let expected = (seconds, ratio, Some(short_side), sound);
    let document = Document::read(text);
    let report = checker.check(&document);
    assert_eq!(output(&report), Some(expected), "{text}");
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
        check(&request("kling-v3", members), Ok((spec, Some(5))));
        check(
            &request("kling-v3", &format!("{members}, \"duration\": 15")),
            Ok((spec, Some(15))),
        );
        check(&request("kling-v3-omni", members), Ok((spec, Some(5))));
        check(
            &request("kling-v3-omni", &format!("{members}, \"duration\": 10")),
            Ok((spec, Some(10))),
        );
    }
}

#[test]
fn kling_v3_omni_with_a_video() {
    check(
        &request("kling-v3-omni", VIDEO),
        Ok(("720P+Video", Some(5))),
    );
    check(
        &request(
            "kling-v3-omni",
            &format!(r#"{VIDEO}, "mode": "pro", "duration": 10"#),
        ),
        Ok(("1080P+Video", Some(10))),
    );
    // An edited video is as long as its source.
    check(&request("kling-v3-omni", BASE), Ok(("720P+Video", None)));
    check(
        &request("kling-v3-omni", r#", "video_list": []"#),
        Ok(("720P", Some(5))),
    );
}

#[test]
fn kling_v3_fast_by_resolution() {
    check(&request("kling-v3-fast", ""), Ok(("720p", Some(5))));
    check(
        &request("kling-v3-fast", r#", "resolution": "720p", "duration": 3"#),
        Ok(("720p", Some(3))),
    );
    check(
        &request(
            "kling-v3-fast",
            r#", "resolution": "1080p", "duration": 15"#,
        ),
        Ok(("1080p", Some(15))),
    );
}

#[test]
fn no_bill_where_the_service_refuses_or_readers_differ() {
    for members in [
        r#", "duration": 7"#,
        r#", "duration": "5""#,
        r#", "audio": "on""#,
        r#", "image_urls": ["http://localhost/a.png"]"#,
    ] {
        check(&request("kling-v3", members), Err(NoBill::Refused));
    }
    let audio = format!(r#"{VIDEO}, "audio": true"#);
    check(&request("kling-v3-omni", &audio), Err(NoBill::Refused));
    check(r#"{"model": "kling-v3"}"#, Err(NoBill::Refused));
    check(
        r#"{"model": "Kling-V3", "prompt": "x"}"#,
        Err(NoBill::Refused),
    );
    for members in [
        r#", "mode": "std", "mode": "std""#,
        r#", "metadata": {"watermark": true, "watermark": true}"#,
        r#", "mode": "std",}"#,
    ] {
        check(&request("kling-v3", members), Err(NoBill::Unreadable));
    }
    for text in ["", "{", "nul", r#"{"model": "kling-v4""#] {
        check(text, Err(NoBill::Unreadable));
    }
}

#[test]
fn no_bill_without_a_known_model() {
    for text in [
        r#"{"model": "kling-v4", "prompt": "x"}"#,
        r#"{"model": 3}"#,
        r#"{"prompt": "x"}"#,
        "[]",
    ] {
        check(text, Err(NoBill::UnknownModel));
    }
}

#[test]
fn no_bill_where_the_contract_has_no_prices() {
    let (without_prices, _) = include_str!("fourth.toml").split_once("[billing]").unwrap();
    let checker = Checker::new(vec![Spec::from_toml(without_prices).unwrap()]);
    check_by(
        &checker,
        r#"{"model": "atelier-9", "script": "x"}"#,
        Err(NoBill::NotInContract),
    );
    check_by(&checker, r#"{"model": "atelier-9"}"#, Err(NoBill::Refused));
}

#[test]
fn no_bill_where_it_depends_on_what_nobody_knows() {
    // Whether the service refuses `null` is not known, and `null` does not say which mode.
    check(&request("kling-v3", r#", "mode": null"#), Err(NoBill::Open));
    check(
        &request("kling-v3", r#", "audio": null"#),
        Err(NoBill::Open),
    );
    // A member that does not affect the bill may be open.
    check(
        &request("kling-v3", r#", "aspect_ratio": null"#),
        Ok(("720P", Some(5))),
    );
}

#[test]
fn a_bill_where_the_service_takes_the_request_all_the_same() {
    // What the service ignores changes nothing; what it accepts is charged for.
    check(
        &request("kling-v3", r#", "film_grain": 3"#),
        Ok(("720P", Some(5))),
    );
    check(
        &request("kling-v3", r#", "duration": 10.0"#),
        Ok(("720P", Some(10))),
    );
    check(
        &request("kling-v3", r#", "aspect_ratio": "4:3""#),
        Ok(("720P", Some(5))),
    );
    check(
        r#"{"model": "kling-v3-fast", "prompt": "x", "mode": "pro"}"#,
        Ok(("720p", Some(5))),
    );
    check(
        r#"{"model": "kling-v3", "prompt": " "}"#,
        Ok(("720P", Some(5))),
    );
}

#[test]
fn a_bill_does_not_depend_on_how_many_findings_are_kept() {
    let unknown: Vec<String> = (0..150)
        .map(|index| format!(", \"zz{index}\": 1"))
        .collect();
    let unknown = unknown.concat();
    check(&request("kling-v3", &unknown), Ok(("720P", Some(5))));
    check(
        &request("kling-v3", &format!("{unknown}, \"duration\": 7")),
        Err(NoBill::Refused),
    );
    check(
        &request(
            "kling-v3",
            &format!("{unknown}, \"mode\": \"pro\", \"zz3\": 1"),
        ),
        Err(NoBill::Unreadable),
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
