//! Edits that keep a document's layout: one function owns removing with its comma, one inserting with its indentation.
//!
//! Any of these edits of one tape can be applied together: the result is JSON, or the edits overlap and are refused.

use std::borrow::Cow;

use crate::canonical::quoted;
use crate::cursor::Kind;
use crate::edit::{Edit, EditError, apply};
use crate::span::Span;
use crate::tape::{Node, Tape};

/// Replaces a value by the JSON text `value`.
///
/// # Errors
/// When `value` is not JSON.
pub fn replace_value(node: Node<'_>, value: &str) -> Result<Edit, EditError> {
    Ok(Edit::new(node.span(), json(value)?))
}

/// Gives a member another key.
///
/// # Errors
/// When the value is not a member of an object.
pub fn rename_key(member: Node<'_>, key: &str) -> Result<Edit, EditError> {
    let span = member.key_span().ok_or(EditError::NotAMember)?;
    Ok(Edit::new(span, quoted(key)))
}

/// Removes a member with its comma and its line.
///
/// ```
/// use kling_json::{Tape, apply, remove_member};
/// let text = "{\n  \"a\": 1,\n  \"b\": 2\n}";
/// let tape = Tape::parse(text).unwrap();
/// let edit = remove_member(tape.pointer("/b").unwrap()).unwrap();
/// assert_eq!(apply(text, &[edit]).unwrap(), "{\n  \"a\": 1\n}");
/// ```
///
/// # Errors
/// When the value is not a member of an object.
pub fn remove_member(member: Node<'_>) -> Result<Edit, EditError> {
    match member.parent() {
        Some(parent) if parent.kind() == Kind::Object => Ok(remove(member, parent)),
        Some(_) | None => Err(EditError::NotAMember),
    }
}

/// The text without the members of this key in its outermost object, however many there are. A text that is not JSON, or
/// has no such member, stays as it is.
///
/// ```
/// let text = r#"{"$schema": "a.json", "model": "kling-v3"}"#;
/// assert_eq!(kling_json::without_member(text, "$schema"), r#"{"model": "kling-v3"}"#);
/// ```
#[must_use]
pub fn without_member<'t>(text: &'t str, key: &str) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(text);
    while let Some(without) = Tape::parse(&text).ok().and_then(|tape| {
        let edit = remove_member(tape.root().member(key)?).ok()?;
        apply(&text, &[edit]).ok()
    }) {
        text = Cow::Owned(without);
    }
    text
}

/// Removes an item with its comma and its line.
///
/// # Errors
/// When the value is not an item of an array.
pub fn remove_item(item: Node<'_>) -> Result<Edit, EditError> {
    match item.parent() {
        Some(parent) if parent.kind() == Kind::Array => Ok(remove(item, parent)),
        Some(_) | None => Err(EditError::NotAnItem),
    }
}

fn remove(child: Node<'_>, parent: Node<'_>) -> Edit {
    let Span { start, end } = child.member_span();
    let before = parent
        .children()
        .take_while(|sibling| *sibling != child)
        .last();
    let after = parent.children().find(|sibling| sibling.span().start > end);
    match (before, after) {
        (Some(before), _) => Edit::new(Span::new(before.span().end, end), ""),
        (None, Some(after)) => Edit::new(Span::new(start, after.member_span().start), ""),
        // The brackets are part of the edit, so that one which inserts beside the child cannot go with it.
        (None, None) => Edit::new(parent.span(), brackets(parent).concat()),
    }
}

/// Inserts a member at the end of an object, laid out as the members that are there: one line stays one line, and one
/// member a line stays so, with the same indentation and line ends. `value` is JSON text and goes in as it is.
///
/// Removing the member again gives the text back, unless the object held nothing but whitespace.
///
/// ```
/// use kling_json::{Tape, apply, insert_member};
/// let text = "{\n\t\"a\": 1\n}";
/// let tape = Tape::parse(text).unwrap();
/// let edit = insert_member(tape.root(), "b", "true").unwrap();
/// assert_eq!(apply(text, &[edit]).unwrap(), "{\n\t\"a\": 1,\n\t\"b\": true\n}");
/// ```
///
/// # Errors
/// When the value is not an object, or `value` is not JSON.
pub fn insert_member(object: Node<'_>, key: &str, value: &str) -> Result<Edit, EditError> {
    if object.kind() != Kind::Object {
        return Err(EditError::NotAnObject);
    }
    let colon = object
        .children()
        .last()
        .map_or_else(|| colon_of_document(object), colon);
    let member = format!("{}{colon}{}", quoted(key), json(value)?);
    Ok(insert(object, usize::MAX, &member))
}

