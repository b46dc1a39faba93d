//! Shared by the tests: a small contract to break, and schema validators.

use jsonschema::Validator;
use kling_spec::{Spec, request_schema};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

/// A contract with one of everything.
pub(crate) const CONTRACT: &str = r#"id = "sketch"
title = "Sketch"
endpoint = "POST /v1/sketches"
about = "Draws a sketch."

[field.model]
type = "string"
required = true
values = ["sketch"]
about = "The model."
source = "Page / model"

[field.prompt]
type = "string"
required = true
format = "non-blank"
max-characters = 100
about = "What it shows."
source = "Page / prompt"
[field.prompt.grounds]
max-characters = { upstream = "prompt length" }

[field.duration]
type = "integer"
values = [5, 10]
default = 5
about = "Length."
source = "Page / duration"

[field.images]
type = "array"
max-items = 3
about = "Images."
source = "Page / images"

[field."images[]"]
type = "object"
about = "An image."
source = "Page / images"

[field."images[].url"]
type = "string"
format = "public-url"
about = "Its address."
source = "Page / images"

[field."images[].kind"]
type = "string"
values = ["start", "end"]
about = "What it is for."
source = "Page / images"

[placeholders]
field = "prompt"
malformed = { source = "Page / references" }

[placeholders.kind.image]
list = "images"
range = { source = "Page / references" }

[rule.end-needs-start]
when = { contains = ["images", { const = ["kind", "end"] }] }
must = { contains = ["images", { const = ["kind", "start"] }] }
blame = ["images[].kind"]
say = "an end needs a start"
help = "mark the start"
source = "Page / images"

[mistake.seconds]
at = "seconds"
means = "duration"
convert = "integer"
say = "`seconds` is called `duration`"

[output]
seconds = { field = "duration" }

[billing]
source = "Page / prices"
[[billing.tier]]
name = "Short"
when = { const = ["duration", 5] }
short-side = 720
"#;

/// Replaces the first `from` of the contract by `to`, and compares all errors in full.
#[track_caller]
pub(crate) fn refused(from: &str, to: &str, expected: &str) {
    assert!(CONTRACT.contains(from), "{from:?} is not in the contract");
    let text = CONTRACT.replacen(from, to, 1);
    match Spec::from_toml(&text) {
        Ok(_) => panic!("the contract with {to:?} is accepted"),
        Err(errors) => assert_eq!(errors.to_string(), expected),
    }
}

pub(crate) fn validator(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

pub(crate) fn request_validator(spec: &Spec) -> Validator {
    validator(&request_schema(spec))
}

#[test]
fn the_contract_to_break_is_right() {
    assert_eq!(
        Spec::from_toml(CONTRACT)
            .map(|spec| spec.id().to_owned())
            .map_err(|error| error.to_string()),
        Ok("sketch".to_owned())
    );
}

/// The first requests of a strategy, parsed; as many as asked for.
pub(crate) fn drawn<T>(
    strategy: &impl Strategy<Value = T>,
    count: usize,
    text: impl Fn(&T) -> &str,
) -> Vec<Value> {
    let config = Config {
        rng_seed: RngSeed::Fixed(5),
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    (0..count)
        .map(|_| {
            let request = strategy.new_tree(&mut runner).unwrap().current();
            serde_json::from_str(text(&request)).unwrap()
        })
        .collect()
}
