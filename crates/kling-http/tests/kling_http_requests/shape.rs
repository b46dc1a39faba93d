//! Names, nesting, types, requirement and closed values, place by place, against contract and schema.

use kling_http::request::Request;
use kling_spec::{Field, Path, Spec, Step, Type};
use kling_testgen::plain;
use serde_json::{Value, json};

use crate::support::{
    full, is_ignored, json as scalar, parse, pointer, read, schema, specs, structural,
};

/// The full request of each model, with the text that the contract gives it.
fn full_requests() -> Vec<(Spec, String)> {
    let with_text = |spec: Spec| {
        let text = plain(&full(&spec, &Path::root()));
        (spec, text)
    };
    specs().into_iter().map(with_text).collect()
}

/// The fields that typed requests have.
fn fields(spec: &Spec) -> impl Iterator<Item = &Field> {
    let is_sent = |field: &&Field| !field.path.name().is_some_and(is_ignored);
    spec.fields().values().filter(is_sent)
}

/// The full request with one place changed by a function.
fn changed(text: &str, path: &Path, change: impl FnOnce(&mut Value)) -> Value {
    let mut value = parse(text);
    change(value.pointer_mut(&pointer(path)).unwrap());
    value
}

/// The full request without a member.
fn without(text: &str, field: &Field) -> Value {
    let (parent, name) = (field.path.parent().unwrap(), field.path.name().unwrap());
    changed(text, &parent, |object| {
        object.as_object_mut().unwrap().remove(name);
    })
}

#[track_caller]
fn assert_taken(spec: &Spec, value: &Value) {
    let typed: Request = serde_json::from_value(value.clone())
        .unwrap_or_else(|error| panic!("{}: {error}: {value}", spec.id()));
    assert_eq!(serde_json::to_value(&typed).unwrap(), *value);
    assert_eq!(read(spec, &value.to_string()), Some(typed));
}

#[track_caller]
fn assert_refused(spec: &Spec, value: &Value) {
    let text = value.to_string();
    assert_eq!(read(spec, &text), None, "{text}");
    assert!(serde_json::from_value::<Request>(value.clone()).is_err());
}

#[test]
fn every_model_has_a_type() {
    let ids: Vec<String> = specs()
        .into_iter()
        .map(|spec| spec.id().to_owned())
        .collect();
    assert_eq!(ids, Request::MODELS);
}

