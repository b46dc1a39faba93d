//! Shared by the laws: contracts, fixtures, schema validators and runners with a fixed seed.

use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, SchemaIndex, Schemas};
use jsonschema::Validator;
use kling_check::{Checker, Finding, Report};
use kling_json::Document;
use kling_spec::{CommonRule, EMBEDDED, EmbeddedContract, Level, Spec};
use kling_testgen::{broken, odd, valid};
use proptest::prelude::prop_oneof;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

pub(crate) fn specs() -> Vec<Spec> {
    EMBEDDED.iter().map(EmbeddedContract::parse).collect()
}

pub(crate) fn config(seed: u64, cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    }
}

pub(crate) fn runner(seed: u64, cases: u32) -> TestRunner {
    TestRunner::new(config(seed, cases))
}

/// Returns the first `count` values of a strategy under a seed.
pub(crate) fn draw<T>(strategy: &impl Strategy<Value = T>, seed: u64, count: usize) -> Vec<T> {
    let mut runner = runner(seed, 1);
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

/// Texts of requests of every kind: valid, faulty and odd ones; no equal keys.
pub(crate) fn requests(spec: &Spec) -> impl Strategy<Value = String> + use<> {
    prop_oneof![
        2 => valid(spec).prop_map(|request| request.text),
        5 => broken(spec)
            .prop_filter("readers differ about equal keys", |request| !request.has_duplicate_keys())
            .prop_map(|request| request.text),
        3 => odd(spec).prop_map(|request| request.text),
    ]
}

/// A schema under two independent validators.
pub(crate) struct Schema {
    jsonschema: Validator,
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    pub(crate) fn new(text: &str) -> Self {
        let schema: Value = serde_json::from_str(text).unwrap();
        let jsonschema = jsonschema::draft202012::new(&schema).unwrap();
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.add_resource("request.json", schema).unwrap();
        let index = compiler.compile("request.json", &mut schemas).unwrap();
        Self {
            jsonschema,
            schemas,
            index,
        }
    }

    /// Returns the verdicts of `jsonschema` and `boon` on a value.
    pub(crate) fn verdicts(&self, value: &Value) -> [bool; 2] {
        [
            self.jsonschema.is_valid(value),
            self.schemas.validate(value, self.index).is_ok(),
        ]
    }
}

/// Returns the value of a text, or why it has none.
pub(crate) fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{error}: {}", shortened(text)))
}

/// Returns as much of a text as helps to see what is wrong with it.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(900).collect()
}

/// Returns whether a report has no error of a rule that a schema can express.
pub(crate) fn is_valid_by(report: &Report<'_>, value: &Value) -> bool {
    let inexpressible = kling_spec::inexpressible_rules();
    let is_expressible = |found: &Finding<'_>| {
        let rule = found.rule().id();
        // A schema detects that a text is empty, but not that it is blank.
        let is_blank = rule == CommonRule::BlankText.id();
        let is_empty = || value.pointer(&found.pointer()).and_then(Value::as_str) == Some("");
        !inexpressible.iter().any(|other| other.id() == rule) && (!is_blank || is_empty())
    };
    let findings = report.findings().iter();
    let mut errors = findings.filter(|found| found.level() == Level::Error);
    report.omitted().total() == 0 && !errors.any(is_expressible)
}

/// Makes the checker keep every finding.
pub(crate) fn keeping_all(checker: Checker) -> Checker {
    checker.max_findings(usize::MAX)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Returns every fixture by its path below the folder of fixtures, in order.
pub(crate) fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = folder();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                found.push((name, fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// Iterates over the fixtures that are text, in order.
pub(crate) fn fixture_texts() -> impl Iterator<Item = String> {
    let fixtures = fixtures().into_iter();
    fixtures.filter_map(|(_, bytes)| String::from_utf8(bytes).ok())
}

/// Returns the findings of a report, each as `level rule pointer`; the request itself is `(root)`.
pub(crate) fn lines(report: &Report<'_>) -> Vec<String> {
    let line = |found: &Finding<'_>| {
        let pointer = found.pointer();
        let place = if pointer.is_empty() {
            "(root)"
        } else {
            &pointer
        };
        format!("{} {} {place}", found.level(), found.rule().id())
    };
    report.findings().iter().map(line).collect()
}

/// Returns the help of the first finding.
pub(crate) fn first_help(text: &str) -> String {
    let document = Document::read(text);
    let found = Checker::embedded().check(&document).diagnostics();
    found[0].help.clone().unwrap()
}

/// Asserts that a text has exactly these findings under the embedded contracts, in this order.
#[track_caller]
pub(crate) fn check(text: &str, expected: &[&str]) {
    check_by(&Checker::embedded(), text, expected);
}

/// Does the same as [`check`] with another checker.
#[track_caller]
pub(crate) fn check_by(checker: &Checker, text: &str, expected: &[&str]) {
    let document = Document::read(text);
    let report = checker.check(&document);
    assert_eq!(lines(&report), expected, "{}", shortened(text));
    assert_eq!(
        report.is_clean(),
        expected.is_empty(),
        "{}",
        shortened(text)
    );
}

/// What a video will be: its seconds, its ratio, its shorter side, and whether it has sound.
pub(crate) type Output = (Option<u32>, Option<(u16, u16)>, Option<u32>, bool);

/// Returns what the video of a report will be.
pub(crate) fn output(report: &Report<'_>) -> Option<Output> {
    let output = report.output()?;
    Some((
        output.seconds,
        output.ratio,
        output.short_side,
        output.sound,
    ))
}

/// Returns a request of kling-v3 with further members.
pub(crate) fn v3(members: &str) -> String {
    format!(r#"{{"model": "kling-v3", "prompt": "a boat", {members}}}"#)
}

/// Returns a request of kling-v3-omni with a prompt and further members.
pub(crate) fn omni(prompt: &str, members: &str) -> String {
    format!(r#"{{"model": "kling-v3-omni", "prompt": "{prompt}", {members}}}"#)
}

/// Returns a request of kling-v3-omni with `count` images.
pub(crate) fn images(prompt: &str, count: usize) -> String {
    let items = vec![r#"{"image_url": "https://example.com/a.png"}"#; count].join(",");
    omni(
        prompt,
        &format!(r#""metadata": {{"image_list": [{items}]}}"#),
    )
}
