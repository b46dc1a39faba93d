//! The values of a document, and its canonical text.

use kling_json::{
    Buffer, CanonicalError, Document, Kind, Node, Span, SyntaxErrorKind, canonical, check, repair,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{
    Plan, config, has_duplicate_keys, has_huge_number, near_miss, plan_and_layout, printed,
    valid_text,
};

/// Everything that a document says about its values.
fn values(document: &Document<'_>) -> Vec<String> {
    document.nodes().map(|node| value(node)).collect()
}

fn value(node: Node<'_>) -> String {
    let content = (node.text(), node.number(), node.boolean());
    let place = (node.member_span(), node.pointer(), node.index());
    let parent = node.parent().map(|parent| parent.span());
    let children = node.children().count();
    format!(
        "{node:?} {content:?} {place:?} {parent:?} {children} {}",
        node.is_whole()
    )
}

/// The place of a node as indexes alone, which are unique to it, unlike a pointer.
fn path(node: Node<'_>) -> Vec<usize> {
    let mut path = Vec::new();
    let mut node = node;
    while let Some(parent) = node.parent() {
        path.push(node.index());
        node = parent;
    }
    path.reverse();
    path
}

/// The beginning of every canonical text.
const PREFIX: &str = "kling-json/1:";

proptest! {
    #![proptest_config(config(800))]

    #[test]
    fn a_document_is_parsed_exactly_when_it_is_read_without_an_error(text in near_miss()) {
        let read = Document::read(text.as_str());
        match Document::parse(&text) {
            Ok(parsed) => {
                prop_assert_eq!(read.error(), None);
                prop_assert_eq!(values(&parsed), values(&read));
                prop_assert!(parsed.nodes().all(|node| node.is_whole()));
            }
            Err(error) => {
                prop_assert_eq!(read.error(), Some(error));
                prop_assert_eq!(check(&text), Err(error));
            }
        }
    }

    #[test]
    fn a_repaired_text_has_no_error(text in near_miss()) {
        prop_assert_eq!(Document::read(repair(&text).text).error(), None);
    }

    #[test]
    fn a_used_buffer_changes_nothing(texts in prop::collection::vec(near_miss(), 1..4)) {
        let mut buffer = Buffer::default();
        for text in &texts {
            let document = Document::read_into(text, buffer);
            let fresh = Document::read(text.as_str());
            prop_assert_eq!(document.error(), fresh.error());
            prop_assert_eq!(values(&document), values(&fresh));
            buffer = document.into_buffer();
        }
    }

    #[test]
    fn every_node_is_found_again(text in valid_text()) {
        let document = Document::parse(&text).unwrap();
        let unique = !has_duplicate_keys(&text);
        let whole = document.root().span();
        for node in document.nodes() {
            prop_assert_eq!(check(node.raw()), Ok(()));
            let again = Document::parse(node.raw()).unwrap();
            prop_assert_eq!(again.root().kind(), node.kind());
            prop_assert_eq!(again.root().children().count(), node.children().count());
            prop_assert!(whole.start <= node.span().start && node.span().end <= whole.end);
            let found = document.pointer(&node.pointer());
            prop_assert!(!unique || found == Some(node));
            prop_assert_eq!(document.node_at(node.span().start), Some(node));
            prop_assert_eq!(document.node_at(node.span().end - 1), Some(node));
            if let Some(key) = node.key_span() {
                prop_assert_eq!(document.node_at(key.start), Some(node));
            }
            let before = node.parent().into_iter().flat_map(|parent| parent.children());
            let before = before.take_while(|sibling| *sibling != node).count();
            prop_assert_eq!(node.index(), before);
            let mut walked = document.root();
            for index in path(node) {
                walked = walked.children().nth(index).unwrap();
            }
            prop_assert_eq!(walked, node);
        }
    }

    #[test]
    fn the_values_before_a_cut_are_those_of_the_whole_text(text in valid_text()) {
        let whole = Document::parse(&text).unwrap();
        for (end, _) in text.char_indices() {
            before_a_cut(&whole, end)?;
        }
    }

    #[test]
    fn pointers_mean_what_serde_json_reads(text in valid_text()) {
        prop_assume!(!has_duplicate_keys(&text) && !has_huge_number(&text));
        let value: Value = serde_json::from_str(&text).unwrap();
        let document = Document::parse(&text).unwrap();
        for node in document.nodes() {
            let expected = value.pointer(&node.pointer());
            let found: Value = serde_json::from_str(node.raw()).unwrap();
            prop_assert_eq!(expected, Some(&found));
            prop_assert_eq!(node.boolean(), found.as_bool());
            prop_assert_eq!(node.text().map(|text| text.decode().into_owned()), found.as_str().map(str::to_owned));
            prop_assert_eq!(node.number().is_some(), found.is_number());
        }
        prop_assert_eq!(document.pointer("/no/such"), None);
        prop_assert_eq!(document.pointer("x"), None);
    }

    #[test]
    fn the_canonical_text_is_a_fixed_point((plan, mut layout) in plan_and_layout()) {
        let text = printed(&plan, &mut layout);
        let Ok(first) = canonical(&text) else {
            prop_assert!(has_duplicate_keys(&text));
            return Ok(());
        };
        let stripped = first.strip_prefix(PREFIX).unwrap();
        let again = canonical(stripped).unwrap();
        prop_assert_eq!(again.as_str(), first.as_str());
        prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(stripped).is_ok());
        if !has_huge_number(&text) {
            let same: Value = serde_json::from_str(stripped).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(numbers_as_floats(same), numbers_as_floats(value));
        }
        let other = canonical(&printed(&rewritten(&plan), &mut layout)).unwrap();
        prop_assert_eq!(other.as_str(), first.as_str());
    }

    #[test]
    fn canonical_numbers_are_equal_exactly_when_their_values_are(
        one in "-?[0-2]{1}(\\.[0-2]{1,2})?([eE]-?[0-2])?",
        other in "-?[0-2]{1}(\\.[0-2]{1,2})?([eE]-?[0-2])?",
    ) {
        // An `f64` distinguishes numbers of this few digits.
        let [left, right] = [&one, &other].map(|text| text.parse::<f64>().unwrap() + 0.0);
        let is_same = left.to_bits() == right.to_bits();
        prop_assert_eq!(canonical(&one) == canonical(&other), is_same, "{} and {}", one, other);
    }

    #[test]
    fn canonical_strings_are_equal_exactly_when_their_values_are(
        one in "(a|b|\\\\u006[12]|\\\\n|\\\\u000[aA]|\\\\\\\\|n|/|\\\\/){0,3}",
        other in "(a|b|\\\\u006[12]|\\\\n|\\\\u000[aA]|\\\\\\\\|n|/|\\\\/){0,3}",
    ) {
        let [one, other] = [one, other].map(|content| format!("\"{content}\""));
        let [left, right] = [&one, &other].map(|text| serde_json::from_str::<String>(text).unwrap());
        prop_assert_eq!(canonical(&one) == canonical(&other), left == right);
    }
}

