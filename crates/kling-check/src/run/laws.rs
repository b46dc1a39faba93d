//! The verdict and the findings are two sinks of one walk: a request is clean by the one exactly if
//! the other keeps nothing.

use std::fs;
use std::path::Path;

use kling_spec::{EMBEDDED, EmbeddedContract};
use kling_testgen::{broken, odd, valid};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};

use super::*;

/// How many clean and how many faulty texts were compared.
#[derive(Default)]
struct Compared {
    clean: u32,
    faulty: u32,
}

impl Compared {
    /// Compares both sinks, whatever `check` would do with the text.
    fn compare(&mut self, checker: &Checker, text: &str) {
        let Some(index) = exact(checker, text) else {
            assert!(!is_clean(checker, text), "{text}");
            assert!(
                checker.assumed.is_some() || !check(checker, text).is_clean(),
                "{text}"
            );
            return;
        };
        let table = checker.table(index);
        let mut walker = Walker::new(text, table, checker, Verdict);
        let clean = walker.is_clean();
        // Words made at once are those that are made when they are asked for.
        let found = findings(checker, text, table, true, Make::Texts).report(checker, text);
        assert_eq!(clean, found.is_clean(), "{:?}: {text}", found.diagnostics);
        assert_eq!(clean, is_clean(checker, text), "{text}");
        // The verdict's report of a clean text is the one that keeping findings would have given.
        assert_eq!(check(checker, text), found, "{text}");
        assert_eq!(check_at_once(checker, text), found, "{text}");
        if clean {
            self.clean += 1;
        } else {
            self.faulty += 1;
        }
    }
}

fn fixtures(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            fixtures(&path, texts);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            texts.extend(String::from_utf8(fs::read(path).unwrap()));
        }
    }
}

fn all_fixtures() -> Vec<String> {
    let mut texts = Vec::new();
    fixtures(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"),
        &mut texts,
    );
    texts.sort();
    texts
}

/// What edits put into a text: signs and words that mean something to one of the readers.
const TOKENS: &[&str] = &[
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "0",
    "5",
    "15",
    "5.0",
    "1e400",
    "-",
    ".",
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "\"\"",
    "\"15\"",
    "\"prompt\":",
    "\"mode\":\"pro\",",
    "\"audio\":true,",
    "\"duration\":10,",
    "<<<image_1>>>",
    "<<<image_2>>>",
    "<<<",
    "@image_1",
    "https://example.com/a.png",
    "http://10.0.0.1/a",
    "\\u0061",
    "\\ud800",
    "\u{3000}",
    "雨",
    "\"image_urls\":[],",
    "\"model\":\"kling-v3\",",
    "model",
    "first_frame",
    "end_frame",
    "\"refer_type\":\"base\",",
    "16:9",
    "3:2",
];

/// Small random numbers, the same in every run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// Replaces a part of the text: by a token, by another part, or by nothing.
    fn edit(&mut self, text: &mut String) {
        let start = self.place(text);
        let mut end = start;
        if self.below(2) == 0 {
            let reach = self.below(12);
            end = (start + reach).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
        }
        let put = if self.below(4) == 0 {
            let (one, other) = (self.place(text), self.place(text));
            text[one.min(other)..one.max(other)]
                .chars()
                .take(100)
                .collect()
        } else {
            TOKENS[self.below(TOKENS.len())].to_owned()
        };
        text.replace_range(start..end, &put);
    }
}

#[test]
fn on_every_fixture() {
    let checker = Checker::embedded();
    let mut compared = Compared::default();
    for text in all_fixtures() {
        compared.compare(&checker, &text);
    }
    assert!(
        compared.clean > 50 && compared.faulty > 300,
        "{} clean, {} faulty",
        compared.clean,
        compared.faulty
    );
}

#[test]
fn on_edited_fixtures() {
    let checker = Checker::embedded();
    let assuming = Checker::embedded().assume_model("kling-v3-omni").unwrap();
    let mut noise = Noise(0x2545_f491_4f6c_dd1d);
    let mut compared = Compared::default();
    for fixture in all_fixtures()
        .iter()
        .filter(|fixture| fixture.len() < 20_000)
    {
        for round in 0..40 {
            let mut text = fixture.clone();
            for _ in 0..=round % 3 {
                noise.edit(&mut text);
            }
            compared.compare(&checker, &text);
            compared.compare(&assuming, &text);
        }
    }
    assert!(
        compared.clean > 500 && compared.faulty > 10_000,
        "{} clean, {} faulty",
        compared.clean,
        compared.faulty
    );
}

#[test]
fn on_generated_requests() {
    let checker = Checker::embedded();
    let mut compared = Compared::default();
    for spec in EMBEDDED.iter().map(EmbeddedContract::parse) {
        let texts = valid(&spec).prop_map(|request| request.text);
        let texts = proptest::prop_oneof![
            texts,
            broken(&spec).prop_map(|request| request.text),
            odd(&spec).prop_map(|request| request.text)
        ];
        let config = Config {
            rng_seed: RngSeed::Fixed(1),
            failure_persistence: None,
            ..Config::default()
        };
        let mut runner = TestRunner::new(config);
        for _ in 0..3_000 {
            compared.compare(&checker, &texts.new_tree(&mut runner).unwrap().current());
        }
    }
    assert!(
        compared.clean > 2_000 && compared.faulty > 3_000,
        "{} clean, {} faulty",
        compared.clean,
        compared.faulty
    );
}