#[test]
fn a_request_with_every_member_is_written_in_the_order_of_the_contract() {
    for (spec, text) in full_requests() {
        let typed: Request = serde_json::from_str(&text).unwrap();
        assert_eq!(typed.to_json(), text);
        assert!(text.starts_with(&format!(r#"{{"model":"{}","#, spec.id())));
    }
}

#[test]
fn the_members_of_each_object_are_those_of_the_schema() {
    for (spec, text) in full_requests() {
        let schema = schema(&spec);
        let objects = fields(&spec)
            .filter(|field| field.kind == Type::Object)
            .map(|field| &field.path);
        let mut compared = 0;
        for path in objects.chain([&Path::root()]) {
            let place: String = path
                .steps()
                .iter()
                .map(|step| match step {
                    Step::Member(name) => format!("/properties/{name}"),
                    Step::Items => "/items".to_owned(),
                })
                .collect();
            let properties = schema.pointer(&format!("{place}/properties")).unwrap();
            let names = properties.as_object().unwrap().keys();
            let names: Vec<&String> = names.filter(|name| !is_ignored(name)).collect();
            let typed = serde_json::from_str::<Request>(&text).unwrap();
            let written = serde_json::to_value(typed).unwrap();
            let object = written.pointer(&pointer(path)).unwrap();
            let written: Vec<&String> = object.as_object().unwrap().keys().collect();
            assert_eq!(written, names, "{} at `{path}`", spec.id());
            compared += names.len();
        }
        assert!(compared > 7, "{compared}");
    }
}

#[test]
fn a_required_member_cannot_be_left_out_and_an_optional_one_can() {
    for (spec, text) in full_requests() {
        for field in fields(&spec).filter(|field| field.path.name().is_some()) {
            let less = without(&text, field);
            if field.required.is_some() {
                assert_refused(&spec, &less);
            } else {
                assert_taken(&spec, &less);
            }
        }
    }
}

#[test]
fn closed_values_are_taken_and_no_other() {
    for (spec, text) in full_requests() {
        let schema = structural(&spec);
        for field in fields(&spec) {
            let Some(values) = field.closed_values() else {
                continue;
            };
            let set = |value: Value| changed(&text, &field.path, |place| *place = value);
            for value in values {
                assert_taken(&spec, &set(scalar(value)));
            }
            let near = values.iter().flat_map(|value| match scalar(value) {
                Value::Number(number) => {
                    let number = number.as_i64().unwrap();
                    vec![
                        json!(number - 1),
                        json!(number + 1),
                        json!(-number),
                        json!(f64::from(i32::try_from(number).unwrap()) + 0.5),
                        json!(number.to_string()),
                    ]
                }
                Value::String(text) => vec![
                    json!(text.to_uppercase()),
                    json!(format!("{text} ")),
                    json!(text[1..]),
                    json!([text]),
                    json!({ text: null }),
                ],
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                    panic!("{value} is no closed value")
                }
            });
            let far = [
                json!(""),
                json!("null"),
                json!(0),
                json!(i64::MAX),
                json!(1e300),
            ];
            for value in near.chain(far).map(set) {
                if !schema.is_valid(&value) {
                    assert_refused(&spec, &value);
                }
            }
        }
    }
}

#[test]
fn open_values_are_taken() {
    for (spec, text) in full_requests() {
        for field in fields(&spec) {
            if field.kind != Type::String || field.closed_values().is_some() {
                continue;
            }
            let listed = field
                .values
                .iter()
                .flat_map(|claim| claim.value.list.iter().map(scalar));
            for value in listed.chain([json!("another"), json!("")]) {
                assert_taken(&spec, &changed(&text, &field.path, |place| *place = value));
            }
        }
    }
}

#[test]
fn a_value_of_another_type_is_refused_everywhere() {
    let values = [
        json!(null),
        json!(true),
        json!(7),
        json!(7.5),
        json!("text"),
        json!([]),
        json!([1]),
        json!({}),
    ];
    for (spec, text) in full_requests() {
        let schema = structural(&spec);
        let mut refused = 0;
        for path in fields(&spec)
            .map(|field| &field.path)
            .chain([&Path::root()])
        {
            for value in &values {
                let value = changed(&text, path, |place| *place = value.clone());
                if schema.is_valid(&value) {
                    assert_taken(&spec, &value);
                } else {
                    assert_refused(&spec, &value);
                    refused += 1;
                }
            }
        }
        assert!(refused > 50, "{refused}");
    }
}

#[test]
fn an_empty_list_stays_one() {
    for (spec, text) in full_requests() {
        for field in fields(&spec).filter(|field| field.kind == Type::Array) {
            let value = changed(&text, &field.path, |list| *list = json!([]));
            assert_taken(&spec, &value);
        }
    }
}

#[test]
fn an_unknown_member_is_refused_in_every_object() {
    for (spec, text) in full_requests() {
        let objects = fields(&spec).filter(|field| field.kind == Type::Object);
        for path in objects.map(|field| &field.path).chain([&Path::root()]) {
            for name in ["colour", "Model", "a", "z"] {
                let value = changed(&text, path, |object| object[name] = json!("red"));
                assert_refused(&spec, &value);
            }
        }
    }
}

#[test]
fn a_repeated_member_is_refused_in_every_object_wherever_the_model_stands() {
    for (spec, text) in full_requests() {
        for field in fields(&spec) {
            let Some(name) = field.path.name() else {
                continue;
            };
            let member = format!("\"{name}\":");
            assert!(text.contains(&member), "{member}");
            let value = parse(&text);
            let value = value.pointer(&pointer(&field.path)).unwrap();
            let twice = text.replace(&member, &format!("{member}{value},{member}"));
            assert_eq!(read(&spec, &twice), None, "{twice}");
            let model = format!(r#""model":"{}""#, spec.id());
            let rest = twice.strip_prefix(&format!("{{{model},")).unwrap();
            let model_last = format!("{{{},{model}}}", rest.strip_suffix('}').unwrap());
            assert_eq!(read(&spec, &model_last), None, "{model_last}");
        }
        let model = format!(r#""model":"{}""#, spec.id());
        let rest = text.strip_prefix(&format!("{{{model},")).unwrap();
        let model_last = format!("{{{},{model}}}", rest.strip_suffix('}').unwrap());
        assert_eq!(read(&spec, &model_last), read(&spec, &text));
    }
}

#[test]
fn what_is_for_editors_is_passed_over() {
    for (spec, text) in full_requests() {
        let typed = read(&spec, &text).unwrap();
        let rest = text.strip_prefix('{').unwrap();
        let front = format!(r#"{{"$schema":"https://example.com/s.json",{rest}"#);
        assert_eq!(read(&spec, &front), Some(typed.clone()));
        let back = format!(
            r#"{},"$schema":"s.json"}}"#,
            text.strip_suffix('}').unwrap()
        );
        assert_eq!(read(&spec, &back), Some(typed));
    }
}
