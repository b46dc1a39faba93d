//! The patterns and the classes agree on where each class begins and ends.

mod pattern;

use kling_url::{
    ASSET_EXCLUDED_PATTERN, ASSET_SCHEME_PATTERN, Class, HTTP_PATTERN, TrustedOrigins, assess,
    assess_asset,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn assert_border(text: &str) -> Result<(), TestCaseError> {
    let media = assess(text).err().map(|problem| problem.class());
    let asset = assess_asset(text, &TrustedOrigins::default())
        .err()
        .map(|problem| problem.class());
    let is_http = pattern::is_match(HTTP_PATTERN, text);
    let passes = |class| match class {
        None | Some(Class::Invalid | Class::NotPublic | Class::Suspicious) => true,
        Some(
            Class::InlineMedia
            | Class::LocalFile
            | Class::UnsupportedScheme
            | Class::UnknownScheme
            | Class::Relative,
        ) => false,
    };
    prop_assert_eq!(passes(media), is_http);
    prop_assert_ne!(media, Some(Class::UnknownScheme));

    let is_asset = pattern::is_match(ASSET_SCHEME_PATTERN, text)
        && !pattern::is_match(ASSET_EXCLUDED_PATTERN, text);
    prop_assert_eq!(
        passes(asset) || asset == Some(Class::UnknownScheme),
        is_asset
    );
    prop_assert_ne!(asset, Some(Class::UnsupportedScheme));
    if is_http {
        prop_assert!(is_asset);
        prop_assert_eq!(media, asset);
    } else if !is_asset {
        prop_assert_eq!(media, asset);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4000,
        rng_seed: RngSeed::Fixed(0x0b04_de45),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn classes_and_patterns_agree_on_beginnings(
        parts in prop::collection::vec(prop::sample::select(vec![
            "http", "https", "HtTpS", "hTTp", "data", "Data", "file", "FILE", "asset", "s3", "C", "x", "9",
            ":", ":", "://", "/", "//", "\\", ".", "..", "~", "+", "-", "_", "é", "\u{212a}", "\u{17f}", "ſ", " ", "\t",
            "\n", "\0", "\u{1f}", "\u{a0}", "\u{feff}", "example.com", "localhost", "cat.jpg", "/9j/4AAQ", "8080",
            "{{", "<", "@", "#", "?",
        ]), 0..6),
    ) {
        assert_border(&parts.concat())?;
    }

    #[test]
    fn classes_and_patterns_agree_on_any_text(text in any::<String>()) {
        assert_border(&text)?;
    }
}

#[test]
fn classes_and_patterns_agree_on_every_short_text() {
    let alphabet = ["h", "t", "p", "s", "P", "c", ":", "/", ".", " "];
    let mut texts = vec![String::new()];
    for _ in 0..4 {
        let longer = |text: &String| alphabet.map(|character| format!("{text}{character}"));
        texts = texts.iter().flat_map(longer).collect();
        for text in &texts {
            assert_border(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        }
    }
}

#[test]
fn the_matcher_knows_the_patterns() {
    assert!(pattern::is_match(HTTP_PATTERN, " \u{1}hTTpS:x"));
    assert!(pattern::is_match(HTTP_PATTERN, "http:"));
    assert!(!pattern::is_match(HTTP_PATTERN, "httpx:"));
    assert!(!pattern::is_match(HTTP_PATTERN, "x http:"));
    assert!(pattern::is_match(ASSET_SCHEME_PATTERN, "a+.-9:"));
    assert!(!pattern::is_match(ASSET_SCHEME_PATTERN, "a:"));
    assert!(!pattern::is_match(ASSET_SCHEME_PATTERN, "9a:"));
    assert!(!pattern::is_match(ASSET_SCHEME_PATTERN, "a,b:"));
    assert!(pattern::is_match(ASSET_EXCLUDED_PATTERN, "\nFiLe:"));
    assert!(pattern::is_match(ASSET_EXCLUDED_PATTERN, "data:"));
    assert!(!pattern::is_match(ASSET_EXCLUDED_PATTERN, "datum:"));
}