/// Compares what is read of the first `end` bytes of a document with what is read of all of it.
fn before_a_cut(whole: &Document<'_>, end: usize) -> Result<(), TestCaseError> {
    let cut = Document::read(&whole.text()[..end]);
    let (complete, broken): (Vec<_>, Vec<_>) = cut.nodes().partition(Node::is_whole);
    for node in whole.nodes().filter(|node| node.span().start < end) {
        let start = node.span().start;
        let read = cut.nodes().find(|read| read.span().start == start);
        let read = read.expect("a value that begins before the cut is there");
        prop_assert_eq!(read.pointer(), node.pointer());
        prop_assert!(read.is_whole() || node.span().end > end);
    }
    for node in complete {
        let start = node.span().start;
        let same = whole.nodes().find(|other| other.span().start == start);
        let same = same.expect("the whole text has a value there");
        prop_assert_eq!(node.kind(), same.kind());
        prop_assert_eq!(node.pointer(), same.pointer());
        prop_assert_eq!(node.key_span(), same.key_span());
        let is_number_at_cut = node.kind() == Kind::Number && node.span().end == end;
        prop_assert!(is_number_at_cut || node.span() == same.span());
    }
    let (unread, open): (Vec<_>, Vec<_>) = broken
        .into_iter()
        .partition(|node| node.kind() == Kind::Null);
    let around = whole.nodes().filter(|node| {
        let is_container = matches!(node.kind(), Kind::Object | Kind::Array);
        is_container && node.span().start < end && end < node.span().end
    });
    let innermost = open.last().copied();
    let described = |node: &Node<'_>| (node.kind(), node.span().start, node.pointer());
    let open: Vec<_> = open.iter().map(described).collect();
    let around: Vec<_> = around.map(|node| described(&node)).collect();
    prop_assert_eq!(open, around);
    prop_assert!(unread.len() <= 1);
    for node in unread {
        prop_assert!(node.span().is_empty() && node.span().start <= end);
        prop_assert_eq!(cut.nodes().last(), Some(node));
        prop_assert_eq!(node.parent(), innermost);
    }
    Ok(())
}

