//! The patterns of URLs in the schemas accept what `kling-url` takes for a URL of the field.

use jsonschema::Validator;
use kling_spec::{Format, Spec, request_schema};
use kling_url::{Class, TrustedOrigins, assess, assess_asset};
use proptest::collection;
use proptest::prelude::any;
use proptest::sample::select;
use proptest::strategy::Strategy;
use proptest::test_runner::TestCaseError;
use serde_json::{Map, Value};

use crate::support::{runner, specs};

/// What a schema says about the text of a field: its `pattern`, and the one in its `not`.
struct Patterns {
    media: Validator,
    asset: Validator,
}

impl Patterns {
    fn embedded() -> Self {
        Self {
            media: validator(Format::PublicUrl),
            asset: validator(Format::AssetUrl),
        }
    }

    fn compare(&self, text: &str) -> Result<(), TestCaseError> {
        let begins_as_url = |class| match class {
            None
            | Some(Class::Invalid | Class::NotPublic | Class::Suspicious | Class::UnknownScheme) => {
                true
            }
            Some(
                Class::InlineMedia | Class::LocalFile | Class::UnsupportedScheme | Class::Relative,
            ) => false,
        };
        let media = assess(text).err().map(|problem| problem.class());
        let asset = assess_asset(text, &TrustedOrigins::default())
            .err()
            .map(|problem| problem.class());
        let value = Value::from(text);
        if self.media.is_valid(&value) != begins_as_url(media)
            || self.asset.is_valid(&value) != begins_as_url(asset)
        {
            return Err(TestCaseError::fail(format!(
                "{text:?}: {media:?}, {asset:?}"
            )));
        }
        Ok(())
    }
}

/// Makes a validator of the patterns that the schemas have for a format.
fn validator(format: Format) -> Validator {
    let patterns = specs().iter().find_map(|spec| patterns(spec, format));
    let patterns = patterns.expect("a contract has a field of the format");
    jsonschema::draft202012::new(&patterns.into()).unwrap()
}

fn patterns(spec: &Spec, format: Format) -> Option<Map<String, Value>> {
    let mut fields = spec.fields().values();
    let is_of_format = |claim: &kling_spec::Claim<Format>| claim.value == format;
    let field = fields.find(|field| field.format.as_ref().is_some_and(is_of_format))?;
    let schema: Value = serde_json::from_str(&request_schema(spec)).unwrap();
    let mut row = &schema;
    for step in field.path.to_string().replace("[]", ".[]").split('.') {
        row = if step == "[]" {
            &row["items"]
        } else {
            &row["properties"][step]
        };
    }
    let keywords = ["pattern", "not"].into_iter();
    let present = keywords.filter_map(|name| Some((name.to_owned(), row.get(name)?.clone())));
    Some(present.collect())
}

fn compare_all(seed: u64, texts: &impl Strategy<Value = String>) {
    let patterns = Patterns::embedded();
    let result = runner(seed, 4_000).run(texts, |text| patterns.compare(&text));
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn beginnings() {
    let parts = vec![
        "http",
        "https",
        "HtTpS",
        "hTTp",
        "data",
        "Data",
        "file",
        "FILE",
        "asset",
        "s3",
        "C",
        "x",
        "9",
        ":",
        ":",
        "://",
        "/",
        "//",
        "\\",
        ".",
        "..",
        "~",
        "+",
        "-",
        "_",
        "é",
        "\u{212a}",
        "\u{17f}",
        "ſ",
        " ",
        "\t",
        "\n",
        "\0",
        "\u{1f}",
        "\u{a0}",
        "\u{feff}",
        "example.com",
        "localhost",
        "cat.jpg",
        "/9j/4AAQ",
        "8080",
        "{{",
        "<",
        "@",
        "#",
        "?",
    ];
    compare_all(
        0x0b04_de45,
        &collection::vec(select(parts), 0..6).prop_map(|parts| parts.concat()),
    );
}

#[test]
fn any_text() {
    compare_all(0x0b04_de46, &any::<String>());
}

#[test]
fn every_short_text() {
    let patterns = Patterns::embedded();
    let alphabet = ["h", "t", "p", "s", "P", "c", ":", "/", ".", " "];
    let mut texts = vec![String::new()];
    for _ in 0..4 {
        let longer = |text: &String| alphabet.map(|character| format!("{text}{character}"));
        texts = texts.iter().flat_map(longer).collect();
        for text in &texts {
            patterns.compare(text).unwrap();
        }
    }
}
