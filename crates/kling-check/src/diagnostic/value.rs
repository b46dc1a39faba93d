//! The texts of findings about values that their fields do not accept.

use std::borrow::Cow;

use kling_json::{Kind, Node};
use kling_spec::{Convert, Mistake, Scalar, nearest};
use kling_text::{quote, quote_string};

use super::phrases::{Values, found_kind, found_number, of_field, value_named};
use crate::facts::scalar;
use crate::finding::FindingKind;
use crate::table::{FieldId, Table};

/// Returns the values of a finding about the value of a field.
pub(super) fn of_value<'v>(
    kind: &FindingKind<'_>,
    node: Node<'_>,
    table: &'v Table,
    field: FieldId,
) -> Values<'v> {
    let phrases = of_field(table, field);
    let mut values = Values::with_capacity(4);
    values.push(("field", Cow::from(&phrases.name)));
    // What the message says already is not said again.
    let use_expected = || {
        let is_said = phrases.expected_type.contains(&phrases.expected);
        (!is_said).then(|| format!("use {}", phrases.expected))
    };
    let mut say = |expected: Option<Cow<'v, str>>, found: String, remedy: Option<String>| {
        values.extend(expected.map(|expected| ("expected", expected)));
        values.push(("found", found.into()));
        values.extend(remedy.map(|remedy| ("remedy", remedy.into())));
    };
    match kind {
        FindingKind::WrongType { meant, .. } => {
            let found = match node.kind() {
                Kind::String => format!("the string {}", found(node)),
                Kind::Number => format!("the number {}", found(node)),
                Kind::Boolean => format!("`{}`", node.raw()),
                Kind::Object | Kind::Array | Kind::Null => found_kind(node.kind()).to_owned(),
            };
            let remedy = of_wrong_type(table, field, node, meant.as_ref()).or_else(use_expected);
            say(Some(Cow::from(&phrases.expected_type)), found, remedy);
        }
        FindingKind::NotWhole(_) => {
            say(
                Some(Cow::from(&phrases.expected_type)),
                found(node),
                use_expected(),
            );
        }
        FindingKind::NotListed { meant, .. } => {
            let remedy = if node.kind() == Kind::String {
                let mistakes = table.key_meanings().of_value(&table.spec, field);
                let written = scalar(node);
                remedy(table, field, &mistakes, written.as_ref(), meant.as_ref())
            } else {
                None
            };
            say(Some(Cow::from(&phrases.expected)), found(node), remedy);
        }
        FindingKind::Uncommon(_) => {
            say(Some(Cow::from(&phrases.expected)), found(node), None);
        }
        FindingKind::InvalidRatio(_) => {
            let remedy = format!("the page names {}", phrases.expected);
            say(None, found(node), Some(remedy));
        }
        FindingKind::Notation { value, .. } => {
            say(Some(format!("`{value}`").into()), found(node), None);
        }
        FindingKind::Converted { value, .. } => {
            say(Some(Cow::from(&phrases.expected)), value_named(value), None);
        }
        FindingKind::Syntax(_)
        | FindingKind::NotAnObject
        | FindingKind::UnknownModel { .. }
        | FindingKind::MissingModel
        | FindingKind::MistypedModel
        | FindingKind::Missing(_)
        | FindingKind::Null(_)
        | FindingKind::Blank(_)
        | FindingKind::TooLong { .. }
        | FindingKind::Address { .. }
        | FindingKind::EmptyList(_)
        | FindingKind::TooManyItems { .. }
        | FindingKind::Duplicate
        | FindingKind::UnexpectedKey(_)
        | FindingKind::Placeholder(_)
        | FindingKind::Unmentioned { .. }
        | FindingKind::Rule(_) => {}
    }
    values
}

/// Quotes a value as written, shortened.
fn found(node: Node<'_>) -> String {
    match (node.text(), node.number()) {
        (Some(text), _) => quote_string(&text.decode()),
        (None, Some(number)) => found_number(&number),
        (None, None) => quote(node.raw()),
    }
}

/// Says what to do about a value of another type, if that is more than to use one that the field accepts.
fn of_wrong_type(
    table: &Table,
    field: FieldId,
    node: Node<'_>,
    meant: Option<&Scalar>,
) -> Option<String> {
    let mistakes = table.key_meanings().of_value(&table.spec, field);
    let mut objects = mistakes.iter();
    let objects = objects.find(|mistake| mistake.convert == Some(Convert::Objects));
    match objects {
        Some(mistake) => Some(mistake.say.clone()),
        None => remedy(table, field, &mistakes, scalar(node).as_ref(), meant),
    }
}

/// Says what to do about a value, given the only thing that it can mean, if that is more than to use one that the field
/// accepts.
fn remedy(
    table: &Table,
    field: FieldId,
    mistakes: &[&Mistake],
    written: Option<&Scalar>,
    meant: Option<&Scalar>,
) -> Option<String> {
    let closed = table.row(field).closed_values();
    let is_text = written.is_some_and(|written| written.as_str().is_some());
    if let Some(meant) = meant.filter(|meant| closed.is_none_or(|list| list.contains(meant))) {
        return Some(match meant {
            Scalar::Integer(number) if is_text => {
                format!("write the number without quotes: `{number}`")
            }
            Scalar::Boolean(truth) if is_text => format!("write `{truth}`, without quotes"),
            Scalar::String(_) => format!("write `{meant}`"),
            Scalar::Integer(_) | Scalar::Boolean(_) => format!("write {}", value_named(meant)),
        });
    }
    let is_general = |mistake: &&&Mistake| mistake.values.is_empty() && mistake.convert.is_none();
    if let Some(mistake) = mistakes.iter().find(is_general) {
        return Some(mistake.say.clone());
    }
    if let Some((text, list)) = written.and_then(Scalar::as_str).zip(closed)
        && let Some(near) = nearest(text, list.iter().filter_map(Scalar::as_str))
    {
        return Some(format!("did you mean `\"{near}\"`?"));
    }
    let translated = mistakes.iter().find(|mistake| !mistake.values.is_empty());
    translated.map(|mistake| mistake.say.clone())
}
