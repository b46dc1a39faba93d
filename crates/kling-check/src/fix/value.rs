//! Fixes of values that are in the right place.

use kling_json::{
    Kind, Node, Text, quoted as json_string, remove_member, replace_value, truncate_items,
};
use kling_spec::{Field, Format, Scalar, Service, Type, nearest};
use kling_text::quote;

use super::item::say_the_same;
use super::{Proposal, item};
use crate::content::holds_json;
use crate::context::Context;
use crate::facts::json;
use crate::media::problem;
use crate::spelling::alike;
use crate::table::{FieldId, Table};

/// Words for seconds that may follow a number.
const SECONDS: [&str; 5] = ["s", "sec", "secs", "second", "seconds"];

/// Writes the id of the model that a slip means.
pub(super) fn model(node: Node<'_>, id: &str) -> Option<Proposal> {
    let guess = !alike(&node.text()?.decode(), id);
    write(node, &Scalar::String(id.to_owned()), guess)
}

/// Writes a whole number without fraction and exponent.
pub(super) fn notation(node: Node<'_>, value: i64) -> Option<Proposal> {
    write(node, &Scalar::Integer(value), false)
}

/// Drops a `null`. That it means "not given" is likely, but not documented.
pub(super) fn null(row: &Field, node: Node<'_>) -> Option<Proposal> {
    let key = quote(&node.key()?.decode());
    if row.required.is_some() {
        return None;
    }
    let title = format!("remove {key}, which is `null`");
    Some(Proposal::new(title, true, vec![remove_member(node).ok()?]))
}

/// Drops a list without items.
pub(super) fn empty_list(node: Node<'_>) -> Option<Proposal> {
    let title = format!("remove the empty list {}", quote(&node.key()?.decode()));
    Some(Proposal::new(title, false, vec![remove_member(node).ok()?]))
}

/// Drops items beyond the limit that repeat one within it, if the service ignores them.
pub(super) fn too_many_items(row: &Field, node: Node<'_>) -> Option<Proposal> {
    let limit = row.max_items.as_ref()?;
    let most = usize::try_from(limit.value).ok()?;
    if limit.ground.service != Service::Ignores || most == 0 {
        return None;
    }
    let items: Vec<Node<'_>> = node.children().collect();
    let (used, ignored) = items.split_at_checked(most)?;
    let is_used = |item: &Node<'_>| used.iter().any(|used| say_the_same(*used, *item));
    if !ignored.iter().all(is_used) {
        // Only the author knows which of them are meant.
        return None;
    }
    let edit = truncate_items(node, most).ok()?;
    let title = match most {
        1 => "remove the items after the first, which repeat it and are ignored".to_owned(),
        _ => format!("remove the items after the first {most}, which repeat them and are ignored"),
    };
    Some(Proposal::repeating(title, false, vec![edit]))
}

/// Writes what an unlisted value means, or is probably a slip of.
pub(super) fn not_listed(row: &Field, node: Node<'_>, meant: Option<&Scalar>) -> Option<Proposal> {
    if let Some(meant) = meant {
        return write_listed(row, node, meant);
    }
    let text = node.text()?;
    let list = listed(row);
    alike_value(node, &text, list).or_else(|| nearest_value(node, &text, list))
}

/// Writes the common value from which another one differs only in case or white space.
pub(super) fn uncommon(row: &Field, node: Node<'_>) -> Option<Proposal> {
    alike_value(node, &node.text()?, listed(row))
}

/// Removes the white space around a URL, which is not part of it.
pub(super) fn address(context: &Context<'_>, field: FieldId, node: Node<'_>) -> Option<Proposal> {
    let decoded = node.text()?.decode();
    let trimmed = decoded.trim();
    let format = context.table?.field(field).format;
    let is_good = || problem(&context.settings.trusted, format, trimmed).is_none();
    if trimmed.len() == decoded.len() || !is_good() {
        return None;
    }
    let edit = replace_value(node, &json_string(trimmed)).ok()?;
    let title = "remove the white space around the URL";
    Some(Proposal::new(title, false, vec![edit]))
}

fn listed(row: &Field) -> &[Scalar] {
    let values = row.values.as_ref();
    values.map_or(&[], |values| values.value.list.as_slice())
}

