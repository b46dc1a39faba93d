//! The fast accept allocates nothing, whatever it says.

use std::hint::black_box;

use allocation_counter::measure;
use kling_url::registry::{NAMES, WILDCARD_DNS};
use kling_url::{assess, is_plainly_public};

/// Whether a URL is plainly public, which must be found out without allocating.
#[track_caller]
fn plainly_public(url: &str) -> bool {
    let mut answer = false;
    let counted = measure(|| answer = is_plainly_public(black_box(url)));
    let begin: String = url.chars().take(80).collect();
    assert_eq!(counted.count_total, 0, "{begin}");
    answer
}

#[test]
fn addresses_of_real_requests_are_judged_without_allocation() {
    let mut seen = [0; 2];
    for text in kling_testgen::fixtures().unwrap() {
        // What stands between quotation marks, escapes left as they are: each is a text to judge.
        for url in text.split('"').filter(|text| text.contains("://")) {
            seen[usize::from(plainly_public(url))] += 1;
        }
    }
    assert!(seen.iter().all(|&count| count > 50), "{seen:?}");
}

#[test]
fn every_listed_name_is_found_without_allocation() {
    let private = NAMES
        .iter()
        .filter(|entry| !entry.public)
        .map(|entry| entry.name);
    for name in private.chain(WILDCARD_DNS.iter().map(|entry| entry.domain)) {
        assert!(!plainly_public(&format!("https://{name}/cat.jpg")));
        assert!(!plainly_public(&format!("https://a.b.{name}:8080/cat.jpg")));
        // It may look like a listed one as far as the quick look goes.
        plainly_public(&format!("https://a.{}x/cat.jpg", &name[..name.len() - 1]));
    }
}

#[test]
fn long_addresses_are_judged_without_allocation() {
    let megabyte = 1 << 20;
    let begin = "https://example.com/";
    assert!(plainly_public(&format!("{begin}{}", "a".repeat(megabyte))));
    assert!(plainly_public(&format!(
        "{begin}{}",
        "%41".repeat(megabyte)
    )));
    assert!(!plainly_public(&format!(
        "{begin}{}é",
        "a".repeat(megabyte)
    )));
    assert!(!plainly_public(&"a.".repeat(megabyte)));
    assert!(!plainly_public(&format!(
        "https://{}com/",
        "a.".repeat(megabyte)
    )));
}

#[test]
fn what_parses_is_seen_to_allocate() {
    for url in ["https://8.8.8.8/cat.jpg", "https://example.com/猫.jpg"] {
        assert!(!plainly_public(url), "{url}");
        let counted = measure(|| assert!(assess(black_box(url)).is_ok(), "{url}"));
        assert!(counted.count_total > 0, "{url}");
    }
}
