//! What is reported for each kind of mistake, and that no input makes any part of the crate panic.

use kling_json::{
    Buffer, Document, Edit, LineWalker, Node, Position, Span, SyntaxError, SyntaxErrorKind,
    append_items, apply, canonical, check, insert_member, remove_member, rename_key, repair,
    truncate_items, unescape_token, validate_utf8, without_member,
};
use proptest::prelude::*;

use crate::common::{config, near_miss};

#[track_caller]
fn says(text: &str, offset: usize, message: &str, help: &str) {
    let error = check(text).expect_err("the text is broken");
    assert_eq!(
        (
            error.offset,
            error.to_string().as_str(),
            error.help().unwrap_or_default()
        ),
        (offset, message, help),
        "{text:?}"
    );
}

#[test]
fn structure() {
    says(
        "\u{feff}{}",
        0,
        "the text begins with a byte order mark",
        "save the text as UTF-8 without a byte order mark",
    );
    for text in ["", " \n\t\r\n"] {
        says(text, text.len(), "the text is empty", "write a value");
    }
    says(
        "{\"a\": ",
        6,
        "the text ends where a value was expected",
        "write a value here",
    );
    says(
        "{\"a\": 1",
        7,
        "the text ends inside an object",
        "close the object with `}`",
    );
    says(
        "[1",
        2,
        "the text ends inside an array",
        "close the array with `]`",
    );
    says(
        "[",
        1,
        "the text ends inside an array",
        "close the array with `]`",
    );
    says(
        "[1, ]",
        2,
        "there is a comma before the closing bracket",
        "remove the comma",
    );
    says(
        "{\"a\": 1 , }",
        8,
        "there is a comma before the closing bracket",
        "remove the comma",
    );
    says(
        "{\"a\": 1 \"b\": 2}",
        8,
        "a comma is missing before this",
        "write `,` before it",
    );
    says(
        "[1 2]",
        3,
        "a comma is missing before this",
        "write `,` before it",
    );
    says(
        "{\"a\" 1}",
        5,
        "a colon is missing after the key",
        "write `:` between the key and its value",
    );
    says("{\"a\"}", 4, "expected `:` after the key, found `}`", "");
    says(
        "{a: 1}",
        1,
        "the key has no quotation marks",
        "write the key between `\"` and `\"`",
    );
    says(
        "{\"a\": 1, b: 1}",
        9,
        "the key has no quotation marks",
        "write the key between `\"` and `\"`",
    );
    says("[1}", 2, "expected `,` or `]`, found `}`", "");
    says("{\"a\": ;}", 6, "expected a value, found `;`", "");
    says("[\u{7}]", 1, "expected a value, found U+0007", "");
    says("[\u{202e}]", 1, "expected a value, found U+202E", "");
    says(
        "{} {}",
        3,
        "text follows the value",
        "remove what follows the first value",
    );
    says("{} // x", 3, "JSON has no comments", "remove the comment");
    says("[/* x */]", 1, "JSON has no comments", "remove the comment");
    says(
        &"[".repeat(200),
        128,
        "more than 128 levels of objects and arrays are nested",
        "nest fewer objects and arrays",
    );
}

#[test]
fn objects_on_lines_of_their_own() {
    for gap in ["\n", " \r\n\n\t"] {
        says(
            &format!("{{}}{gap}{{}}"),
            2 + gap.len(),
            "another object follows on a new line",
            "read each line by itself, or keep one object",
        );
    }
    for text in ["{}\n[]", "1\n{}", "{}\n}"] {
        let error = check(text).expect_err("the text is broken");
        assert_eq!(error.kind, SyntaxErrorKind::TrailingText, "{text:?}");
    }
}

