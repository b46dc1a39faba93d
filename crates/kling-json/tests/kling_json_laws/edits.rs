//! Edits: what they do, how the result looks, and which can be combined.

use kling_json::{
    Document, Edit, EditError, Kind, Span, append_items, apply, check, insert_member,
    remove_member, rename_key, replace_value, truncate_items,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{config, has_duplicate_keys, has_huge_number, valid_text};

fn edited(text: &str, edit: &Edit) -> String {
    let after =
        apply(text, std::slice::from_ref(edit)).expect("one edit of a document fits its text");
    assert!(after.starts_with(&text[..edit.span.start]) && after.ends_with(&text[edit.span.end..]));
    after
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn edits_do_what_they_say(text in valid_text(), pick in any::<prop::sample::Index>(), most in 0..5_usize) {
        prop_assume!(!has_duplicate_keys(&text) && !has_huge_number(&text));
        let document = Document::parse(&text).unwrap();
        let node = document.nodes().nth(pick.index(document.nodes().count())).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();

        let mut expected = value.clone();
        *expected.pointer_mut(&node.pointer()).unwrap() = json!([1]);
        prop_assert_eq!(read(&edited(&text, &replace_value(node, " [1] ").unwrap())), expected);

        if let (Some(object), Some(key)) = (node.parent(), node.key()) {
            let mut removed = value.clone();
            let members = removed.pointer_mut(&object.pointer()).unwrap();
            members.as_object_mut().unwrap().remove(key.decode().as_ref());
            prop_assert_eq!(read(&edited(&text, &remove_member(node).unwrap())), removed);
        } else {
            prop_assert_eq!(remove_member(node), Err(EditError::NotAMember));
            prop_assert_eq!(rename_key(node, "a"), Err(EditError::NotAMember));
        }

        if node.key().is_some() {
            let renamed = edited(&text, &rename_key(node, "new \"key\"").unwrap());
            let found = Document::parse(&renamed).unwrap();
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
                let document = Document::parse(&after).unwrap();
                let member = document.pointer(&format!("{}/new~1key", node.pointer())).unwrap();
                prop_assert!(was_blank || edited(&after, &remove_member(member).unwrap()) == text);
            }
            Kind::Array => {
                let after = edited(&text, &append_items(node, ["\"x\"", " 2 "]).unwrap());
                let mut appended = value.clone();
                let list = appended.pointer_mut(&node.pointer()).unwrap();
                list.as_array_mut().unwrap().extend([json!("x"), json!(2)]);
                prop_assert_eq!(read(&after), appended);
                let document = Document::parse(&after).unwrap();
                let list = document.pointer(&node.pointer()).unwrap();
                let cut = truncate_items(list, node.children().count()).unwrap();
                prop_assert!(was_blank || edited(&after, &cut) == text);

                let after = edited(&text, &truncate_items(node, most).unwrap());
                let mut truncated = value.clone();
                let list = truncated.pointer_mut(&node.pointer()).unwrap();
                list.as_array_mut().unwrap().truncate(most);
                prop_assert_eq!(read(&after), truncated);
            }
            Kind::String | Kind::Number | Kind::Boolean | Kind::Null => {
                prop_assert_eq!(insert_member(node, "a", "1"), Err(EditError::NotAnObject));
                prop_assert_eq!(append_items(node, ["1"]), Err(EditError::NotAnArray));
                prop_assert_eq!(truncate_items(node, 0), Err(EditError::NotAnArray));
            }
        }
    }

    #[test]
    fn edits_of_one_document_go_together_or_are_refused(
        text in valid_text(),
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0..5_u8), 2..5),
    ) {
        let document = Document::parse(&text).unwrap();
        let count = document.nodes().count();
        let mut edits: Vec<Edit> = picks.iter().filter_map(|(pick, action)| {
            let node = document.nodes().nth(pick.index(count))?;
            match action {
                0 => remove_member(node).or_else(|_| truncate_items(node, 0)).ok(),
                1 => insert_member(node, "k", "1").or_else(|_| append_items(node, ["1"])).ok(),
                2 => truncate_items(node, 1).ok(),
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
    let document = Document::parse(text).expect("valid JSON");
    let node = document.pointer(pointer).expect("a value is there");
    let edit = insert_member(node, "k", "1").or_else(|_| append_items(node, ["1"]));
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
    let document = Document::parse(text).expect("valid JSON");
    let node = document.pointer(pointer).expect("a value is there");
    let edit = remove_member(node).expect("the value is a member");
    assert_eq!(edited(text, &edit), expected);
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
    removes(
        "{\"a\": 1, \"b\": 2, \"c\": 3}",
        "/a",
        "{\"b\": 2, \"c\": 3}",
    );
    removes("{\"a\":1,\"b\":2}", "/b", "{\"a\":1}");
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
    let document = Document::parse("{}").unwrap();
    assert!(matches!(
        insert_member(document.root(), "a", "[1,]"),
        Err(EditError::NotJson(_))
    ));
    assert_eq!(remove_member(document.root()), Err(EditError::NotAMember));
    assert_eq!(rename_key(document.root(), "a"), Err(EditError::NotAMember));
}
