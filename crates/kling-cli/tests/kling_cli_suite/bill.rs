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
fn each_request_and_the_totals_are_printed() {
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
skipped 1 file or line that is not a request
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
fn the_length_of_an_edited_video_is_unknown() {
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

const PRICES: &str = r#"
[prices]
currency = "EUR"
[prices.kling-v3]
"720P" = { per-second = 0.05 }
"720P+Sound" = { per-job = 2 }
"#;

#[test]
fn with_prices_the_cost_is_printed_too() {
    let folder = folder();
    std::fs::write(folder.path().join("kling.toml"), PRICES).unwrap();
    let pro = CLEAN.replace('}', r#", "mode": "pro"}"#);
    std::fs::write(folder.path().join("c.json"), pro).unwrap();
    let ran = folder.run(&["bill", "."]);
    let expected = "\
a.json:1: kling-v3, 720P, 5 s, 0.25 EUR
b.jsonl:1: kling-v3, 720P, 5 s, 0.25 EUR
b.jsonl:3: no bill: error[wrong-value]: `duration` must be 5, 10 or 15; this is `7`
b.jsonl:4: kling-v3, 720P+Sound, 10 s, 2.00 EUR
c.json:1: kling-v3, 1080P, 5 s, price unknown

billed as   length  requests  seconds                  cost
1080P          5 s         1        5             1 unknown
720P           5 s         2       10              0.50 EUR
720P+Sound    10 s         1       10              2.00 EUR
no bill                    1
total                      5       25  2.50 EUR + 1 unknown
skipped 1 file or line that is not a request
";
    assert_eq!((ran.code, ran.out.as_str()), (1, expected));
    let bill = folder.run(&["bill", "--format", "json", "."]).json();
    let euro = |amount: &str| serde_json::json!({"amount": amount, "currency": "EUR"});
    assert_eq!(bill["requests"][0]["cost"], euro("0.25"));
    assert!(bill["requests"][4].get("cost").is_none());
    assert_eq!(bill["summary"]["costs"], serde_json::json!([euro("2.50")]));
    assert_eq!(bill["summary"]["unpriced"], 1);
    // Without prices money is not mentioned.
    assert!(
        !folder
            .run(&["bill", "--no-config", "."])
            .out
            .contains("cost")
    );
}

#[test]
fn what_has_a_price_must_be_there() {
    for (from, to, message) in [
        (
            "prices.kling-v3]",
            "prices.klign-v3]",
            "`klign-v3` is not the id of a known model; did you mean `kling-v3`? ",
        ),
        (
            "720P+Sound",
            "720P+Sond",
            "kling-v3 has no billing spec `720P+Sond`; did you mean `720P+Sound`?",
        ),
        (
            "0.05",
            "-0.05",
            "this is the number -0.05; write an amount such as `0.05`",
        ),
        (
            "per-second",
            "per-hour",
            "`per-hour` is not a key; the keys are per-second, per-job",
        ),
    ] {
        let folder = Folder::with(&[("kling.toml", &PRICES.replace(from, to)), ("a.json", CLEAN)]);
        let ran = folder.run(&["bill", "a.json"]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(message), "{}", ran.err);
    }
}
