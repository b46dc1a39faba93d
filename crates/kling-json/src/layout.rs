//! Edits that keep a document's layout: a removal includes the comma, an insertion looks like its siblings.
//!
//! Any of these edits of one document can be applied together, if the document has no error: either the result is JSON,
//! or the edits overlap and are refused.

use std::borrow::Cow;

use crate::canonical::quoted;
use crate::document::{Document, Kind, Node};
use crate::edit::{Edit, EditError, apply};
use crate::span::Span;

/// Replaces a value by the JSON text `value`.
///
/// # Errors
/// When `value` is not JSON.
pub fn replace_value(node: Node<'_>, value: &str) -> Result<Edit, EditError> {
    Ok(Edit::new(node.span(), json(value)?))
}

/// Changes the key of a member.
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
/// use kling_json::{Document, apply, remove_member};
/// let text = "{\n  \"a\": 1,\n  \"b\": 2\n}";
/// let document = Document::parse(text).unwrap();
/// let edit = remove_member(document.pointer("/b").unwrap()).unwrap();
/// assert_eq!(apply(text, &[edit]).unwrap(), "{\n  \"a\": 1\n}");
/// ```
///
/// # Errors
/// When the value is not a member of an object.
pub fn remove_member(member: Node<'_>) -> Result<Edit, EditError> {
    let object = member.parent().filter(|_| member.key_span().is_some());
    let object = object.ok_or(EditError::NotAMember)?;
    let mut edits = removals(object, |sibling| sibling == member);
    edits.pop().ok_or(EditError::NotAMember)
}

/// Returns the text without any members of this key in its outermost object. A text that is not JSON, or has no such
/// member, is returned as it is.
///
/// ```
/// let text = r#"{"$schema": "a.json", "model": "kling-v3"}"#;
/// assert_eq!(kling_json::without_member(text, "$schema"), r#"{"model": "kling-v3"}"#);
/// ```
#[must_use]
pub fn without_member<'t>(text: &'t str, key: &str) -> Cow<'t, str> {
    let Ok(document) = Document::parse(text) else {
        return Cow::Borrowed(text);
    };
    let has_key = |member: Node<'_>| member.key().is_some_and(|found| found.equals(key));
    let edits = removals(document.root(), has_key);
    if edits.is_empty() {
        return Cow::Borrowed(text);
    }
    apply(text, &edits).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Returns the edits that remove the chosen members of an object with their commas and lines, in text order.
fn removals<'d>(object: Node<'d>, is_removed: impl Fn(Node<'d>) -> bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    let Some(first) = object.children().next() else {
        return edits;
    };
    // Where the previous member ends, and whether any previous member is kept.
    let (mut end_before, mut is_any_kept) = (0, false);
    for member in object.children() {
        let span = member.member_span();
        let removed = match (is_removed(member), is_any_kept) {
            (true, true) => Span::new(end_before, span.end),
            (false, false) => Span::new(first.member_span().start, span.start),
            (true, false) | (false, true) => Span::default(),
        };
        if !removed.is_empty() {
            edits.push(Edit::new(removed, ""));
        }
        is_any_kept |= !is_removed(member);
        end_before = span.end;
    }
    if !is_any_kept {
        // The edit covers the brackets, so that it overlaps any edit that inserts a member here.
        edits.push(Edit::new(object.span(), "{}"));
    }
    edits
}

/// Inserts a member at the end of an object, laid out like the existing members: an object on one line stays on one
/// line, and one with a line per member keeps that, with the same indentation and line ends. `value` is JSON text and
/// is inserted as it is.
///
/// Removing the member again restores the text, unless the object held nothing but whitespace.
///
/// ```
/// use kling_json::{Document, apply, insert_member};
/// let text = "{\n\t\"a\": 1\n}";
/// let document = Document::parse(text).unwrap();
/// let edit = insert_member(document.root(), "b", "true").unwrap();
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
    Ok(insert(object, &member))
}

/// Appends items to an array, laid out like the existing items. The values are JSON texts and are inserted as they are.
///
/// ```
/// use kling_json::{Document, append_items, apply};
/// let text = "[1,2]";
/// let document = Document::parse(text).unwrap();
/// let edit = append_items(document.root(), ["3", "4"]).unwrap();
/// assert_eq!(apply(text, &[edit]).unwrap(), "[1,2,3,4]");
/// ```
///
/// # Errors
/// When the value is not an array, or one of the values is not JSON.
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
    Ok(insert(array, &values.join(separator)))
}

/// Removes the items of an array after the first `most`, with their commas and lines.
///
/// ```
/// use kling_json::{Document, apply, truncate_items};
/// let text = "[1, 2, 3]";
/// let document = Document::parse(text).unwrap();
/// let edit = truncate_items(document.root(), 1).unwrap();
/// assert_eq!(apply(text, &[edit]).unwrap(), "[1]");
/// ```
///
/// # Errors
/// When the value is not an array.
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
        (None, Some(_)) => Edit::new(array.span(), "[]"),
        (_, None) => {
            let end = array.span().end;
            Edit::new(Span::new(end, end), "")
        }
    })
}

