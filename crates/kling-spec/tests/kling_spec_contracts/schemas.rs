//! The schemas of requests: valid themselves, and in step with the conditions of the contracts.

use kling_spec::{
    EMBEDDED, EmbeddedContract, Level, Spec, any_schema, inexpressible_rules, request_schema,
};
use kling_testgen::valid;
use serde_json::{Value, json};

use crate::naive::keeps;
use crate::support::{CONTRACT, drawn, request_validator, validator};

fn specs() -> Vec<Spec> {
    let small = Spec::from_toml(CONTRACT).unwrap();
    EMBEDDED
        .iter()
        .map(EmbeddedContract::parse)
        .chain([small])
        .collect()
}

#[test]
fn every_schema_is_a_valid_schema_that_accepts_its_own_examples() {
    let specs = specs();
    let one_each = specs.iter().map(request_schema);
    for text in one_each.chain([any_schema(&specs)]) {
        let schema: Value = serde_json::from_str(&text).unwrap();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        let validator = validator(&text);
        for example in schema["examples"].as_array().into_iter().flatten() {
            assert!(validator.is_valid(example), "{example}");
        }
        assert!(text.ends_with("}\n") && !text.contains('\r'), "{text}");
    }
}

#[test]
fn every_schema_names_the_rules_that_it_cannot_express() {
    for spec in specs() {
        let schema: Value = serde_json::from_str(&request_schema(&spec)).unwrap();
        let comment = schema["$comment"].as_str().unwrap();
        for rule in inexpressible_rules() {
            assert!(
                comment.contains(rule.id()),
                "{} does not name {rule}",
                spec.id()
            );
        }
    }
}

#[test]
fn every_field_and_every_rule_of_level_error_is_in_its_schema() {
    for spec in specs() {
        let text = request_schema(&spec);
        let schema: Value = serde_json::from_str(&text).unwrap();
        for field in spec.fields().values() {
            let mut node = &schema;
            for step in field.path.steps() {
                node = match step {
                    kling_spec::Step::Member(name) => &node["properties"][name],
                    kling_spec::Step::Items => &node["items"],
                };
            }
            assert!(
                node["description"]
                    .as_str()
                    .unwrap()
                    .starts_with(&field.about),
                "{}",
                field.path
            );
        }
        let comments: Vec<&str> = schema["allOf"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|rule| rule["$comment"].as_str().unwrap())
            .collect();
        for rule in spec.rules() {
            let is_there = comments
                .iter()
                .any(|comment| comment.starts_with(&format!("{}: ", rule.id)));
            assert_eq!(is_there, rule.ground.level == Level::Error, "{}", rule.id);
        }
    }
}

/// Well-formed requests, which keep or break the rules at random.
fn well_formed(text: &str, count: usize) -> Vec<Value> {
    // A table extends to the next header.
    let mut is_rule = false;
    let kept = text.lines().filter(|line| {
        if line.starts_with('[') {
            is_rule = line.starts_with("[rule.");
        }
        !is_rule
    });
    let text: Vec<&str> = kept.collect();
    let without_rules = Spec::from_toml(&text.join("\n")).unwrap();
    assert!(without_rules.rules().is_empty());
    drawn(&valid(&without_rules), count, |request| &request.text)
}

#[test]
fn a_well_formed_request_is_valid_if_it_keeps_every_rule_of_level_error() {
    for contract in EMBEDDED {
        agree(contract.text);
    }
    agree(CONTRACT);
}

/// Compares the schema of a contract with its rules.
#[track_caller]
fn agree(text: &str) {
    let spec = &Spec::from_toml(text).unwrap();
    let validator = request_validator(spec);
    let mut kept_and_broken = [0, 0];
    for request in well_formed(text, 400) {
        let errors = spec
            .rules()
            .iter()
            .filter(|rule| rule.ground.level == Level::Error);
        let broken: Vec<&str> = errors
            .filter(|rule| !keeps(spec, &request, rule))
            .map(|rule| rule.id.as_str())
            .collect();
        assert_eq!(
            validator.is_valid(&request),
            broken.is_empty(),
            "{broken:?}: {request}"
        );
        kept_and_broken[usize::from(!broken.is_empty())] += 1;
    }
    let has_rules = spec
        .rules()
        .iter()
        .any(|rule| rule.ground.level == Level::Error);
    assert!(
        kept_and_broken[0] > 0 && (kept_and_broken[1] > 0) == has_rules,
        "{}: {kept_and_broken:?}",
        spec.id()
    );
}

