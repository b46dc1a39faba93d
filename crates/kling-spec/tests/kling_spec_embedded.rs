//! The contracts that come with the crate, tested as data.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads files that the crate does not"
)]

#[path = "kling_spec_contracts/naive.rs"]
mod naive;

use std::collections::BTreeSet;
use std::fs;

use kling_spec::{
    Common, CommonRule, Condition, Convert, EMBEDDED, EmbeddedContract, Evidence, Field, Ground,
    Level, Path, Rule, Scalar, Service, Spec, Type,
};
use kling_testgen::{broken_by, mutations, valid};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

fn specs() -> impl Iterator<Item = Spec> {
    EMBEDDED.iter().map(EmbeddedContract::parse)
}

fn drawn<T>(
    strategy: &impl Strategy<Value = T>,
    count: usize,
    text: impl Fn(&T) -> &str,
) -> Vec<Value> {
    let config = Config {
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let mut draw = || strategy.new_tree(&mut runner).unwrap().current();
    (0..count)
        .map(|_| serde_json::from_str(text(&draw())).unwrap())
        .collect()
}

#[test]
fn every_embedded_contract_loads_under_its_own_name() {
    for contract in EMBEDDED {
        match Spec::from_toml(contract.text) {
            Ok(spec) => assert_eq!(spec.id(), contract.id),
            Err(error) => panic!("{}: {error}", contract.id),
        }
        assert_eq!(
            Spec::embedded(contract.id).map(|spec| spec.id().to_owned()),
            Some(contract.id.to_owned())
        );
    }
    assert!(Spec::embedded("kling-v2").is_none());
}

#[test]
fn every_file_of_the_folder_is_embedded_under_its_name() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let embedded: BTreeSet<String> = EMBEDDED
        .iter()
        .map(|contract| format!("{}.toml", contract.id))
        .collect();
    assert_eq!(files, embedded);
    assert_eq!(embedded.len(), EMBEDDED.len(), "an id is listed twice");
}

#[test]
fn ids_and_places_are_unique() {
    for spec in specs() {
        let unique = |what: &str, names: Vec<String>| {
            let set: BTreeSet<&String> = names.iter().collect();
            assert_eq!(set.len(), names.len(), "{what} of {}: {names:?}", spec.id());
        };
        unique(
            "rules",
            spec.rules().iter().map(|rule| rule.id.clone()).collect(),
        );
        unique(
            "mistakes",
            spec.mistakes()
                .iter()
                .map(|mistake| mistake.name.clone())
                .collect(),
        );
        unique(
            "places of mistakes",
            spec.mistakes()
                .iter()
                .map(|mistake| mistake.at.to_string())
                .collect(),
        );
        for rule in spec.rules() {
            assert!(
                CommonRule::ALL.iter().all(|common| common.id() != rule.id),
                "{}",
                rule.id
            );
        }
        if let Some(billing) = spec.billing() {
            unique(
                "tiers",
                billing.tiers.iter().map(|tier| tier.name.clone()).collect(),
            );
            unique(
                "addons",
                billing
                    .addons
                    .iter()
                    .map(|addon| addon.name.clone())
                    .collect(),
            );
        }
    }
}

#[test]
fn every_path_names_a_field() {
    for spec in specs() {
        let known =
            |path: &Path| assert!(spec.fields().contains_key(path), "{path} in {}", spec.id());
        let rules = spec.rules().iter();
        for condition in rules.flat_map(|rule| rule.when.iter().chain([&rule.must])) {
            condition.paths(&mut |list, path| {
                known(&list.map_or_else(|| path.clone(), |list| list.items().join(path)));
            });
        }
        spec.rules()
            .iter()
            .flat_map(|rule| &rule.blame)
            .for_each(known);
        spec.mistakes()
            .iter()
            .filter_map(|mistake| mistake.means.as_ref())
            .for_each(known);
        if let Some(placeholders) = spec.placeholders() {
            known(&placeholders.field);
            placeholders
                .kinds
                .iter()
                .filter_map(|kind| kind.list.as_ref())
                .for_each(known);
        }
        [&spec.output().seconds, &spec.output().ratio]
            .into_iter()
            .flatten()
            .for_each(|reading| known(&reading.field));
    }
}

