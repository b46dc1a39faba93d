//! The index of a document, its canonical text, and edits.

use kling_json::{
    CANONICAL_PREFIX, CanonicalError, Edit, EditError, Kind, Node, Span, SyntaxErrorKind, Tape,
    apply, canonical, check, insert_item, insert_member, remove_item, remove_member, rename_key,
    replace_value,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{Plan, config, near_miss, plan_and_layout, printed, valid_text};

/// The place of a node, told by positions alone: unlike a pointer, it is no other node's.
fn path(node: Node<'_>) -> Vec<usize> {
    let mut path = Vec::new();
    let mut node = node;
    while let Some(parent) = node.parent() {
        path.push(node.position());
        node = parent;
    }
    path.reverse();
    path
}

fn has_duplicate_keys(text: &str) -> bool {
    matches!(canonical(text), Err(CanonicalError::DuplicateKey { .. }))
}

fn has_huge_number(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_err()
}

proptest! {
    #![proptest_config(config(800))]

    #[test]
    fn the_tape_accepts_what_the_cursor_accepts(text in near_miss()) {
        prop_assert_eq!(Tape::parse(&text).err(), check(&text).err());
    }

    #[test]
    fn every_node_is_found_again(text in valid_text()) {
        let tape = Tape::parse(&text).unwrap();
        let unique = !has_duplicate_keys(&text);
        let whole = tape.root().span();
        for node in tape.nodes() {
            prop_assert_eq!(check(node.raw()), Ok(()));
            let again = Tape::parse(node.raw()).unwrap();
            prop_assert_eq!(again.root().kind(), node.kind());
            prop_assert_eq!(again.root().children().count(), node.children().count());
            prop_assert!(whole.start <= node.span().start && node.span().end <= whole.end);
            let found = tape.pointer(&node.pointer());
            prop_assert!(!unique || found == Some(node));
            prop_assert_eq!(tape.node_at(node.span().start), Some(node));
            prop_assert_eq!(tape.node_at(node.span().end - 1), Some(node));
            if let Some(key) = node.key_span() {
                prop_assert_eq!(tape.node_at(key.start), Some(node));
            }
            let mut walked = tape.root();
            for position in path(node) {
                walked = walked.children().nth(position).unwrap();
            }
            prop_assert_eq!(walked, node);
        }
    }

    #[test]
    fn pointers_mean_what_serde_json_reads(text in valid_text()) {
        prop_assume!(!has_duplicate_keys(&text) && !has_huge_number(&text));
        let value: Value = serde_json::from_str(&text).unwrap();
        let tape = Tape::parse(&text).unwrap();
        for node in tape.nodes() {
            let expected = value.pointer(&node.pointer());
            let found: Value = serde_json::from_str(node.raw()).unwrap();
            prop_assert_eq!(expected, Some(&found));
            prop_assert_eq!(node.boolean(), found.as_bool());
            prop_assert_eq!(node.text().map(|text| text.decode().into_owned()), found.as_str().map(str::to_owned));
            prop_assert_eq!(node.number().is_some(), found.is_number());
        }
        prop_assert_eq!(tape.pointer("/no/such"), None);
        prop_assert_eq!(tape.pointer("x"), None);
    }

    #[test]
    fn the_canonical_text_is_a_fixed_point((plan, mut layout) in plan_and_layout()) {
        let text = printed(&plan, &mut layout);
        let Ok(first) = canonical(&text) else {
            prop_assert!(has_duplicate_keys(&text));
            return Ok(());
        };
        let stripped = first.strip_prefix(CANONICAL_PREFIX).unwrap();
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
        // So few digits are told apart by an f64.
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

/// The same value, written otherwise: members in reverse order, letters as escapes, numbers shifted.
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
    let tape = Tape::parse(r#"{"a": 1, "\u0061": 2}"#).unwrap();
    let found = tape.pointer("/a").unwrap();
    assert_eq!(found.raw(), "1");
    assert_eq!(tape.root().children().nth(1).unwrap().pointer(), "/a");
    let error = canonical(tape.text()).unwrap_err();
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
        assert_eq!(
            canonical(text).unwrap(),
            format!("{CANONICAL_PREFIX}{expected}")
        );
    }
    assert!(matches!(
        canonical("[1,]"),
        Err(CanonicalError::Syntax(error)) if error.kind == SyntaxErrorKind::TrailingComma
    ));
}

fn edited(text: &str, edit: &Edit) -> String {
    let after = apply(text, std::slice::from_ref(edit)).expect("one edit of a tape fits its text");
    assert!(after.starts_with(&text[..edit.span.start]) && after.ends_with(&text[edit.span.end..]));
    after
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn edits_do_what_they_say(text in valid_text(), pick in any::<prop::sample::Index>(), at in 0..5_usize) {
        prop_assume!(!has_duplicate_keys(&text) && !has_huge_number(&text));
        let tape = Tape::parse(&text).unwrap();
        let node = tape.nodes().nth(pick.index(tape.nodes().count())).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();

        let mut expected = value.clone();
        *expected.pointer_mut(&node.pointer()).unwrap() = json!([1]);
        prop_assert_eq!(read(&edited(&text, &replace_value(node, " [1] ").unwrap())), expected);

        if let Some(parent) = node.parent() {
            let mut removed = value.clone();
            let edit = match removed.pointer_mut(&parent.pointer()).unwrap() {
                Value::Object(members) => {
                    members.remove(node.key().unwrap().decode().as_ref());
                    prop_assert_eq!(remove_item(node), Err(EditError::NotAnItem));
                    remove_member(node).unwrap()
                }
                Value::Array(items) => {
                    items.remove(node.position());
                    prop_assert_eq!(remove_member(node), Err(EditError::NotAMember));
                    remove_item(node).unwrap()
                }
                other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                    panic!("{other} is no parent")
                }
            };
            prop_assert_eq!(read(&edited(&text, &edit)), removed);
        }

        if node.key().is_some() {
            let renamed = edited(&text, &rename_key(node, "new \"key\"").unwrap());
            let found = Tape::parse(&renamed).unwrap();
            let pointer = format!("{}/new \"key\"", node.parent().unwrap().pointer());
            prop_assert_eq!(found.pointer(&pointer).unwrap().raw(), node.raw());
        }

        let was_blank = node.children().next().is_none() && node.span().len() > 2;
        match node.kind() {
            Kind::Object => {
                let after = edited(&text, &insert_member(node, "new/key", "{\"x\": 1}").unwrap());
                let mut inserted = value.clone();
                inserted.pointer_mut(&node.pointer()).unwrap()["new/key"] = json!({"x": 1});
                prop_assert_eq!(read(&after), inserted);
                let tape = Tape::parse(&after).unwrap();
                let member = tape.pointer(&format!("{}/new~1key", node.pointer())).unwrap();
                prop_assert!(was_blank || edited(&after, &remove_member(member).unwrap()) == text);
            }
            Kind::Array => {
                let after = edited(&text, &insert_item(node, at, "\"x\"").unwrap());
                let index = at.min(node.children().count());
                let mut inserted = value.clone();
                let list = inserted.pointer_mut(&node.pointer()).unwrap();
                list.as_array_mut().unwrap().insert(index, json!("x"));
                prop_assert_eq!(read(&after), inserted);
                let tape = Tape::parse(&after).unwrap();
                let item = tape.pointer(&format!("{}/{index}", node.pointer())).unwrap();
                prop_assert!(was_blank || edited(&after, &remove_item(item).unwrap()) == text);
            }
            Kind::String | Kind::Number | Kind::Boolean | Kind::Null => {
                prop_assert_eq!(insert_member(node, "a", "1"), Err(EditError::NotAnObject));
                prop_assert_eq!(insert_item(node, 0, "1"), Err(EditError::NotAnArray));
            }
        }
    }

    #[test]
    fn edits_of_one_tape_go_together_or_are_refused(
        text in valid_text(),
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0..5_u8), 2..5),
    ) {
        let tape = Tape::parse(&text).unwrap();
        let count = tape.nodes().count();
        let mut edits: Vec<Edit> = picks.iter().filter_map(|(pick, action)| {
            let node = tape.nodes().nth(pick.index(count))?;
            match action {
                0 => remove_member(node).or_else(|_| remove_item(node)).ok(),
                1 => insert_member(node, "k", "1").or_else(|_| insert_item(node, usize::MAX, "1")).ok(),
                2 => insert_item(node, 0, "2").or_else(|_| insert_item(node, 1, "3")).ok(),
                3 => rename_key(node, "r").ok(),
                _ => replace_value(node, "{}").ok(),
            }
        }).collect();
        edits.sort_by_key(|edit| edit.span);
        match apply(&text, &edits) {
            Ok(after) => prop_assert_eq!(check(&after), Ok(()), "{:?} on {} is {}", edits, text, after),
            Err(error) => prop_assert!(matches!(error, EditError::Overlap(_))),
        }
    }
}

