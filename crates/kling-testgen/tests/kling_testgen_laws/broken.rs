//! Broken requests break what their mutations name.

use std::collections::BTreeSet;

use kling_spec::{CommonRule, Level, Spec};
use kling_testgen::{broken, broken_addresses, broken_by, mutations};
use kling_url::{Class, TrustedOrigins, assess, assess_asset};

use crate::support::{draw, parse, schema, specs};

#[test]
fn every_fault_can_be_planted_and_the_schema_refuses_those_it_can_express() {
    for spec in specs() {
        let schema = schema(&spec);
        for mutation in mutations(&spec) {
            for request in draw(&broken_by(&spec, &mutation), 1, 3) {
                let value = parse(&request.text);
                let what = &mutation.planted().what;
                assert_eq!(request.mutations.len(), 1, "{what}");
                if request.is_expressible() {
                    assert!(
                        !schema.is_valid(&value),
                        "{}: {what} is accepted: {}",
                        spec.id(),
                        request.text
                    );
                } else if mutation.planted().level != Level::Error && !request.has_duplicate_keys()
                {
                    let error = schema.validate(&value).err().map(|error| error.to_string());
                    assert_eq!(error, None, "{}: {what}: {}", spec.id(), request.text);
                }
            }
        }
    }
}

#[test]
fn requests_with_several_faults_have_them_all_and_only_what_is_expressible_is_refused() {
    for spec in specs() {
        let schema = schema(&spec);
        let requests = draw(&broken(&spec), 2, 400);
        for request in &requests {
            if request.is_expressible() {
                assert!(
                    !schema.is_valid(&parse(&request.text)),
                    "{}: {:?}: {}",
                    spec.id(),
                    request.mutations,
                    request.text
                );
            }
        }
        for count in 1..=3 {
            let found = requests
                .iter()
                .any(|request| request.mutations.len() == count);
            assert!(found, "no request of {} has {count} faults", spec.id());
        }
    }
}

#[test]
fn every_rule_and_mistake_is_planted_within_some_thousand_cases() {
    for spec in specs() {
        let requests = draw(&broken(&spec), 3, 4000);
        let planted = || requests.iter().flat_map(|request| &request.mutations);
        let rules: BTreeSet<&str> = planted().map(|mutation| mutation.rule.as_str()).collect();
        let mistakes: BTreeSet<&str> = planted()
            .filter_map(|mutation| mutation.mistake.as_deref())
            .collect();
        for rule in spec.rules() {
            assert!(
                rules.contains(rule.id.as_str()),
                "{} of {} is never broken",
                rule.id,
                spec.id()
            );
        }
        for mistake in spec.mistakes() {
            assert!(
                mistakes.contains(mistake.name.as_str()),
                "{} of {} is never made",
                mistake.name,
                spec.id()
            );
        }
        for rule in expected_common_rules(&spec) {
            assert!(
                rules.contains(rule.id()),
                "{rule} is never broken in {}",
                spec.id()
            );
        }
    }
}

