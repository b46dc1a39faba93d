//! What the laws share: contracts, the committed schemas, requests and runners with a fixed seed.

use std::fs;
use std::path::Path as FilePath;

use jsonschema::Validator;
use kling_http::request::Request;
use kling_spec::{EMBEDDED, EmbeddedContract, Path, Scalar, Spec, Type};
use kling_testgen::Json;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

pub(crate) fn specs() -> Vec<Spec> {
    EMBEDDED.iter().map(EmbeddedContract::parse).collect()
}

pub(crate) fn config(seed: u64, cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    }
}

/// The first so many values of a strategy under a seed.
pub(crate) fn draw<T>(strategy: &impl Strategy<Value = T>, seed: u64, count: usize) -> Vec<T> {
    let mut runner = TestRunner::new(config(seed, 1));
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

pub(crate) fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The request of this model in a text, if typed requests take it.
pub(crate) fn read(spec: &Spec, text: &str) -> Option<Request> {
    let request: Request = serde_json::from_str(text).ok()?;
    (request.model() == spec.id()).then_some(request)
}

/// The committed schema of a model.
pub(crate) fn schema(spec: &Spec) -> Value {
    let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let path = folder.join(format!("{}.schema.json", spec.id()));
    parse(&fs::read_to_string(path).unwrap())
}

/// The schema without what goes beyond names, nesting, types, requirement and closed values.
pub(crate) fn structural(spec: &Spec) -> Validator {
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
    let mut schema = schema(spec);
    reduce(&mut schema);
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Whether a member is for editors: it is passed over and never written.
pub(crate) fn is_ignored(name: &str) -> bool {
    name == "$schema"
}

/// The value without the members that are for editors.
pub(crate) fn sent(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| !is_ignored(name));
    }
    value
}

/// An object with all members of the contract, in its order, and one item in each list.
pub(crate) fn full(spec: &Spec, path: &Path) -> Json {
    let members = spec.members(path).filter_map(|field| {
        let name = field.path.name()?;
        (!is_ignored(name)).then(|| (name.to_owned(), value(spec, &field.path)))
    });
    Json::Object(members.collect())
}

fn value(spec: &Spec, path: &Path) -> Json {
    let field = &spec.fields()[path];
    if let Some(value) = field
        .values
        .as_ref()
        .and_then(|values| values.value.list.first())
    {
        return value.into();
    }
    match field.kind {
        Type::String => Json::string("https://example.com/a.png"),
        Type::Integer => Json::Integer(7),
        Type::Boolean => Json::Boolean(true),
        Type::Array => Json::Array(vec![value(spec, &path.items())]),
        Type::Object => full(spec, path),
    }
}

/// The pointer of a field in a request as [`full`] makes them.
pub(crate) fn pointer(path: &Path) -> String {
    let steps = path.steps().iter().map(|step| match step {
        kling_spec::Step::Member(name) => format!("/{name}"),
        kling_spec::Step::Items => "/0".to_owned(),
    });
    steps.collect()
}

pub(crate) fn json(scalar: &Scalar) -> Value {
    serde_json::to_value(scalar).unwrap()
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
