//! The service's error object.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{deserialize_from, take};
use crate::sanitise::Sanitiser;

/// What the service says went wrong. Its texts are untrusted: print them with
/// [`message_text`](Self::message_text) and the methods beside it.
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Error")]
#[non_exhaustive]
pub struct ApiError {
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The class of the error, such as `authentication_error`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A number or a string, as received.
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
    /// Accepts an object, or the plain string that some gateways send instead.
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
    /// Makes every text safe to print and removes the key.
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
            // Unknown members are in the body that the error keeps.
            other: Map::new(),
        }
    }

    /// Returns what is wrong, in one line, bounded and safe to print: the message, else the code or the class.
    pub fn summary(&self) -> Option<String> {
        self.message_text()
            .or_else(|| self.code_text())
            .or_else(|| self.kind_text())
    }

    /// Whether it says that the service does not know the task.
    pub(crate) fn is_about_an_unknown_task(&self) -> bool {
        self.says_one_of(&[
            "task not exist",
            "task does not exist",
            "task not found",
            "no such task",
        ])
    }

    /// Whether it says that the service already has this task, request or id.
    pub(crate) fn is_about_a_task_that_is_there(&self) -> bool {
        self.says_one_of(&[
            "already exist",
            "been created",
            "was created",
            "duplicate client business id",
            "duplicate request",
            "duplicate submission",
            "duplicate task",
        ])
    }

    /// Whether it reports a failure that may occur after the request was forwarded: a timeout, or a 5xx.
    pub(crate) fn is_of_a_passed_on_request(&self) -> bool {
        let code = self.code_text().and_then(|code| code.parse::<u16>().ok());
        matches!(code, Some(408 | 409 | 500..600))
            || self.says_one_of(&["timeout", "time out", "timed out"])
    }

    /// Whether it contains one of these phrases, in plain words or joined by any punctuation.
    fn says_one_of(&self, known: &[&str]) -> bool {
        [self.message_text(), self.code_text(), self.kind_text()]
            .into_iter()
            .flatten()
            .any(|text| {
                let words: Vec<&str> = text
                    .split(|character: char| !character.is_ascii_alphanumeric())
                    .filter(|word| !word.is_empty())
                    .collect();
                let text = words.join(" ").to_ascii_lowercase();
                known.iter().any(|known| text.contains(known))
            })
    }

    /// Whether it says that the model does not exist, which will not change by itself.
    pub(crate) fn is_about_an_unknown_model(&self) -> bool {
        self.code_text().as_deref() == Some("model_not_found")
    }

    /// Returns what is wrong, bounded and safe to print.
    pub fn message_text(&self) -> Option<String> {
        printable(self.message.as_deref()?)
    }

    /// The class of the error, bounded and safe to print.
    pub(crate) fn kind_text(&self) -> Option<String> {
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
