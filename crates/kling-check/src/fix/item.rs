//! Values compared, and written in the shape of a list, an item or JSON text.

use kling_json::{Edit, Kind, Node, Span, canonical, quoted as json_string};

use crate::content::{container_in, holds_addresses, holds_json};
use crate::table::{FieldId, FieldKind, Table};

/// Turns a single value into a list of it: a text if the items are texts or objects with a URL, or an object if they
/// are objects.
pub(super) fn as_list(table: &Table, node: Node<'_>, list: FieldId) -> Option<String> {
    let array = table.array(list)?;
    if holds_json(node) || holds_addresses(node) {
        return None;
    }
    let item = match (&table.field(array.item).kind, node.kind()) {
        (FieldKind::String(_), Kind::String) | (FieldKind::Object(_), Kind::Object) => {
            node.raw().to_owned()
        }
        _ => as_object(table, node, array.item)?,
    };
    Some(format!("[{item}]"))
}

/// Turns a text into the object that has it as its required URL.
pub(super) fn as_object(table: &Table, node: Node<'_>, item: FieldId) -> Option<String> {
    node.text()
        .filter(|_| !holds_json(node) && !holds_addresses(node))?;
    let address = table.address_in(item)?;
    let name = json_string(table.row(address).path.name()?);
    Some(format!("{{{name}: {}}}", node.raw()))
}

/// Returns what a text holds as JSON, if that is of this kind.
pub(super) fn container_of(node: Node<'_>, kind: Kind) -> Option<String> {
    let decoded = node.text()?.decode();
    let inside = container_in(&decoded)?;
    (inside.root().kind() == kind).then(|| inside.root().raw().to_owned())
}

/// Returns the text in an object that holds nothing else.
pub(super) fn only_text(node: Node<'_>) -> Option<Node<'_>> {
    let mut members = node.children();
    let only = members.next().filter(|only| only.key().is_some())?;
    (members.next().is_none() && only.text().is_some()).then_some(only)
}

/// Returns the edits that turn the texts of a list into objects.
pub(super) fn texts_as_objects(table: &Table, node: Node<'_>, list: FieldId) -> Option<Vec<Edit>> {
    let array = table.array(list)?;
    let texts = node.children().filter(|item| item.text().is_some());
    texts
        .map(|item| Some(Edit::new(item.span(), as_object(table, item, array.item)?)))
        .collect()
}

/// Returns the text of a value after edits inside it.
pub(super) fn edited(node: Node<'_>, edits: &[Edit]) -> Option<String> {
    let start = node.span().start;
    let inside = |edit: &Edit| {
        let span = Span::new(
            edit.span.start.checked_sub(start)?,
            edit.span.end.checked_sub(start)?,
        );
        Some(Edit::new(span, edit.text.clone()))
    };
    let edits = edits.iter().map(inside).collect::<Option<Vec<_>>>()?;
    kling_json::apply(node.raw(), &edits).ok()
}

/// Returns whether two values say the same.
pub(super) fn say_the_same(one: Node<'_>, other: Node<'_>) -> bool {
    one.kind() == other.kind() && same_value(one.raw(), other.raw())
}

pub(super) fn same_value(one: &str, other: &str) -> bool {
    one == other || canonical(one).is_ok_and(|one| canonical(other).is_ok_and(|other| one == other))
}
