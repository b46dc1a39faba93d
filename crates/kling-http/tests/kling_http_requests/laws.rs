//! Laws over everything that can be built: it satisfies the schema and the checker, whatever its texts are.

use kling_check::Checker;
use proptest::test_runner::TestRunner;
use proptest::{prop_assert, prop_assert_eq};
use serde_json::Value;

use crate::built;
use crate::support::{config, draw, has_null, parse, schema, structural};

const CASES: u32 = 400;

/// Findings that no typed request can have: those about names, nesting, types, required members, closed values and
/// notation.
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

#[test]
fn each_model_has_a_builder() {
    let mut built: Vec<&str> = built::all().iter().map(|(model, _)| *model).collect();
    let mut known: Vec<&str> = kling_spec::EMBEDDED
        .iter()
        .map(|contract| contract.id)
        .collect();
    built.sort_unstable();
    known.sort_unstable();
    assert_eq!(built, known);
}

#[test]
fn what_is_built_has_the_shape_of_the_schema_and_no_null() {
    for (model, requests) in built::all() {
        let schema = structural(model);
        let law = TestRunner::new(config(1, CASES)).run(&requests, |text| {
            let value = parse(&text);
            prop_assert!(!has_null(&value), "{text}");
            prop_assert!(schema.is_valid(&value), "{text}");
            Ok(())
        });
        law.unwrap_or_else(|error| panic!("{model}: {error}"));
    }
}

#[test]
fn the_checker_finds_no_fault_of_shape_in_what_is_built() {
    let checker = Checker::embedded();
    for (model, requests) in built::all() {
        let law = TestRunner::new(config(2, CASES)).run(&requests, |text| {
            let document = kling_json::Document::read(text.as_str());
            let report = checker.check(&document);
            for found in report.findings() {
                prop_assert!(
                    !IMPOSSIBLE.contains(&found.rule().id()),
                    "{found:?}: {text}"
                );
            }
            prop_assert_eq!(report.model(), Some(model));
            Ok(())
        });
        law.unwrap_or_else(|error| panic!("{model}: {error}"));
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
fn every_member_and_every_closed_value_of_the_schema_can_be_built() {
    for (model, requests) in built::all() {
        let values: Vec<Value> = draw(&requests, 3, 400)
            .iter()
            .map(|text| parse(text))
            .collect();
        let places: Vec<&Value> = values.iter().collect();
        let compared = compare(&schema(model), &places, model);
        assert!(compared > 7, "{model}: {compared} members");
    }
}

/// Compares a schema with all values that were written at its place; returns the number of members compared.
fn compare(schema: &Value, values: &[&Value], place: &str) -> usize {
    for closed in schema["enum"].as_array().into_iter().flatten() {
        assert!(values.contains(&closed), "{place} is never {closed}");
    }
    let items: Vec<&Value> = values
        .iter()
        .filter_map(|value| value.as_array())
        .flatten()
        .collect();
    let mut compared = match schema.get("items") {
        Some(schema) => compare(schema, &items, &format!("{place}[]")),
        None => 0,
    };
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        let members: Vec<&Value> = values.iter().filter_map(|value| value.get(name)).collect();
        let place = format!("{place}.{name}");
        // `$schema` is for editors and not part of a request.
        assert_eq!(members.is_empty(), name == "$schema", "{place}");
        compared += 1 + compare(schema, &members, &place);
    }
    compared
}