#[test]
fn strings() {
    let quotes = "write `\"` on both sides of the text";
    says(
        "\"a",
        2,
        "the text ends inside a string",
        "close the string with `\"`",
    );
    says(
        "'a'",
        0,
        "a single quotation mark cannot begin a string",
        quotes,
    );
    says(
        "{'a': 1}",
        1,
        "a single quotation mark cannot begin a string",
        quotes,
    );
    says(
        "\u{201c}a\u{201d}",
        0,
        "a typographic quotation mark cannot begin a string",
        quotes,
    );
    says(
        "\"a\nb\"",
        2,
        "there is a line break inside a string",
        "write `\\n` for a line break, or close the string with `\"` before it",
    );
    says(
        "\"a\tb\"",
        2,
        "there is a tab inside a string",
        "write `\\t` for a tab",
    );
    says(
        "\"a\rb\"",
        2,
        "there is a carriage return inside a string",
        "write `\\r`, or close the string with `\"` before it",
    );
    says(
        "\"a\0b\"",
        2,
        "the control character U+0000 is inside a string",
        "write it as `\\u00` and two hexadecimal digits, or remove it",
    );
    says(
        "\"C:\\dir\"",
        3,
        "a backslash before `d` has no meaning",
        "write `\\\\` for a backslash",
    );
    says(
        "\"\\u12\"",
        1,
        "`\\u` needs four hexadecimal digits",
        "write four hexadecimal digits after `\\u`",
    );
    says(
        "\"\\ud83dx\"",
        1,
        "`\\ud83d` is one half of a surrogate pair, without the other half",
        "write both halves of the pair, or the character itself in UTF-8",
    );
}

#[test]
fn numbers_and_words() {
    says(
        "01",
        0,
        "a number cannot have leading zeros",
        "remove the leading zeros",
    );
    says(
        "-01",
        0,
        "a number cannot have leading zeros",
        "remove the leading zeros",
    );
    says("+1", 0, "a number cannot begin with `+`", "remove the `+`");
    says(
        "[.5]",
        1,
        "the dot of a number needs digits on both sides",
        "write a digit on both sides of the dot",
    );
    says(
        "[5.]",
        2,
        "the dot of a number needs digits on both sides",
        "write a digit on both sides of the dot",
    );
    says(
        "[-.5]",
        2,
        "the dot of a number needs digits on both sides",
        "write a digit on both sides of the dot",
    );
    says(
        "1e",
        2,
        "the text ends inside a number",
        "complete the value",
    );
    says("[1ex]", 3, "expected a digit, found `x`", "");
    says(
        "[-Infinity]",
        2,
        "JSON has no Infinity",
        "write a finite number, or remove it",
    );
    says(
        "[NaN]",
        1,
        "JSON has no NaN",
        "write a finite number, or remove it",
    );
    says(
        "[True]",
        1,
        "the JSON literal is `true`, in lower case",
        "write `true`",
    );
    says(
        "[FALSE]",
        1,
        "the JSON literal is `false`, in lower case",
        "write `false`",
    );
    says(
        "[None]",
        1,
        "the JSON literal is `null`, in lower case",
        "write `null`, or remove it",
    );
    says(
        "[undefined]",
        1,
        "the JSON literal is `null`, in lower case",
        "write `null`, or remove it",
    );
    says(
        "[nil]",
        1,
        "the JSON literal is `null`, in lower case",
        "write `null`, or remove it",
    );
    says(
        "[tru",
        4,
        "the text ends inside `true`, `false` or `null`",
        "complete the value",
    );
    says(
        "[pro]",
        1,
        "the text has no quotation marks",
        "write the text between `\"` and `\"`",
    );
    says(
        "[truth]",
        1,
        "the text has no quotation marks",
        "write the text between `\"` and `\"`",
    );
}

#[test]
fn bytes() {
    let error = validate_utf8(b"{\"\xc3\x28\"}").expect_err("the bytes are no text");
    assert_eq!(
        error,
        SyntaxError {
            kind: SyntaxErrorKind::InvalidUtf8,
            offset: 2
        }
    );
    assert_eq!(error.to_string(), "the bytes are not UTF-8");
}

