//! Shared by the laws: contracts, schemas and runners with a fixed seed.

use jsonschema::Validator;
use kling_spec::{EMBEDDED, EmbeddedContract, Spec, request_schema};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

/// A contract whose fields, kind of placeholder and rules differ from those of the embedded ones.
const FOREIGN: &str = include_str!("foreign.toml");

pub(crate) fn specs() -> Vec<Spec> {
    let foreign = Spec::from_toml(FOREIGN).unwrap_or_else(|error| panic!("{error}"));
    EMBEDDED
        .iter()
        .map(EmbeddedContract::parse)
        .chain([foreign])
        .collect()
}

pub(crate) fn runner(seed: u64) -> TestRunner {
    let config = Config {
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
}

/// Returns the first `count` values of a strategy under a seed.
pub(crate) fn draw<T>(strategy: &impl Strategy<Value = T>, seed: u64, count: usize) -> Vec<T> {
    let mut runner = runner(seed);
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

pub(crate) fn schema(spec: &Spec) -> Validator {
    let schema: Value = serde_json::from_str(&request_schema(spec)).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

pub(crate) fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
