//! A model added by its contract alone: no code knows its fields, its rule or its placeholders.

use kling_spec::{Scalar, Spec, request_schema};
use kling_testgen::{broken_by, mutations, valid};
use serde_json::json;

use crate::naive::keeps;
use crate::support::{drawn, request_validator};

const CONTRACT: &str = r#"
id = "atelier-4"
title = "Atelier 4"
endpoint = "POST /v4/films"
about = "Films with actors."

[field.model]
type = "string"
required = true
values = ["atelier-4"]
about = "The model."
source = "Fields / model"

[field.script]
type = "string"
required = true
format = "non-blank"
about = "What happens; `<<<actor_N>>>` names an actor."
source = "Fields / script"

[field.frames]
type = "integer"
values = [48, 96]
default = 48
unit = "frames"
about = "Length."
source = "Fields / frames"

[field.cast]
type = "array"
max-items = 2
about = "The actors."
source = "Fields / cast"

[field."cast[]"]
type = "object"
about = "An actor."
source = "Fields / cast"

[field."cast[].portrait"]
type = "string"
required = true
format = "public-url"
about = "How the actor looks."
source = "Fields / cast"

[field."cast[].part"]
type = "string"
values = ["lead", "extra"]
default = "extra"
about = "What the actor plays."
source = "Fields / cast"

[placeholders]
field = "script"
malformed = { source = "Names in scripts" }
wrong-kind = { source = "Names in scripts" }

[placeholders.kind.actor]
list = "cast"
range = { source = "Names in scripts" }

[rule.lead-needs-time]
when = { contains = ["cast", { const = ["part", "lead"] }] }
must = { const = ["frames", 96] }
blame = ["frames", "cast[].part"]
say = "a lead needs 96 frames"
help = "set `frames` to 96"
source = "Fields / frames"

[mistake.actors]
at = "actors"
means = "cast"
convert = "objects"
say = "actors go to `cast`"

[output]
sound = { present = "cast" }

[billing]
source = "Prices"
[[billing.tier]]
name = "Short"
when = { const = ["frames", 48] }
short-side = 1080
[[billing.tier]]
name = "Long"
when = { const = ["frames", 96] }
short-side = 1080
"#;

fn spec() -> Spec {
    Spec::from_toml(CONTRACT).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn its_contract_is_read() {
    let spec = spec();
    assert_eq!(spec.id(), "atelier-4");
    let frames = spec.field("frames").unwrap();
    assert_eq!(spec.default_of(&frames.path), Some(&Scalar::Integer(48)));
    let placeholders = spec.placeholders().unwrap();
    assert_eq!(placeholders.kinds[0].name, "actor");
    assert_eq!(spec.rules()[0].ground.level, kling_spec::Level::Error);
    assert_eq!(spec.billing().unwrap().tiers.len(), 2);
    // Everything that all models share is there without being stated, but only if it makes sense here.
    assert!(
        spec.field("client_business_id")
            .is_some_and(|field| field.common)
    );
    assert!(
        spec.mistakes()
            .iter()
            .any(|mistake| mistake.name == "model-name" && mistake.common)
    );
    assert!(
        !spec
            .mistakes()
            .iter()
            .any(|mistake| mistake.name == "seconds")
    );
}

#[test]
fn its_schema_follows_from_the_contract() {
    let schema: serde_json::Value = serde_json::from_str(&request_schema(&spec())).unwrap();
    assert_eq!(schema["title"], "Atelier 4 request");
    assert_eq!(schema["required"], json!(["model", "script"]));
    assert_eq!(schema["additionalProperties"], json!(false));
    assert_eq!(
        schema["properties"]["frames"],
        json!({
            "type": "integer",
            "enum": [48, 96],
            "default": 48,
            "description": "Length. Unit: frames.",
            "$comment": "Fields / frames",
        })
    );
    assert_eq!(
        schema["properties"]["cast"],
        json!({
            "type": "array",
            "maxItems": 2,
            "items": {
                "type": "object",
                "required": ["portrait"],
                "properties": {
                    "portrait": {
                        "type": "string",
                        "pattern": "^[\\x00-\\x20]*[Hh][Tt][Tt][Pp][Ss]?:",
                        "description": "How the actor looks.",
                        "$comment": "Fields / cast",
                    },
                    "part": {
                        "type": "string",
                        "enum": ["lead", "extra"],
                        "default": "extra",
                        "description": "What the actor plays.",
                        "$comment": "Fields / cast",
                    },
                },
                "additionalProperties": false,
                "description": "An actor.",
                "$comment": "Fields / cast",
            },
            "description": "The actors.",
            "$comment": "Fields / cast",
        })
    );
    assert_eq!(
        schema["allOf"],
        json!([{
            "$comment": "lead-needs-time: a lead needs 96 frames (Fields / frames)",
            "if": {
                "required": ["cast"],
                "properties": {"cast": {"contains": {"required": ["part"], "properties": {"part": {"const": "lead"}}}}},
            },
            "then": {"required": ["frames"], "properties": {"frames": {"const": 96}}},
        }])
    );
}

#[test]
fn its_requests_are_judged_by_the_contract() {
    let validator = request_validator(&spec());
    let with = |frames: u32, part: &str| {
        json!({
            "model": "atelier-4",
            "script": "<<<actor_1>>> bows",
            "frames": frames,
            "cast": [{"portrait": "https://example.com/a.png", "part": part}],
        })
    };
    assert!(validator.is_valid(&with(96, "lead")));
    assert!(validator.is_valid(&with(48, "extra")));
    assert!(!validator.is_valid(&with(48, "lead")), "the rule is broken");
    assert!(
        !validator.is_valid(&with(50, "extra")),
        "the value is not listed"
    );
    assert!(
        !validator.is_valid(&json!({"model": "atelier-4"})),
        "the script is missing"
    );
}

#[test]
fn requests_of_it_can_be_made_and_broken() {
    let spec = spec();
    let validator = request_validator(&spec);
    for request in drawn(&valid(&spec), 100, |request| &request.text) {
        assert!(
            validator.is_valid(&request) && keeps(&spec, &request, &spec.rules()[0]),
            "{request}"
        );
    }
    let all = mutations(&spec);
    let mutation = all
        .iter()
        .find(|mutation| mutation.planted().rule == "lead-needs-time")
        .unwrap();
    for request in drawn(&broken_by(&spec, mutation), 100, |request| &request.text) {
        assert!(
            !validator.is_valid(&request) && !keeps(&spec, &request, &spec.rules()[0]),
            "{request}"
        );
    }
}