/// The same value, written differently: members in reverse order, letters as escapes, numbers shifted.
fn rewritten(plan: &Plan) -> Plan {
    match plan {
        Plan::Literal(literal) => Plan::Literal(literal),
        Plan::Number(number) => Plan::Number(match number.split_once(['e', 'E']) {
            None if number.contains('.') => format!("{number}00e-00"),
            None => format!("{number}.000E+0"),
            Some((mantissa, exponent)) => format!("{mantissa}E{exponent}"),
        }),
        Plan::String(pieces) => Plan::String(pieces.iter().map(|piece| escaped(piece)).collect()),
        Plan::Array(items) => Plan::Array(items.iter().map(rewritten).collect()),
        Plan::Object(members) => Plan::Object(
            members
                .iter()
                .rev()
                .map(|(key, value)| {
                    (
                        key.iter().map(|piece| escaped(piece)).collect(),
                        rewritten(value),
                    )
                })
                .collect(),
        ),
    }
}

fn escaped(piece: &str) -> String {
    if piece.contains('\\') {
        return piece.to_owned();
    }
    let mut units = [0; 2];
    piece
        .chars()
        .flat_map(|character| {
            character
                .encode_utf16(&mut units)
                .iter()
                .map(|unit| format!("\\u{unit:04X}"))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// `5` and `5.0` are one number to JSON, and two to `serde_json::Value`.
fn numbers_as_floats(value: Value) -> Value {
    match value {
        // `serde_json` reads some numbers with an error in the last digits.
        Value::Number(number) => json!(format!(
            "{:.11e}",
            number.as_f64().unwrap_or_default() + 0.0
        )),
        Value::Array(items) => items.into_iter().map(numbers_as_floats).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| (key, numbers_as_floats(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::String(_) => value,
    }
}

#[test]
fn the_first_of_equal_keys_is_found() {
    let document = Document::parse(r#"{"a": 1, "\u0061": 2}"#).unwrap();
    let found = document.pointer("/a").unwrap();
    assert_eq!(found.raw(), "1");
    assert_eq!(document.root().children().nth(1).unwrap().pointer(), "/a");
    let error = canonical(document.text()).unwrap_err();
    assert_eq!(
        error,
        CanonicalError::DuplicateKey {
            first: Span::new(1, 4),
            second: Span::new(9, 17)
        }
    );
}

#[test]
fn canonical_texts() {
    for (text, expected) in [
        ("{}", "{}"),
        (
            " [ 1 , -0 , 0e5, 1.50, 1200, 1e400, 0.1e-7 ] ",
            "[1,0,0,15e-1,12e2,1e400,1e-8]",
        ),
        (
            r#"{"b":1,"a":{"z":null,"é":true,"Z":false}}"#,
            r#"{"a":{"Z":false,"z":null,"é":true},"b":1}"#,
        ),
        (
            r#""\u002f\/\u0022\u005c\u001F\u0008\ud83d\ude00""#,
            r#""//\"\\\u001f\b😀""#,
        ),
    ] {
        assert_eq!(canonical(text).unwrap(), format!("{PREFIX}{expected}"));
    }
    assert!(matches!(
        canonical("[1,]"),
        Err(CanonicalError::Syntax(error)) if error.kind == SyntaxErrorKind::TrailingComma
    ));
}
