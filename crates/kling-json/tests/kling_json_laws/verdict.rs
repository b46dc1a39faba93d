//! The reader's verdict is that of `serde_json` on every text, except for a named list of differences.
//!
//! The third difference in the crate's README, a text of 4 GiB, is too large for a test.

use std::collections::BTreeMap;

use crate::common::{config, near_miss, valid_text};
use kling_json::{Document, MAX_DEPTH, SyntaxErrorKind, check};
use proptest::prelude::*;
use serde::de::IgnoredAny;

/// A named difference: whether it is the reason for refusing a text, decided without this crate's reader, and the error
/// that must be reported for it.
struct Difference {
    name: &'static str,
    applies: fn(&str) -> bool,
    is_reported: fn(SyntaxErrorKind) -> bool,
}

const DIFFERENCES: [Difference; 2] = [
    Difference {
        name: "more containers inside one another than the limit",
        applies: |text| depth(text) > MAX_DEPTH,
        is_reported: |kind| matches!(kind, SyntaxErrorKind::TooDeep),
    },
    Difference {
        name: "half a surrogate pair",
        applies: has_lone_surrogate,
        is_reported: |kind| matches!(kind, SyntaxErrorKind::LoneSurrogate(_)),
    },
];

/// The deepest nesting of a text that `serde_json` accepts.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth -= 1,
            _ => {}
        }
    }
    deepest
}

/// Returns whether the escapes of a text that `serde_json` accepts hold a surrogate without its other half.
fn has_lone_surrogate(text: &str) -> bool {
    let mut units: Vec<Option<u16>> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        if at > 0 {
            units.push(None);
        }
        let escape = &rest[at + 1..];
        if let Some(hex) = escape.strip_prefix('u') {
            units.push(u16::from_str_radix(&hex[..4], 16).ok());
            rest = &hex[4..];
        } else {
            units.push(None);
            rest = &escape[1..];
        }
    }
    let units: Vec<u16> = units.into_iter().map(|unit| unit.unwrap_or(0x20)).collect();
    char::decode_utf16(units).any(|unit| unit.is_err())
}

#[track_caller]
fn same_verdict(text: &str) {
    let ours = check(text);
    let theirs = serde_json::from_str::<IgnoredAny>(text);
    match (ours, theirs) {
        (Ok(()), Ok(_)) => {}
        (Ok(()), Err(error)) => panic!("accepted, but serde_json says {error}: {text:?}"),
        (Err(error), Err(_)) => {
            assert!(error.offset <= text.len(), "{error:?} in {text:?}");
            assert!(text.is_char_boundary(error.offset), "{error:?} in {text:?}");
        }
        (Err(error), Ok(_)) => {
            let difference = DIFFERENCES
                .iter()
                .find(|difference| (difference.is_reported)(error.kind))
                .unwrap_or_else(|| panic!("serde_json accepts, but {error:?}: {text:?}"));
            assert!(
                (difference.applies)(text),
                "{} in {text:?}",
                difference.name
            );
        }
    }
    if ours.is_ok() {
        assert!(
            !DIFFERENCES
                .iter()
                .any(|difference| (difference.applies)(text)),
            "accepted in spite of a difference: {text:?}"
        );
    }
}

proptest! {
    #![proptest_config(config(5_000))]

    #[test]
    fn valid_texts(text in valid_text()) {
        same_verdict(&text);
    }

    #[test]
    fn arbitrary_texts(text in "\\PC{0,30}|[\\[\\]{},:\"0-9eE.+\\-tfn \\\\u]{0,24}") {
        same_verdict(&text);
    }
}

proptest! {
    #![proptest_config(config(12_000))]

    #[test]
    fn near_misses(text in near_miss()) {
        same_verdict(&text);
    }
}

#[test]
fn every_start_of_a_text() {
    let text = "{\"a\": [1, -2.5e+10, \"x\\n\\u00e9\\ud83d\\ude00é\", true, false, null, {}, []], \"b\": {\"c\": 0}} ";
    for (end, _) in text.char_indices() {
        same_verdict(&text[..end]);
    }
}

#[test]
fn every_byte_in_every_place() {
    let text = "{\"a\": [1, -2.5e+1, \"x\\n\\u00e9\", true, null]}";
    for at in 0..text.len() {
        for byte in 0..128_u8 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = byte;
            same_verdict(std::str::from_utf8(&bytes).unwrap());
            bytes.insert(at, text.as_bytes()[at]);
            same_verdict(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

#[test]
fn nesting() {
    for open in ["[", "{\"a\":", "[{\"a\":", " [ "] {
        for count in [1, 42, 63, 64, 65, 66, 126, 127, 128, 129, 130, 200] {
            let closed: String = open
                .chars()
                .rev()
                .filter_map(|c| match c {
                    '[' => Some(']'),
                    '{' => Some('}'),
                    _ => None,
                })
                .collect();
            same_verdict(&format!("{}0{}", open.repeat(count), closed.repeat(count)));
            same_verdict(&format!(
                "{}0{}",
                open.repeat(count),
                closed.repeat(count - 1)
            ));
            same_verdict(&format!("{}{}", open.repeat(count), closed.repeat(count)));
            same_verdict(&format!(
                "{}0{}}}",
                open.repeat(count),
                closed.repeat(count - 1)
            ));
            same_verdict(&format!(
                "{}0{}]",
                open.repeat(count),
                closed.repeat(count - 1)
            ));
        }
    }
}

#[test]
fn the_limit_of_the_depth_is_exact() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |levels| format!("{}0{}", open.repeat(levels), close.repeat(levels));
        assert_eq!(check(&nested(MAX_DEPTH)), Ok(()));
        let error = check(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!(error.offset, open.len() * MAX_DEPTH);
        assert_eq!(error.kind, SyntaxErrorKind::TooDeep);
    }
}

#[test]
fn hard_texts_of_every_class() {
    let classes: BTreeMap<String, Vec<String>> =
        serde_json::from_str(include_str!("hard_texts.json")).unwrap();
    for text in classes.values().flatten() {
        same_verdict(text);
    }
}

#[test]
fn large_texts_take_linear_time() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(check(&deep).unwrap_err().kind, SyntaxErrorKind::TooDeep);

    let items = format!("[{}0]", "0,".repeat(300_000));
    assert_eq!(check(&items), Ok(()));
    let digits = format!(
        "-{}.{}e-{}",
        "1".repeat(10_000),
        "0".repeat(10_000),
        "9".repeat(10_000)
    );
    let document = Document::parse(&digits).unwrap();
    let number = document.root().number().unwrap();
    assert_eq!(number.to_i64(), None);
    assert!(number.is_finite_f64());
    let long = format!("\"{}\"", "x\\n".repeat(300_000));
    let document = Document::parse(&long).unwrap();
    assert_eq!(document.root().text().unwrap().decode().len(), 600_000);
}
