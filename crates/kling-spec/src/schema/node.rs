//! A JSON value that keeps its members in insertion order.
//!
//! Whether `serde_json`'s own map sorts its members depends on a feature that any crate in a build can turn on; the
//! text of a schema must not depend on it.

use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use crate::scalar::Scalar;

/// A JSON value in a schema.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Bool(bool),
    Number(u64),
    Text(String),
    Scalar(Scalar),
    List(Vec<Node>),
    Object(IndexMap<String, Node>),
}

impl Node {
    pub(super) fn object() -> Self {
        Self::Object(IndexMap::new())
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn scalars(values: &[Scalar]) -> Self {
        Self::List(values.iter().cloned().map(Self::Scalar).collect())
    }

    /// Returns this object with one more member.
    #[must_use]
    pub(super) fn with(mut self, key: &str, value: Self) -> Self {
        self.set(key, value);
        self
    }

    /// Adds a member to an object; anything else stays as it is.
    pub(super) fn set(&mut self, key: &str, value: Self) {
        if let Self::Object(members) = self {
            members.insert(key.to_owned(), value);
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_u64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Scalar(value) => value.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => serializer.collect_map(members),
        }
    }
}

/// Returns JSON text with two spaces of indentation and a final newline.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(value).expect("keys are strings and numbers are finite");
    text.push('\n');
    text
}
