//! Places, decoded strings and exact values.

use kling_json::{Cursor, Decimal, Span, Text, validate_utf8};
use proptest::prelude::*;

use crate::common::{config, number_text, string_plan};

fn string(text: &str) -> Text<'_> {
    let string = Cursor::new(text).string();
    string.expect("the caller gives a valid string")
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn strings_say_what_serde_json_reads(pieces in string_plan(), before in "[ \n\t]{0,20}", other in "[a-zé]{0,3}") {
        let content = pieces.concat();
        let text = format!("{before}\"{content}\" ");
        let read = string(&text);
        let expected: String = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.raw(), content.as_str());
        prop_assert_eq!(read.raw_bytes(), content.as_bytes());
        prop_assert_eq!(read.span(), Span::new(before.len(), text.len() - 1));
        prop_assert_eq!(read.content_start(), before.len() + 1);
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
        let read = string(&text);
        let decoded = read.decode();
        let mut walker = read.offset_walker();
        let mut last = read.content_start();
        for offset in 0..=decoded.len() + 2 {
            let source = read.source_offset(offset);
            prop_assert_eq!(walker.source_offset(offset), source);
            prop_assert!(source >= last);
            last = source;
            if offset < decoded.len() && decoded.is_char_boundary(offset) {
                let rest = format!("\"{}", &text[source..]);
                let remaining: String = serde_json::from_str(&rest).unwrap();
                prop_assert_eq!(remaining.as_str(), &decoded[offset..]);
            }
        }
        prop_assert_eq!(last, read.span().end - 1);
        prop_assert_eq!(walker.source_offset(0), read.content_start());
    }

    #[test]
    fn numbers_have_the_value_that_is_written(number in number_text()) {
        let read = Cursor::new(&number).number().unwrap();
        prop_assert_eq!(read.raw(), number.as_str());
        prop_assert_eq!(read.span(), Span::new(0, number.len()));
        prop_assert_eq!(read.is_integer_text(), !number.contains(['.', 'e', 'E']));
        prop_assert!(read.value_equals(&number));
        let one_form = read.decimal().to_string();
        prop_assert!(read.value_equals(&one_form), "{} is not {}", number, one_form);
        let again = Decimal::parse(&one_form).unwrap().to_string();
        prop_assert_eq!(again.as_str(), one_form.as_str());
        let float: f64 = number.parse().unwrap();
        prop_assert_eq!(read.is_finite_f64(), float.is_finite());
        // Adding 0 turns -0 into 0: the one form of both.
        let value = one_form.parse::<f64>().unwrap() + 0.0;
        prop_assert_eq!(value.to_bits(), (float + 0.0).to_bits());
        if let Some(integer) = read.to_i64() {
            prop_assert!(read.value_equals(&integer.to_string()));
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
        let number = Cursor::new(&plain).number().unwrap();
        prop_assert!(number.value_equals(&longer));
        prop_assert!(number.value_equals(&fraction));
        let other = format!("{digits}e{}", exponent + 1);
        prop_assert!(!number.value_equals(&other));
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
        assert_eq!(
            Cursor::new(text).number().unwrap().to_i64(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn exponents_of_any_length_are_added_exactly() {
    let nines = "9".repeat(60);
    let carried = format!("1{}", "0".repeat(60));
    let number = format!("10e{nines}");
    let decimal = Decimal::parse(&number).unwrap();
    assert_eq!(decimal.to_string(), format!("1e{carried}"));
    let number = format!("0.1e{carried}");
    assert_eq!(
        Decimal::parse(&number).unwrap().to_string(),
        format!("1e{nines}")
    );
    let number = format!("0.1e-{nines}");
    assert_eq!(
        Decimal::parse(&number).unwrap().to_string(),
        format!("1e-{carried}")
    );
    // On both sides of the length that fits an integer type.
    for digits in 35..41 {
        let nines = "9".repeat(digits);
        let carried = format!("1{}", "0".repeat(digits));
        for sign in ["", "-"] {
            let (larger, smaller) = (format!("1e{sign}{carried}"), format!("1e{sign}{nines}"));
            let (up, down) = if sign.is_empty() {
                ("10", "0.1")
            } else {
                ("0.1", "10")
            };
            let (up, down) = (
                format!("{up}e{sign}{nines}"),
                format!("{down}e{sign}{carried}"),
            );
            assert_eq!(Decimal::parse(&larger), Decimal::parse(&up));
            assert_eq!(Decimal::parse(&smaller), Decimal::parse(&down));
            assert_ne!(Decimal::parse(&smaller), Decimal::parse(&up));
        }
    }
    assert_eq!(
        Decimal::parse("-0.000e5").map(|zero| zero.to_string()),
        Some("0".to_owned())
    );
    assert_eq!(Decimal::parse("1e0001"), Decimal::parse("10"));
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
        assert_eq!(
            Cursor::new(text).number().unwrap().is_finite_f64(),
            finite,
            "{text}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_where_they_are() {
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
    let mut cursor = Cursor::new(text);
    let mut first = true;
    cursor.begin_object().unwrap();
    let key = cursor.next_key(&mut first).unwrap().unwrap();
    assert_eq!(key.span().of(text), "\"a\"");
    let list = cursor.skip().unwrap();
    assert_eq!(list.of(text), "[ true , null , false ]");
    assert_eq!(
        cursor
            .next_key(&mut first)
            .unwrap()
            .unwrap()
            .span()
            .of(text),
        "\"b\""
    );
    assert_eq!(cursor.skip().unwrap().of(text), "-1");
    assert!(cursor.next_key(&mut first).unwrap().is_none());
    cursor.finish().unwrap();
    assert_eq!(cursor.offset(), text.len());

    let mut cursor = Cursor::new(list.of(text));
    let mut first = true;
    cursor.begin_array().unwrap();
    assert!(cursor.next_item(&mut first).unwrap());
    assert_eq!(cursor.boolean(), Ok(true));
    assert!(cursor.next_item(&mut first).unwrap());
    assert_eq!(cursor.null(), Ok(()));
    assert!(cursor.next_item(&mut first).unwrap());
    assert_eq!(cursor.boolean(), Ok(false));
    assert!(!cursor.next_item(&mut first).unwrap());
}