#[test]
fn wide_encodings_are_named() {
    for (bytes, encoding) in [
        (&b"\xff\xfe{\0}\0"[..], "UTF-16"),
        (b"\xfe\xff\0{\0}", "UTF-16"),
        (b"{\0\"\0\xe9\0", "UTF-16LE"),
        (b"\xff\xfe\0\0{\0\0\0\xe9\0\0\0", "UTF-32"),
    ] {
        let error = validate_utf8(bytes).expect_err("the bytes are no text");
        assert_eq!(error.offset, 0);
        assert_eq!(
            error.to_string(),
            format!("the text is {encoding}, but JSON must be UTF-8")
        );
        let command = format!("`iconv -f {encoding} -t UTF-8 ");
        assert!(error.help().is_some_and(|help| help.contains(&command)));
    }
    // ASCII in a wide encoding without a byte order mark is UTF-8 as well.
    for (text, encoding) in [
        ("{\0\"\0", "UTF-16LE"),
        ("\0{\0\"", "UTF-16BE"),
        ("{\0\0\0", "UTF-32LE"),
        ("\0\0\0{", "UTF-32BE"),
    ] {
        let error = check(text).expect_err("the text is not JSON");
        assert_eq!(error.offset, 0);
        assert!(error.to_string().contains(encoding), "{error}");
    }
    for text in ["{\0}", "[\"\0\"]", "\0", ""] {
        let error = check(text).expect_err("the text is not JSON");
        assert!(!error.to_string().contains("UTF-8"), "{error}");
    }
}

#[test]
fn a_character_that_shows_nothing_is_named_by_its_code_point() {
    for hidden in ['\u{3164}', '\u{115f}', '\u{200b}', '\u{202e}'] {
        let error = check(&format!("\"\\{hidden}\"")).expect_err("not an escape");
        let name = format!("U+{:04X}", u32::from(hidden));
        assert!(error.to_string().contains(&name), "{error}");
    }
}

/// Calls every method of a value, and makes each edit.
fn ask(node: Node<'_>, text: &str, number: usize) {
    let document = node.document();
    let (span, whole) = (node.span(), document.text());
    assert!(span.start <= span.end && span.end <= whole.len());
    assert!(whole.is_char_boundary(span.start) && whole.is_char_boundary(span.end));
    if let Some(parent) = node.parent() {
        assert_eq!(parent.children().nth(node.index()), Some(node));
    }
    for (index, child) in node.children().enumerate() {
        assert_eq!((child.parent(), child.index()), (Some(node), index));
    }
    for string in node.key().into_iter().chain(node.text()) {
        assert!(string.chars().eq(string.decode().chars()));
        string.equals(text);
        string.offset_walker().source_offset(number);
    }
    if let Some(read) = node.number() {
        let _ = (read.to_i64(), read.is_integer(), read.is_finite_f64());
    }
    let _ = (node.raw(), node.member(text), node.item(number));
    let _ = (document.pointer(&node.pointer()), document.node_at(number));
    let edits = [
        insert_member(node, text, "1"),
        append_items(node, ["1", "2"]),
        truncate_items(node, number),
        remove_member(node),
        rename_key(node, text),
    ];
    for edit in edits.into_iter().flatten() {
        let _ = apply(whole, &[edit]);
    }
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn nothing_panics(
        text in prop_oneof![near_miss(), any::<String>()],
        numbers in prop::collection::vec(0..40_usize, 4),
    ) {
        for node in Document::read(text.as_str()).nodes() {
            ask(node, &text, numbers[0]);
        }
        let mut bytes = text.clone().into_bytes();
        bytes.insert(numbers[0].min(bytes.len()), 0xff);
        let refused = Document::read_bytes(&bytes, Buffer::default());
        prop_assert!(!refused.root().is_whole());
        drop(without_member(&text, "a"));
        drop(canonical(&text));
        drop(unescape_token(&text));
        let edits = [
            Edit::new(Span::new(numbers[0], numbers[1]), "x"),
            Edit::new(Span::new(numbers[2], numbers[3]), "y"),
        ];
        drop(apply(&text, &edits));
        let repaired = repair(&text);
        let mut walker = LineWalker::new(&text);
        for &number in &numbers {
            prop_assert_eq!(walker.position(number), Position::of(&text, number));
            let span = Span::new(number, numbers[0]);
            repaired.map.span_to_source(span);
            repaired.map.touches_inserted(span);
            prop_assert!(span.len() <= span.of(&text).len() || span.of(&text).is_empty());
        }
    }
}
