//! One slip, one message: a single planted fault gives one finding, that of the rule it breaks.

use std::collections::BTreeMap;

use kling_check::Checker;
use kling_testgen::{broken_by, faults};

use crate::support::{draw, specs};

#[test]
fn explore() {
    let checker = Checker::embedded();
    let mut wrong: BTreeMap<String, (u32, String)> = BTreeMap::new();
    let mut total = 0;
    for spec in specs() {
        for fault in faults(&spec) {
            for request in draw(&broken_by(&spec, &fault), 1, 4) {
                total += 1;
                let report = checker.check(&request.text);
                let rules: Vec<&str> = report.diagnostics.iter().map(|found| found.rule).collect();
                if rules != [fault.planted().rule.as_str()] {
                    let key = format!("{} {} -> {rules:?}", spec.id, fault.planted().what);
                    wrong.entry(key).or_insert((0, request.text.chars().take(700).collect())).0 += 1;
                }
            }
        }
    }
    for (key, (count, text)) in &wrong {
        println!("{count} {key}\n      {text}");
    }
    println!("{} of {total}", wrong.values().map(|(count, _)| count).sum::<u32>());
}
