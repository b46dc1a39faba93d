//! The laws over generated requests, with every mutation and every mistake of every contract.

use std::fs;
use std::path::Path;
use std::time::Instant;

use kling_check::Checker;
use kling_json::Document;
use kling_spec::{Convert, EMBEDDED, EmbeddedContract, Mistake, Spec};
use kling_testgen::{broken, broken_by, mutations, odd};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::laws::{Seen, check};

fn specs() -> Vec<Spec> {
    EMBEDDED.iter().map(EmbeddedContract::parse).collect()
}

fn draw(strategy: &impl Strategy<Value = String>, seed: u64, count: usize) -> Vec<String> {
    let config = Config {
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

#[track_caller]
fn holds(checker: &Checker, texts: &[String]) -> Seen {
    let start = Instant::now();
    let fixer = |text: &str| checker.check(&Document::read(text)).fixes();
    let mut seen = Seen::default();
    let mut faults = Vec::new();
    for text in texts {
        if let Err(fault) = check(checker, text, &fixer, &mut seen) {
            faults.push(format!("{fault}\n{text}"));
        }
    }
    println!(
        "{seen:?} in {:?}; {} against a law",
        start.elapsed(),
        faults.len()
    );
    assert!(
        faults.is_empty(),
        "{}",
        faults[..faults.len().min(8)].join("\n\n")
    );
    seen
}

#[test]
fn every_fault_of_every_contract() {
    let mut texts = Vec::new();
    for spec in specs() {
        for (seed, mutation) in (1..).zip(mutations(&spec)) {
            let requests = broken_by(&spec, &mutation).prop_map(|request| request.text);
            texts.extend(draw(&requests, seed, 3));
        }
    }
    let seen = holds(&Checker::embedded(), &texts);
    assert!(seen.safe > 500 && seen.unsafe_ > 100, "{seen:?}");
}

#[test]
fn broken_requests() {
    for (seed, spec) in (100..).zip(specs()) {
        holds(
            &Checker::embedded(),
            &draw(&broken(&spec).prop_map(|request| request.text), seed, 4_000),
        );
    }
}

#[test]
fn odd_requests() {
    for (seed, spec) in (200..).zip(specs()) {
        holds(
            &Checker::embedded(),
            &draw(&odd(&spec).prop_map(|request| request.text), seed, 1_500),
        );
    }
}

#[test]
fn every_fixture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut folders = vec![root];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                texts.extend(String::from_utf8(fs::read(path).unwrap()));
            }
        }
    }
    let seen = holds(&Checker::embedded(), &texts);
    assert!(seen.safe > 150 && seen.unsafe_ > 60, "{seen:?}");
}

/// Returns whether the table of mistakes says what is meant, for every value that may be written.
fn is_translated(mistake: &Mistake) -> bool {
    mistake.convert != Some(Convert::ByHand)
        && (mistake.means.is_some() || !mistake.values.is_empty() || mistake.convert.is_some())
}

#[test]
fn every_mistake_with_a_known_meaning_has_a_fix() {
    let checker = Checker::embedded();
    let mut without = Vec::new();
    for spec in specs() {
        for (seed, mutation) in (1..).zip(mutations(&spec)) {
            let planted = mutation.planted();
            let named = |mistake: &&Mistake| Some(&mistake.name) == planted.mistake.as_ref();
            if !spec
                .mistakes()
                .iter()
                .find(named)
                .is_some_and(is_translated)
            {
                continue;
            }
            let requests = broken_by(&spec, &mutation).prop_map(|request| request.text);
            for text in draw(&requests, seed, 3) {
                let document = Document::read(text.as_str());
                let report = checker.check(&document);
                let fixes = report.fixes();
                let mut found = report.findings().iter();
                let of_mutation = found.position(|found| found.rule().id() == planted.rule);
                let Some(index) = of_mutation else { continue };
                if !fixes.iter().any(|fix| fix.finding == index) {
                    without.push(format!("{}: {}: {text}", spec.id(), planted.what));
                    break;
                }
            }
        }
    }
    assert!(without.is_empty(), "{}", without.join("\n"));
}

/// A contract with names and shapes that the others do not have.
const FOURTH: &str = include_str!("../kling_check_suite/fourth.toml");

#[test]
fn a_contract_of_ones_own() {
    let spec = Spec::from_toml(FOURTH).unwrap();
    let checker = Checker::new(vec![spec.clone()]);
    let mut texts = Vec::new();
    for (seed, mutation) in (1..).zip(mutations(&spec)) {
        let requests = broken_by(&spec, &mutation).prop_map(|request| request.text);
        texts.extend(draw(&requests, seed, 2));
    }
    texts.extend(draw(
        &broken(&spec).prop_map(|request| request.text),
        300,
        500,
    ));
    let seen = holds(&checker, &texts);
    assert!(seen.safe > 100 && seen.unsafe_ > 50, "{seen:?}");
}
