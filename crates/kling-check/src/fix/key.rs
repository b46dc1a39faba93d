//! Fixes of keys: renamed, moved to where they belong, or dropped.

use std::borrow::Cow;

use kling_json::{
    Document, Edit, Kind, Node, Span, append_items, insert_member, quoted as json_string,
    remove_member, rename_key, replace_value,
};
use kling_spec::{Convert, Step};
use kling_text::quote;

use super::item::{same_value, say_the_same};
use super::{Proposal, item};
use crate::content::Kept;
use crate::facts::{json, scalar};
use crate::finding::{Meaning, UnexpectedKey};
use crate::rewritten::RewrittenValue;
use crate::spelling::alike;
use crate::table::{FieldId, FieldKind, Table};
use crate::walk::converted;

/// Drops a second member with the same key and value, or joins two lists.
pub(super) fn duplicate(node: Node<'_>) -> Option<Proposal> {
    let key = node.key()?.decode();
    let first = node.parent()?.member(&key)?;
    if first == node {
        return None;
    }
    if !say_the_same(first, node) {
        return joined(first, node);
    }
    let title = format!(
        "remove the second {}, which has the same value",
        quote(&key)
    );
    Some(Proposal::repeating(
        title,
        false,
        vec![remove_member(node).ok()?],
    ))
}

/// Appends the items of a list to those of another one.
fn joined(list: Node<'_>, other: Node<'_>) -> Option<Proposal> {
    if list.kind() != Kind::Array || other.kind() != Kind::Array {
        return None;
    }
    let items: Vec<&str> = other.children().map(|item| item.raw()).collect();
    if items.is_empty() {
        return None;
    }
    let edits = vec![append_items(list, items).ok()?, remove_member(other).ok()?];
    let title = format!("join the two lists {}", quote(&other.key()?.decode()));
    Some(Proposal::new(title, true, edits))
}

/// Returns whether the value is in a duplicate member with the same value.
pub(super) fn is_in_duplicate(node: Node<'_>) -> bool {
    let mut next = Some(node);
    while let Some(node) = next {
        next = node.parent();
        let (Some(key), Some(parent)) = (node.key(), next) else {
            continue;
        };
        let key = key.decode();
        let named = |other: &Node<'_>| other.key().is_some_and(|known| known.equals(&key));
        let mut others = parent
            .children()
            .filter(|other| *other != node && named(other));
        if others.any(|other| say_the_same(node, other)) {
            return true;
        }
    }
    false
}

/// Renames or moves a member whose key means another field.
pub(super) fn unexpected_key(
    table: &Table,
    node: Node<'_>,
    unexpected: &UnexpectedKey<'_>,
    target: FieldId,
) -> Option<Proposal> {
    let written = node.key()?.decode();
    let path = &table.row(target).path;
    let name = path.name()?;
    let is_partial = unexpected.mistake.is_some_and(|mistake| mistake.partial);
    let is_slip =
        matches!(unexpected.meaning, Meaning::Unknown(_)) && unexpected.rewritten.is_none();
    let guess = (is_slip && !alike(&written, name)) || is_partial;
    let kept = match unexpected.rewritten {
        Some(_) => Kept::AsMeaning,
        None => Kept::AsWritten,
    };
    let inside = converting(table, node, unexpected, target)?;
    let document = node.document();
    let there = if unexpected.is_here {
        node.parent()?.member(name)
    } else {
        let names = path.steps().iter().map(name_of);
        let mut names = names.collect::<Option<Vec<_>>>()?.into_iter();
        names.try_fold(document.root(), |node, name| node.member(name))
    };
    if let Some(there) = there {
        // An equal value is dropped; a different one is only joined if both are lists under one key.
        let value = item::edited(node, &inside)?;
        if same_value(&value, there.raw()) {
            let title = format!("remove {}: `{path}` has the same value", quote(&written));
            let edits = vec![remove_member(node).ok()?];
            return Some(Proposal::repeating(title, guess, edits));
        }
        return (written == name).then(|| joined(there, node)).flatten();
    }
    if unexpected.is_taken {
        // Taken by another unexpected key, which is fixed first.
        return None;
    }
    if unexpected.is_here {
        let mut edits = vec![rename_key(node, name).ok()?];
        edits.extend(inside.iter().cloned());
        // A scalar is one that the contract names; the content of a list comes from the request.
        let is_list = matches!(table.field(target).kind, FieldKind::Array(_));
        let title = match inside.first() {
            Some(edit) if !is_list => format!("write `{}: {}`", json_string(name), edit.text),
            Some(_) => format!("write {} as the list `{name}`", quote(&written)),
            None => format!("rename {} to `{name}`", quote(&written)),
        };
        return Some(Proposal {
            kept,
            ..Proposal::new(title, guess, edits)
        });
    }
    let value = item::edited(node, &inside)?;
    let edits = vec![
        remove_member(node).ok()?,
        inserted(document, table, node, target, &value)?,
    ];
    let written = quote(&written);
    let title = if unexpected.rewritten.is_some() {
        format!("write {written} as `{path}`")
    } else if path.steps().len() == 1 {
        format!("move {written} to the top level")
    } else {
        format!("move {written} to `{path}`")
    };
    Some(Proposal {
        kept,
        ..Proposal::new(title, guess, edits)
    })
}

