//! From a placeholder in the prompt to the item that it refers to.

use gen_lsp_types::Location;

use super::placeholder::reference_at;
use super::question::Question;
use super::request::node_under;

/// Returns where the item is.
pub(super) fn definition(question: &Question<'_>) -> Option<Location> {
    let readable = question.readable;
    let json = readable.json();
    let offset = readable.place_of(question.offset);
    let node = node_under(json, offset)?;
    let spec = question.checker.spec(question.checker.model(json)?)?;
    let item = reference_at(spec, json, node, offset)?.item?;
    let span = readable.to_source(item.span());
    let base = question.base;
    Some(Location {
        uri: question.uri.into(),
        range: question.lines.range(base + span.start, base + span.end),
    })
}
