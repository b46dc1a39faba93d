//! Printing changes how a plan is written, never what it says.

use kling_testgen::{Json, Layout, Style, odd, plain, print, style};
use serde_json::Value;

use crate::support::{draw, parse, specs};

/// Returns the plan as `serde_json` would hold it.
fn value_of(plan: &Json) -> Value {
    match plan {
        Json::Null => Value::Null,
        Json::Boolean(value) => Value::from(*value),
        Json::Integer(value) => Value::from(*value),
        Json::Number(text) => serde_json::from_str(text).unwrap(),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => items.iter().map(value_of).collect(),
        Json::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), value_of(value)))
            .collect(),
    }
}

#[test]
fn every_style_says_the_same() {
    let spec = &specs()[0];
    let styles = draw(&style(false), 1, 300);
    for (request, style) in draw(&odd(spec), 2, 300).iter().zip(&styles) {
        let expected = value_of(&request.plan);
        assert_eq!(parse(&plain(&request.plan)), expected);
        let text = print(&request.plan, style);
        assert_eq!(parse(&text), expected, "{style:?}: {text}");
        assert_eq!(print(&request.plan, style), text);
    }
}

#[test]
fn every_layout_and_kind_of_escape_is_drawn() {
    let styles = draw(&style(true), 3, 200);
    for layout in [
        Layout::Compact,
        Layout::Pretty,
        Layout::CarriageReturns,
        Layout::Scattered,
    ] {
        assert!(
            styles.iter().any(|style| style.layout == layout),
            "{layout:?}"
        );
    }
    assert!(styles.iter().any(|style| style.shuffle) && styles.iter().any(|style| !style.shuffle));
    assert!(styles.iter().any(|style| style.notation));
    assert!(
        !draw(&style(false), 3, 200)
            .iter()
            .any(|style| style.notation)
    );
}

#[test]
fn layouts_look_as_they_say() {
    let plan = Json::Object(vec![
        ("a".to_owned(), Json::Array(vec![Json::Integer(5)])),
        ("b".to_owned(), Json::object()),
    ]);
    let with = |layout| {
        print(
            &plan,
            &Style {
                layout,
                ..Style::PLAIN
            },
        )
    };
    assert_eq!(with(Layout::Compact), r#"{"a":[5],"b":{}}"#);
    assert_eq!(
        with(Layout::Pretty),
        "{\n  \"a\": [\n    5\n  ],\n  \"b\": {}\n}"
    );
    assert_eq!(
        with(Layout::CarriageReturns),
        "{\r\n\t\"a\": [\r\n\t\t5\r\n\t],\r\n\t\"b\": {}\r\n}"
    );
}

#[test]
fn escapes_reach_every_character() {
    let plan = Json::string("a/雨🌊\"\n");
    let text = print(
        &plan,
        &Style {
            escapes: 100,
            seed: 5,
            ..Style::PLAIN
        },
    );
    assert!(text.is_ascii(), "{text}");
    assert!(!text.contains('a') || text.contains("\\u"), "{text}");
    assert_eq!(parse(&text), Value::from("a/雨🌊\"\n"));
}

#[test]
fn equal_keys_keep_their_order_when_others_move() {
    let member = |key: &str, number| (key.to_owned(), Json::Integer(number));
    let plan = Json::Object(vec![
        member("a", 1),
        member("b", 2),
        member("a", 3),
        member("c", 4),
        member("a", 5),
    ]);
    let mut moved = false;
    for seed in 0..50 {
        let text = print(
            &plan,
            &Style {
                shuffle: true,
                seed,
                ..Style::PLAIN
            },
        );
        let at = |part: &str| text.find(part).unwrap();
        assert!(
            at("\"a\":1") < at("\"a\":3") && at("\"a\":3") < at("\"a\":5"),
            "{text}"
        );
        moved |= at("\"c\"") < at("\"b\"");
    }
    assert!(moved);
}

#[test]
fn spellings_of_integers_keep_their_value() {
    let plan = Json::Array((-3..60).map(Json::Integer).collect());
    let text = print(
        &plan,
        &Style {
            notation: true,
            seed: 1,
            ..Style::PLAIN
        },
    );
    assert!(
        text.contains(".0") && text.contains("e0") && text.contains("0e-1"),
        "{text}"
    );
    let values: Vec<f64> = serde_json::from_str(&text).unwrap();
    assert_eq!(values, (-3..60).map(f64::from).collect::<Vec<_>>());
}