/// Inserts an item into an array so that it has the index `index`, or at the end when there are fewer, laid out as the
/// items that are there. `value` is JSON text and goes in as it is.
///
/// Removing the item again gives the text back, unless the array held nothing but whitespace.
///
/// # Errors
/// When the value is no array, or `value` is not JSON.
pub fn insert_item(array: Node<'_>, index: usize, value: &str) -> Result<Edit, EditError> {
    if array.kind() != Kind::Array {
        return Err(EditError::NotAnArray);
    }
    Ok(insert(array, index, json(value)?))
}

/// Inserts items behind those of an array, laid out as the items that are there. The values are JSON texts and go in as
/// they are.
///
/// ```
/// use kling_json::{Tape, append_items, apply};
/// let text = "[1,2]";
/// let tape = Tape::parse(text).unwrap();
/// let edit = append_items(tape.root(), ["3", "4"]).unwrap();
/// assert_eq!(apply(text, &[edit]).unwrap(), "[1,2,3,4]");
/// ```
///
/// # Errors
/// When the value is no array, or one of the values is not JSON.
pub fn append_items<'v>(
    array: Node<'_>,
    values: impl IntoIterator<Item = &'v str>,
) -> Result<Edit, EditError> {
    if array.kind() != Kind::Array {
        return Err(EditError::NotAnArray);
    }
    let separator = separator(array);
    let separator = if separator.is_empty() {
        ", "
    } else {
        &separator
    };
    let values = values.into_iter().map(json);
    let values = values.collect::<Result<Vec<&str>, EditError>>()?;
    if values.is_empty() {
        let end = array.span().end;
        return Ok(Edit::new(Span::new(end, end), ""));
    }
    Ok(insert(array, usize::MAX, &values.join(separator)))
}

/// Removes the items of an array behind the first `most`, with their commas and lines.
///
/// ```
/// use kling_json::{Tape, apply, truncate_items};
/// let text = "[1, 2, 3]";
/// let tape = Tape::parse(text).unwrap();
/// let edit = truncate_items(tape.root(), 1).unwrap();
/// assert_eq!(apply(text, &[edit]).unwrap(), "[1]");
/// ```
///
/// # Errors
/// When the value is no array.
pub fn truncate_items(array: Node<'_>, most: usize) -> Result<Edit, EditError> {
    if array.kind() != Kind::Array {
        return Err(EditError::NotAnArray);
    }
    let (mut kept, mut last) = (None, None);
    for (index, item) in array.children().enumerate() {
        if index < most {
            kept = Some(item);
        }
        last = Some(item);
    }
    Ok(match (kept, last) {
        (Some(kept), Some(last)) => Edit::new(Span::new(kept.span().end, last.span().end), ""),
        (None, Some(_)) => Edit::new(array.span(), brackets(array).concat()),
        (_, None) => {
            let end = array.span().end;
            Edit::new(Span::new(end, end), "")
        }
    })
}

fn insert(container: Node<'_>, index: usize, child: &str) -> Edit {
    let separator = separator(container);
    let mut children = container.children();
    let Some(first) = children.next() else {
        let [open, close] = brackets(container);
        let (before, after) = lines_in_empty(container);
        return Edit::new(
            container.span(),
            format!("{open}{before}{child}{after}{close}"),
        );
    };
    if index == 0 {
        let start = first.member_span().start;
        return Edit::new(Span::new(start, start), format!("{child}{separator}"));
    }
    let before = children.take(index - 1).last().unwrap_or(first);
    let end = before.span().end;
    Edit::new(Span::new(end, end), format!("{separator}{child}"))
}

/// What stands between two members or items of a container that has at least one.
fn separator(container: Node<'_>) -> String {
    let text = container.tape().text();
    let mut children = container.children();
    let (Some(first), second) = (children.next(), children.next()) else {
        return String::new();
    };
    let start = first.member_span().start;
    if let Some(second) = second {
        return Span::new(first.span().end, second.member_span().start)
            .of(text)
            .to_owned();
    }
    let before = Span::new(container.span().start + 1, start).of(text);
    if before.contains('\n') {
        return format!(",{before}");
    }
    // One line: a blank after the comma where there is one after colons.
    let is_spaced = !before.is_empty() || colon_of_document(container).ends_with(' ');
    if is_spaced { ", " } else { "," }.to_owned()
}

