//! The words that messages use for fields, for what was expected and for what was found.

use std::borrow::Cow;

use kling_json::{Kind, Number};
use kling_spec::{Field, Format, Path, Scalar, Spec, Step, Type};
use kling_text::quote;

use crate::table::{FieldId, FieldPhrases, Table};

/// The values for the placeholders in a rule's texts.
pub(super) type Values<'v> = Vec<(&'static str, Cow<'v, str>)>;

/// The maximum number of values that are listed one by one.
const LISTED_VALUES: usize = 8;

/// Returns how messages refer to a field of the contract.
pub(super) fn of_field(table: &Table, field: FieldId) -> &FieldPhrases {
    table.field(field).phrases.get_or_init(|| {
        let (spec, row) = (&table.spec, table.row(field));
        FieldPhrases {
            name: field_name(&row.path),
            expected: expected(spec, row),
            expected_type: expected_type(spec, row),
        }
    })
}

/// Names a field: `duration`, `metadata.watermark`, or the member alone inside a list.
pub(super) fn field_name(path: &Path) -> String {
    if path.is_item() {
        return format!(
            "an item of {}",
            field_name(&path.list().unwrap_or_default())
        );
    }
    match (path.is_inside_list(), path.name()) {
        (true, Some(name)) => format!("`{name}`"),
        _ => format!("`{path}`"),
    }
}

/// Names the place of an object's members, as in "at the top level".
pub(super) fn place_name(object: Option<&Path>) -> String {
    match object {
        None => "at the top level".to_owned(),
        Some(path) if path.is_item() => format!("in {}", field_name(path)),
        Some(path) => format!("in `{path}`"),
    }
}

/// Names the place where a member belongs, as in "at the top level" or "in the items of" a list.
pub(super) fn home_name(field: &Path) -> String {
    let parent = field.parent().unwrap_or_default();
    match parent.steps().last() {
        None => "at the top level".to_owned(),
        Some(Step::Items) => format!("in the items of `{}`", parent.list().unwrap_or_default()),
        Some(Step::Member(_)) => format!("in `{parent}`"),
    }
}

/// Describes what a field accepts, as in "5 or 10" or "an integer".
fn expected(spec: &Spec, field: &Field) -> String {
    match &field.values {
        Some(values) => values_named(&values.value.list),
        None => match field.kind {
            Type::Boolean => "`true` or `false`".to_owned(),
            Type::Array => match items_named(spec, field) {
                Some(items) => format!("a list of {items}"),
                None => "a list".to_owned(),
            },
            Type::String | Type::Integer | Type::Object => field.kind.with_article().to_owned(),
        },
    }
}

/// Describes a type with the values that the field accepts, as in "an integer, 5 or 10".
fn expected_type(spec: &Spec, field: &Field) -> String {
    match (&field.values, field.kind) {
        (Some(values), Type::Integer) if !values.value.open => {
            format!("an integer, {}", values_named(&values.value.list))
        }
        (Some(values), Type::String) if !values.value.open => {
            format!("a string, {}", values_named(&values.value.list))
        }
        _ => expected_plain(spec, field),
    }
}

fn expected_plain(spec: &Spec, field: &Field) -> String {
    match field.kind {
        Type::Boolean | Type::Array => expected(spec, field),
        Type::String | Type::Integer | Type::Object => field.kind.with_article().to_owned(),
    }
}

/// Describes the items of a list, if their row says more than a type.
fn items_named(spec: &Spec, list: &Field) -> Option<&'static str> {
    let items = spec.fields().get(&list.path.items())?;
    match items.format.as_ref()?.value {
        Format::PublicUrl | Format::AssetUrl | Format::CallbackUrl => Some("URLs"),
        Format::NonBlank | Format::Ratio => None,
    }
}

/// Lists values in prose, consecutive integers as a range.
fn values_named(values: &[Scalar]) -> String {
    let numbers: Option<Vec<i64>> = values
        .iter()
        .map(|value| match value {
            Scalar::Integer(number) => Some(*number),
            Scalar::Boolean(_) | Scalar::String(_) => None,
        })
        .collect();
    if let Some(numbers) = numbers
        && numbers.len() > 4
        && numbers
            .windows(2)
            .all(|pair| pair[0].checked_add(1) == Some(pair[1]))
    {
        return format!(
            "a whole number from {} to {}",
            numbers[0],
            numbers[numbers.len() - 1]
        );
    }
    let mut phrases: Vec<String> = values.iter().take(LISTED_VALUES).map(value_named).collect();
    if values.len() > LISTED_VALUES {
        phrases.push(format!(
            "one of {} other values",
            values.len() - LISTED_VALUES
        ));
    }
    alternatives(&phrases)
}

/// Writes a value as in prose.
pub(super) fn value_named(value: &Scalar) -> String {
    match value {
        Scalar::String(text) => quote(text),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Boolean(truth) => format!("`{truth}`"),
    }
}

/// Quotes a number that was found, as written.
pub(super) fn found_number(number: &Number<'_>) -> String {
    quote(number.raw())
}

/// Names the type of a value that was found and is not examined.
pub(super) const fn found_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "an object",
        Kind::Array => "a list",
        Kind::String => "a string",
        Kind::Number => "a number",
        Kind::Boolean => "a boolean",
        Kind::Null => "`null`",
    }
}

/// Writes words as a list in prose: `a`, `a or b`, `a, b or c`.
pub(super) fn alternatives(phrases: &[String]) -> String {
    joined(phrases, "or")
}

/// Does the same with `and`.
pub(super) fn and_list(phrases: &[String]) -> String {
    joined(phrases, "and")
}

fn joined(phrases: &[String], last_word: &str) -> String {
    match phrases {
        [front @ .., last] if !front.is_empty() => {
            format!("{} {last_word} {last}", front.join(", "))
        }
        _ => phrases.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_read_as_prose() {
        let phrases: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(alternatives(&phrases[..1]), "a");
        assert_eq!(alternatives(&phrases[..2]), "a or b");
        assert_eq!(and_list(&phrases), "a, b and c");
    }
}
