//! Translates messages of the TOML parser from Rust's terms to those of contracts.

use toml::de::Error;

use super::error::LoadError;
use crate::condition::Condition;
use crate::suggest::nearest;

/// Returns the problem that an error of the parser reports, in a text that begins at a byte offset.
pub(super) fn load_error(error: &Error, start: usize) -> LoadError {
    let offset = start + error.span().map_or(0, |span| span.start);
    let text = error.message().lines().collect::<Vec<_>>().join("; ");
    let (message, expected) = plain(&text);
    let suggestion = suggestion(&message, expected.as_deref());
    let error = LoadError::at_offset(offset, &*message).suggesting(suggestion.as_deref());
    match expected {
        Some(expected) => error.expecting(expected),
        None => error,
    }
}

/// Returns what was found and what was expected, in the terms of contracts.
fn plain(text: &str) -> (String, Option<String>) {
    // The reader's own messages about enums concern conditions: no other enum has tables.
    if text.starts_with("wanted exactly 1 element") {
        let message = "a condition needs exactly one key".to_owned();
        return (message, Some(Condition::KEYS.to_owned()));
    }
    if text == "wanted string or table" {
        let message = "this is not a table".to_owned();
        return (message, Some(ONE_CONDITION.to_owned()));
    }
    if let Some(length) = text.strip_prefix("expected tuple with length ") {
        let message = "this list has the wrong length".to_owned();
        return (message, Some(format!("a list of {length} elements")));
    }
    if text.starts_with("expected table, found ") {
        return ("this is not a list".to_owned(), None);
    }
    match text.split_once(", expected ") {
        Some((found, Condition::KEYS)) => {
            let message = found.replacen("unknown variant", "unknown condition", 1);
            (message, Some(Condition::KEYS.to_owned()))
        }
        Some((found, expected)) => (plain_found(found), Some(plain_expected(expected))),
        None => (plain_found(text), None),
    }
}

const ONE_CONDITION: &str = "a table with one condition";

/// Returns what was found.
fn plain_found(found: &str) -> String {
    let words = [
        ("unknown field ", "unknown key "),
        ("missing field ", "missing key "),
        ("unknown variant ", "unknown value "),
        ("invalid type: sequence", "this is a list"),
        ("invalid type: map", "this is a table"),
        ("invalid type: unit variant", "this is a string"),
        ("invalid type: ", "this is the "),
        ("invalid value: ", "this is the "),
        ("invalid length ", "a list of length "),
        (
            "cannot recurse further; max recursion depth met",
            "the values are nested too deeply",
        ),
    ];
    for (theirs, ours) in words {
        if let Some(rest) = found.strip_prefix(theirs) {
            return format!("{ours}{rest}");
        }
    }
    found.to_owned()
}

/// Returns what was expected.
fn plain_expected(expected: &str) -> String {
    let plain = match expected {
        "a sequence" => "a list",
        "a map" => "a table",
        "newtype variant" | "tuple variant" => ONE_CONDITION,
        "u64" | "u32" => "a whole number, 0 or greater",
        other => other,
    };
    plain.to_owned()
}

/// Returns what was probably meant by the first quoted word of a message, out of the quoted words that were expected.
fn suggestion(message: &str, expected: Option<&str>) -> Option<String> {
    let word = message.split('`').nth(1)?;
    let known = expected?.split('`').skip(1).step_by(2);
    nearest(word, known).map(str::to_owned)
}