/// Writes what a value can only mean, if the field accepts that.
fn write_listed(row: &Field, node: Node<'_>, meant: &Scalar) -> Option<Proposal> {
    let is_listed = row.closed_values().is_none_or(|list| list.contains(meant));
    is_listed.then(|| write(node, meant, false)).flatten()
}

fn write(node: Node<'_>, value: &Scalar, guess: bool) -> Option<Proposal> {
    let edit = replace_value(node, &json(value)).ok()?;
    Some(Proposal::new(format!("write `{value}`"), guess, vec![edit]))
}

/// Writes the only listed value from which a text differs only in case or white space.
fn alike_value(node: Node<'_>, text: &Text<'_>, list: &[Scalar]) -> Option<Proposal> {
    let decoded = text.decode();
    let is_alike = |value: &&Scalar| value.as_str().is_some_and(|value| alike(value, &decoded));
    let mut values = list.iter().filter(is_alike);
    match (values.next(), values.next()) {
        (Some(value), None) => write(node, value, false),
        _ => None,
    }
}

fn nearest_value(node: Node<'_>, text: &Text<'_>, list: &[Scalar]) -> Option<Proposal> {
    let near = nearest(&text.decode(), list.iter().filter_map(Scalar::as_str))?;
    write(node, &Scalar::String(near.to_owned()), true)
}

/// Replaces a text with what it holds.
fn unquoted(node: Node<'_>, kind: Kind, title: &str) -> Option<Proposal> {
    let edit = replace_value(node, &item::container_of(node, kind)?).ok()?;
    Some(Proposal::new(title, false, vec![edit]))
}

/// Turns a value of another type into one of the field's.
pub(super) fn wrong_type(
    table: &Table,
    node: Node<'_>,
    field: FieldId,
    meant: Option<&Scalar>,
) -> Option<Proposal> {
    let row = table.row(field);
    if let Some(meant) = meant {
        return write_listed(row, node, meant);
    }
    match row.kind {
        Type::Array if holds_json(node) => {
            unquoted(node, Kind::Array, "write the list that the string contains")
        }
        Type::Object if holds_json(node) => unquoted(
            node,
            Kind::Object,
            "write the object that the string contains",
        ),
        Type::Array => item::as_list(table, node, field).map(|list| {
            let edit = replace_value(node, &list).ok()?;
            Some(Proposal::new(
                "write it as a list with one item",
                false,
                vec![edit],
            ))
        })?,
        Type::Object => item::as_object(table, node, field).map(|object| {
            let edit = replace_value(node, &object).ok()?;
            let title = "write it as an object with the URL in it";
            Some(Proposal::new(title, false, vec![edit]))
        })?,
        Type::String if row.values.is_none() && may_be_any_text(row) => {
            // A text that may be anything, such as an id.
            let number = json_string(node.number()?.raw());
            let edit = replace_value(node, &number).ok()?;
            Some(Proposal::new(
                "write the number in quotes",
                false,
                vec![edit],
            ))
        }
        Type::String => {
            let format = row.format.as_ref().map(|claim| claim.value);
            let is_address = matches!(format, Some(Format::PublicUrl | Format::AssetUrl));
            let address = item::only_text(node).filter(|_| is_address)?;
            let edit = replace_value(node, address.raw()).ok()?;
            let title = "write only the URL, without the object around it";
            Some(Proposal::new(title, false, vec![edit]))
        }
        Type::Boolean => {
            let text = node.text()?;
            let truth = [true, false]
                .into_iter()
                .find(|truth| alike(&truth.to_string(), &text.decode()))?;
            write(node, &Scalar::Boolean(truth), false)
        }
        Type::Integer => {
            let text = node.text()?.decode();
            let text = text.trim();
            let digits = text.trim_start_matches(|sign: char| sign.is_ascii_digit());
            let number = text.get(..text.len() - digits.len())?.parse().ok()?;
            let unit = digits.trim_start().to_lowercase();
            let is_unit = row.unit.as_deref() == Some("s") && SECONDS.contains(&unit.as_str());
            let value = Scalar::Integer(number);
            let listed = row.closed_values().is_none_or(|list| list.contains(&value));
            (is_unit && listed && node.kind() == Kind::String)
                .then(|| write(node, &value, true))
                .flatten()
        }
    }
}

/// Returns whether any text that is not blank is one for a field.
fn may_be_any_text(row: &Field) -> bool {
    let format = row.format.as_ref().map(|claim| claim.value);
    matches!(format, None | Some(Format::NonBlank))
}