/// Returns the edits that turn the value into one of the field; `None` if only the author knows how.
fn converting(
    table: &Table,
    node: Node<'_>,
    unexpected: &UnexpectedKey<'_>,
    target: FieldId,
) -> Option<Vec<Edit>> {
    if let Some(rewritten) = &unexpected.rewritten {
        let text = match &rewritten.value {
            RewrittenValue::Single(value) => json(value),
            RewrittenValue::List { text, .. } => text.clone(),
            RewrittenValue::Unknown => return None,
        };
        return Some(vec![replace_value(node, &text).ok()?]);
    }
    let Some(mistake) = unexpected.mistake else {
        return Some(Vec::new());
    };
    if mistake.convert == Some(Convert::ByHand) {
        return None;
    }
    let takes_lists = matches!(mistake.convert, Some(Convert::List | Convert::Objects));
    if matches!(table.field(target).kind, FieldKind::Array(_)) {
        return match node.kind() {
            Kind::String | Kind::Object if takes_lists => {
                let list = item::as_list(table, node, target)?;
                Some(vec![replace_value(node, &list).ok()?])
            }
            Kind::Array if mistake.convert == Some(Convert::Objects) => {
                item::texts_as_objects(table, node, target)
            }
            Kind::Object
            | Kind::Array
            | Kind::String
            | Kind::Number
            | Kind::Boolean
            | Kind::Null => Some(Vec::new()),
        };
    }
    let Some(scalar) = scalar(node) else {
        return Some(Vec::new());
    };
    if let Some(value) = converted(mistake, &scalar) {
        return Some(vec![replace_value(node, &json(&value)).ok()?]);
    }
    let row = table.row(target);
    // A word of another vocabulary, with no known meaning.
    let is_foreign = !mistake.values.is_empty()
        && row
            .values
            .as_ref()
            .is_some_and(|values| !values.value.list.contains(&scalar));
    (!is_foreign).then(Vec::new)
}

fn name_of(step: &Step) -> Option<&str> {
    match step {
        Step::Member(name) => Some(name),
        Step::Items => None,
    }
}

/// Returns the edit that puts a member where the contract has it, together with the enclosing objects that are missing.
fn inserted(
    document: &Document<'_>,
    table: &Table,
    from: Node<'_>,
    target: FieldId,
    value: &str,
) -> Option<Edit> {
    let path = &table.row(target).path;
    let names = path.steps().iter().map(name_of);
    let names = names.collect::<Option<Vec<&str>>>()?;
    let (name, around) = names.split_last()?;
    let mut home = document.root();
    for (depth, outer) in around.iter().enumerate() {
        match home.member(outer) {
            Some(object) if object.kind() == Kind::Object => home = object,
            Some(_) => return None,
            None => return created(home, from, around.get(depth..)?, name, value),
        }
    }
    let edit = insert_member(home, name, value).ok()?;
    moved_in(home, from, name, value, edit)
}

/// Creates an object with the member in it.
///
/// The edit extends to the closing bracket of the enclosing object, so that no two edits of one round create the same
/// one.
fn created(
    home: Node<'_>,
    from: Node<'_>,
    missing: &[&str],
    name: &str,
    value: &str,
) -> Option<Edit> {
    let (first, deeper) = missing.split_first()?;
    let text = home.document().text();
    let empty = insert_member(home, first, "{}").ok()?;
    let with_empty = kling_json::apply(text, std::slice::from_ref(&empty)).ok()?;
    let document = Document::parse(&with_empty).ok()?;
    let object = document.node_at(home.span().start)?.member(first)?;
    let (inner_name, inner_value) = match deeper.split_first() {
        None => (name, Cow::Borrowed(value)),
        Some((next, rest)) => {
            let names = rest.iter().copied().chain([name]);
            let nested = names.rev().fold(value.to_owned(), |value, name| {
                format!("{{{}: {value}}}", json_string(name))
            });
            (*next, Cow::Owned(nested))
        }
    };
    let filled = insert_member(object, inner_name, &inner_value).ok()?;
    let filled = moved_in(object, from, inner_name, &inner_value, filled)?;
    // `filled` replaces the brackets at the end of what `empty` inserts.
    let member = empty.text.strip_suffix("{}")?;
    let end = home.span().end;
    let rest = Span::new(empty.span.end, end).of(text);
    Some(Edit::new(
        Span::new(empty.span.start, end),
        format!("{member}{}{rest}", filled.text),
    ))
}

/// Returns the edit with the lines of a moved value indented to match their new surroundings.
fn moved_in(home: Node<'_>, from: Node<'_>, name: &str, value: &str, edit: Edit) -> Option<Edit> {
    if !value.contains('\n') {
        return Some(edit);
    }
    let before = indentation(from.document().text(), from.member_span().start);
    let put = kling_json::apply(home.document().text(), std::slice::from_ref(&edit)).ok()?;
    let document = Document::parse(&put).ok()?;
    let member = document.node_at(home.span().start)?.member(name)?;
    let after = indentation(&put, member.member_span().start);
    let indented = value.replace(&format!("\n{before}"), &format!("\n{after}"));
    let at = edit.text.rfind(value)?;
    let (front, back) = edit.text.split_at(at);
    let text = format!("{front}{indented}{}", back.strip_prefix(value)?);
    Some(Edit::new(edit.span, text))
}

/// Returns the white space at the beginning of the line that `offset` is on.
fn indentation(text: &str, offset: usize) -> &str {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |line_break| line_break + 1);
    let line = text.get(line..).unwrap_or_default();
    let rest = line.trim_start_matches([' ', '\t']);
    line.get(..line.len() - rest.len()).unwrap_or_default()
}
