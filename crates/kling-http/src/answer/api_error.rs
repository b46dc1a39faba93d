//! The service's error object.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{deserialize_from, take};
use crate::sanitise::Sanitiser;

/// What the service says went wrong. Its texts are foreign: print them by
/// [`message_text`](Self::message_text) and its neighbours.
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Error")]
pub struct ApiError {
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The class of the error, as `authentication_error`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A number or a string, as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Code>")]
    pub code: Option<Value>,
    /// All other members.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "only its schema is used")]
enum Code {
    Number(i64),
    Text(String),
}

deserialize_from!(Value: ApiError);

impl From<Value> for ApiError {
    /// An object, or a plain string, which some gateways send instead.
    fn from(value: Value) -> Self {
        match value {
            Value::Object(mut members) => Self {
                message: take(&mut members, "message"),
                kind: take(&mut members, "type"),
                code: take(&mut members, "code"),
                other: members,
            },
            Value::String(message) => Self {
                message: Some(message),
                ..Self::default()
            },
            other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) => Self {
                other: Map::from_iter([("error".to_owned(), other)]),
                ..Self::default()
            },
        }
    }
}

impl ApiError {
    /// The error of an answer: its `error` member, or `message` beside `success: false`.
    pub(crate) fn of_answer(members: &Map<String, Value>) -> Option<Self> {
        match members.get("error") {
            Some(error) if !is_nothing(error) => Some(Self::from(error.clone())),
            Some(_) | None => {
                let refused = members.get("success") == Some(&Value::Bool(false));
                let message = members.get("message").and_then(Value::as_str);
                match message {
                    Some(message) if refused || !message.is_empty() => Some(Self {
                        message: Some(message.to_owned()),
                        code: members.get("code").cloned(),
                        ..Self::default()
                    }),
                    None if refused => Some(Self::default()),
                    Some(_) | None => None,
                }
            }
        }
    }

    /// Makes every text safe to print and takes the key out.
    pub(crate) fn sanitised(self, sanitiser: &Sanitiser) -> Self {
        Self {
            message: self.message.map(|text| sanitiser.message(&text)),
            kind: self.kind.map(|text| sanitiser.message(&text)),
            code: self.code.map(|code| match code {
                Value::String(text) => Value::String(sanitiser.message(&text)),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_) => code,
            }),
            // The members nobody knows are in the body that the error keeps.
            other: Map::new(),
        }
    }

    /// What is wrong, bounded and safe to print.
    pub fn message_text(&self) -> Option<String> {
        printable(self.message.as_deref()?)
    }

    /// The class of the error, bounded and safe to print.
    pub fn kind_text(&self) -> Option<String> {
        printable(self.kind.as_deref()?)
    }

    /// The code as text, bounded and safe to print.
    pub fn code_text(&self) -> Option<String> {
        match self.code.as_ref()? {
            Value::String(text) => printable(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl std::fmt::Debug for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiError")
            .field("message", &self.message_text())
            .field("kind", &self.kind_text())
            .field("code", &self.code_text())
            .finish_non_exhaustive()
    }
}

fn printable(text: &str) -> Option<String> {
    let text = Sanitiser::default().message(text);
    (!text.is_empty()).then_some(text)
}

/// Whether an `error` member says that there is none.
pub(crate) fn is_nothing(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}
