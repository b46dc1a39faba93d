//! Strings and numbers: their places, what they say, and their exact values.

use kling_json::{Document, Kind, Span, canonical, validate_utf8};
use proptest::prelude::*;

use crate::common::{config, number_text, string_plan};

/// The single canonical form of a number's value.
#[track_caller]
fn one_form(number: &str) -> String {
    let text = canonical(number).expect("the caller gives a number");
    let form = text.strip_prefix("kling-json/1:");
    form.expect("every canonical text begins so").to_owned()
}

#[track_caller]
fn to_i64(number: &str) -> Option<i64> {
    let document = Document::parse(number).expect("the caller gives a number");
    document.root().number()?.to_i64()
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn strings_say_what_serde_json_reads(pieces in string_plan(), before in "[ \n\t]{0,20}", other in "[a-zé]{0,3}") {
        let content = pieces.concat();
        let text = format!("{before}\"{content}\" ");
        let document = Document::parse(&text).unwrap();
        let read = document.root().text().unwrap();
        let expected: String = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.raw(), content.as_str());
        prop_assert_eq!(read.raw_bytes(), content.as_bytes());
        prop_assert_eq!(read.has_escapes(), content.contains('\\'));
        prop_assert_eq!(read.decode(), expected.as_str());
        prop_assert!(read.equals(&expected));
        prop_assert_eq!(read.equals(&other), expected == other);
        let longer = format!("{expected}x");
        prop_assert!(!read.equals(&longer));
        if let Some((end, _)) = expected.char_indices().next_back() {
            prop_assert!(!read.equals(&expected[..end]));
        }
    }

    #[test]
    fn decoded_offsets_lead_to_what_was_written(pieces in string_plan()) {
        let text = format!("  \"{}\"", pieces.concat());
        let document = Document::parse(&text).unwrap();
        let read = document.root().text().unwrap();
        let decoded = read.decode();
        let mut walker = read.offset_walker();
        let mut last = document.root().span().start + 1;
        for offset in 0..=decoded.len() + 2 {
            let source = walker.source_offset(offset);
            prop_assert_eq!(read.offset_walker().source_offset(offset), source);
            prop_assert!(source >= last);
            last = source;
            if offset < decoded.len() && decoded.is_char_boundary(offset) {
                let rest = format!("\"{}", &text[source..]);
                let remaining: String = serde_json::from_str(&rest).unwrap();
                prop_assert_eq!(remaining.as_str(), &decoded[offset..]);
            }
        }
        prop_assert_eq!(last, document.root().span().end - 1);
        prop_assert_eq!(walker.source_offset(0), document.root().span().start + 1);
    }

    #[test]
    fn numbers_have_the_value_that_is_written(number in number_text()) {
        let document = Document::parse(&number).unwrap();
        let read = document.root().number().unwrap();
        prop_assert_eq!(read.raw(), number.as_str());
        prop_assert_eq!(read.is_integer_text(), !number.contains(['.', 'e', 'E']));
        let form = one_form(&number);
        let again = one_form(&form);
        prop_assert_eq!(again.as_str(), form.as_str());
        prop_assert_eq!(read.is_integer(), !form.contains("e-"));
        let float: f64 = number.parse().unwrap();
        prop_assert_eq!(read.is_finite_f64(), float.is_finite());
        // Adding 0 turns -0 into 0, which has the same form.
        let value = form.parse::<f64>().unwrap() + 0.0;
        prop_assert_eq!(value.to_bits(), (float + 0.0).to_bits());
        if let Some(integer) = read.to_i64() {
            prop_assert_eq!(one_form(&integer.to_string()), form);
            prop_assert!(read.is_integer());
        } else {
            prop_assert!(!read.is_integer_text() || number.len() > 18, "{}", number);
        }
    }

    #[test]
    fn shifted_numbers_are_equal(digits in "-?[1-9][0-9]{0,12}", shift in 1..40_usize, exponent in -50..50_i64) {
        let zeros = "0".repeat(shift);
        let shift = i64::try_from(shift).unwrap();
        let plain = format!("{digits}e{exponent}");
        let longer = format!("{digits}{zeros}e{}", exponent - shift);
        let fraction = format!("{digits}.{zeros}E{exponent:+}");
        let form = one_form(&plain);
        prop_assert_eq!(one_form(&longer), form.as_str());
        prop_assert_eq!(one_form(&fraction), form.as_str());
        prop_assert_ne!(one_form(&format!("{digits}e{}", exponent + 1)), form);
    }
}

