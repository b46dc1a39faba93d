//! Faults in the schema writer do not go unnoticed: for every schema with one keyword changed, some generated request
//! has a different verdict than the checker's.

use kling_check::Checker;
use kling_json::Document;
use kling_spec::{Spec, any_schema, request_schema};
use kling_testgen::{broken_by, mutations};
use serde_json::{Map, Value, json};

use crate::support::{draw, is_valid_by, keeping_all, parsed, requests, specs};

/// Requests for each possible mutation, and of every kind.
const OF_EACH_MUTATION: usize = 5;
const OF_ALL_KINDS: usize = 2_500;

/// A schema that differs from the generated one in one keyword.
struct Mutant {
    what: String,
    schema: Value,
}

/// Returns every schema with one keyword changed, for the part of the schema at a pointer.
fn mutants(schema: &Value, part: &str) -> Vec<Mutant> {
    let mut changes = Vec::new();
    visit(schema.pointer(part).unwrap(), part, &mut changes);
    let mutant = |(pointer, what, edit): Change| {
        let mut schema = schema.clone();
        let node = schema
            .pointer_mut(&pointer)
            .and_then(Value::as_object_mut)
            .unwrap();
        edit(node);
        Mutant {
            what: format!("{pointer}: {what}"),
            schema,
        }
    };
    changes.into_iter().map(mutant).collect()
}

type Edit = Box<dyn Fn(&mut Map<String, Value>)>;
/// The pointer of a schema inside the whole one, what is changed, and how.
type Change = (String, String, Edit);

fn visit(node: &Value, pointer: &str, changes: &mut Vec<Change>) {
    let Some(members) = node.as_object() else {
        return;
    };
    let mut add = |what: String, edit: Edit| changes.push((pointer.to_owned(), what, edit));
    for (keyword, value) in members {
        let key = keyword.clone();
        match keyword.as_str() {
            "required" | "enum" => {
                for (index, entry) in value.as_array().unwrap().iter().enumerate() {
                    let key = key.clone();
                    let drop = move |node: &mut Map<String, Value>| {
                        node[&key].as_array_mut().unwrap().remove(index);
                    };
                    add(format!("without {entry} in `{keyword}`"), Box::new(drop));
                    let other = changed(entry);
                    if keyword == "enum" && !value.as_array().unwrap().contains(&other) {
                        let more = move |node: &mut Map<String, Value>| {
                            node["enum"].as_array_mut().unwrap().push(other.clone());
                        };
                        add(format!("with more than {entry} in `enum`"), Box::new(more));
                    }
                }
            }
            "const" => {
                let other = changed(value);
                add(
                    format!("`const` is {other}"),
                    Box::new(move |node| node["const"] = other.clone()),
                );
            }
            "maxItems" | "minItems" | "maxContains" | "minLength" => {
                let limit = value.as_u64().unwrap();
                for other in [limit + 1, limit.saturating_sub(1)] {
                    if other != limit {
                        let key = key.clone();
                        add(
                            format!("`{keyword}` is {other}"),
                            Box::new(move |node| node[&key] = json!(other)),
                        );
                    }
                }
            }
            "pattern" => {
                let text = value.as_str().unwrap().to_owned();
                let loose = text
                    .trim_start_matches('^')
                    .replace("{0,3}", "*")
                    .replace("[Ff][Ii][Ll][Ee]", "x");
                for other in ["", "^$", &loose] {
                    let other = other.to_owned();
                    add(
                        format!("`pattern` is `{other}`"),
                        Box::new(move |node| node["pattern"] = json!(other)),
                    );
                }
            }
            "type" if members.contains_key("enum") => {}
            "type" | "additionalProperties" | "not" | "items" | "if" | "then" | "contains" => {
                add(
                    format!("without `{keyword}`"),
                    Box::new(move |node| drop(node.remove(&key))),
                );
            }
            "allOf" | "anyOf" => {
                for index in 0..value.as_array().unwrap().len() {
                    let key = key.clone();
                    let drop = move |node: &mut Map<String, Value>| {
                        let several = node[&key].as_array_mut().unwrap();
                        several.remove(index);
                        if several.is_empty() {
                            node.remove(&key);
                        }
                    };
                    add(format!("without {index} in `{keyword}`"), Box::new(drop));
                }
            }
            "properties" => {
                for name in value.as_object().unwrap().keys() {
                    let taken = name.clone();
                    let drop = move |node: &mut Map<String, Value>| {
                        node["properties"].as_object_mut().unwrap().remove(&taken);
                    };
                    add(format!("without the property {name}"), Box::new(drop));
                }
            }
            _ => {}
        }
    }
    visit_inner(members, pointer, changes);
}

/// Visits the schemas inside a schema.
fn visit_inner(members: &Map<String, Value>, pointer: &str, changes: &mut Vec<Change>) {
    for (keyword, value) in members {
        let inner = format!("{pointer}/{keyword}");
        match keyword.as_str() {
            "not" | "items" | "if" | "then" | "contains" => visit(value, &inner, changes),
            "allOf" | "anyOf" => {
                for (index, value) in value.as_array().unwrap().iter().enumerate() {
                    visit(value, &format!("{inner}/{index}"), changes);
                }
            }
            "properties" => {
                for (name, value) in value.as_object().unwrap() {
                    visit(value, &format!("{inner}/{name}"), changes);
                }
            }
            _ => {}
        }
    }
}

