//! Every rule and every mistake has a fixture named after it, which demonstrates it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use kling_spec::{CommonRule, EMBEDDED, EmbeddedContract, Evidence, Mistake, Spec};

use crate::files::none;

/// Rules that no single-request file can demonstrate, and why.
const WITHOUT_FIXTURE: [(CommonRule, &str); 1] = [(
    CommonRule::RequestTooLarge,
    "the file would have to be over the limit of 8 MiB; the program's own tests make one",
)];

/// By group and fixture, the findings, each `level rule pointer`.
type Expected = BTreeMap<String, BTreeMap<String, Vec<String>>>;

fn expected(folder: &str) -> Expected {
    let path = xtask::workspace::root()
        .join("fixtures")
        .join(folder)
        .join("expected.toml");
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn folders() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(xtask::workspace::root().join("fixtures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn specs() -> Vec<Spec> {
    EMBEDDED.iter().map(EmbeddedContract::parse).collect()
}

/// Whether a fixture with the rule's name expects the rule.
fn shows_rule(expected: &Expected, rule: &str) -> bool {
    let variant = format!("{rule}--");
    let named = |name: &str| name == rule || name.starts_with(&variant);
    let fixtures = expected.get("rules").into_iter().flatten();
    fixtures
        .filter(|(name, _)| named(name))
        .any(|(_, findings)| {
            findings
                .iter()
                .any(|finding| finding.split(' ').nth(1) == Some(rule))
        })
}

/// Whether the fixture with the mistake's name expects a finding where the mistake is made.
fn shows_mistake(expected: &Expected, mistake: &Mistake) -> bool {
    let findings = expected
        .get("mistakes")
        .and_then(|group| group.get(&mistake.name));
    findings.is_some_and(|findings| {
        findings
            .iter()
            .any(|finding| finding.split(' ').nth(2).map(path) == Some(mistake.at.to_string()))
    })
}

/// Converts a pointer to the notation of contracts: `/video_list/0/url` becomes `video_list[].url`.
fn path(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            path.push_str("[]");
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        }
    }
    path
}

#[test]
fn every_model_has_its_folder_and_every_folder_its_model() {
    let models: BTreeSet<String> = EMBEDDED
        .iter()
        .map(|contract| contract.id.to_owned())
        .chain(["any".to_owned()])
        .collect();
    assert_eq!(folders().into_iter().collect::<BTreeSet<_>>(), models);
}

#[test]
fn every_fixture_is_listed_and_every_entry_has_its_file() {
    let fixtures = xtask::workspace::root().join("fixtures");
    for folder in folders() {
        let listed: BTreeSet<String> = expected(&folder)
            .into_iter()
            .flat_map(|(group, entries)| {
                entries
                    .into_keys()
                    .map(move |name| format!("{group}/{name}.json"))
            })
            .collect();
        let mut there = BTreeSet::new();
        for group in fs::read_dir(fixtures.join(&folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            for file in fs::read_dir(&group)
                .into_iter()
                .flatten()
                .map(|entry| entry.unwrap().path())
            {
                there.insert(
                    file.strip_prefix(fixtures.join(&folder))
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_owned(),
                );
            }
        }
        assert_eq!(listed, there, "{folder}");
    }
}

#[test]
fn every_rule_has_a_fixture_named_after_it() {
    let mut faults = Vec::new();
    for spec in specs() {
        let expected = expected(spec.id());
        let unshown = spec
            .rules()
            .iter()
            .filter(|rule| !shows_rule(&expected, &rule.id));
        faults.extend(unshown.map(|rule| {
            format!(
                "fixtures/{}/rules/{}.json does not show its rule",
                spec.id(),
                rule.id
            )
        }));
    }
    let all: Vec<Expected> = folders().iter().map(|folder| expected(folder)).collect();
    for rule in CommonRule::ALL {
        let excused = WITHOUT_FIXTURE.iter().find(|(without, _)| without == rule);
        let shown = all.iter().any(|expected| shows_rule(expected, rule.id()));
        match excused {
            Some((_, reason)) if shown => faults.push(format!(
                "`{rule}` has a fixture after all, although {reason}"
            )),
            None if !shown => faults.push(format!("no fixture `rules/{rule}.json` shows its rule")),
            Some(_) | None => {}
        }
    }
    none(&faults);
}

#[test]
fn every_mistake_has_a_fixture_named_after_it() {
    let mut faults = Vec::new();
    let specs = specs();
    for spec in &specs {
        let expected = expected(spec.id());
        let own = spec.mistakes().iter().filter(|mistake| !mistake.common);
        let unshown = own.filter(|mistake| !shows_mistake(&expected, mistake));
        faults.extend(unshown.map(|mistake| {
            format!(
                "fixtures/{}/mistakes/{}.json does not show its mistake",
                spec.id(),
                mistake.name
            )
        }));
    }
    // What all models share needs only one fixture.
    let shared: BTreeMap<&str, Vec<&Spec>> =
        specs.iter().fold(BTreeMap::new(), |mut shared, spec| {
            for mistake in spec.mistakes().iter().filter(|mistake| mistake.common) {
                shared
                    .entry(mistake.name.as_str())
                    .or_insert_with(Vec::new)
                    .push(spec);
            }
            shared
        });
    for (name, owners) in shared {
        let shown = owners.iter().any(|spec| {
            let mistake = spec
                .mistakes()
                .iter()
                .find(|mistake| mistake.common && mistake.name == name);
            mistake.is_some_and(|mistake| shows_mistake(&expected(spec.id()), mistake))
        });
        if !shown {
            faults.push(format!(
                "no fixture `mistakes/{name}.json` shows its mistake"
            ));
        }
    }
    none(&faults);
}

#[test]
fn no_contract_is_left_a_stub() {
    let stub =
        |evidence: &Evidence| matches!(evidence, Evidence::Inferred(reason) if reason == "stub");
    let left = specs().into_iter().filter(|spec| {
        spec.fields()
            .values()
            .any(|field| stub(&field.ground.evidence))
    });
    let left: Vec<String> = left
        .map(|spec| format!("{} has rows that say `stub`", spec.id()))
        .collect();
    none(&left);
}

#[test]
fn a_pointer_reads_as_the_path_of_a_contract() {
    assert_eq!(path("/video_list/0/url"), "video_list[].url");
    assert_eq!(path("/metadata/image_list/12"), "metadata.image_list[]");
    assert_eq!(path("(root)"), "");
}
