//! From TOML text to raw structs, with the reader's errors in the words of contracts.

use serde::de::DeserializeOwned;

use super::Loader;
use crate::error::SpecError;
use crate::locate::line_column;
use crate::suggest::nearest;

impl Loader<'_> {
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, SpecError> {
        toml::from_str(self.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let (line, column) = line_column(self.text, offset);
            let text = error.message().lines().collect::<Vec<_>>().join("; ");
            let (found, expected) = match text.split_once(", expected ") {
                Some((found, expected)) => (found, Some(plain_expected(expected))),
                None => (text.as_str(), None),
            };
            let suggestion = suggestion(found, expected.as_deref());
            let fault = SpecError::new(line, column, &plain_message(found));
            let fault = match &expected {
                Some(expected) => fault.expecting(expected),
                None => fault,
            };
            fault.suggesting(suggestion.as_deref())
        })
    }
}

/// What was found, in the words of TOML: the reader speaks of Rust.
fn plain_message(found: &str) -> String {
    let words = [
        ("unknown field ", "unknown key "),
        ("missing field ", "missing key "),
        ("unknown variant ", "unknown word "),
        ("invalid type: sequence", "this is a list"),
        ("invalid type: map", "this is a table"),
        ("invalid type: ", "this is the "),
        ("invalid value: ", "this is the "),
        ("invalid length ", "a list of length "),
        ("wanted string or table", "this is not a string"),
        (
            "cannot recurse further; max recursion depth met",
            "the values nest too deeply",
        ),
    ];
    for (theirs, ours) in words {
        if let Some(rest) = found.strip_prefix(theirs) {
            return format!("{ours}{rest}");
        }
    }
    found.to_owned()
}

/// What was expected, in the words of TOML.
fn plain_expected(expected: &str) -> String {
    match expected {
        "a tuple of size 2" => "a list of 2 elements".to_owned(),
        "a tuple of size 3" => "a list of 3 elements".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a table".to_owned(),
        "u64" | "u32" => "a whole number from 0 on".to_owned(),
        other => other.to_owned(),
    }
}

/// What was probably meant by the first quoted word of a message, out of the quoted words expected.
fn suggestion(message: &str, expected: Option<&str>) -> Option<String> {
    let word = message.split('`').nth(1)?;
    let known = expected?.split('`').skip(1).step_by(2);
    nearest(word, known).map(str::to_owned)
}
