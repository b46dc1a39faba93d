//! What to do about a wrong value, and what it can only mean.

use kling_spec::{Field, Mistake, Scalar, Spec, nearest};

use super::words::{expected, value_named};

/// What a wrongly written value of a field can only mean.
pub(super) fn reading(field: &Field, mistakes: &[&Mistake], written: &Scalar) -> Option<Scalar> {
    for mistake in mistakes {
        if let Some((_, meant)) = mistake.values.iter().find(|(from, _)| from == written) {
            return Some(meant.clone());
        }
    }
    let text = written.as_str()?;
    match field.kind {
        kling_spec::Type::Integer => text.trim().parse().ok().map(Scalar::Integer),
        kling_spec::Type::String => {
            let mut alike = field.closed_values()?.iter().filter(|value| {
                value
                    .as_str()
                    .is_some_and(|value| plain(value).eq(plain(text)))
            });
            match (alike.next(), alike.next()) {
                (Some(value), None) => Some(value.clone()),
                _ => None,
            }
        }
        kling_spec::Type::Boolean | kling_spec::Type::Array | kling_spec::Type::Object => None,
    }
}

/// A text apart from case and the blanks around it.
pub(crate) fn plain(text: &str) -> impl Iterator<Item = char> {
    text.trim().chars().flat_map(char::to_lowercase)
}

/// What to do about a value, given what it can only mean.
pub(super) fn advice(
    spec: &Spec,
    field: &Field,
    mistakes: &[&Mistake],
    written: &Scalar,
    meant: Option<&Scalar>,
) -> String {
    let listed = |value: &Scalar| {
        field
            .closed_values()
            .is_none_or(|list| list.contains(value))
    };
    if let Some(meant) = meant.filter(|meant| listed(meant)) {
        return match (written, meant) {
            (Scalar::String(_), Scalar::Integer(number)) => {
                format!("write the number without quotes: `{number}`")
            }
            (Scalar::String(_), Scalar::Boolean(truth)) => {
                format!("write `{truth}`, without quotes")
            }
            _ => format!("write {}", as_json(meant)),
        };
    }
    if let Some(mistake) = mistakes
        .iter()
        .find(|mistake| mistake.values.is_empty() && mistake.convert.is_none())
    {
        return mistake.say.clone();
    }
    if let (Some(text), Some(list)) = (written.as_str(), field.closed_values())
        && let Some(near) = nearest(text, list.iter().filter_map(Scalar::as_str))
    {
        return format!("did you mean `\"{near}\"`?");
    }
    match mistakes.iter().find(|mistake| !mistake.values.is_empty()) {
        Some(mistake) => mistake.say.clone(),
        None => format!("use {}", expected(spec, field)),
    }
}

fn as_json(value: &Scalar) -> String {
    match value {
        Scalar::String(_) => format!("`{value}`"),
        Scalar::Integer(_) | Scalar::Boolean(_) => value_named(value),
    }
}

/// What to do about a list with more items than the limit. Which of them is meant only a person knows.
pub(super) fn items_to_keep(limit: u64, others_are_ignored: bool) -> String {
    match limit {
        _ if !others_are_ignored => format!("keep {limit} of them"),
        1 => {
            "the service uses the first and ignores the others: let the one that is meant be first"
                .to_owned()
        }
        _ => format!(
            "the service uses the first {limit} and ignores the others: let those that are meant be first"
        ),
    }
}
