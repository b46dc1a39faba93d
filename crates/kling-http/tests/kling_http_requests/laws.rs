//! Laws over generated requests: reading and writing lose nothing, and agree with schema and checker.

use kling_check::Checker;
use kling_http::request::Request;
use kling_spec::{Path, Spec};
use kling_testgen::{broken, odd, valid};
use proptest::prelude::{Strategy, any};
use proptest::test_runner::TestRunner;
use proptest::{collection, prop_assert, prop_assert_eq};
use serde_json::Value;

use crate::support::{config, draw, has_null, parse, read, sent, specs, structural};

const CASES: u32 = 400;

/// Findings that no typed request can have: those of names, nesting, types, requirement, closed
/// values and notation.
const IMPOSSIBLE: [&str; 12] = [
    "duplicate-key",
    "json-syntax",
    "misnamed-field",
    "misplaced-field",
    "missing-field",
    "not-an-object",
    "null-value",
    "number-notation",
    "unknown-field",
    "unknown-model",
    "wrong-type",
    "wrong-value",
];

/// Texts of right requests in which every text that is not closed is replaced by any other.
fn any_texts(spec: &Spec) -> impl Strategy<Value = String> + use<> {
    let spec = spec.clone();
    let texts = collection::vec(any::<String>(), 1..8);
    (valid(&spec), texts).prop_map(move |(request, texts)| {
        let mut value = parse(&request.text);
        let mut texts = texts.iter().cycle();
        replace(&spec, &Path::root(), &mut value, &mut || {
            texts.next().cloned().unwrap_or_default()
        });
        value.to_string()
    })
}

fn replace(spec: &Spec, path: &Path, value: &mut Value, text: &mut impl FnMut() -> String) {
    match value {
        Value::String(old) => {
            if spec.fields()[path].closed_values().is_none() {
                *old = text();
            }
        }
        Value::Array(items) => {
            for item in items {
                replace(spec, &path.items(), item, text);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                replace(spec, &path.member(name), member, text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn a_valid_request_is_read_and_written_as_an_equal_value() {
    for spec in specs() {
        let mut runner = TestRunner::new(config(1, CASES));
        let law = runner.run(&valid(&spec), |request| {
            let typed: Request = serde_json::from_str(&request.text)?;
            prop_assert_eq!(typed.model(), spec.id());
            prop_assert_eq!(parse(&typed.to_json()), sent(parse(&request.text)));
            Ok(())
        });
        law.unwrap_or_else(|error| panic!("{}: {error}", spec.id()));
    }
}

#[test]
fn what_is_written_reads_back_as_the_same_request_and_holds_no_null() {
    for spec in specs() {
        let mut runner = TestRunner::new(config(2, CASES));
        let law = runner.run(&any_texts(&spec), |text| {
            let typed: Request = serde_json::from_str(&text)?;
            let written = typed.to_json();
            prop_assert!(!has_null(&parse(&written)), "{written}");
            prop_assert_eq!(&serde_json::from_str::<Request>(&written)?, &typed);
            prop_assert_eq!(&serde_json::from_value::<Request>(parse(&written))?, &typed);
            Ok(())
        });
        law.unwrap_or_else(|error| panic!("{}: {error}", spec.id()));
    }
}

#[test]
fn the_checker_finds_no_fault_of_shape_in_what_is_written() {
    let checker = Checker::embedded();
    for spec in specs() {
        let mut runner = TestRunner::new(config(3, CASES));
        let law = runner.run(&any_texts(&spec), |text| {
            let written = serde_json::from_str::<Request>(&text)?.to_json();
            let document = kling_json::Document::read(written.as_str());
            let report = checker.check(&document);
            for found in report.findings() {
                prop_assert!(
                    !IMPOSSIBLE.contains(&found.rule().id()),
                    "{found:?}: {written}"
                );
            }
            prop_assert_eq!(report.model(), Some(spec.id()));
            Ok(())
        });
        law.unwrap_or_else(|error| panic!("{}: {error}", spec.id()));
    }
}

#[test]
fn the_impossible_rules_are_rules_of_the_checker() {
    for rule in IMPOSSIBLE {
        let known = kling_spec::CommonRule::ALL.iter();
        assert!(known.into_iter().any(|known| known.id() == rule), "{rule}");
    }
}

#[test]
fn a_request_is_read_exactly_if_the_schema_takes_its_shape() {
    for spec in specs() {
        let schema = structural(&spec);
        let broken = broken(&spec)
            .prop_filter("equal keys have their own test", |request| {
                !request.has_duplicate_keys()
            })
            .prop_map(|request| request.text);
        let mut texts = draw(&broken, 4, 1500);
        texts.extend(draw(&odd(&spec).prop_map(|request| request.text), 5, 1500));
        let (mut taken, mut refused) = (0, 0);
        for text in texts {
            let value = sent(parse(&text));
            // The schema takes 5.0 for 5, a strict reader of integers does not.
            if has_whole_fraction(&value) {
                continue;
            }
            let expected = schema.is_valid(&value);
            assert_eq!(read(&spec, &text).is_some(), expected, "{text}");
            *(if expected { &mut taken } else { &mut refused }) += 1;
        }
        assert!(taken > 100 && refused > 100, "{taken} and {refused}");
    }
}

fn has_whole_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.is_f64() && number.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        Value::Array(items) => items.iter().any(has_whole_fraction),
        Value::Object(members) => members.values().any(has_whole_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}