/// Returns every ground of a contract, with the claim that rests on it.
fn grounds(spec: &Spec) -> Vec<(String, &Ground)> {
    let mut all = Vec::new();
    for field in spec.fields().values() {
        let mut push =
            |claim: &str, ground| all.push((format!("{} / {claim}", field.path), ground));
        push("type", &field.ground);
        field
            .required
            .iter()
            .for_each(|ground| push("required", ground));
        field
            .values
            .iter()
            .for_each(|claim| push("values", &claim.ground));
        field
            .format
            .iter()
            .for_each(|claim| push("format", &claim.ground));
        field
            .max_characters
            .iter()
            .for_each(|claim| push("max-characters", &claim.ground));
        field
            .max_items
            .iter()
            .for_each(|claim| push("max-items", &claim.ground));
        field
            .default
            .iter()
            .for_each(|claim| push("default", &claim.ground));
    }
    if let Some(placeholders) = spec.placeholders() {
        let own = [
            &placeholders.malformed,
            &placeholders.wrong_kind,
            &placeholders.dialect,
            &placeholders.unsupported,
        ];
        let kinds = placeholders
            .kinds
            .iter()
            .flat_map(|kind| [&kind.range, &kind.order, &kind.unused]);
        all.extend(
            own.into_iter()
                .chain(kinds)
                .flatten()
                .map(|ground| ("placeholders".to_owned(), ground)),
        );
    }
    all.extend(
        spec.rules()
            .iter()
            .map(|rule| (rule.id.clone(), &rule.ground)),
    );
    all
}

#[test]
fn every_claim_has_evidence_and_every_other_level_a_reason() {
    for spec in specs() {
        for (claim, ground) in grounds(&spec) {
            let (Evidence::Source(text)
            | Evidence::Edition(text)
            | Evidence::Inferred(text)
            | Evidence::Upstream(text)) = &ground.evidence;
            assert!(!text.trim().is_empty(), "{claim} of {}", spec.id());
            let by_evidence = ground.evidence.level(ground.service);
            assert!(
                ground.level == by_evidence || ground.reason.is_some(),
                "{claim} of {} has no reason",
                spec.id()
            );
            let is_documented =
                matches!(ground.evidence, Evidence::Source(_) | Evidence::Edition(_));
            assert!(
                is_documented || ground.service != Service::Refuses,
                "{claim}: nobody says that it is refused"
            );
        }
    }
}

#[test]
fn no_text_is_blank_or_ends_in_a_full_stop_where_a_clause_is_wanted() {
    for spec in specs() {
        let clauses = spec.rules().iter().flat_map(|rule| [&rule.say, &rule.help]);
        for text in clauses.chain(spec.mistakes().iter().map(|mistake| &mistake.say)) {
            assert!(
                !text.trim().is_empty() && !text.ends_with('.') && !text.contains('!'),
                "{text:?} in {}",
                spec.id()
            );
        }
        for field in spec.fields().values() {
            assert!(
                field.about.ends_with('.'),
                "{:?} of {} is no sentence",
                field.about,
                field.path
            );
        }
    }
}

#[test]
fn every_rule_can_be_kept_where_it_applies_and_broken() {
    for spec in specs() {
        let kept = drawn(&valid(&spec), 600, |request| &request.text);
        let mutations = mutations(&spec);
        for rule in spec.rules() {
            let name = format!("{} of {}", rule.id, spec.id());
            assert!(
                kept.iter()
                    .all(|request| naive::keeps(&spec, request, rule)),
                "{name} is broken by valid requests"
            );
            assert!(
                kept.iter().any(|request| applies(&spec, request, rule)),
                "{name} never applies"
            );
            let mutation = mutations
                .iter()
                .find(|mutation| mutation.planted().rule == rule.id)
                .unwrap();
            let broken = drawn(&broken_by(&spec, mutation), 20, |request| &request.text);
            assert!(
                broken
                    .iter()
                    .all(|request| !naive::keeps(&spec, request, rule)),
                "{name} is not broken"
            );
            assert_eq!(mutation.planted().level, rule.ground.level, "{name}");
        }
    }
}

fn applies(spec: &Spec, request: &Value, rule: &Rule) -> bool {
    rule.when
        .as_ref()
        .is_none_or(|when| naive::holds(spec, Path::ROOT, request, when))
}

