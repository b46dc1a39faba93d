//! Valid requests keep everything a contract says.

use kling_prompt::cross_check;
use kling_spec::{Condition, Format, Path, Spec, Step, Type};
use kling_testgen::{Json, holds, odd, public_addresses, valid};
use serde_json::Value;

use crate::support::{draw, parse, schema, specs};

const CASES: usize = 400;

#[test]
fn valid_requests_are_json_and_valid_under_the_schema() {
    for spec in specs() {
        let schema = schema(&spec);
        for request in draw(&valid(&spec), 1, CASES) {
            let value = parse(&request.text);
            if let Err(error) = schema.validate(&value) {
                panic!(
                    "{}: {error} at {}: {}",
                    spec.id(),
                    error.instance_path(),
                    request.text
                );
            }
        }
    }
}

#[test]
fn valid_requests_keep_every_rule_at_every_level() {
    for spec in specs() {
        for request in draw(&valid(&spec), 2, CASES) {
            for rule in spec.rules() {
                let applies = rule
                    .when
                    .as_ref()
                    .is_none_or(|when| holds(&spec, &request.plan, when));
                let kept = !applies || holds(&spec, &request.plan, &rule.must);
                assert!(kept, "{} breaks {}: {}", spec.id(), rule.id, request.text);
            }
        }
    }
}

#[test]
fn valid_requests_keep_every_soft_limit_and_have_public_addresses() {
    for spec in specs() {
        for request in draw(&valid(&spec), 3, CASES) {
            walk(&spec, Path::ROOT, &parse(&request.text), &request.text);
        }
    }
}

fn walk(spec: &Spec, path: &Path, value: &Value, text: &str) {
    if let Some(field) = spec.fields().get(path) {
        if let Some(limit) = &field.max_characters {
            let count = value.as_str().unwrap().chars().count();
            assert!(
                count as u64 <= limit.value,
                "{path} has {count} characters: {text}"
            );
        }
        if field.kind == Type::Array {
            let count = value.as_array().unwrap().len() as u64;
            assert!(count >= 1, "{path} is empty: {text}");
            assert!(
                field
                    .max_items
                    .as_ref()
                    .is_none_or(|limit| count <= limit.value),
                "{path} is too long: {text}"
            );
        }
        if let Some(values) = &field.values {
            let found = values
                .value
                .list
                .iter()
                .any(|known| serde_json::to_value(known).unwrap() == *value);
            assert!(found, "{path} has an uncommon value: {text}");
        }
        match field.format.as_ref().map(|claim| claim.value) {
            Some(Format::PublicUrl | Format::AssetUrl) => {
                let problem = kling_url::assess(value.as_str().unwrap()).err();
                assert!(problem.is_none(), "{path}: {problem:?}: {text}");
            }
            Some(Format::CallbackUrl) => {
                let problem = kling_url::assess_callback(value.as_str().unwrap()).err();
                assert!(problem.is_none(), "{path}: {problem:?}: {text}");
            }
            Some(Format::NonBlank) => assert!(
                !value.as_str().unwrap().trim().is_empty(),
                "{path} is blank: {text}"
            ),
            Some(Format::Ratio) | None => {}
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        walk(spec, &path.member(name), member, text);
    }
    for item in value.as_array().into_iter().flatten() {
        walk(spec, &path.items(), item, text);
    }
}

#[test]
fn valid_prompts_mention_every_item_in_order_and_nothing_else() {
    for spec in specs() {
        let placeholders = spec.placeholders().unwrap();
        let kinds: Vec<&str> = placeholders
            .kinds
            .iter()
            .map(|kind| kind.name.as_str())
            .collect();
        for request in draw(&valid(&spec), 4, CASES) {
            let count = |kind: &kling_spec::Kind| {
                let list = kind
                    .list
                    .as_ref()
                    .and_then(|list| find(&request.plan, list));
                list.map_or(0, |list| list.items().len())
            };
            let prompt = request
                .plan
                .member(placeholders.field.name().unwrap())
                .and_then(Json::as_str)
                .unwrap();
            let lengths: Vec<Option<usize>> = placeholders
                .kinds
                .iter()
                .map(|kind| Some(count(kind)))
                .collect();
            let problems = cross_check(prompt, &kinds, &lengths);
            assert!(
                problems.is_empty(),
                "{}: {problems:?}: {}",
                spec.id(),
                request.text
            );
        }
    }
}

fn find<'j>(plan: &'j Json, path: &Path) -> Option<&'j Json> {
    path.steps()
        .iter()
        .try_fold(plan, |value, step| match step {
            Step::Member(name) => value.member(name),
            Step::Items => None,
        })
}

#[test]
fn every_optional_field_comes_and_stays_away_and_every_value_is_used() {
    for spec in specs() {
        let requests = draw(&valid(&spec), 5, 1500);
        for field in spec
            .fields()
            .values()
            .filter(|field| !field.path.is_inside_list())
        {
            let present = Condition::Present(field.path.clone());
            let count = requests
                .iter()
                .filter(|request| holds(&spec, &request.plan, &present))
                .count();
            assert!(count > 0, "{} is never there in {}", field.path, spec.id());
            let required = field.required.is_some() && field.path.steps().len() == 1;
            assert!(
                required || count < requests.len(),
                "{} is always there in {}",
                field.path,
                spec.id()
            );
            for value in field.values.iter().flat_map(|claim| &claim.value.list) {
                let used = Json::from(value);
                let used = requests
                    .iter()
                    .any(|request| find(&request.plan, &field.path) == Some(&used));
                assert!(
                    used,
                    "{value} of {} is never used in {}",
                    field.path,
                    spec.id()
                );
            }
        }
    }
}

#[test]
fn lists_have_every_allowed_length() {
    for spec in specs() {
        let requests = draw(&valid(&spec), 6, 1500);
        for field in spec
            .fields()
            .values()
            .filter(|field| field.kind == Type::Array)
        {
            let longest = field.max_items.as_ref().map_or(6, |limit| limit.value);
            for length in 1..=usize::try_from(longest).unwrap() {
                let found = requests.iter().any(|request| {
                    find(&request.plan, &field.path)
                        .is_some_and(|list| list.items().len() == length)
                });
                assert!(
                    found,
                    "{} never has {length} items in {}",
                    field.path,
                    spec.id()
                );
            }
        }
    }
}

#[test]
fn one_seed_gives_the_same_requests_again() {
    for spec in specs() {
        assert_eq!(draw(&valid(&spec), 7, 20), draw(&valid(&spec), 7, 20));
        assert_ne!(draw(&valid(&spec), 7, 20), draw(&valid(&spec), 8, 20));
    }
}

#[test]
fn odd_requests_are_json_and_often_invalid() {
    for spec in specs() {
        let schema = schema(&spec);
        let requests = draw(&odd(&spec), 9, CASES);
        let invalid = requests
            .iter()
            .filter(|request| !schema.is_valid(&parse(&request.text)))
            .count();
        assert!(
            (CASES / 2..CASES).contains(&invalid),
            "{invalid} of {CASES} are invalid in {}",
            spec.id()
        );
    }
}

#[test]
fn the_public_addresses_are_public() {
    for address in public_addresses() {
        assert_eq!(
            kling_url::assess(address)
                .err()
                .map(|problem| problem.to_string()),
            None,
            "{address}"
        );
    }
}
