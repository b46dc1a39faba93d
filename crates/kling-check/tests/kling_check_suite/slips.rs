//! One slip, one message: a single mutation has one finding, that of the rule it breaks.

use std::collections::BTreeMap;

use kling_check::{Checker, Finding};
use kling_json::Document;
use kling_spec::Spec;
use kling_testgen::{Planted, broken_by, mutations};

use crate::support::{draw, shortened, specs};

/// Requests for each mutation.
const OF_EACH_MUTATION: usize = 4;
/// At least this many of a hundred requests have no other finding.
const ALONE: usize = 97;

/// Returns whether a mutation may also break another rule, because it plants more than one slip: what it writes means
/// something that the other rule forbids.
fn may_break(spec: &Spec, planted: &Planted, other: &str) -> bool {
    let is_rule = spec.rules().iter().any(|rule| rule.id == other);
    match planted.rule.as_str() {
        // A mistake may come with items of its own.
        "misnamed-field" | "misplaced-field" if planted.mistake.is_some() => {
            is_rule || other == "too-many-items"
        }
        // A value is read as the one that it means, and a text as the URL of an item.
        "wrong-value" | "wrong-type" => is_rule,
        _ => false,
    }
}

#[test]
fn a_planted_fault_gives_the_finding_of_its_rule_and_no_other() {
    let checker = Checker::embedded();
    let (mut alone, mut all) = (0, 0);
    let mut others: BTreeMap<String, u32> = BTreeMap::new();
    for spec in specs() {
        for (seed, mutation) in (1..).zip(mutations(&spec)) {
            let planted = mutation.planted();
            for request in draw(&broken_by(&spec, &mutation), seed, OF_EACH_MUTATION) {
                let document = Document::read(request.text.as_str());
                let report = checker.check(&document);
                let findings = report.findings().iter();
                let found: Vec<&str> = findings.map(|found| found.rule().id()).collect();
                let (named, rest): (Vec<&str>, Vec<&str>) =
                    found.iter().partition(|rule| **rule == planted.rule);
                assert_eq!(
                    named.len(),
                    1,
                    "{}: {}: {found:?}: {}",
                    spec.id(),
                    planted.what,
                    shortened(&request.text)
                );
                for other in &rest {
                    let may = may_break(&spec, planted, other);
                    assert!(
                        may,
                        "{}: {}: {found:?}: {}",
                        spec.id(),
                        planted.what,
                        shortened(&request.text)
                    );
                    *others
                        .entry(format!("{} with {other}", planted.rule))
                        .or_insert(0) += 1;
                }
                let level = report
                    .findings()
                    .iter()
                    .find(|found| found.rule().id() == planted.rule)
                    .map(Finding::level);
                assert_eq!(level, Some(planted.level), "{}", planted.what);
                alone += usize::from(rest.is_empty());
                all += 1;
            }
        }
    }
    println!("{alone} of {all} alone; {others:?}");
    assert!(
        alone * 100 >= all * ALONE,
        "{alone} of {all} alone; {others:?}"
    );
}

/// Returns three words in a row that both texts have.
fn said_twice(message: &str, help: &str) -> Option<String> {
    let words = |text: &str| {
        text.replace([',', ';'], "")
            .split(' ')
            .map(str::to_owned)
            .collect()
    };
    let (message, help): (Vec<String>, Vec<String>) = (words(message), words(help));
    let mut said = help.windows(3);
    let twice = said.find(|part| message.windows(3).any(|other| other == *part))?;
    Some(twice.join(" "))
}

#[test]
fn no_help_repeats_which_values_its_message_names() {
    let checker = Checker::embedded();
    let (mut with_help, mut without) = (0, 0);
    for spec in specs() {
        let values = mutations(&spec).into_iter().filter(|mutation| {
            ["wrong-value", "wrong-type"].contains(&mutation.planted().rule.as_str())
        });
        for (seed, mutation) in (1..).zip(values) {
            for request in draw(&broken_by(&spec, &mutation), seed, OF_EACH_MUTATION) {
                let document = Document::read(request.text.as_str());
                for found in checker.check(&document).diagnostics() {
                    let Some(help) = &found.help else {
                        without += 1;
                        continue;
                    };
                    with_help += 1;
                    let is_of_value = ["wrong-value", "wrong-type"].contains(&&*found.rule);
                    let twice = said_twice(&found.message, help).filter(|_| is_of_value);
                    assert_eq!(twice, None, "{}: {help}", found.message);
                }
            }
        }
    }
    // Both kinds were seen.
    assert!(with_help > 100 && without > 100, "{with_help} {without}");
}