/// Conditions of every form, on single values, items, defaults and absent members.
#[test]
fn every_form_of_condition_means_the_same_in_the_schema() {
    let more_fields = r#"
        [field.loop]
        type = "boolean"
        default = true
        about = "x"
        source = "x"
        [field.sounds]
        type = "array"
        about = "x"
        source = "x"
        [field."sounds[]"]
        type = "string"
        about = "x"
        source = "x"
        [field.deep]
        type = "object"
        about = "x"
        source = "x"
        [field."deep.size"]
        type = "integer"
        values = [1, 2]
        default = 2
        about = "x"
        source = "x"
        [field."deep.shots"]
        type = "array"
        about = "x"
        source = "x"
        [field."deep.shots[]"]
        type = "object"
        about = "x"
        source = "x"
        [field."deep.shots[].wide"]
        type = "boolean"
        default = false
        about = "x"
        source = "x"
        [field."deep.shots[].lens"]
        type = "object"
        about = "x"
        source = "x"
        [field."deep.shots[].lens.f"]
        type = "integer"
        values = [2, 4]
        about = "x"
        source = "x"
    "#;
    let conditions = [
        r#"{ present = "loop" }"#,
        r#"{ present = "sounds" }"#,
        r#"{ present = "deep.shots" }"#,
        r#"{ const = ["loop", true] }"#,
        r#"{ const = ["loop", false] }"#,
        r#"{ const = ["deep.size", 2] }"#,
        r#"{ const = ["deep.size", 1] }"#,
        r#"{ max-items = [["sounds"], 2] }"#,
        r#"{ max-items = [["sounds", "deep.shots"], 4] }"#,
        r#"{ max-items = [["sounds", "deep.shots", "images"], 7] }"#,
        r#"{ max-items = [["sounds"], 0] }"#,
        r#"{ contains = ["deep.shots", { const = ["wide", true] }] }"#,
        r#"{ contains = ["deep.shots", { const = ["wide", false] }] }"#,
        r#"{ contains = ["deep.shots", { const = ["lens.f", 2] }] }"#,
        r#"{ contains = ["deep.shots", { not = { present = "lens" } }] }"#,
        r#"{ max-contains = ["deep.shots", { const = ["wide", false] }, 1] }"#,
        r#"{ max-contains = ["deep.shots", { present = "lens.f" }, 0] }"#,
        r#"{ max-contains = ["images", { any-of = [{ const = ["kind", "end"] }, { present = "url" }] }, 2] }"#,
        r#"{ all-of = [{ present = "loop" }, { const = ["deep.size", 2] }] }"#,
        r#"{ any-of = [{ present = "sounds" }, { const = ["loop", false] }] }"#,
    ];
    for condition in conditions {
        for must in [
            condition.to_owned(),
            format!("{{ not = {condition} }}"),
            format!("{{ not = {{ not = {condition} }} }}"),
        ] {
            let rule = format!(
                "[rule.r]\nmust = {must}\nblame = [\"prompt\"]\nsay = \"x\"\nhelp = \"x\"\nsource = \"x\"\n"
            );
            agree(&format!("{CONTRACT}\n{more_fields}\n{rule}"));
        }
    }
}

#[test]
fn the_schema_of_all_models_dispatches_on_the_model() {
    let specs = specs();
    let any = validator(&any_schema(&specs));
    let texts = EMBEDDED.iter().map(|contract| contract.text);
    for (spec, text) in specs.iter().zip(texts.chain([CONTRACT])) {
        let own = request_validator(spec);
        for request in well_formed(text, 60) {
            assert_eq!(any.is_valid(&request), own.is_valid(&request), "{request}");
        }
    }
    assert!(any.is_valid(&json!({"model": "kling-v3-fast", "prompt": "a boat", "duration": 3})));
    assert!(!any.is_valid(&json!({"model": "kling-v3", "prompt": "a boat", "duration": 3})));
    for wrong in [
        json!({"prompt": "a boat"}),
        json!({"model": "kling-v4", "prompt": "a boat"}),
        json!({"model": 3}),
        json!([]),
    ] {
        assert!(!any.is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn a_claim_that_is_not_an_error_does_not_refuse() {
    let spec = Spec::embedded("kling-v3-omni").unwrap();
    let validator = request_validator(&spec);
    let with = |key: &str, value: Value| {
        let mut request = json!({"model": "kling-v3-omni", "prompt": "a boat"});
        request[key] = value;
        validator.is_valid(&request)
    };
    assert!(with("prompt", json!("x".repeat(2501))), "upstream limit");
    assert!(with("aspect_ratio", json!("21:9")), "open values");
    assert!(with("$schema", json!(5)), "inferred row");
    assert!(
        !with("$schema", Value::Null),
        "null is not a value of any field"
    );
    assert!(!with("aspect_ratio", json!("wide")), "no ratio");
    assert!(!with("duration", json!(6)), "closed values");
    assert!(with("duration", json!(5.0)), "numbers compare by value");
}
