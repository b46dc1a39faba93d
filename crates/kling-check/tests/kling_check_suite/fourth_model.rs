//! A model defined by its contract alone: checked, billed and turned into a schema by the same code.

use kling_check::{Checker, NoBill};
use kling_json::Document;
use kling_spec::{Spec, request_schema};

use crate::agreement::agree;
use crate::support::{Output, Schema, check_by, keeping_all, output, requests};

fn spec() -> Spec {
    Spec::from_toml(include_str!("fourth.toml")).unwrap_or_else(|error| panic!("{error}"))
}

fn checker() -> Checker {
    Checker::new(vec![spec()])
}

/// Returns a request with further members.
fn request(script: &str, members: &str) -> String {
    format!(r#"{{"model": "atelier-9", "script": "{script}"{members}}}"#)
}

/// Returns a request with actors of these parts and voices.
fn cast(actors: &[&str], members: &str) -> String {
    let marks: Vec<String> = (1..=actors.len())
        .map(|number| format!("<<<actor_{number}>>>"))
        .collect();
    let actors: Vec<String> = actors
        .iter()
        .map(|actor| format!(r#"{{"portrait": "https://example.com/a.png"{actor}}}"#))
        .collect();
    request(
        &marks.concat(),
        &format!(
            r#", "stage": {{"actors": [{}]}}{members}"#,
            actors.join(",")
        ),
    )
}

const LEAD: &str = r#", "part": "lead", "voice": 2"#;
const VILLAIN: &str = r#", "part": "villain""#;

#[test]
fn its_fields_are_checked() {
    let checker = checker();
    assert_eq!(checker.models().collect::<Vec<_>>(), ["atelier-9"]);
    check_by(&checker, &request("x", ""), &[]);
    check_by(
        &checker,
        &cast(
            &[LEAD, VILLAIN, ""],
            r#", "length": 8, "shape": "2:3", "sounds": ["asset+x:5"]"#,
        ),
        &["warning unknown-scheme /sounds/0"],
    );
    check_by(
        &checker,
        r#"{"model": "atelier-9"}"#,
        &["error missing-field (root)"],
    );
    check_by(&checker, &request(" ", ""), &["error blank-text /script"]);
    check_by(
        &checker,
        &request("x", r#", "length": 5"#),
        &["error wrong-value /length"],
    );
    check_by(
        &checker,
        &request("x", r#", "seed": 5.5"#),
        &["error wrong-type /seed"],
    );
    check_by(
        &checker,
        &request("x", r#", "shape": "wide""#),
        &["error invalid-ratio /shape"],
    );
    check_by(
        &checker,
        &request("x", r#", "talking": null"#),
        &["error null-value /talking"],
    );
    check_by(
        &checker,
        &request("x", r#", "frames": "8""#),
        &["error misnamed-field /frames"],
    );
    check_by(
        &checker,
        &request("x", r#", "duration": 5"#),
        &["error unknown-field /duration"],
    );
    check_by(
        &checker,
        &request(
            "<<<actor_1>>>",
            r#", "actors": [{"portrait": "https://example.com/a.png"}]"#,
        ),
        &["error misplaced-field /actors"],
    );
    check_by(
        &checker,
        &request(&"a".repeat(401), ""),
        &["error too-long /script"],
    );
    check_by(
        &checker,
        r#"{"model": "kling-v3", "script": "x"}"#,
        &["error unknown-model /model"],
    );
    check_by(
        &checker,
        &request("x", r#", "length": 4, "length": 4"#),
        &["error duplicate-key /length"],
    );
}

#[test]
fn its_placeholders_are_checked() {
    let checker = checker();
    check_by(
        &checker,
        &request("<<<actor_1>>>", ""),
        &["error placeholder-range /script"],
    );
    check_by(
        &checker,
        &request("<<<image_1>>>", ""),
        &["error placeholder-wrong-kind /script"],
    );
    check_by(
        &checker,
        &request(
            "<<<Actor_1>>>",
            r#", "stage": {"actors": [{"portrait": "https://example.com/a.png"}]}"#,
        ),
        &["error placeholder-malformed /script"],
    );
    check_by(
        &checker,
        &request(
            "x",
            r#", "stage": {"actors": [{"portrait": "https://example.com/a.png"}]}"#,
        ),
        &["warning placeholder-unused /stage/actors/0"],
    );
    let swapped =
        cast(&["", ""], "").replace("<<<actor_1>>><<<actor_2>>>", "<<<actor_2>>><<<actor_1>>>");
    check_by(&checker, &swapped, &["error placeholder-order /script"]);
}

#[test]
fn its_rules_are_checked() {
    let checker = checker();
    check_by(
        &checker,
        &cast(&[VILLAIN], ""),
        &["error villain-needs-lead /stage/actors/0/part"],
    );
    check_by(
        &checker,
        &cast(&["", VILLAIN, r#", "part": "lead""#], ""),
        &["error villain-needs-lead /stage/actors/1/part"],
    );
    check_by(
        &checker,
        &cast(&[LEAD, "", LEAD], ""),
        &["error several-leads /stage/actors/2/part"],
    );
    let sounds = |count: usize| {
        format!(
            r#", "sounds": [{}]"#,
            vec![r#""https://example.com/a.ogg""#; count].join(",")
        )
    };
    check_by(&checker, &request("x", &sounds(3)), &[]);
    check_by(
        &checker,
        &request("x", &sounds(4)),
        &["error many-sounds /sounds"],
    );
    check_by(
        &checker,
        &request("x", &format!(r#"{}, "seed": 0"#, sounds(4))),
        &[],
    );
    check_by(
        &checker,
        &cast(&["", "", "", ""], &sounds(3)),
        &["error crowded-stage /sounds"],
    );
    check_by(
        &checker,
        &cast(&["", "", "", ""], &format!(r#"{}, "length": 4"#, sounds(3))),
        &["error crowded-stage /length"],
    );
    check_by(
        &checker,
        &cast(&["", "", "", ""], &format!(r#"{}, "length": 8"#, sounds(3))),
        &[],
    );
    check_by(
        &checker,
        &request("x", r#", "size": "huge", "length": 8, "seed": 1"#),
        &["warning huge-and-long /size"],
    );
    check_by(
        &checker,
        &request("x", r#", "size": "huge", "seed": 1"#),
        &[],
    );
    check_by(
        &checker,
        &cast(&["", LEAD], r#", "talking": false"#),
        &["note silent-voices /stage/actors/1/voice"],
    );
}

#[test]
fn its_bill_and_output_are_read_from_the_contract() {
    let checker = checker();
    let check = |text: &str, spec: &str, expected: Output| {
        let document = Document::read(text);
        let report = checker.check(&document);
        let bill = report.bill().unwrap();
        assert_eq!((bill.spec, bill.seconds), (spec, expected.0), "{text}");
        assert_eq!(output(&report), Some(expected), "{text}");
    };
    let small = (Some(4), Some((4, 3)), Some(240), true);
    check(&request("x", ""), "S+Talk", small);
    let silent = (Some(4), Some((4, 3)), Some(240), false);
    check(&request("x", r#", "talking": false"#), "S", silent);
    let sounds = r#", "talking": false, "sounds": ["https://example.com/a.ogg"]"#;
    check(&request("x", sounds), "S", small);
    let large = (Some(8), Some((1, 1)), Some(480), true);
    let members = r#", "size": "large", "length": 8, "shape": "1:1""#;
    check(&cast(&["", "", ""], members), "L+Talk+Crowd", large);
    let huge = (Some(4), None, Some(480), true);
    check(&request("x", r#", "size": "huge""#), "L+Talk", huge);
    let document = Document::read(request("x", r#", "length": 3"#));
    assert_eq!(checker.check(&document).bill(), Err(NoBill::Refused));
}

#[test]
fn its_schema_agrees_with_the_checker() {
    let spec = spec();
    let counts = agree(
        3,
        6_000,
        &keeping_all(checker()),
        &Schema::new(&request_schema(&spec)),
        &requests(&spec),
    );
    for rule in spec.rules() {
        let count = counts.get(&rule.id).copied().unwrap_or(0);
        assert!(count >= 20, "{} was found {count} times", rule.id);
    }
}
