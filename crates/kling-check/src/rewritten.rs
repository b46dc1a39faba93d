//! What a member that another page describes means, as this page writes it. A page is that of a model in an edition.

use kling_json::{Kind, Node, quoted};
use kling_spec::{Meaning, Path, Scalar, Spec, WrittenAt};

use crate::content::{holds_addresses, holds_json};
use crate::context::Context;
use crate::facts::{json, scalar};
use crate::spelling::alike;
use crate::table::{FieldId, ObjectId, Table};

/// The value of a member, as a field of another page has it.
#[derive(Debug, Clone)]
pub(crate) struct Rewritten<'d> {
    /// The field: a list, or a single value outside lists.
    pub(crate) target: FieldId,
    pub(crate) value: RewrittenValue<'d>,
}

#[derive(Debug, Clone)]
pub(crate) enum RewrittenValue<'d> {
    /// A single value.
    Single(Scalar),
    /// A list: its JSON text, and the URLs in it as the request has them.
    List { text: String, items: Vec<Node<'d>> },
    /// Not everything that the value says can be said here.
    Unknown,
}

impl Rewritten<'_> {
    /// Returns the value, if it is a single one.
    pub(crate) const fn single(&self) -> Option<&Scalar> {
        match &self.value {
            RewrittenValue::Single(value) => Some(value),
            RewrittenValue::List { .. } | RewrittenValue::Unknown => None,
        }
    }
}

/// Returns what a key of an object means here, if another page has a member with this name: one of the same model
/// first, then one of another model.
pub(crate) fn rewritten<'d>(
    context: &Context<'d>,
    here: &Table,
    object: ObjectId,
    name: &str,
    node: Node<'d>,
) -> Option<Rewritten<'d>> {
    let around = here.object(object).field;
    if around.is_some_and(|around| here.field(around).inside_list) {
        return None;
    }
    let (there, field) = context.models.owner(here.spec.id(), name)?;
    let said = said(there, field, node);
    written(here, &said)
}

/// A value with what it is for.
#[derive(Debug)]
struct Said<'d> {
    /// `None` for what no meaning describes.
    meaning: Option<(Meaning, Scalar)>,
    node: Node<'d>,
}

/// Returns what the value of a field says.
fn said<'d>(there: &Table, field: FieldId, node: Node<'d>) -> Vec<Said<'d>> {
    let spec = &there.spec;
    let Some(array) = there.array(field) else {
        return vec![single(spec, &there.row(field).path, None, node)];
    };
    let items = &there.row(array.item).path;
    let item = |(index, node): (usize, Node<'d>)| {
        let position = u32::try_from(index)
            .ok()
            .and_then(|index| index.checked_add(1));
        if node.kind() == Kind::Object {
            of_object(spec, items, node)
        } else {
            single(spec, items, position, node)
        }
    };
    if node.kind() == Kind::Array {
        node.children().enumerate().map(item).collect()
    } else {
        vec![item((0, node))]
    }
}

/// Returns what a single value says; `position` is its place in a list.
fn single<'d>(spec: &Spec, path: &Path, position: Option<u32>, node: Node<'d>) -> Said<'d> {
    let mut meanings = spec.meanings().iter();
    let row = meanings.find(|(_, row)| {
        row.to == *path && (row.position.is_none() || row.position == position)
            || row.also.iter().any(|also| also.to == *path)
    });
    let meaning = row.and_then(|(meaning, row)| {
        let is_single = !holds_json(node) && !holds_addresses(node);
        let value = scalar(node).filter(|_| is_single)?;
        Some((*meaning, meant(row, &value)?))
    });
    Said { meaning, node }
}