/// Returns the common rules that a request of any of these contracts can break.
fn expected_common_rules(spec: &Spec) -> Vec<CommonRule> {
    let placeholders = spec
        .placeholders()
        .is_some_and(|placeholders| placeholders.unsupported.is_none());
    let is_open = spec
        .fields()
        .values()
        .any(|field| field.values.as_ref().is_some_and(|claim| claim.value.open));
    let has_ratio = spec.fields().values().any(|field| {
        field.closed_values().is_none()
            && field
                .format
                .as_ref()
                .is_some_and(|claim| claim.value == kling_spec::Format::Ratio)
    });
    let has_assets = spec.fields().values().any(|field| {
        field
            .format
            .as_ref()
            .is_some_and(|claim| claim.value == kling_spec::Format::AssetUrl)
    });
    let is_expected = |rule: &CommonRule| match rule {
        CommonRule::JsonSyntax | CommonRule::RequestTooLarge => false,
        CommonRule::UncommonValue => is_open,
        CommonRule::InvalidRatio => has_ratio,
        CommonRule::UnknownScheme => has_assets,
        CommonRule::PlaceholderRange
        | CommonRule::PlaceholderMalformed
        | CommonRule::PlaceholderWrongKind
        | CommonRule::PlaceholderOrder
        | CommonRule::PlaceholderUnused
        | CommonRule::PlaceholderDialect => placeholders,
        CommonRule::PlaceholderUnsupported => !placeholders,
        CommonRule::NotAnObject
        | CommonRule::DuplicateKey
        | CommonRule::NullValue
        | CommonRule::UnknownModel
        | CommonRule::MissingField
        | CommonRule::WrongType
        | CommonRule::WrongValue
        | CommonRule::BlankText
        | CommonRule::TooLong
        | CommonRule::TooManyItems
        | CommonRule::NumberNotation
        | CommonRule::EmptyList
        | CommonRule::UnknownField
        | CommonRule::MisnamedField
        | CommonRule::MisplacedField
        | CommonRule::LocalFile
        | CommonRule::InlineMedia
        | CommonRule::UnsupportedScheme
        | CommonRule::RelativeUrl
        | CommonRule::InvalidUrl
        | CommonRule::PrivateHost
        | CommonRule::SuspiciousHost
        | _ => true,
    };
    CommonRule::ALL
        .iter()
        .copied()
        .filter(is_expected)
        .collect()
}

#[test]
fn every_rule_that_the_schema_cannot_express_is_never_said_to_be_refused_by_it() {
    let inexpressible: Vec<&str> = kling_spec::inexpressible_rules()
        .iter()
        .map(|rule| rule.id())
        .collect();
    for spec in specs() {
        for mutation in mutations(&spec) {
            let planted = mutation.planted();
            let wrong = planted.expressible && inexpressible.contains(&planted.rule.as_str());
            assert!(!wrong, "{}", planted.what);
            assert!(
                !planted.expressible || planted.level == Level::Error,
                "{}",
                planted.what
            );
        }
    }
}

#[test]
fn equal_keys_occur_only_where_the_fault_says_so() {
    for spec in specs() {
        for request in draw(&broken(&spec), 4, 600) {
            assert_eq!(
                has_equal_keys(&request.plan),
                request.has_duplicate_keys(),
                "{}",
                request.text
            );
        }
    }
}

fn has_equal_keys(plan: &kling_testgen::Json) -> bool {
    if let kling_testgen::Json::Object(members) = plan {
        let keys: BTreeSet<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
        return keys.len() < members.len()
            || members.iter().any(|(_, value)| has_equal_keys(value));
    }
    plan.items().iter().any(has_equal_keys)
}

#[test]
fn the_faulty_addresses_have_their_faults() {
    let classes = [
        (CommonRule::LocalFile, Class::LocalFile),
        (CommonRule::InlineMedia, Class::InlineMedia),
        (CommonRule::UnsupportedScheme, Class::UnsupportedScheme),
        (CommonRule::RelativeUrl, Class::Relative),
        (CommonRule::InvalidUrl, Class::Invalid),
        (CommonRule::PrivateHost, Class::NotPublic),
        (CommonRule::SuspiciousHost, Class::Suspicious),
    ];
    for (rule, address, same_for_assets) in broken_addresses() {
        let (_, class) = classes.iter().find(|(known, _)| known == rule).unwrap();
        let class = *class;
        assert_eq!(
            assess(address).map_err(|problem| problem.class()),
            Err(class),
            "{address}"
        );
        let as_asset =
            assess_asset(address, &TrustedOrigins::default()).map_err(|problem| problem.class());
        let expected = if *same_for_assets {
            class
        } else {
            Class::UnknownScheme
        };
        assert_eq!(as_asset, Err(expected), "{address}");
    }
}
