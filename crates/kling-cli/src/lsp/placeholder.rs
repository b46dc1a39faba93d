//! What a place in the prompt refers to.

use kling_json::{Kind, Node, Span};
use kling_prompt::{Part, parts};
use kling_spec::{Path, Placeholders, Spec};

use super::request::value_at;
use crate::input::path::path_of;

/// A placeholder and what it refers to.
pub(super) struct Reference<'a> {
    /// As the service reads it.
    pub(super) mark: String,
    /// Its place in the text of the json.
    pub(super) span: Span,
    pub(super) list: &'a Path,
    /// From 1.
    pub(super) number: u32,
    /// How many items the list has.
    pub(super) count: usize,
    /// The item that it refers to, if it exists.
    pub(super) item: Option<Node<'a>>,
}

/// Returns the placeholders of a model that has any.
pub(super) fn placeholders(spec: &Spec) -> Option<&Placeholders> {
    spec.placeholders()
        .filter(|placeholders| placeholders.unsupported.is_none())
}

/// Returns the placeholder at a place in a value, even in another program's notation.
pub(super) fn reference_at<'a>(
    spec: &'a Spec,
    json: &'a kling_json::Document<'a>,
    node: Node<'a>,
    offset: usize,
) -> Option<Reference<'a>> {
    let placeholders = placeholders(spec)?;
    let text = node.text()?;
    if path_of(node) != placeholders.field {
        return None;
    }
    let kinds: Vec<&str> = placeholders
        .kinds
        .iter()
        .map(|kind| kind.name.as_str())
        .collect();
    let prompt = text.decode();
    let mut walker = text.offset_walker();
    for part in parts(&prompt, &kinds) {
        if matches!(part, Part::Text(_)) {
            continue;
        }
        let place = part.span();
        let span = Span::new(
            walker.source_offset(place.start),
            walker.source_offset(place.end),
        );
        if span.start > offset {
            return None;
        }
        if offset > span.end {
            continue;
        }
        let reference = part.reference()?;
        let kind = placeholders.kinds.get(reference.kind)?;
        let list = kind.list.as_ref()?;
        let index = (reference.number as usize).checked_sub(1);
        return Some(Reference {
            mark: kling_prompt::write_placeholder(&kind.name, reference.number),
            span,
            list,
            number: reference.number,
            count: items(json, list).count(),
            item: index.and_then(|index| items(json, list).nth(index)),
        });
    }
    None
}

/// Returns the items of a list in a request.
pub(super) fn items<'a>(
    json: &'a kling_json::Document<'a>,
    list: &Path,
) -> impl Iterator<Item = Node<'a>> {
    value_at(json, list)
        .filter(|list| list.kind() == Kind::Array)
        .into_iter()
        .flat_map(|list| list.children())
}
