//! The checker and two independent validators of the generated schemas agree: a request is valid under the schema
//! exactly if it has no error of a rule that a schema can express.

use std::cell::RefCell;
use std::collections::BTreeMap;

use kling_check::Checker;
use kling_json::Document;
use kling_spec::{CommonRule, EMBEDDED, Format, SEED, Spec, any_schema, request_schema};
use proptest::strategy::{Strategy, Union};
use proptest::test_runner::{TestCaseError, TestError};

use crate::support::{
    Schema, is_valid_by, keeping_all, lines, parsed, requests, runner, shortened, specs,
};

/// Requests of each model under its own schema, and as many again under the schema of all models.
const CASES: u32 = 26_000;
/// Requests of each other edition of each model.
const CASES_OF_EDITION: u32 = 6_000;
/// How often each rule that a contract can produce must occur among them, at least.
const OCCURRENCES: u64 = 20;

/// Compares checker and schema; returns how often each rule was broken.
pub(crate) fn agree(
    seed: u64,
    cases: u32,
    checker: &Checker,
    schema: &Schema,
    requests: &impl Strategy<Value = String>,
) -> BTreeMap<String, u64> {
    let counts = RefCell::new(BTreeMap::new());
    let verdicts = RefCell::new([0; 2]);
    let outcome = runner(seed, cases).run(requests, |text| {
        let value = parsed(&text).map_err(TestCaseError::fail)?;
        let document = Document::read(text.as_str());
        let report = checker.check(&document);
        let expected = is_valid_by(&report, &value);
        verdicts.borrow_mut()[usize::from(expected)] += 1;
        for found in report.findings() {
            let rule = found.rule().id().to_owned();
            *counts.borrow_mut().entry(rule).or_insert(0) += 1;
        }
        let found = schema.verdicts(&value);
        if found == [expected; 2] {
            return Ok(());
        }
        Err(TestCaseError::fail(format!(
            "by the checker {expected}, by jsonschema {}, by boon {}: {:?}: {}",
            found[0],
            found[1],
            lines(&report),
            shortened(&text)
        )))
    });
    if let Err(TestError::Fail(reason, _) | TestError::Abort(reason)) = outcome {
        panic!("{reason}");
    }
    let [invalid, valid] = verdicts.into_inner();
    println!("{} requests: {valid} valid, {invalid} not", valid + invalid);
    assert!(valid + invalid >= u64::from(cases) && valid > 0 && invalid > 0);
    counts.into_inner()
}

#[track_caller]
fn agree_on_model(id: &str) {
    agree_on_contract(&Spec::embedded(id).unwrap(), CASES, OCCURRENCES);
}

/// The same for each edition of a model's page apart from the seed.
#[track_caller]
fn agree_on_editions(id: &str) {
    let contract = EMBEDDED.iter().find(|contract| contract.id == id).unwrap();
    for edition in contract.editions().filter(|edition| *edition != SEED) {
        let spec = contract.parse_edition(edition).unwrap();
        agree_on_contract(&spec, CASES_OF_EDITION, 1);
    }
}

#[track_caller]
fn agree_on_contract(spec: &Spec, cases: u32, occurrences: u64) {
    let checker = keeping_all(Checker::new(vec![spec.clone()]));
    let counts = agree(
        1,
        cases,
        &checker,
        &Schema::new(&request_schema(spec)),
        &requests(spec),
    );
    for rule in possible_rules(spec) {
        let count = counts.get(&rule).copied().unwrap_or(0);
        assert!(
            count >= occurrences,
            "{rule} was found {count} times in requests of {} in {:?}",
            spec.id(),
            spec.edition()
        );
    }
}

/// Returns the ids of the rules that requests of a contract can break, except those of texts that are not JSON or have
/// equal keys. A checker of one model does not know the fields of others.
fn possible_rules(spec: &Spec) -> Vec<String> {
    let formats = |wanted: Format| {
        spec.fields().values().any(|field| {
            field.closed_values().is_none()
                && field
                    .format
                    .as_ref()
                    .is_some_and(|claim| claim.value == wanted)
        })
    };
    let is_open = spec
        .fields()
        .values()
        .any(|field| field.values.as_ref().is_some_and(|claim| claim.value.open));
    let has_placeholders = spec
        .placeholders()
        .is_some_and(|placeholders| placeholders.unsupported.is_none());
    let nests = spec
        .fields()
        .keys()
        .any(|path| path.steps().len() > 1 && !path.is_inside_list());
    let is_possible = |rule: CommonRule| match rule {
        CommonRule::JsonSyntax | CommonRule::RequestTooLarge | CommonRule::DuplicateKey => false,
        CommonRule::TooManyItems => spec
            .fields()
            .values()
            .any(|field| field.max_items.is_some()),
        CommonRule::UncommonValue => is_open,
        CommonRule::InvalidRatio => formats(Format::Ratio),
        CommonRule::UnknownScheme => formats(Format::AssetUrl),
        CommonRule::PlaceholderRange
        | CommonRule::PlaceholderMalformed
        | CommonRule::PlaceholderWrongKind
        | CommonRule::PlaceholderOrder
        | CommonRule::PlaceholderUnused
        | CommonRule::PlaceholderDialect => has_placeholders,
        CommonRule::PlaceholderUnsupported => !has_placeholders,
        CommonRule::MisplacedField => nests,
        CommonRule::NotAnObject
        | CommonRule::NullValue
        | CommonRule::UnknownModel
        | CommonRule::MissingField
        | CommonRule::WrongType
        | CommonRule::WrongValue
        | CommonRule::BlankText
        | CommonRule::TooLong
        | CommonRule::NumberNotation
        | CommonRule::EmptyList
        | CommonRule::UnknownField
        | CommonRule::MisnamedField
        | CommonRule::LocalFile
        | CommonRule::InlineMedia
        | CommonRule::UnsupportedScheme
        | CommonRule::RelativeUrl
        | CommonRule::InvalidUrl
        | CommonRule::PrivateHost
        | CommonRule::SuspiciousHost
        | _ => true,
    };
    let common = CommonRule::ALL
        .iter()
        .filter(|rule| is_possible(**rule))
        .map(|rule| rule.id().to_owned());
    common
        .chain(spec.rules().iter().map(|rule| rule.id.clone()))
        .collect()
}

#[test]
fn on_requests_of_kling_v3() {
    agree_on_model("kling-v3");
}

#[test]
fn on_requests_of_kling_v3_omni() {
    agree_on_model("kling-v3-omni");
}

#[test]
fn on_requests_of_kling_v3_fast() {
    agree_on_model("kling-v3-fast");
}

#[test]
fn on_requests_of_other_editions_of_kling_v3() {
    agree_on_editions("kling-v3");
}

#[test]
fn on_requests_of_other_editions_of_kling_v3_omni() {
    agree_on_editions("kling-v3-omni");
}

#[test]
fn on_requests_of_other_editions_of_kling_v3_fast() {
    agree_on_editions("kling-v3-fast");
}

#[test]
fn on_requests_of_all_models_under_the_schema_that_dispatches() {
    let specs = specs();
    let requests = Union::new(specs.iter().map(|spec| requests(spec).boxed()));
    let schema = Schema::new(&any_schema(&specs));
    let counts = agree(
        2,
        CASES,
        &keeping_all(Checker::embedded()),
        &schema,
        &requests,
    );
    for rule in specs.iter().flat_map(possible_rules) {
        let count = counts.get(&rule).copied().unwrap_or(0);
        assert!(count >= OCCURRENCES, "{rule} was found {count} times");
    }
}
