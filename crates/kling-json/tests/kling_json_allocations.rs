//! A cursor reads valid text without allocating, and skips it so down to the 64th level.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::hint::black_box;

use allocation_counter::measure;
use kling_json::{Cursor, Kind, SyntaxError, Tape, Token};

/// The deepest level that is skipped without a record on the heap.
const RECORDED_IN_PLACE: usize = 64;

/// The most digits of a number whose value is seen at once.
const SHORT: usize = 18;

/// How often a reading of valid text allocates.
#[track_caller]
fn allocations(text: &str, read: impl FnOnce(&str) -> Result<(), SyntaxError>) -> u64 {
    let mut outcome = Ok(());
    let counted = measure(|| outcome = read(black_box(text)));
    let begin: String = text.chars().take(80).collect();
    assert_eq!(outcome, Ok(()), "{begin}");
    counted.count_total
}

/// Reads a whole text, asking for all that a cursor tells.
fn read(text: &str) -> Result<(), SyntaxError> {
    let mut cursor = Cursor::new(text);
    value(&mut cursor)?;
    cursor.finish()
}

fn value(cursor: &mut Cursor<'_>) -> Result<(), SyntaxError> {
    let mut first = true;
    match cursor.kind()? {
        Kind::Object => {
            cursor.begin_object()?;
            while let Some(key) = cursor.next_key(&mut first)? {
                black_box((key.equals("duration"), key.word(), key.span()));
                value(cursor)?;
            }
        }
        Kind::Array => {
            cursor.begin_array()?;
            while cursor.next_item(&mut first)? {
                value(cursor)?;
            }
        }
        Kind::String => {
            let text = cursor.string()?;
            black_box((text.equals("16:9"), text.chars().count()));
            if !text.has_escapes() {
                black_box(text.decode());
            }
        }
        Kind::Number => {
            let number = cursor.number()?;
            black_box((number.raw(), number.is_integer_text()));
            // The exact value of any other number is more than reading: it has to be worked out.
            if number.is_integer_text() && number.raw().len() <= SHORT {
                black_box((number.to_i64(), number.is_finite_f64()));
            }
        }
        Kind::Boolean => {
            black_box(cursor.boolean()?);
        }
        Kind::Null => cursor.null()?,
    }
    Ok(())
}

fn skip(text: &str) -> Result<(), SyntaxError> {
    let mut cursor = Cursor::new(text);
    cursor.skip()?;
    cursor.finish()
}

fn valid_fixtures() -> Vec<String> {
    let mut texts = kling_testgen::fixtures().unwrap();
    texts.retain(|text| kling_json::check(text).is_ok());
    assert!(texts.len() > 100, "{}", texts.len());
    texts
}

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn real_requests_are_read_without_allocation() {
    for text in valid_fixtures() {
        assert_eq!(allocations(&text, read), 0, "{text}");
    }
}

#[test]
fn real_requests_are_skipped_without_allocation() {
    let is_shallow = |text: &String| !text.contains(&"[".repeat(RECORDED_IN_PLACE + 1));
    let texts: Vec<String> = valid_fixtures().into_iter().filter(is_shallow).collect();
    assert!(texts.len() > 100, "{}", texts.len());
    for text in texts {
        assert_eq!(allocations(&text, skip), 0, "{text}");
    }
}

#[test]
fn hard_texts_are_read_without_allocation() {
    let megabyte = 1 << 20;
    for text in [
        nested(kling_json::DEFAULT_MAX_DEPTH),
        format!("\"{}\"", "a".repeat(megabyte)),
        format!("\"{}\"", r"\u00e9\n\ud83d\ude00 ".repeat(megabyte / 20)),
        format!("\"{}\"", "😀".repeat(megabyte / 4)),
        "9".repeat(megabyte),
        format!("-1.{}e-{}", "0".repeat(megabyte), "7".repeat(megabyte)),
        format!("[{}1]", "1, ".repeat(megabyte / 3)),
        format!("{{{}\"a\": null}}", "\"a\": true,\n".repeat(megabyte / 12)),
        " ".repeat(megabyte) + "false",
    ] {
        let begin: String = text.chars().take(80).collect();
        assert_eq!(allocations(&text, read), 0, "{begin}");
    }
}

#[test]
fn skipping_allocates_only_below_the_level_that_is_told() {
    for levels in 1..=kling_json::DEFAULT_MAX_DEPTH {
        let text = nested(levels);
        let is_counted = allocations(&text, skip) > 0;
        assert_eq!(is_counted, levels > RECORDED_IN_PLACE, "{levels} levels");
        assert_eq!(allocations(&text, read), 0, "{levels} levels");
    }
}

#[test]
fn tokens_are_taken_without_allocation() {
    let (key, id) = (Token::key("model").unwrap(), Token::string("boat").unwrap());
    let take = |text: &str| {
        let mut cursor = Cursor::new(text);
        cursor.begin_object()?;
        let mut first = true;
        assert!(cursor.take_key(&mut first, &key).is_some());
        assert!(cursor.take_string(&id));
        assert!(cursor.next_key(&mut first)?.is_some());
        value(&mut cursor)
    };
    let text = r#"{"model":"boat", "list": [1, 2, 3]}"#;
    assert_eq!(allocations(text, take), 0);
}

#[test]
fn what_keeps_something_is_seen_to_allocate() {
    let decode = |text: &str| {
        black_box(Cursor::new(text).string()?.decode());
        Ok(())
    };
    assert_eq!(allocations(r#""plain""#, decode), 0);
    assert!(allocations(r#""a\n""#, decode) > 0);
    let index = |text: &str| Tape::parse(text).map(|tape| drop(black_box(tape)));
    assert!(allocations(r#"{"model": "a"}"#, index) > 0);
}
