//! The schema of a model's requests, and the one that dispatches on `model`.

use super::condition::schema_of;
use super::field::{is_error, object};
use super::node::{Node, pretty};
use crate::common::CommonRule;
use crate::ground::Level;
use crate::path::Path;
use crate::scalar::Scalar;
use crate::spec::Spec;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Returns the rules of level error that no schema can express.
pub const fn inexpressible_rules() -> &'static [CommonRule] {
    &[
        CommonRule::JsonSyntax,
        CommonRule::RequestTooLarge,
        CommonRule::DuplicateKey,
        CommonRule::InvalidUrl,
        CommonRule::PrivateHost,
        CommonRule::PlaceholderRange,
        CommonRule::PlaceholderMalformed,
        CommonRule::PlaceholderWrongKind,
        CommonRule::PlaceholderOrder,
    ]
}

/// Returns the JSON Schema (Draft 2020-12) of the requests of a model, as pretty-printed text.
///
/// ```
/// let spec = kling_spec::Spec::embedded("kling-v3").expect("a known model");
/// let schema = kling_spec::request_schema(&spec);
/// assert!(schema.starts_with("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\""));
/// ```
pub fn request_schema(spec: &Spec) -> String {
    let head = Node::object()
        .with("$schema", Node::text(DRAFT))
        .with("title", Node::text(format!("{} request", spec.title)))
        .with(
            "description",
            Node::text(format!("{} Sent as {}.", spec.about, spec.endpoint)),
        )
        .with("$comment", Node::text(limits()));
    pretty(&body(spec, head))
}

/// Returns the schema of the requests of all given models, which dispatches on `model`.
pub fn any_schema(specs: &[Spec]) -> String {
    let ids: Vec<Scalar> = specs
        .iter()
        .map(|spec| Scalar::String(spec.id.clone()))
        .collect();
    let cases = specs.iter().map(|spec| {
        let model = Node::object().with("const", Node::Scalar(Scalar::String(spec.id.clone())));
        let case = Node::object().with("properties", Node::object().with("model", model));
        let reference = Node::object().with("$ref", Node::text(format!("#/$defs/{}", spec.id)));
        Node::object()
            .with(
                "if",
                case.with("required", Node::List(vec![Node::text("model")])),
            )
            .with("then", reference)
    });
    let mut definitions = Node::object();
    for spec in specs {
        let head = Node::object()
            .with("title", Node::text(format!("{} request", spec.title)))
            .with("description", Node::text(spec.about.as_str()));
        definitions.set(&spec.id, body(spec, head));
    }
    let model = Node::object()
        .with("enum", Node::scalars(&ids))
        .with("description", Node::text("The model that makes the video."));
    let schema = Node::object()
        .with("$schema", Node::text(DRAFT))
        .with("title", Node::text("Kling video request"))
        .with(
            "description",
            Node::text("A request for any of the models; `model` says which."),
        )
        .with("$comment", Node::text(limits()))
        .with("type", Node::text("object"))
        .with("required", Node::List(vec![Node::text("model")]))
        .with("properties", Node::object().with("model", model))
        .with("allOf", Node::List(cases.collect()))
        .with("$defs", definitions);
    pretty(&schema)
}

fn body(spec: &Spec, head: Node) -> Node {
    let Node::Object(members) = object(spec, Path::ROOT) else {
        return head;
    };
    let mut node = members
        .into_iter()
        .fold(head, |node, (key, value)| node.with(&key, value));
    let rules: Vec<Node> = spec
        .rules
        .iter()
        .filter(|rule| is_error(&rule.ground))
        .map(|rule| {
            let must = schema_of(&rule.must, spec, Path::ROOT);
            let comment = Node::text(format!(
                "{}: {} ({})",
                rule.id, rule.say, rule.ground.evidence
            ));
            let node = Node::object().with("$comment", comment);
            match &rule.when {
                Some(when) => node
                    .with("if", schema_of(when, spec, Path::ROOT))
                    .with("then", must),
                None => node.with("allOf", Node::List(vec![must])),
            }
        })
        .collect();
    if !rules.is_empty() {
        node.set("allOf", Node::List(rules));
    }
    node.with("examples", Node::List(vec![example(spec)]))
}

/// Returns the smallest request that the contract accepts.
fn example(spec: &Spec) -> Node {
    let mut node = Node::object();
    for field in spec
        .members(Path::ROOT)
        .filter(|field| field.required.is_some())
    {
        let value = field.closed_values().and_then(<[Scalar]>::first).cloned();
        let value = value.unwrap_or_else(|| {
            Scalar::String("A paper boat drifts down a rainy street".to_owned())
        });
        if let Some(name) = field.path.name() {
            node.set(name, Node::Scalar(value));
        }
    }
    node
}

fn limits() -> String {
    let rules: Vec<&str> = inexpressible_rules().iter().map(|rule| rule.id()).collect();
    format!(
        "Valid here means: no {} of a rule that a schema can express. Not expressed: {}; blank-text beyond an empty text.",
        Level::Error,
        rules.join(", ")
    )
}