/// Returns a value near another one, like those in generated requests.
fn changed(value: &Value) -> Value {
    match value {
        Value::Bool(value) => json!(!value),
        Value::Number(number) => json!(number.as_i64().unwrap() + 1),
        Value::String(text) => json!(format!("{text}x")),
        Value::Null | Value::Array(_) | Value::Object(_) => panic!("no contract has {value}"),
    }
}

/// Returns URLs with a colon somewhere after their beginning.
fn late_colons(spec: &Spec) -> Vec<String> {
    let plan = r#"{"model": "kling-v3-omni", "prompt": "<<<element_1>>>", "metadata": {"element_list": [{"url": "ADDRESS"}]}}"#;
    let addresses = ["./a:b.png", "/data/ab:c", "example.com/ab:c"];
    if spec.id() == "kling-v3-omni" {
        addresses
            .map(|address| plan.replace("ADDRESS", address))
            .into()
    } else {
        Vec::new()
    }
}

/// Returns requests with the checker's verdict on them.
fn judged(checker: &Checker, spec: &Spec) -> Vec<(Value, bool)> {
    let mut texts = draw(&requests(spec), 1, OF_ALL_KINDS);
    texts.extend(late_colons(spec));
    for (seed, mutation) in (2..).zip(mutations(spec)) {
        let broken = draw(&broken_by(spec, &mutation), seed, OF_EACH_MUTATION);
        texts.extend(
            broken
                .into_iter()
                .filter(|request| !request.has_duplicate_keys())
                .map(|request| request.text),
        );
    }
    let judge = |text: String| {
        let value = parsed(&text).unwrap();
        let document = Document::read(text);
        let is_valid = is_valid_by(&checker.check(&document), &value);
        (value, is_valid)
    };
    texts.into_iter().map(judge).collect()
}

/// Returns the changes of a schema that no request detects.
fn unnoticed(schema: &Value, part: &str, requests: &[(Value, bool)]) -> Vec<String> {
    let mutants = mutants(schema, part);
    println!("{} mutants, {} requests", mutants.len(), requests.len());
    assert!(mutants.len() > 10);
    let is_unnoticed = |mutant: &Mutant| {
        let validator = jsonschema::draft202012::new(&mutant.schema).unwrap();
        requests
            .iter()
            .all(|(request, is_valid)| validator.is_valid(request) == *is_valid)
    };
    let unnoticed = mutants
        .into_iter()
        .filter(is_unnoticed)
        .map(|mutant| mutant.what);
    unnoticed
        .filter(|what| !EQUIVALENT.contains(&what.as_str()))
        .collect()
}

/// Changes that do not alter the meaning of the schema.
const EQUIVALENT: &[&str] = &[
    // Anything but an object is refused anyway: by the `not` of a rule, which holds for anything but an object.
    ": without `type`",
    "/properties/metadata/properties/element_list/items/properties/url: without `type`",
    // A `type` that is not an end frame is a first frame, which is what the rule asks for.
    "/allOf/1/if/properties/metadata/properties/image_list/contains: without the property type",
    // If there is an end frame, there is a list of images.
    "/allOf/1/then: without \"metadata\" in `required`",
    "/allOf/1/then/properties/metadata: without \"image_list\" in `required`",
    // A request without a model is refused anyway.
    "/allOf/0/if: without \"model\" in `required`",
    "/allOf/1/if: without \"model\" in `required`",
    "/allOf/2/if: without \"model\" in `required`",
];

#[track_caller]
fn every_fault_is_noticed(id: &str) {
    let spec = Spec::embedded(id).unwrap();
    let schema: Value = serde_json::from_str(&request_schema(&spec)).unwrap();
    let checker = keeping_all(Checker::new(vec![spec.clone()]));
    let requests = judged(&checker, &spec);
    assert_eq!(unnoticed(&schema, "", &requests), Vec::<String>::new());
}

#[test]
fn in_the_schema_of_kling_v3() {
    every_fault_is_noticed("kling-v3");
}

#[test]
fn in_the_schema_of_kling_v3_omni() {
    every_fault_is_noticed("kling-v3-omni");
}

#[test]
fn in_the_schema_of_kling_v3_fast() {
    every_fault_is_noticed("kling-v3-fast");
}

#[test]
fn in_the_dispatch_of_the_schema_of_all_models() {
    let specs = specs();
    let schema: Value = serde_json::from_str(&any_schema(&specs)).unwrap();
    let checker = keeping_all(Checker::embedded());
    let requests: Vec<_> = specs
        .iter()
        .flat_map(|spec| judged(&checker, spec))
        .collect();
    assert_eq!(unnoticed(&schema, "", &requests), Vec::<String>::new());
}