#[track_caller]
fn inserts(text: &str, pointer: &str, expected: &str) {
    let tape = Tape::parse(text).expect("valid JSON");
    let node = tape.pointer(pointer).expect("a value is there");
    let edit = insert_member(node, "k", "1").or_else(|_| insert_item(node, usize::MAX, "1"));
    assert_eq!(
        edited(text, &edit.expect("the value fits the edit")),
        expected
    );
}

#[test]
fn what_is_inserted_looks_like_its_siblings() {
    inserts("{}", "", "{\"k\": 1}");
    inserts("[]", "", "[1]");
    inserts("{\"a\":1}", "", "{\"a\":1,\"k\":1}");
    inserts("{\"a\": 1}", "", "{\"a\": 1, \"k\": 1}");
    inserts("{ \"a\": 1 }", "", "{ \"a\": 1, \"k\": 1 }");
    inserts("{\"a\": 1, \"b\": 2}", "", "{\"a\": 1, \"b\": 2, \"k\": 1}");
    inserts("{\n  \"a\": 1\n}", "", "{\n  \"a\": 1,\n  \"k\": 1\n}");
    inserts(
        "{\r\n\t\"a\" : 1\r\n}",
        "",
        "{\r\n\t\"a\" : 1,\r\n\t\"k\" : 1\r\n}",
    );
    inserts(
        "{\n  \"a\": 1\n, \"b\": 2\n}",
        "",
        "{\n  \"a\": 1\n, \"b\": 2\n, \"k\": 1\n}",
    );
    inserts(
        "{\n   \"a\": {}\n}",
        "/a",
        "{\n   \"a\": {\n      \"k\": 1\n   }\n}",
    );
    inserts(
        "{\r\n\t\"a\": {\r\n\t\t\"b\": []\r\n\t}\r\n}",
        "/a/b",
        "{\r\n\t\"a\": {\r\n\t\t\"b\": [\r\n\t\t\t1\r\n\t\t]\r\n\t}\r\n}",
    );
    inserts("{\"a\":[1]}", "/a", "{\"a\":[1,1]}");
    inserts("{\"a\": [1]}", "/a", "{\"a\": [1, 1]}");
    inserts("{\"a\": {}}", "/a", "{\"a\": {\"k\": 1}}");
}

