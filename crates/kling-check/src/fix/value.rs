//! Fixes of values that stand where they belong.

use kling_json::{
    Kind, Node, Text, quoted as json_string, remove_member, replace_value, truncate_items,
};
use kling_spec::{CommonRule, Format, Scalar, Service, Type, nearest};
use kling_text::quote;

use super::key::say_the_same;
use super::{Context, Proposal, guard, item};
use crate::findings::{Finding, plain};
use crate::media::problem_of;
use crate::table::{FieldId, Table};

/// Words for seconds that people write behind a number.
const SECONDS: [&str; 5] = ["s", "sec", "secs", "second", "seconds"];

pub(super) fn propose(
    context: &Context<'_>,
    table: &Table,
    finding: &Finding<'_>,
    node: Node<'_>,
    field: FieldId,
    meant: Option<&Scalar>,
) -> Option<Proposal> {
    let row = table.row(field);
    let rule = finding.rule;
    if rule == CommonRule::UnknownModel.id() {
        let id = meant?;
        let written = node.text()?.decode();
        let guess = !alike(&written, id.as_str()?);
        return write(node, id, guess);
    }
    if let Some(meant) = meant {
        let listed = row.closed_values().is_none_or(|list| list.contains(meant));
        return if listed {
            write(node, meant, false)
        } else {
            None
        };
    }
    if rule == CommonRule::NullValue.id() {
        // That `null` means "not given" is likely, but nobody wrote it down.
        let key = quote(&node.key()?.decode());
        return (row.required.is_none())
            .then(|| remove_member(node).ok())
            .flatten()
            .map(|edit| Proposal::new(format!("drop {key}, which is `null`"), true, vec![edit]));
    }
    if rule == CommonRule::EmptyList.id() {
        let key = quote(&node.key()?.decode());
        let edit = remove_member(node).ok()?;
        return Some(Proposal::new(
            format!("drop the empty list {key}"),
            false,
            vec![edit],
        ));
    }
    if rule == CommonRule::TooManyItems.id() {
        let limit = row.max_items.as_ref()?;
        let most = usize::try_from(limit.value).ok()?;
        if limit.ground.service != Service::Ignores || most == 0 {
            return None;
        }
        let items: Vec<Node<'_>> = node.children().collect();
        let (used, ignored) = items.split_at_checked(most)?;
        let is_used = |item: &Node<'_>| used.iter().any(|used| say_the_same(*used, *item));
        if !ignored.iter().all(is_used) {
            // Which of them is meant only a person knows.
            return None;
        }
        let edit = truncate_items(node, most).ok()?;
        let title = match most {
            1 => "drop the items behind the first, which repeat it and are ignored".to_owned(),
            _ => {
                format!("drop the items behind the first {most}, which repeat them and are ignored")
            }
        };
        return Some(Proposal::repeating(title, false, vec![edit]));
    }
    if rule == CommonRule::WrongType.id() {
        return wrong_type(table, node, field);
    }
    let text = node.text()?;
    let list = row
        .values
        .as_ref()
        .map(|values| values.value.list.as_slice());
    let list = list.unwrap_or_default();
    if rule == CommonRule::WrongValue.id() || rule == CommonRule::InvalidRatio.id() {
        return alike_value(node, &text, list).or_else(|| nearest_value(node, &text, list));
    }
    if rule == CommonRule::UncommonValue.id() {
        return alike_value(node, &text, list);
    }
    // An address: blanks around it are no part of one.
    let decoded = text.decode();
    let trimmed = decoded.trim();
    let format = row.format.as_ref().map(|claim| claim.value);
    (trimmed.len() < decoded.len() && problem_of(context.checker, format, trimmed).is_none())
        .then(|| replace_value(node, &json_string(trimmed)).ok())
        .flatten()
        .map(|edit| Proposal::new("drop the blanks around the address", false, vec![edit]))
}

/// Whether two texts differ in nothing but case and the blanks around them.
pub(super) fn alike(one: &str, other: &str) -> bool {
    plain(one).eq(plain(other))
}

fn write(node: Node<'_>, value: &Scalar, guess: bool) -> Option<Proposal> {
    let edit = replace_value(node, &json(value)).ok()?;
    Some(Proposal::new(format!("write `{value}`"), guess, vec![edit]))
}

/// A value as JSON text.
pub(super) fn json(value: &Scalar) -> String {
    match value {
        Scalar::String(text) => json_string(text),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Boolean(truth) => truth.to_string(),
    }
}

/// The only listed value that differs in case or blanks alone.
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

/// What the text holds in the place of the text.
fn unquoted(node: Node<'_>, kind: Kind, title: &str) -> Option<Proposal> {
    let edit = replace_value(node, &item::container_of(node, kind)?).ok()?;
    Some(Proposal::new(title, false, vec![edit]))
}

/// A value of another type that has no reading of its own in the table of mistakes.
fn wrong_type(table: &Table, node: Node<'_>, field: FieldId) -> Option<Proposal> {
    let row = table.row(field);
    match row.kind {
        Type::Array if guard::holds_json(node) => {
            unquoted(node, Kind::Array, "write the list that the text holds")
        }
        Type::Object if guard::holds_json(node) => {
            unquoted(node, Kind::Object, "write the object that the text holds")
        }
        Type::Array => item::as_list(table, node, field).map(|list| {
            let edit = replace_value(node, &list).ok()?;
            Some(Proposal::new(
                "write it as a list of one item",
                false,
                vec![edit],
            ))
        })?,
        Type::Object => item::as_object(table, node, field).map(|object| {
            let edit = replace_value(node, &object).ok()?;
            let title = "write it as an object with the address in it";
            Some(Proposal::new(title, false, vec![edit]))
        })?,
        Type::String if row.values.is_none() && row.format.is_none() => {
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
            let title = "write the address alone, without an object around it";
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
