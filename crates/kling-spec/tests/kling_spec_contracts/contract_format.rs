//! The JSON Schema of the contract format.

use kling_spec::{EMBEDDED, contract_schema};
use serde_json::Value;

use crate::support::{CONTRACT, validator};

fn json(text: &str) -> Value {
    toml::from_str(text).unwrap()
}

#[test]
fn the_schema_of_the_format_is_a_valid_schema() {
    let schema: Value = serde_json::from_str(&contract_schema()).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    jsonschema::draft202012::meta::validate(&schema).unwrap();
}

#[test]
fn every_embedded_contract_is_valid_under_it() {
    let validator = validator(&contract_schema());
    for contract in EMBEDDED {
        let errors: Vec<String> = validator
            .iter_errors(&json(contract.text))
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", contract.id);
    }
    assert!(validator.is_valid(&json(CONTRACT)));
}

#[test]
fn what_the_reader_of_contracts_refuses_is_invalid_under_it() {
    let validator = validator(&contract_schema());
    for (from, to) in [
        ("title =", "titel ="),
        ("title = \"Sketch\"\n", ""),
        ("required = true", "required = \"yes\""),
        ("type = \"integer\"", "type = \"number\""),
        ("default = 5", "default = 5.5"),
        ("max-items = 3", "max-items = -1"),
        ("max-items = 3", "max_items = 3"),
        ("{ upstream =", "{ upsteam ="),
        ("when = { contains", "when = { contain"),
        ("const = [\"kind\", \"end\"]", "const = [\"kind\"]"),
        ("convert = \"integer\"", "convert = \"number\""),
        ("range = {", "ranges = {"),
        ("short-side = 720\n", ""),
    ] {
        assert!(CONTRACT.contains(from), "{from}");
        assert!(
            !validator.is_valid(&json(&CONTRACT.replacen(from, to, 1))),
            "{to:?} is accepted"
        );
    }
}