#[test]
fn integers_are_exact_however_written() {
    for (text, expected) in [
        ("5", Some(5)),
        ("5.0", Some(5)),
        ("50e-1", Some(5)),
        ("0.5e1", Some(5)),
        ("-0", Some(0)),
        ("0.000", Some(0)),
        ("0e999999999999999999999999999999999999999999", Some(0)),
        ("5.5", None),
        ("1e-1", None),
        ("9223372036854775807", Some(i64::MAX)),
        ("9223372036854775808", None),
        ("-9223372036854775808", Some(i64::MIN)),
        ("-9223372036854775809", None),
        ("9223372036854775807.000", Some(i64::MAX)),
        ("1e18", Some(1_000_000_000_000_000_000)),
        ("1e19", None),
        ("123456789012345678", Some(123_456_789_012_345_678)),
        ("-12345678901234567", Some(-12_345_678_901_234_567)),
        ("1e99999999999999999999999999999999999999999999", None),
        ("1e-99999999999999999999999999999999999999999999", None),
    ] {
        assert_eq!(to_i64(text), expected, "{text}");
    }
}

#[test]
fn the_largest_float_is_the_limit() {
    let shifted = format!("1{}e-1000", "0".repeat(1_000));
    let huge = format!("1{}e-1000", "0".repeat(1_310));
    for (text, finite) in [
        ("1.7976931348623157e308", true),
        ("1.7976931348623158e308", true),
        ("1.7976931348623159e308", false),
        ("1e309", false),
        ("-1e309", false),
        ("0e309", true),
        ("1e-999999999999999999999", true),
        ("1e999999999999999999999", false),
        ("1e-99999999999999999999999999999999999999999", true),
        ("1e99999999999999999999999999999999999999999", false),
        (shifted.as_str(), true),
        (huge.as_str(), false),
    ] {
        let document = Document::parse(text).unwrap();
        let number = document.root().number().unwrap();
        assert_eq!(number.is_finite_f64(), finite, "{text}");
    }
}

#[test]
fn invalid_utf8_is_refused_at_its_place() {
    assert_eq!(validate_utf8("é".as_bytes()), Ok("é"));
    for (bytes, offset) in [
        (&b"\"\xff\""[..], 1),
        (b"ab\xc3", 2),
        (b"\xed\xa0\x80", 0),
        (b"abc\xc0\x80", 3),
    ] {
        assert_eq!(validate_utf8(bytes).unwrap_err().offset, offset);
    }
}

#[test]
fn literals_and_structure_have_exact_places() {
    let text = " { \"a\" : [ true , null , false ] , \"b\" : -1 } ";
    let document = Document::parse(text).unwrap();
    let written = document.nodes().map(|node| {
        let key = node.key_span().map(|key| key.of(text));
        (key, node.kind(), node.raw(), node.boolean())
    });
    let expected = [
        (None, Kind::Object, text.trim(), None),
        (Some("\"a\""), Kind::Array, "[ true , null , false ]", None),
        (None, Kind::Boolean, "true", Some(true)),
        (None, Kind::Null, "null", None),
        (None, Kind::Boolean, "false", Some(false)),
        (Some("\"b\""), Kind::Number, "-1", None),
    ];
    assert!(written.eq(expected));
    assert_eq!(document.root().span(), Span::new(1, text.len() - 1));
}
