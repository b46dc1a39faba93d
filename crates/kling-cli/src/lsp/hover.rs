//! Describes the field or the placeholder under the pointer.

use std::fmt::Write as _;

use gen_lsp_types::{Hover, MarkupContent};
use kling_spec::Field;

use super::placeholder::{Reference, reference_at};
use super::question::Question;
use super::request::node_under;
use crate::input::path::path_of;
use crate::output::counts::counted;
use crate::output::field::{values, with_unit};

/// The maximum number of characters of an item that are shown.
const MAX_ITEM: usize = 200;

/// Returns the text for a place.
pub(super) fn hover(question: &Question<'_>) -> Option<Hover> {
    let readable = question.readable;
    let json = readable.json();
    let offset = readable.place_of(question.offset);
    let node = node_under(json, offset)?;
    let spec = question.checker.spec(question.checker.model(json)?)?;
    let (value, span) = if let Some(reference) = reference_at(spec, json, node, offset) {
        (named(&reference), reference.span)
    } else {
        let field = spec.fields().get(&path_of(node))?;
        let key = node.key_span().filter(|key| offset <= key.end);
        (described(field), key.unwrap_or_else(|| node.span()))
    };
    let span = readable.to_source(span);
    let base = question.base;
    Some(Hover {
        contents: MarkupContent {
            kind: question.capabilities.hover_markup.clone(),
            value,
        }
        .into(),
        range: Some(question.lines.range(base + span.start, base + span.end)),
    })
}

/// Describes a field in words that read well with and without Markdown.
pub(super) fn described(field: &Field) -> String {
    let mut text = format!("`{}`: {}", field.path, field.kind.as_str());
    if field.required.is_some() {
        text.push_str(", required");
    }
    write!(text, "\n\n{}\n", field.about).expect("writing to a String cannot fail");
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            write!(text, "\n- {name}: {value}").expect("writing to a String cannot fail");
        }
    };
    line("values", &values(field));
    if let Some(default) = &field.default {
        line("default", &with_unit(field, default.value.to_string()));
    }
    line("unit", field.unit.as_deref().unwrap_or_default());
    line("source", &field.ground.evidence.to_string());
    text
}

/// Describes what a placeholder refers to.
fn named(reference: &Reference<'_>) -> String {
    let Reference {
        mark,
        list,
        number,
        count,
        ..
    } = reference;
    match reference.item {
        Some(item) => format!(
            "`{mark}`: item {number} of `{list}`\n\n`{}`",
            shortened(item.raw())
        ),
        None => format!(
            "`{mark}`: `{list}` has {}, so there is no item {number}",
            counted(*count as u64, "item", "items")
        ),
    }
}

/// Returns the beginning of a text on one line, without characters that would end inline code.
pub(super) fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let line = words.join(" ").replace('`', "'");
    match line.char_indices().nth(MAX_ITEM) {
        Some((end, _)) => format!("{}…", kling_text::plain(&line[..end])),
        None => kling_text::plain(&line).into_owned(),
    }
}