/// Makes the edit that inserts `child` after the last child of a container.
fn insert(container: Node<'_>, child: &str) -> Edit {
    if let Some(last) = container.children().last() {
        let end = last.span().end;
        return Edit::new(
            Span::new(end, end),
            format!("{}{child}", separator(container)),
        );
    }
    let (open, close) = if container.kind() == Kind::Object {
        ('{', '}')
    } else {
        ('[', ']')
    };
    let (before, after) = lines_in_empty(container);
    Edit::new(
        container.span(),
        format!("{open}{before}{child}{after}{close}"),
    )
}

/// Returns what separates two members or items of a container that has at least one.
fn separator(container: Node<'_>) -> String {
    let text = container.document().text();
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
    // On one line, a comma is followed by a space if colons are.
    let is_spaced = !before.is_empty() || colon_of_document(container).ends_with(' ');
    if is_spaced { ", " } else { "," }.to_owned()
}

/// Returns the line breaks and indentation before and after the first child of an empty container.
fn lines_in_empty(container: Node<'_>) -> (String, String) {
    let text = container.document().text();
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
    // Each level of nesting adds one unit of indentation.
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

/// Returns what is between a member's key and its value.
fn colon(member: Node<'_>) -> String {
    let key_end = member.key_span().map_or(member.span().start, |key| key.end);
    let colon = Span::new(key_end, member.span().start).of(member.document().text());
    if colon.is_empty() || colon.contains('\n') {
        return ": ".to_owned();
    }
    colon.to_owned()
}

/// Returns the same for the document's first member.
fn colon_of_document(node: Node<'_>) -> String {
    node.document()
        .nodes()
        .find(|node| node.key_span().is_some())
        .map_or_else(|| ": ".to_owned(), colon)
}

/// Returns `value` without the whitespace around it, if it is JSON.
fn json(value: &str) -> Result<&str, EditError> {
    crate::check(value).map_err(EditError::NotJson)?;
    Ok(value.trim_matches([' ', '\t', '\n', '\r']))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let document = Document::parse(text).unwrap();
        let edit = edit(document.root()).unwrap();
        apply(text, &[edit]).unwrap()
    }

    #[test]
    fn items_are_appended_as_one_after_another_would_be() {
        let values = ["7", " [8, 9] ", "\"]\""];
        for text in LISTS.into_iter().filter(|text| text.len() > 3) {
            let together = edited(text, |list| append_items(list, values));
            let single = values.iter().fold(text.to_owned(), |text, value| {
                edited(&text, |list| append_items(list, [*value]))
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
    fn members_of_one_key_are_removed_as_one_after_another_would_be() {
        let one_after_another = |text: &str| {
            let mut text = text.to_owned();
            while Document::parse(&text).unwrap().root().member("x").is_some() {
                text = edited(&text, |object| remove_member(object.member("x").unwrap()));
            }
            text
        };
        for [open, colon, comma, close] in [
            ["{", ":", ",", "}"],
            ["{ ", ": ", ", ", " }"],
            ["{\n  ", ": ", ",\n  ", "\n}"],
            ["{", " : ", "\n, ", "\n}"],
        ] {
            for removed in 0..16 {
                let key = |place| if removed >> place & 1 == 1 { "x" } else { "a" };
                let members = [0, 1, 2, 3].map(|place| format!("\"{}\"{colon}{place}", key(place)));
                let text = format!("{open}{}{close}", members.join(comma));
                assert_eq!(
                    without_member(&text, "x"),
                    one_after_another(&text),
                    "{text}"
                );
            }
        }
        for text in ["{}", "[{\"x\": 1}]", "\"x\"", "{\"x\": 1,}"] {
            assert_eq!(without_member(text, "x"), text);
        }
    }

    #[test]
    fn many_members_take_no_more_than_linear_time() {
        let text = format!("{{{}\"b\":2}}", "\"x\":1,".repeat(100_000));
        assert_eq!(without_member(&text, "x"), "{\"b\":2}");
    }

    #[test]
    fn what_was_appended_can_be_cut_off_again() {
        for text in LISTS.into_iter().filter(|text| *text != "[ ]") {
            let count = Document::parse(text).unwrap().root().children().count();
            let longer = edited(text, |list| append_items(list, ["7", "8"]));
            assert_eq!(edited(&longer, |list| truncate_items(list, count)), text);
        }
    }

    #[test]
    fn the_first_items_stay() {
        for text in LISTS {
            let document = Document::parse(text).unwrap();
            let items: Vec<&str> = document.root().children().map(|item| item.raw()).collect();
            for most in 0..=items.len() + 1 {
                let cut = edited(text, |list| truncate_items(list, most));
                let cut = Document::parse(&cut).unwrap();
                let left = cut.root().children().map(|item| item.raw());
                assert!(left.eq(items.iter().copied().take(most)), "{text}: {most}");
            }
        }
    }

    #[test]
    fn what_is_not_a_list_or_not_json_is_refused() {
        let document = Document::parse("{\"a\": []}").unwrap();
        let object = document.root();
        let list = document.pointer("/a").unwrap();
        assert_eq!(truncate_items(object, 0), Err(EditError::NotAnArray));
        assert_eq!(append_items(object, ["1"]), Err(EditError::NotAnArray));
        let error = append_items(list, ["1", "1,"]);
        assert!(matches!(error, Err(EditError::NotJson(_))));
    }
}
