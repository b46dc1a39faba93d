//! The schemas against the fixtures, which were written independently from the pages.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use jsonschema::Validator;
use kling_spec::{EMBEDDED, EmbeddedContract, Spec, any_schema, inexpressible_rules};
use serde_json::Value;

use crate::support::{request_validator, validator};

type Expected = BTreeMap<String, BTreeMap<String, Vec<String>>>;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(name)
}

/// Returns whether the schema must refuse a request with these findings.
fn is_refused(findings: &[String], request: &Value) -> bool {
    findings.iter().any(|finding| {
        let mut words = finding.split(' ');
        let is_error = words.next() == Some("error");
        let rule = words.next().unwrap();
        let is_expressible = inexpressible_rules().iter().all(|known| known.id() != rule);
        // A schema only detects blank texts that are empty.
        let is_seen = rule != "blank-text" || request["prompt"] == "";
        is_error && is_expressible && is_seen
    })
}

/// Returns the request, unless the JSON reader of these tests changes or refuses it: it rounds numbers to 64-bit
/// floats, allows less nesting, and takes the last of equal keys.
fn read(text: &str, findings: &[String]) -> Option<Value> {
    let is_rounded = text
        .split(|character: char| !character.is_ascii_digit() && character != '.')
        .any(|number| number.len() > 17);
    let has_equal_keys = findings
        .iter()
        .any(|finding| finding.starts_with("error duplicate-key"));
    if is_rounded || has_equal_keys {
        return None;
    }
    serde_json::from_str(text).ok()
}

fn compare(name: &str, validator: &Validator) -> Vec<String> {
    let folder = folder(name);
    let expected: Expected =
        toml::from_str(&fs::read_to_string(folder.join("expected.toml")).unwrap()).unwrap();
    let (mut mismatches, mut unread, mut count) = (Vec::new(), Vec::new(), 0);
    for (group, fixtures) in &expected {
        for (fixture, findings) in fixtures {
            let id = format!("{name}/{group}/{fixture}");
            let bytes = fs::read(folder.join(group).join(format!("{fixture}.json")))
                .unwrap_or_else(|error| panic!("{id}: {error}"));
            if findings
                .iter()
                .any(|finding| finding.starts_with("error json-syntax"))
            {
                continue;
            }
            count += 1;
            let text = String::from_utf8(bytes).unwrap();
            let Some(request) = read(&text, findings) else {
                unread.push(id);
                continue;
            };
            let errors: Vec<String> = validator
                .iter_errors(&request)
                .map(|error| error.to_string())
                .collect();
            if is_refused(findings, &request) == errors.is_empty() {
                mismatches.push(format!(
                    "{id}: expected {findings:?}, the schema says {errors:?}"
                ));
            }
        }
    }
    assert!(
        count > 10 && unread.len() * 4 < count,
        "{unread:?} of {count}"
    );
    mismatches
}

#[test]
fn the_schema_of_each_model_agrees_with_its_fixtures() {
    let mut mismatches = Vec::new();
    for contract in EMBEDDED {
        mismatches.extend(compare(contract.id, &request_validator(&contract.parse())));
    }
    assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
}

#[test]
fn the_schema_of_all_models_agrees_with_all_fixtures() {
    let specs: Vec<Spec> = EMBEDDED.iter().map(EmbeddedContract::parse).collect();
    let validator = validator(&any_schema(&specs));
    let names = EMBEDDED.iter().map(|contract| contract.id).chain(["any"]);
    let mismatches: Vec<String> = names.flat_map(|name| compare(name, &validator)).collect();
    assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
}
