//! Rows of a contract as JSON Schema.

use std::fmt::Write as _;

use super::node::Node;
use crate::field::{Field, Format, Type};
use crate::ground::{Ground, Level};
use crate::path::Path;
use crate::spec::Spec;

/// A ratio: two whole numbers from 1 to 9999.
const RATIO_PATTERN: &str = "^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$";
/// The beginning of an http or https URL, after the white space that URL parsers strip.
const HTTP_PATTERN: &str = r"^[\x00-\x20]*[Hh][Tt][Tt][Pp][Ss]?:";
const HTTPS_PATTERN: &str = r"^[\x00-\x20]*[Hh][Tt][Tt][Pp][Ss]:";
/// The beginning of a URL with any scheme; a single letter is a Windows drive.
const SCHEME_PATTERN: &str = r"^[\x00-\x20]*[A-Za-z][A-Za-z0-9+.-]+:";
/// The schemes that no asset URL may have.
const EXCLUDED_SCHEME_PATTERN: &str = r"^[\x00-\x20]*([Dd][Aa][Tt][Aa]|[Ff][Ii][Ll][Ee]):";

/// Returns the schema of an object: its members, the required ones, and no others.
pub(super) fn object(spec: &Spec, path: &Path) -> Node {
    let kind = spec
        .fields
        .get(path)
        .map_or_else(|| Node::text("object"), type_of);
    let mut node = Node::object().with("type", kind);
    let required: Vec<Node> = spec
        .members(path)
        .filter(|field| field.required.as_ref().is_some_and(is_error))
        .filter_map(|field| field.path.name())
        .map(Node::text)
        .collect();
    if !required.is_empty() {
        node.set("required", Node::List(required));
    }
    let mut properties = Node::object();
    for field in spec.members(path) {
        if let Some(name) = field.path.name() {
            properties.set(name, row(spec, field));
        }
    }
    node.with("properties", properties)
        .with("additionalProperties", Node::Bool(false))
}

pub(super) fn is_error(ground: &Ground) -> bool {
    ground.level == Level::Error
}

/// Returns the type of a row. If another type is not an error, only `null` is ruled out, which is not allowed as the
/// value of any field.
fn type_of(field: &Field) -> Node {
    if is_error(&field.ground) {
        return Node::text(field.kind.as_str());
    }
    let all = ["array", "boolean", "number", "object", "string"];
    Node::List(all.into_iter().map(Node::text).collect())
}

fn row(spec: &Spec, field: &Field) -> Node {
    let mut node = match field.kind {
        Type::Object => object(spec, &field.path),
        Type::Array => {
            let mut node = Node::object().with("type", type_of(field));
            if let Some(items) = spec.fields.get(&field.path.items()) {
                node.set("items", row(spec, items));
            }
            if let Some(limit) = field
                .max_items
                .as_ref()
                .filter(|claim| is_error(&claim.ground))
            {
                node.set("maxItems", Node::Number(limit.value));
            }
            node
        }
        Type::String | Type::Integer | Type::Boolean => scalar(field),
    };
    node.set("description", Node::text(description(field)));
    let comment = comment(field);
    if !comment.is_empty() {
        node.set("$comment", Node::text(comment));
    }
    node
}

fn scalar(field: &Field) -> Node {
    let mut node = Node::object().with("type", type_of(field));
    if let Some(values) = &field.values {
        if values.value.open || !is_error(&values.ground) {
            node.set("examples", Node::scalars(&values.value.list));
        } else {
            node.set("enum", Node::scalars(&values.value.list));
        }
    }
    if !field.examples.is_empty() {
        node.set("examples", Node::scalars(&field.examples));
    }
    if let Some(default) = &field.default {
        node.set("default", Node::Scalar(default.value.clone()));
    }
    if let Some(limit) = field
        .max_characters
        .as_ref()
        .filter(|claim| is_error(&claim.ground))
    {
        node.set("maxLength", Node::Number(limit.value));
    }
    if let Some(format) = field
        .format
        .as_ref()
        .filter(|claim| is_error(&claim.ground))
    {
        match format.value {
            Format::NonBlank => node.set("minLength", Node::Number(1)),
            Format::Ratio => node.set("pattern", Node::text(RATIO_PATTERN)),
            Format::PublicUrl => node.set("pattern", Node::text(HTTP_PATTERN)),
            Format::CallbackUrl => node.set("pattern", Node::text(HTTPS_PATTERN)),
            Format::AssetUrl => {
                node.set("pattern", Node::text(SCHEME_PATTERN));
                let excluded = Node::object().with("pattern", Node::text(EXCLUDED_SCHEME_PATTERN));
                node.set("not", excluded);
            }
        }
    }
    node
}

fn description(field: &Field) -> String {
    match &field.unit {
        Some(unit) => format!("{} Unit: {unit}.", field.about),
        None => field.about.clone(),
    }
}

/// Describes what the row rests on, and the limits that are not errors and therefore not in the schema.
fn comment(field: &Field) -> String {
    let mut text = field.ground.evidence.to_string();
    let mut soft = |name: &str, value: String, ground: &Ground| {
        if !is_error(ground) {
            write!(
                text,
                "; {} {name}: {value} ({})",
                ground.level, ground.evidence
            )
            .expect("writing to a String cannot fail");
        }
    };
    if let Some(claim) = &field.max_characters {
        soft(
            "too-long",
            format!("at most {} characters", claim.value),
            &claim.ground,
        );
    }
    if let Some(claim) = &field.max_items {
        soft(
            "too-many-items",
            format!("at most {} items", claim.value),
            &claim.ground,
        );
    }
    text
}