/// The line breaks and indentation around the first child of an empty container.
fn lines_in_empty(container: Node<'_>) -> (String, String) {
    let text = container.tape().text();
    let before = text
        .get(..container.member_span().start)
        .unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |line_break| line_break + 1);
    let indent = before.get(line_start..).unwrap_or_default();
    let starts_its_line = line_start > 0 && indent.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    let Some(parent) = container.parent().filter(|_| starts_its_line) else {
        return (String::new(), String::new());
    };
    let line_end = if before
        .get(..line_start)
        .is_some_and(|lines| lines.ends_with("\r\n"))
    {
        "\r\n"
    } else {
        "\n"
    };
    // Every level has added one unit.
    let mut depth = 1;
    let mut outer = parent;
    while let Some(next) = outer.parent() {
        (outer, depth) = (next, depth + 1);
    }
    let unit = match indent.get(..indent.len() / depth) {
        Some(unit) if !unit.is_empty() && unit.repeat(depth) == indent => unit,
        Some(_) | None => "  ",
    };
    (
        format!("{line_end}{indent}{unit}"),
        format!("{line_end}{indent}"),
    )
}

/// What stands between a member's key and its value.
fn colon(member: Node<'_>) -> String {
    let key_end = member.key_span().map_or(member.span().start, |key| key.end);
    let colon = Span::new(key_end, member.span().start).of(member.tape().text());
    if colon.is_empty() || colon.contains('\n') {
        return ": ".to_owned();
    }
    colon.to_owned()
}

/// The same for the document's first member.
fn colon_of_document(node: Node<'_>) -> String {
    node.tape()
        .nodes()
        .find(|node| node.key_span().is_some())
        .map_or_else(|| ": ".to_owned(), colon)
}

fn brackets(container: Node<'_>) -> [&'static str; 2] {
    if container.kind() == Kind::Object {
        ["{", "}"]
    } else {
        ["[", "]"]
    }
}

/// `value` without the whitespace around it, when it is JSON.
fn json(value: &str) -> Result<&str, EditError> {
    crate::check(value).map_err(EditError::NotJson)?;
    Ok(value.trim_matches([' ', '\t', '\n', '\r']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Tape, apply};

    /// Lists in many layouts.
    const LISTS: [&str; 9] = [
        "[]",
        "[ ]",
        "[1]",
        "[1,2,3]",
        "[1, 2, 3]",
        "[\n  1,\n  2\n]",
        "[\n  1\n]",
        "[1\n, 2\n, 3 ]",
        "[\r\n\t{\"a\": 1},\r\n\t[2]\r\n]",
    ];

    fn edited(text: &str, edit: impl Fn(Node<'_>) -> Result<Edit, EditError>) -> String {
        let tape = Tape::parse(text).unwrap();
        let edit = edit(tape.root()).unwrap();
        apply(text, &[edit]).unwrap()
    }

    #[test]
    fn items_are_appended_as_one_after_another_would_be() {
        let values = ["7", " [8, 9] ", "\"]\""];
        for text in LISTS.into_iter().filter(|text| text.len() > 3) {
            let together = edited(text, |list| append_items(list, values));
            let single = values.iter().fold(text.to_owned(), |text, value| {
                edited(&text, |list| insert_item(list, usize::MAX, value))
            });
            assert_eq!(together, single, "{text}");
        }
        for text in LISTS {
            assert_eq!(edited(text, |list| append_items(list, [])), text);
        }
        assert_eq!(
            edited("[]", |list| append_items(list, values)),
            "[7, [8, 9], \"]\"]"
        );
        assert_eq!(
            edited("[1]", |list| append_items(list, values)),
            "[1, 7, [8, 9], \"]\"]"
        );
    }

    #[test]
    fn a_list_is_cut_as_by_removing_its_last_items() {
        for text in LISTS {
            let count = Tape::parse(text).unwrap().root().children().count();
            for most in 0..=count + 1 {
                let cut = edited(text, |list| truncate_items(list, most));
                let single = (most..count).rev().fold(text.to_owned(), |text, last| {
                    edited(&text, |list| remove_item(list.item(last).unwrap()))
                });
                assert_eq!(cut, single, "{text}: {most}");
            }
        }
    }

    #[test]
    fn what_is_no_list_or_no_json_is_refused() {
        let tape = Tape::parse("{\"a\": []}").unwrap();
        let object = tape.root();
        let list = tape.pointer("/a").unwrap();
        assert_eq!(truncate_items(object, 0), Err(EditError::NotAnArray));
        assert_eq!(append_items(object, ["1"]), Err(EditError::NotAnArray));
        let error = append_items(list, ["1", "1,"]);
        assert!(matches!(error, Err(EditError::NotJson(_))));
    }
}