#[track_caller]
fn removes(text: &str, pointer: &str, expected: &str) {
    let tape = Tape::parse(text).expect("valid JSON");
    let node = tape.pointer(pointer).expect("a value is there");
    let edit = remove_member(node).or_else(|_| remove_item(node));
    assert_eq!(
        edited(text, &edit.expect("the value fits the edit")),
        expected
    );
}

#[test]
fn what_is_removed_takes_its_comma_and_line() {
    removes("{ \"a\": 1 }", "/a", "{}");
    removes(
        "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}",
        "/a",
        "{\n  \"b\": 2,\n  \"c\": 3\n}",
    );
    removes(
        "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}",
        "/b",
        "{\n  \"a\": 1,\n  \"c\": 3\n}",
    );
    removes(
        "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}",
        "/c",
        "{\n  \"a\": 1,\n  \"b\": 2\n}",
    );
    removes("[1, 2, 3]", "/0", "[2, 3]");
    removes("[1, 2, 3]", "/1", "[1, 3]");
    removes("[1,2,3]", "/2", "[1,2]");
}

#[test]
fn edits_that_do_not_fit_are_refused() {
    let edit = |start, end| Edit::new(Span::new(start, end), "");
    assert_eq!(
        apply("[1]", &[edit(1, 9)]),
        Err(EditError::OutOfText(Span::new(1, 9)))
    );
    assert_eq!(
        apply("\"é\"", &[edit(2, 3)]),
        Err(EditError::OutOfText(Span::new(2, 3)))
    );
    assert_eq!(
        apply("[1]", &[edit(2, 1)]),
        Err(EditError::OutOfText(Span::new(2, 1)))
    );
    assert_eq!(
        apply("[1]", &[edit(0, 2), edit(1, 2)]),
        Err(EditError::Overlap(Span::new(1, 2)))
    );
    assert_eq!(
        apply("[1]", &[edit(0, 1), edit(1, 2), edit(2, 3)]),
        Ok(String::new())
    );
    let tape = Tape::parse("{}").unwrap();
    assert!(matches!(
        insert_member(tape.root(), "a", "[1,]"),
        Err(EditError::NotJson(_))
    ));
    assert_eq!(remove_member(tape.root()), Err(EditError::NotAMember));
    assert_eq!(rename_key(tape.root(), "a"), Err(EditError::NotAMember));
}
