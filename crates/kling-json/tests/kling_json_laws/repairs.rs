//! Repaired texts: always valid, the same when nothing was wrong, and traceable to the source.

use kling_json::{Span, check, repair};
use proptest::prelude::*;

use crate::common::{config, near_miss, valid_text};

/// The most errors that a repair lists.
const MOST_ERRORS: usize = 100;

/// Checks all laws that hold for every text.
#[track_caller]
fn keeps_the_laws(source: &str) {
    let repaired = repair(source);
    assert_eq!(
        check(&repaired.text),
        Ok(()),
        "{source:?} became {:?}",
        repaired.text
    );
    match check(source) {
        Ok(()) => {
            assert_eq!(repaired.text, source);
            assert!(repaired.errors.is_empty());
        }
        Err(error) => assert_eq!(repaired.errors.first(), Some(&error)),
    }
    assert!(repaired.errors.len() <= MOST_ERRORS);
    assert!(repaired.errors.is_sorted_by_key(|error| error.offset));
    let mut last = 0;
    for (offset, character) in repaired.text.char_indices() {
        let place = repaired.map.to_source(offset);
        assert!(last <= place && place <= source.len());
        last = place;
        let span = Span::new(offset, offset + character.len_utf8());
        if !repaired.map.touches_inserted(span) {
            let origin = repaired.map.span_to_source(span);
            assert_eq!(origin.start, place);
            assert_eq!(origin.of(source), span.of(&repaired.text));
        }
    }
    assert_eq!(repaired.map.to_source(repaired.text.len()), source.len());
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn broken_texts(text in near_miss()) {
        keeps_the_laws(&text);
    }

    #[test]
    fn arbitrary_texts(text in "\\PC{0,40}|[\\[\\]{},:\"'0-9eE.+\\-tfn \\\\u\n/*#]{0,40}") {
        keeps_the_laws(&text);
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn half_typed_texts(text in valid_text()) {
        for (end, _) in text.char_indices().step_by(3) {
            keeps_the_laws(&text[..end]);
        }
        keeps_the_laws(&text);
    }
}

#[track_caller]
fn becomes(source: &str, expected: &str) {
    keeps_the_laws(source);
    assert_eq!(repair(source).text, expected, "from {source:?}");
}

#[test]
fn what_people_write() {
    becomes("{\"a\": [1, 2", "{\"a\": [1, 2]}");
    becomes("{\"a\": \"kl", "{\"a\": \"kl\"}");
    becomes("{\"a\": ", "{\"a\": null}");
    becomes("{\"a\"", "{\"a\": null}");
    becomes("{\"a\": 1, ", "{\"a\": 1 }");
    becomes("{\"a\": 1,}", "{\"a\": 1}");
    becomes("[1,,2,]", "[1,2]");
    becomes("[,1]", "[1]");
    becomes("[1 2 \"x\"]", "[1 ,2 ,\"x\"]");
    becomes("{\"a\": 1\n \"b\": 2}", "{\"a\": 1\n ,\"b\": 2}");
    becomes("{\"a\" 1}", "{\"a\" : 1}");
    becomes("{a: 1, $b_2: 2}", "{\"a\": 1, \"$b_2\": 2}");
    becomes("{'a': 'it\\'s \"x\"'}", "{\"a\": \"it's \\\"x\\\"\"}");
    becomes("{\u{201c}a\u{201d}: \u{201c}b\u{201d}}", "{\"a\": \"b\"}");
    becomes(
        "{\"a\": True, \"b\": None, \"c\": NaN}",
        "{\"a\": true, \"b\": null, \"c\": null}",
    );
    becomes(
        "{\"a\": 1 // one\n, /* two */ \"b\": 2}",
        "{\"a\": 1 \n,  \"b\": 2}",
    );
    becomes(
        "{\"a\": +5, \"b\": .5, \"c\": 05, \"d\": 5.}",
        "{\"a\": 5, \"b\": 0.5, \"c\": 5, \"d\": 5}",
    );
    becomes("{\"a\": pro}", "{\"a\": \"pro\"}");
    becomes(
        "{\"a\": \"one\ntwo\ttabs\"}",
        "{\"a\": \"one\\ntwo\\ttabs\"}",
    );
    becomes("{\"a\": \"one,\n\"b\": 2}", "{\"a\": \"one,\"\n,\"b\": 2}");
    becomes("{\"a\": \"one\n}", "{\"a\": \"one\"\n}");
    becomes("{\"a\": \"C:\\dir\"}", "{\"a\": \"C:\\\\dir\"}");
    becomes("\"\\ud800x\\u12\"", "\"\\ufffdx\\\\u12\"");
    becomes("{\"a\": [1, {\"b\": 2]}", "{\"a\": [1, {\"b\": 2}]}");
    becomes("{\"a\": [1}", "{\"a\": [1]}");
    becomes("[1}]", "[1]");
    becomes("{\"a\": 1} trailing", "{\"a\": 1} ");
    becomes("\u{feff}{}", "{}");
    becomes("", "null");
    becomes("tru", "true");
    becomes("[nul", "[null]");
    becomes("}", "null");
    becomes("{{}}", "{\"\": {}}");
    becomes("{:1}", "{\"\":1}");
    becomes("@@[1]", "[1]");
}

#[test]
fn inserted_text_is_known() {
    let repaired = repair("{\"a\": \"kl");
    let value = Span::new(6, 10);
    assert_eq!(value.of(&repaired.text), "\"kl\"");
    assert!(repaired.map.touches_inserted(value));
    assert!(!repaired.map.touches_inserted(Span::new(1, 4)));
    assert_eq!(repaired.map.span_to_source(value), Span::new(6, 9));
    assert_eq!(
        repaired.map.span_to_source(Span::new(10, 11)),
        Span::new(9, 9)
    );

    let repaired = repair("[True]");
    assert_eq!(
        repaired.map.span_to_source(Span::new(1, 5)),
        Span::new(1, 5)
    );
    assert!(repaired.map.touches_inserted(Span::new(1, 5)));
}

#[test]
fn size_costs_neither_stack_nor_more_than_linear_time() {
    for piece in [
        "[", "{\"a\":", "]", "'", "\\", "\"\n", "/*", "//\n", "1 ", "a:", ",", "\u{201c}",
        "\"a\n\n", "{", "[\"", "{\"a\n", "@,",
    ] {
        let text = piece.repeat(30_000);
        let repaired = repair(&text);
        assert_eq!(check(&repaired.text), Ok(()), "{piece:?}");
        assert!(repaired.errors.len() <= MOST_ERRORS);
    }
    keeps_the_laws(&"[".repeat(130));
    keeps_the_laws(&format!("{}1{}", "[".repeat(130), "]".repeat(130)));
}
