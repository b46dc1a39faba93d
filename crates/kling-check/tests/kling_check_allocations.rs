//! Clean requests are seen to be clean without allocating, once the contract of their model is compiled.
//!
//! That is so unless a text has to be decoded or parsed: a key or an address with an escape, a prompt that writes ASCII
//! as `\uXXXX`, one with another escape and a sign that is of no mark, and an address that is not plainly public.

use std::hint::black_box;

use allocation_counter::measure;
use kling_check::Checker;
use kling_spec::EMBEDDED;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Whether a request is clean, and how often finding it out allocates.
fn clean(checker: &Checker, text: &str) -> (bool, u64) {
    let mut clean = false;
    let counted = measure(|| clean = checker.is_clean(black_box(text)));
    (clean, counted.count_total)
}

/// A checker that has met every model.
fn experienced() -> Checker {
    let checker = Checker::embedded();
    for contract in EMBEDDED {
        assert!(checker.spec(contract.id).is_some());
    }
    checker
}

/// Whether nothing in a request has to be decoded or parsed.
fn is_plain(text: &str) -> bool {
    let mut addresses = text.split('"').filter(|part| part.contains("://"));
    !text.contains('\\') && addresses.all(kling_url::is_plainly_public)
}

#[test]
fn clean_fixtures_are_judged_without_allocation() {
    let checker = experienced();
    let mut seen = 0;
    for text in kling_testgen::fixtures().unwrap() {
        let (clean, counted) = clean(&checker, &text);
        if clean && is_plain(&text) {
            assert_eq!(counted, 0, "{text}");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn clean_generated_requests_are_judged_without_allocation() {
    let checker = experienced();
    for contract in EMBEDDED {
        let requests = kling_testgen::valid(&contract.parse());
        let mut runner = TestRunner::new(Config {
            rng_seed: RngSeed::Fixed(0xa110_c8ed),
            failure_persistence: None,
            ..Config::default()
        });
        let mut seen = 0;
        for _ in 0..1000 {
            let text = requests.new_tree(&mut runner).unwrap().current().text;
            let (clean, counted) = clean(&checker, &text);
            if clean && is_plain(&text) {
                assert_eq!(counted, 0, "{text}");
                seen += 1;
            }
        }
        // Most of them have odd addresses on purpose.
        assert!(seen > 30, "{}: {seen}", contract.id);
    }
}

#[test]
fn marks_and_escapes_in_a_prompt_need_no_allocation() {
    let checker = experienced();
    for prompt in [
        "a paper boat",
        "a < b, [b] and {c}",
        r#"\u00c9t\u00e9 \ud83d\ude00\n\t\"quoted\" and \\ more"#,
        "<<<image_1>>> meets <<<image_2>>>, and <<<image_1>>> leaves",
        r"<<<image_1>>>\n<<<image_2>>> \u00e9",
    ] {
        let images = r#"{"image_url": "https://example.com/a.png"}, {"image_url": "https://example.com/b.png"}"#;
        let metadata = if prompt.contains("<<<") {
            format!(r#", "metadata": {{"image_list": [{images}]}}"#)
        } else {
            String::new()
        };
        let text = format!(r#"{{"model": "kling-v3-omni", "prompt": "{prompt}"{metadata}}}"#);
        assert_eq!(clean(&checker, &text), (true, 0), "{text}");
    }
}

#[test]
fn what_is_decoded_or_parsed_is_seen_to_allocate() {
    let checker = experienced();
    for text in [
        r#"{"model": "kling-v3", "\u0070rompt": "a boat"}"#,
        r#"{"model": "kling-v3", "prompt": "a boat", "image_urls": ["https:\/\/example.com\/a.png"]}"#,
        r#"{"model": "kling-v3", "prompt": "a boat", "image_urls": ["https://8.8.8.8/a.png"]}"#,
        r#"{"model": "kling-v3", "prompt": "\u0061 boat"}"#,
        r#"{"model": "kling-v3", "prompt": "a < b\n"}"#,
        r#"{"model": "kling-v3-omni", "prompt": "a < b\n"}"#,
        r#"{"model": "kling-v3-omni", "prompt": "\u003c<<image_1>>>", "metadata": {"image_list": [{"image_url": "https://example.com/a.png"}]}}"#,
    ] {
        let (clean, counted) = clean(&checker, text);
        assert!(clean && counted > 0, "{clean} {counted} {text}");
    }
}

#[test]
fn only_the_first_request_of_a_model_pays_for_its_contract() {
    let checker = Checker::embedded();
    for contract in EMBEDDED {
        let text = format!(r#"{{"model": "{}", "prompt": "a boat"}}"#, contract.id);
        let (is_clean, first) = clean(&checker, &text);
        assert!(is_clean && first > 0, "{text}");
        assert_eq!(clean(&checker, &text), (true, 0), "{text}");
    }
}
