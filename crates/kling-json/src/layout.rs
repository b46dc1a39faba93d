//! Edits that keep a document's layout: one function owns removing with its comma, one inserting with its indentation.
//!
//! Any of these edits of one tape can be applied together: the result is JSON, or the edits overlap and are refused.

use crate::canonical::quoted;
use crate::cursor::Kind;
use crate::edit::{Edit, EditError};
use crate::span::Span;
use crate::tape::Node;

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
/// When the value is no member of an object.
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
/// When the value is no member of an object.
pub fn remove_member(member: Node<'_>) -> Result<Edit, EditError> {
    match member.parent() {
        Some(parent) if parent.kind() == Kind::Object => Ok(remove(member, parent)),
        Some(_) | None => Err(EditError::NotAMember),
    }
}

/// Removes an item with its comma and its line.
///
/// # Errors
/// When the value is no item of an array.
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
/// When the value is no object, or `value` is not JSON.
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
