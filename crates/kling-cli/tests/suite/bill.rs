//! `kling bill`.

use crate::support::{CLEAN, ERROR, Folder, pipe};

fn folder() -> Folder {
    let sound = CLEAN.replace('}', r#", "audio": true, "duration": 10}"#);
    Folder::with(&[
        ("a.json", CLEAN),
        ("b.jsonl", &format!("{CLEAN}\n\n{ERROR}\n{sound}\n")),
        ("package.json", r#"{"name": "x"}"#),
    ])
}

#[test]
fn each_request_and_the_totals_are_told() {
    let ran = folder().run(&["bill", "."]);
    let expected = "\
a.json:1: kling-v3, 720P, 5 s
b.jsonl:1: kling-v3, 720P, 5 s
b.jsonl:3: no bill: error[wrong-value]: `duration` must be 5, 10 or 15; this is `7`
b.jsonl:4: kling-v3, 720P+Sound, 10 s

billed as   length  requests  seconds
720P           5 s         2       10
720P+Sound    10 s         1       10
no bill                    1
total                      4       20
1 text that is no request was skipped
";
    assert_eq!((ran.code, ran.out.as_str()), (1, expected));
}

#[test]
fn the_json_format_says_the_same() {
    let bill = folder().run(&["bill", "--format", "json", "."]).json();
    assert_eq!(bill["version"], 1);
    assert_eq!(bill["requests"][0]["spec"], "720P");
    assert_eq!(bill["requests"][2]["request"], 1);
    assert!(
        bill["requests"][2]["reason"]
            .as_str()
            .unwrap()
            .starts_with("error[wrong-value]: ")
    );
    assert!(bill["requests"][2].get("spec").is_none());
    assert_eq!(
        bill["totals"][1],
        serde_json::json!({"spec": "720P+Sound", "seconds": 10, "requests": 1})
    );
    assert_eq!(
        bill["summary"],
        serde_json::json!({"requests": 4, "unbilled": 1, "seconds": 20, "skipped": 1})
    );
}

#[test]
fn a_request_with_warnings_alone_has_a_bill() {
    assert_eq!(
        pipe(&["bill"], CLEAN.replace('}', ", \"duration\": 5.0}")).code,
        0
    );
    assert_eq!(
        pipe(&["bill"], CLEAN.replace('}', ", \"prompt\": \"another\"}")).code,
        1
    );
    assert_eq!(pipe(&["bill", "missing.json"], "").code, 2);
}

#[test]
fn the_length_of_an_edited_video_is_not_told() {
    let text = r#"{"model": "kling-v3-omni", "prompt": "<<<video_1>>> at night",
        "video_list": [{"video_url": "https://example.com/a.mp4"}]}"#;
    let ran = pipe(&["bill"], text);
    assert!(
        ran.out
            .starts_with("-:1: kling-v3-omni, 720P+Video, unknown length\n"),
        "{}",
        ran.out
    );
    let json = pipe(&["bill", "--format", "json"], text).json();
    assert!(json["requests"][0].get("seconds").is_none());
}
