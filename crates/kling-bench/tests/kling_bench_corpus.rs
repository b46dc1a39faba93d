//! The corpus has the promised properties, and the peers and the checker agree on it.

use std::collections::BTreeSet;

use kling_bench::corpus::{Corpus, LONGEST, Mutation, Recipe, SHORTEST};
use kling_bench::peers::{
    Boon, CompiledJsonSchema, JsonSchema, OneJsonSchema, Peer, SCHEMAS, Verdict,
};
use kling_check::{Checker, Report};
use kling_json::Document;
use kling_spec::{Level, inexpressible_rules};

fn corpus(faulty_percent: u32) -> Corpus {
    Corpus::generate(Recipe {
        seed: 7,
        bytes: 600_000,
        faulty_percent,
        one_line: false,
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a corpus of a test has few requests"
)]
fn share(corpus: &Corpus, holds: impl Fn(&str) -> bool) -> f64 {
    corpus.requests().filter(|request| holds(request)).count() as f64 / corpus.len() as f64
}

#[track_caller]
fn assert_near(share: f64, stated: f64, tolerance: f64) {
    assert!(
        (share - stated).abs() < tolerance,
        "{share} is not near {stated}"
    );
}

#[test]
fn the_same_recipe_gives_the_same_corpus_and_another_seed_another_one() {
    assert_eq!(corpus(5), corpus(5));
    let other = Corpus::generate(Recipe {
        seed: 8,
        bytes: 600_000,
        ..Recipe::default()
    });
    assert_ne!(corpus(5), other);
}

#[test]
fn the_checker_finds_faults_exactly_where_they_were_made() {
    let checker = Checker::embedded();
    for percent in [0, 5, 100] {
        let corpus = corpus(percent);
        for (request, mutation) in corpus.requests().zip(corpus.mutations()) {
            let document = Document::read(request);
            let report = checker.check(&document);
            assert_eq!(
                report.is_clean(),
                mutation.is_none(),
                "{mutation:?}\n{request}\n{:#?}",
                report.diagnostics()
            );
        }
        assert_near(
            share(&corpus, |request| {
                !checker.check(&Document::read(request)).is_clean()
            }),
            f64::from(percent) / 100.0,
            0.02,
        );
    }
    let kinds: BTreeSet<Mutation> = corpus(100).mutations().flatten().collect();
    assert_eq!(kinds.len(), Mutation::ALL.len());
}

#[test]
fn the_mix_is_as_stated() {
    let corpus = corpus(0);
    for request in corpus.requests() {
        assert!(
            (SHORTEST..=LONGEST).contains(&request.len()),
            "{} bytes: {request}",
            request.len()
        );
    }
    let has = |model: &str| share(&corpus, |request| request.contains(&format!("\"{model}\"")));
    assert_near(has("kling-v3-omni"), 0.55, 0.05);
    assert_near(has("kling-v3"), 0.32, 0.05);
    assert_near(has("kling-v3-fast"), 0.13, 0.05);
    let leads = |request: &str| {
        request
            .trim_start_matches(['{', ' ', '\n'])
            .starts_with("\"model\"")
    };
    assert_near(share(&corpus, leads), 0.85, 0.05);
    assert_near(share(&corpus, |request| request.contains('\n')), 0.2, 0.05);
    assert!(share(&corpus, |request| request.contains("<<<image_1>>>")) > 0.2);
    assert!(share(&corpus, |request| request.contains('\\')) > 0.2);
    assert!(share(&corpus, |request| !request.is_ascii()) > 0.2);
    assert!(
        share(&corpus, |request| request.contains('?')
            && request.contains("https://"))
            > 0.2
    );
}

#[test]
fn faulty_requests_keep_within_the_stated_lengths() {
    for request in corpus(100).requests() {
        assert!(
            (SHORTEST..=LONGEST).contains(&request.len()),
            "{} bytes: {request}",
            request.len()
        );
    }
}

#[test]
fn one_line_means_one_line() {
    let corpus = Corpus::generate(Recipe {
        one_line: true,
        ..Recipe::default()
    });
    assert!(corpus.requests().all(|request| !request.contains('\n')));
}

/// Returns whether a schema can detect something that the checker has found.
fn expressible(report: &Report<'_>) -> bool {
    let unseen: Vec<&str> = inexpressible_rules().iter().map(|rule| rule.id()).collect();
    report
        .findings()
        .iter()
        .any(|found| found.level() == Level::Error && !unseen.contains(&found.rule().id()))
}

#[test]
fn the_peers_and_the_checker_agree_on_what_a_schema_can_say() {
    let checker = Checker::embedded();
    let (jsonschema, boon) = (JsonSchema::new(), Boon::new());
    for percent in [5, 100] {
        let corpus = corpus(percent);
        for (request, mutation) in corpus.requests().zip(corpus.mutations()) {
            let document = Document::read(request);
            let report = checker.check(&document);
            let broken = document.error().is_some();
            let valid = !broken && !expressible(&report);
            let peers: [(&str, &dyn Peer); 3] = [
                ("jsonschema", &jsonschema),
                ("jsonschema, compiled", &CompiledJsonSchema),
                ("boon", &boon),
            ];
            for (name, peer) in peers {
                let verdict = peer.check(request);
                assert_eq!(
                    verdict.is_valid(),
                    valid,
                    "{name}: {verdict:?}, {mutation:?}\n{request}\n{:#?}",
                    report.diagnostics()
                );
                assert_eq!(
                    verdict == Verdict::NotJson,
                    broken,
                    "{name}: {verdict:?}\n{request}"
                );
            }
            assert_eq!(
                valid,
                !mutation.is_some_and(Mutation::schema_sees),
                "{mutation:?}\n{request}"
            );
        }
    }
}

#[test]
fn both_validators_of_jsonschema_list_the_same_errors() {
    let jsonschema = JsonSchema::new();
    for request in corpus(100).requests() {
        assert_eq!(
            jsonschema.check(request),
            CompiledJsonSchema.check(request),
            "{request}"
        );
    }
}

#[test]
fn the_schema_of_all_models_says_what_the_one_of_the_model_says() {
    let (of_models, of_all) = (JsonSchema::new(), OneJsonSchema::new());
    let mut unknown = 0;
    for request in corpus(100).requests() {
        let expected = of_models.check(request);
        let found = of_all.check(request);
        if expected == Verdict::UnknownModel {
            unknown += 1;
            assert!(
                matches!(found, Verdict::Errors(1..)),
                "{found:?}\n{request}"
            );
        } else {
            assert_eq!(found, expected, "{request}");
        }
    }
    assert!(unknown > 0);
}

#[test]
fn every_model_of_the_checker_has_a_schema_here() {
    let checker = Checker::embedded();
    assert!(checker.models().eq(SCHEMAS.iter().map(|(id, _)| *id)));
}
