//! Laws about what is shown, over all of Unicode.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, NoncharacterCodePoint};
use icu_properties::{CodePointMapData, CodePointSetData};
use kling_text::{
    is_plain, name, plain, plain_lines, quote, quote_string, sanitise, shorten, shorten_bytes,
    without_secrets,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Hidden, though no Unicode property says so: it has a width but no ink.
const EMPTY_BRAILLE: char = '\u{2800}';

#[test]
fn what_is_plain_is_what_unicode_gives_ink_or_width() {
    let category = CodePointMapData::<GeneralCategory>::new();
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let none = CodePointSetData::new::<NoncharacterCodePoint>();
    let mut hidden = 0;
    for character in '\0'..=char::MAX {
        let is_hidden = matches!(
            category.get(character),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        ) || ignorable.contains(character)
            || none.contains(character)
            || character == EMPTY_BRAILLE;
        assert_eq!(
            is_plain(character),
            !is_hidden,
            "{}",
            character.escape_unicode()
        );
        hidden += usize::from(is_hidden);
    }
    assert!(hidden > 4000, "{hidden}");
}

#[test]
fn each_kind_of_hidden_character_is_seen() {
    for (kind, character) in [
        ("control", '\u{1b}'),
        ("control of eight bits", '\u{9b}'),
        ("bidirectional", '\u{202e}'),
        ("isolate", '\u{2066}'),
        ("zero-width", '\u{200b}'),
        ("joiner", '\u{200d}'),
        ("variation selector", '\u{fe0f}'),
        ("second set of selectors", '\u{e0100}'),
        ("tag", '\u{e0041}'),
        ("filler", '\u{3164}'),
        ("interlinear", '\u{fff9}'),
        ("byte order mark", '\u{feff}'),
        ("separator", '\u{2028}'),
        ("no character", '\u{ffff}'),
    ] {
        let text = format!("a{character}b");
        let escape = character.escape_unicode().to_string();
        assert_eq!(plain(&text), format!("a{escape}b"), "{kind}");
        assert_eq!(plain_lines(&text), format!("a{escape}b"), "{kind}");
        assert_eq!(quote(&text), format!("`a{escape}b`"), "{kind}");
        assert_eq!(quote_string(&text), format!("`\"a{escape}b\"`"), "{kind}");
        assert_eq!(sanitise(&text), "a\u{fffd}b", "{kind}");
        assert_eq!(
            name(character),
            format!("U+{:04X}", u32::from(character)),
            "{kind}"
        );
    }
}

#[test]
fn what_signs_an_address_is_left_out_wherever_it_is() {
    for (text, clean) in [
        (
            "https://a.example/v.mp4?X-Signature=0a&b=1 now",
            "https://a.example/v.mp4?[…] now",
        ),
        ("HTTPS://a.example/#t", "HTTPS://a.example/?[…]"),
        (
            "x=https://a.example/a;sig=0a|b",
            "x=https://a.example/a?[…]|b",
        ),
        ("s3://bucket/key?token=0a", "s3://bucket/key?[…]"),
        ("https://me:pw@a.example/b@c", "https://[…]@a.example/b@c"),
        ("https://me@pw@a.example", "https://[…]@a.example"),
        (
            r#"{"url":"https:\/\/a.example\/v\u003fsig=0a"}"#,
            r#"{"url":"https:\/\/a.example\/v?[…]"}"#,
        ),
        (
            "<a href='https://a.example/&#63;s=0'>",
            "<a href='https://a.example/?[…]'>",
        ),
        ("https:a?b https:c?d", "https:a?[…] https:c?[…]"),
        ("xhttps://a.example/?s", "xhttps://a.example/?[…]"),
    ] {
        assert_eq!(without_secrets(text), clean, "{text}");
    }
    for text in [
        "",
        "why? because: a/b?c",
        "a://",
        "time: 10:30 #4",
        "mailto:me@a.example?x",
    ] {
        assert_eq!(without_secrets(text), text);
    }
}

#[test]
fn long_texts_are_bounded() {
    for part in [
        "https:",
        ":",
        "://",
        "a://@",
        "https://a?b ",
        "\u{202e}",
        "é",
    ] {
        let text = part.repeat(1 << 14);
        assert!(sanitise(&text).chars().all(is_plain));
        assert!(quote(&text).chars().count() <= 60 + 2);
    }
}

/// Texts with everything that the functions look for.
fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<char>().prop_map(String::from),
        "[a-z/?#@:;`\"\\\\ \n]{0,4}",
        Just("https://".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("\\u003f".to_owned()),
    ];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3),
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_shown_is_plain(text in texts()) {
        prop_assert!(plain(&text).chars().all(is_plain));
        prop_assert!(plain_lines(&text).chars().all(|c| c == '\n' || is_plain(c)));
        prop_assert!(quote(&text).chars().all(is_plain));
        prop_assert!(sanitise(&text).chars().all(is_plain));
    }

    #[test]
    fn what_is_plain_stays(text in "[a-z 狐é]{0,50}") {
        prop_assert_eq!(plain(&text), text.as_str());
        prop_assert_eq!(quote(&text), format!("`{text}`"));
        prop_assert_eq!(sanitise(&text), text);
    }

    #[test]
    fn a_second_time_changes_nothing(text in texts()) {
        let once = sanitise(&text);
        prop_assert_eq!(sanitise(&once), once.clone());
        let once = plain(&text).into_owned();
        prop_assert_eq!(plain(&once), once.as_str());
    }

    #[test]
    fn a_text_is_as_long_as_it_may_be(text in texts(), most in 0usize..50) {
        let short = shorten(&text, most);
        let length = text.chars().count();
        prop_assert_eq!(short.chars().count(), length.min(most));
        prop_assert_eq!(short == text.as_str(), length <= most);
        let short = shorten_bytes(&text, most);
        prop_assert!(short.len() <= most);
        prop_assert_eq!(short == text.as_str(), text.len() <= most);
        prop_assert!(text.starts_with(short.trim_end_matches('…')));
        let quoted = quote(&text);
        prop_assert!(quoted.chars().count() <= 60 + 2);
        prop_assert!(quoted.starts_with('`') && quoted.ends_with('`'));
        prop_assert_eq!(quoted.matches('`').count(), 2);
    }
}
