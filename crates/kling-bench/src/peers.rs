//! The peers: other checkers of the same requests.
//!
//! Each peer gets one validator per model, made from the model's own schema, and picks it by the `model` of the parsed
//! value. This makes it faster than the single schema of all models, which has to try every model's branch;
//! [`OneJsonSchema`] shows by how much.

use boon::{Compiler, SchemaIndex, Schemas};
use jsonschema::{ErrorIterator, Validator};
use serde_json::Value;

include!(concat!(env!("OUT_DIR"), "/schemas.rs"));

mod compiled {
    use super::ListErrors;

    include!(concat!(env!("OUT_DIR"), "/compiled.rs"));

    pub(super) fn of(model: &str) -> Option<ListErrors> {
        COMPILED
            .iter()
            .find(|(id, _)| *id == model)
            .map(|(_, list)| *list)
    }
}

type ListErrors = for<'i> fn(&'i Value) -> ErrorIterator<'i>;

/// A peer's verdict on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The text is not JSON.
    NotJson,
    /// No known model is named, so no schema applies.
    UnknownModel,
    /// A schema was applied and reported this many errors; none means valid.
    Errors(usize),
}

impl Verdict {
    /// Returns whether the request is valid.
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Errors(0))
    }
}

/// A checker of requests to compare with ours.
pub trait Peer {
    /// Reads a request and lists its errors with their places.
    fn check(&self, text: &str) -> Verdict;
}

fn model(value: &Value) -> Option<&str> {
    value.get("model").and_then(Value::as_str)
}

/// Formats the place and the message of each error, as a program that prints them has to.
fn count(errors: ErrorIterator<'_>) -> Verdict {
    let asked = errors.map(|error| {
        let place = error.instance_path().as_str().len();
        std::hint::black_box((place, error.to_string()))
    });
    Verdict::Errors(asked.count())
}

fn built(schema: &str) -> Validator {
    let schema = serde_json::from_str(schema).expect("the generator writes JSON");
    jsonschema::validator_for(&schema).expect("the generator writes schemas")
}

/// `serde_json` and the validators that `jsonschema` builds at run time.
#[derive(Debug)]
pub struct JsonSchema {
    validators: Vec<(&'static str, Validator)>,
}

impl JsonSchema {
    /// Builds the validators.
    ///
    /// # Panics
    /// Never for the schemas here: a test builds them all.
    pub fn new() -> Self {
        let validators = SCHEMAS.iter().map(|(id, schema)| (*id, built(schema)));
        Self {
            validators: validators.collect(),
        }
    }

    /// Returns the validator of a model.
    pub fn validator(&self, model: &str) -> Option<&Validator> {
        self.validators
            .iter()
            .find(|(id, _)| *id == model)
            .map(|(_, validator)| validator)
    }

    /// Returns the validator for a request, if it names a known model.
    pub fn validator_for(&self, request: &Value) -> Option<&Validator> {
        self.validator(model(request)?)
    }
}

impl Default for JsonSchema {
    fn default() -> Self {
        Self::new()
    }
}

impl Peer for JsonSchema {
    fn check(&self, text: &str) -> Verdict {
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            return Verdict::NotJson;
        };
        match self.validator_for(&value) {
            Some(validator) => count(validator.iter_errors(&value)),
            None => Verdict::UnknownModel,
        }
    }
}

/// `serde_json` and the validator that `jsonschema` builds at run time from the single schema of all models.
#[derive(Debug)]
pub struct OneJsonSchema(Validator);

impl OneJsonSchema {
    /// Builds the validator.
    ///
    /// # Panics
    /// Never for the schema here: a test builds it.
    pub fn new() -> Self {
        Self(built(ANY_SCHEMA))
    }
}

impl Default for OneJsonSchema {
    fn default() -> Self {
        Self::new()
    }
}

impl Peer for OneJsonSchema {
    fn check(&self, text: &str) -> Verdict {
        match serde_json::from_str::<Value>(text) {
            Ok(value) => count(self.0.iter_errors(&value)),
            Err(_) => Verdict::NotJson,
        }
    }
}

/// `serde_json` and the validators that the macro of `jsonschema` generates at compile time.
#[derive(Debug, Clone, Copy, Default)]
pub struct CompiledJsonSchema;

impl Peer for CompiledJsonSchema {
    fn check(&self, text: &str) -> Verdict {
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            return Verdict::NotJson;
        };
        match model(&value).and_then(compiled::of) {
            Some(list) => count(list(&value)),
            None => Verdict::UnknownModel,
        }
    }
}

/// `serde_json` and the validators of `boon`.
pub struct Boon {
    schemas: Schemas,
    indices: Vec<(&'static str, SchemaIndex)>,
}

impl Boon {
    /// Builds the validators.
    ///
    /// # Panics
    /// Never for the schemas here: a test builds them all.
    pub fn new() -> Self {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        let mut indices = Vec::new();
        for (id, schema) in SCHEMAS {
            let schema = serde_json::from_str(schema).expect("the generator writes JSON");
            let name = format!("{id}.json");
            compiler
                .add_resource(&name, schema)
                .expect("each model has a name of its own");
            indices.push((
                *id,
                compiler
                    .compile(&name, &mut schemas)
                    .expect("the generator writes schemas"),
            ));
        }
        Self { schemas, indices }
    }
}

impl Default for Boon {
    fn default() -> Self {
        Self::new()
    }
}

impl Peer for Boon {
    fn check(&self, text: &str) -> Verdict {
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            return Verdict::NotJson;
        };
        let Some(id) = model(&value) else {
            return Verdict::UnknownModel;
        };
        let Some((_, index)) = self.indices.iter().find(|(known, _)| *known == id) else {
            return Verdict::UnknownModel;
        };
        match self.schemas.validate(&value, *index) {
            Ok(()) => Verdict::Errors(0),
            Err(error) => Verdict::Errors(error.causes.len().max(1)),
        }
    }
}