#[test]
fn every_mistake_leads_to_something_the_field_can_hold() {
    for spec in specs() {
        for mistake in spec.mistakes() {
            let name = format!("{} of {}", mistake.name, spec.id());
            let own = spec.fields().get(&mistake.at);
            let target = mistake
                .means
                .as_ref()
                .map(|path| &spec.fields()[path])
                .or(own);
            let Some(target) = target else {
                assert!(
                    mistake.convert.is_none() && mistake.values.is_empty(),
                    "{name}"
                );
                continue;
            };
            for (from, to) in &mistake.values {
                assert!(
                    fits(to, target),
                    "{name}: {to} is no value of {}",
                    target.path
                );
                assert!(
                    own.is_none() || !fits(from, target),
                    "{name}: {from} is right already"
                );
            }
            match mistake.convert {
                Some(Convert::Integer) => assert_eq!(target.kind, Type::Integer, "{name}"),
                Some(Convert::List) => assert_eq!(target.kind, Type::Array, "{name}"),
                Some(Convert::Objects) => {
                    let item = if target.kind == Type::Array {
                        target.path.items()
                    } else {
                        target.path.clone()
                    };
                    let addresses = spec
                        .members(&item)
                        .filter(|field| field.required.is_some() && field.format.is_some());
                    assert_eq!(
                        addresses.count(),
                        1,
                        "{name}: it must be clear which member takes the address"
                    );
                }
                Some(Convert::ByHand) | None => {}
            }
        }
    }
}

fn fits(value: &Scalar, field: &Field) -> bool {
    let has_type = match value {
        Scalar::Boolean(_) => field.kind == Type::Boolean,
        Scalar::Integer(_) => field.kind == Type::Integer,
        Scalar::String(_) => field.kind == Type::String,
    };
    has_type
        && field
            .values
            .as_ref()
            .is_none_or(|claim| claim.value.list.contains(value))
}

#[test]
fn every_shared_mistake_makes_sense_somewhere() {
    let text = include_str!("../shared.toml");
    let table: toml::Table = toml::from_str(text).unwrap();
    let used: BTreeSet<String> = specs()
        .flat_map(|spec| spec.mistakes().to_vec())
        .filter(|mistake| mistake.common)
        .map(|mistake| mistake.name)
        .collect();
    let written: BTreeSet<String> = table["mistake"]
        .as_table()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(used, written);
}

#[test]
fn every_valid_request_has_one_tier_of_the_bill() {
    for spec in specs() {
        let billing = spec.billing().unwrap();
        for request in drawn(&valid(&spec), 200, |request| &request.text) {
            let count = billing
                .tiers
                .iter()
                .filter(|tier| naive::holds(&spec, Path::ROOT, &request, &tier.when))
                .count();
            assert_eq!(count, 1, "{}: {request}", spec.id());
        }
    }
}

#[test]
fn the_order_of_the_contract_is_kept() {
    let spec = Spec::embedded("kling-v3").unwrap();
    let names: Vec<&str> = spec
        .members(Path::ROOT)
        .filter_map(|field| field.path.name())
        .collect();
    assert_eq!(
        names,
        [
            "model",
            "prompt",
            "mode",
            "duration",
            "aspect_ratio",
            "image_urls",
            "audio",
            "metadata",
            "$schema",
            "client_business_id"
        ]
    );
    assert!(matches!(spec.rules()[0].when, Some(Condition::Present(_))));
}

#[test]
fn common_rules_of_level_error_say_why() {
    for rule in Common::embedded().rules() {
        assert!(rule.about.ends_with('.'), "{}", rule.rule);
        if rule.level == Some(Level::Error) {
            assert!(
                rule.service.is_some(),
                "{} does not say what the service does",
                rule.rule
            );
        }
    }
}

/// What only says how an item is used: it is part of the meaning of the item.
const DETAILS: [&str; 7] = [
    "metadata.image_list[].type",
    "metadata.element_list[].type",
    "metadata.element_list[].role",
    "image_with_roles[].role",
    // These are not about the video.
    "$schema",
    "callback_url",
    // A last frame of its own, which the list of images has too.
    "metadata.last_frame_image",
];

#[test]
fn every_single_value_of_every_page_has_a_meaning() {
    for contract in EMBEDDED {
        for edition in contract.editions() {
            let spec = contract.parse_edition(edition).unwrap();
            let places: BTreeSet<&Path> = spec
                .meanings()
                .values()
                .flat_map(|row| {
                    let also = row.also.iter().map(|also| &also.to);
                    std::iter::once(&row.to).chain(also)
                })
                .collect();
            let fields = spec.fields().values();
            let single = fields.filter(|row| !matches!(row.kind, Type::Array | Type::Object));
            for field in single {
                let path = field.path.to_string();
                assert!(
                    places.contains(&field.path) || DETAILS.contains(&path.as_str()),
                    "{} of {edition}: `{path}` has no meaning",
                    contract.id
                );
            }
        }
    }
}
