//! Fields of contracts in words.

use kling_spec::{Field, Format};

use super::counts::counted;

/// Describes what a field may contain, in a few words.
pub(crate) fn values(field: &Field) -> String {
    let mut parts = Vec::new();
    if let Some(values) = &field.values {
        let list: Vec<String> = values.value.list.iter().map(ToString::to_string).collect();
        let open = if values.value.open { ", …" } else { "" };
        parts.push(with_unit(field, format!("{}{open}", list.join(", "))));
    }
    if let Some(format) = &field.format {
        parts.push(
            match format.value {
                Format::NonBlank => "not blank",
                Format::PublicUrl => "public http(s) URL",
                Format::CallbackUrl => "public https URL",
                Format::AssetUrl => "public asset URL",
                Format::Ratio => "width:height",
            }
            .to_owned(),
        );
    }
    if let Some(most) = &field.max_characters {
        parts.push(format!("at most {} characters", most.value));
    }
    if let Some(most) = &field.max_items {
        parts.push(format!("at most {}", counted(most.value, "item", "items")));
    }
    if !field.examples.is_empty() {
        let list: Vec<String> = field.examples.iter().map(ToString::to_string).collect();
        parts.push(format!("such as {}", list.join(", ")));
    }
    parts.join("; ")
}

/// Appends the unit of a field to a value.
pub(crate) fn with_unit(field: &Field, value: String) -> String {
    match &field.unit {
        Some(unit) => format!("{value} {unit}"),
        None => value,
    }
}
