//! A file of cases: one JSON object per line, each with an id and what is expected.

use std::path::Path;

use serde_json::Value;
use xtask::failure::{Failure, Result, read as read_text};

/// One case.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) id: String,
    /// All of its members.
    pub(super) members: Value,
}

impl Case {
    /// # Errors
    /// There is no `id`.
    pub(super) fn new(members: Value) -> Result<Self> {
        let id = members["id"].as_str().map(str::to_owned);
        let id = id.ok_or_else(|| Failure::new("a case has no `id`"))?;
        Ok(Self { id, members })
    }

    /// Returns a string member.
    ///
    /// # Errors
    /// It is missing, or not a string.
    pub(super) fn text(&self, name: &str) -> Result<&str> {
        let text = self.members[name].as_str();
        text.ok_or_else(|| Failure::new(format!("`{name}` must be a string")))
    }
}

/// Returns the cases of a file, in order.
///
/// # Errors
/// The file cannot be read, or a line is not a case.
pub(super) fn read(path: &Path) -> Result<Vec<Case>> {
    let text = read_text(path)?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty());
    let cases = lines.map(|(index, line)| {
        let at = |error: String| Failure::new(format!("{}:{}: {error}", path.display(), index + 1));
        let members = serde_json::from_str(line).map_err(|error| at(error.to_string()))?;
        Case::new(members).map_err(|error| at(error.to_string()))
    });
    cases.collect()
}

/// Returns the alternatives of an expectation, which may be one value or a list.
pub(super) fn any_of(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or_else(|| std::slice::from_ref(value), Vec::as_slice)
}

/// Whether one of the expected values is this one.
pub(super) fn is_any(right: &Value, value: &Value) -> bool {
    any_of(right).contains(value)
}

/// Whether two values are equivalent: members in any order, 5.0 is 5, and an empty `metadata` is the same as none.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || left.as_f64() == right.as_f64()
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let counts = |name: &str, value: &Value| {
                name != "metadata" || value.as_object().is_none_or(|members| !members.is_empty())
            };
            let mut all = left
                .iter()
                .chain(right)
                .filter(|(name, value)| counts(name, value));
            all.all(|(name, _)| match (left.get(name), right.get(name)) {
                (Some(left), Some(right)) => same(left, right),
                _ => false,
            })
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_compared_by_what_they_say() {
        assert!(same(
            &json!({"a": 5, "b": [1, "x"]}),
            &json!({"b": [1.0, "x"], "a": 5.0})
        ));
        assert!(same(&json!({"a": 1, "metadata": {}}), &json!({"a": 1})));
        assert!(!same(&json!({"a": 1, "metadata": []}), &json!({"a": 1})));
        assert!(!same(&json!({"a": true}), &json!({"a": 1})));
        assert!(!same(&json!([1, 2]), &json!([2, 1])));
        assert!(!same(&json!({"a": null}), &json!({})));
    }

    #[test]
    fn one_value_or_a_list_of_values_is_right() {
        assert!(is_any(&json!([3, 4]), &json!(4)));
        assert!(is_any(&json!(3), &json!(3)));
        assert!(!is_any(&json!([3, 4]), &json!(null)));
    }
}
