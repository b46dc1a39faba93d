//! Shared by the laws: the committed schemas, and runners with a fixed seed.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

pub(crate) fn config(seed: u64, cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    }
}

/// The first `count` values of a strategy with this seed.
pub(crate) fn draw<T>(strategy: &impl Strategy<Value = T>, seed: u64, count: usize) -> Vec<T> {
    let mut runner = TestRunner::new(config(seed, 1));
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

pub(crate) fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The committed schema of a model.
pub(crate) fn schema(model: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let path = folder.join(format!("{model}.schema.json"));
    parse(&fs::read_to_string(path).unwrap())
}

/// The schema restricted to names, nesting, types, required members and closed values.
pub(crate) fn structural(model: &str) -> Validator {
    fn reduce(schema: &mut Value) {
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        for beyond in ["allOf", "maxItems", "minLength", "not", "pattern"] {
            members.remove(beyond);
        }
        for (_, property) in members
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
        {
            reduce(property);
        }
        if let Some(items) = members.get_mut("items") {
            reduce(items);
        }
    }
    let mut schema = schema(model);
    reduce(&mut schema);
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Whether `null` is anywhere in the value.
pub(crate) fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