/// Returns what an item says that is an object: a meaning must account for each of its members.
fn of_object<'d>(spec: &Spec, item: &Path, node: Node<'d>) -> Said<'d> {
    let places = spec.meanings().iter().flat_map(|(meaning, row)| {
        let also = row.also.iter().map(|also| (&also.to, &also.with));
        let places = std::iter::once((&row.to, &row.with)).chain(also);
        places.map(move |(to, with)| (*meaning, row, to, with))
    });
    let said = places.filter_map(|(meaning, row, to, with)| {
        let value = node.member(to.name().filter(|_| to.is_member_of(item))?)?;
        let has = |(name, wanted): (&String, &Scalar)| {
            let member = node.member(name).and_then(scalar);
            member.is_some_and(|member| same(&member, wanted))
        };
        let is_all = node.children().count() == with.len() + 1;
        (is_all && with.iter().all(has)).then_some((meaning, row, value))
    });
    let mut said = said;
    match said.next() {
        Some((meaning, row, value)) => Said {
            meaning: scalar(value).and_then(|value| Some((meaning, meant(row, &value)?))),
            node: value,
        },
        None => Said {
            meaning: None,
            node,
        },
    }
}

/// Returns what a written value means, in the terms of all models.
fn meant(row: &WrittenAt, written: &Scalar) -> Option<Scalar> {
    if row.values.is_empty() {
        return Some(written.clone());
    }
    let mut values = row.values.iter();
    let value = values.find(|value| same(&value.written, written))?;
    Some(value.is.clone())
}

/// Returns whether two values are the same but for the case of a text and the white space around it.
fn same(one: &Scalar, other: &Scalar) -> bool {
    match (one, other) {
        (Scalar::String(one), Scalar::String(other)) => one == other || alike(one, other),
        _ => one == other,
    }
}

/// Writes what was said as one field of this page.
fn written<'d>(here: &Table, said: &[Said<'d>]) -> Option<Rewritten<'d>> {
    let row = |said: &Said<'_>| {
        let (meaning, value) = said.meaning.as_ref()?;
        Some((here.spec.meanings().get(meaning)?, value.clone()))
    };
    let (first, _) = said.iter().find_map(row)?;
    let list = first.to.list();
    let target = here.field_id(list.as_ref().unwrap_or(&first.to))?;
    let rows: Option<Vec<(&WrittenAt, Scalar)>> = said.iter().map(row).collect();
    let value = match (list, rows) {
        (None, Some(rows)) => match rows.as_slice() {
            [(row, value)] => here_as(row, value).map(RewrittenValue::Single),
            _ => None,
        },
        (Some(list), Some(rows)) => list_of(&list, &rows, said),
        (_, None) => None,
    };
    let value = value.unwrap_or(RewrittenValue::Unknown);
    Some(Rewritten { target, value })
}

/// Returns how this page writes a value of all models.
fn here_as(row: &WrittenAt, value: &Scalar) -> Option<Scalar> {
    if row.values.is_empty() {
        return Some(value.clone());
    }
    let mut values = row.values.iter();
    values
        .find(|known| same(&known.is, value))
        .map(|known| known.written.clone())
}

/// Writes a list, if each value has its place in it.
fn list_of<'d>(
    list: &Path,
    rows: &[(&WrittenAt, Scalar)],
    said: &[Said<'d>],
) -> Option<RewrittenValue<'d>> {
    let mut items = Vec::new();
    for ((row, _), said) in rows.iter().zip(said) {
        if row.to.list().as_ref() != Some(list) {
            return None;
        }
        let value = said.node.raw();
        let text = match row.to.name() {
            None => value.to_owned(),
            Some(name) => {
                let with = row.with.iter();
                let with = with.map(|(name, value)| format!(", {}: {}", quoted(name), json(value)));
                format!("{{{}: {value}{}}}", quoted(name), with.collect::<String>())
            }
        };
        items.push((row.position, text, said.node));
    }
    items.sort_by_key(|(position, ..)| *position);
    let mut positions = (1..).zip(&items);
    if !positions.all(|(index, (position, ..))| position.is_none_or(|position| position == index)) {
        return None;
    }
    let texts: Vec<&str> = items.iter().map(|(_, text, _)| text.as_str()).collect();
    Some(RewrittenValue::List {
        text: format!("[{}]", texts.join(", ")),
        items: items.iter().map(|(.., node)| *node).collect(),
    })
}
