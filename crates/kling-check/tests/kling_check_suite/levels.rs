//! Levels set by a caller.

use kling_check::{Checker, DEFAULT_MAX_FINDINGS, Finding};
use kling_json::Document;
use kling_spec::Level;

use crate::support::lines;

/// Two errors, two warnings and a note, not in that order.
fn text() -> String {
    let prompt = "a".repeat(2_501);
    format!(
        r#"{{"model": "kling-v3", "prompt": "{prompt}", "duration": 5.0, "film_grain": 3, "image_urls": [], "camera": 1}}"#
    )
}

/// Checks the findings of the text after levels are set and limited, and how many are left out.
#[track_caller]
fn check(
    limit: usize,
    level: impl Fn(&Finding<'_>) -> Option<Level>,
    expected: &[&str],
    omitted: [u64; 3],
) {
    let checker = Checker::embedded().max_findings(limit);
    let document = Document::read(text());
    let mut report = checker.check(&document);
    report.set_levels(limit, level);
    assert_eq!(lines(&report), expected);
    let left = report.omitted();
    assert_eq!([left.errors, left.warnings, left.notes], omitted);
    assert!(report.findings().len() <= limit);
    // The diagnostics have the same levels.
    let levels: Vec<Level> = report.findings().iter().map(Finding::level).collect();
    let found: Vec<Level> = report
        .diagnostics()
        .iter()
        .map(|found| found.level)
        .collect();
    assert_eq!(found, levels);
}

const ALL: [&str; 5] = [
    "note too-long /prompt",
    "warning number-notation /duration",
    "error unknown-field /film_grain",
    "warning empty-list /image_urls",
    "error unknown-field /camera",
];

#[test]
fn a_level_that_is_kept_changes_nothing() {
    check(100, |found| Some(found.level()), &ALL, [0; 3]);
}

#[test]
fn a_finding_without_a_level_is_dropped() {
    let warnings =
        |found: &Finding<'_>| Some(found.level()).filter(|level| *level != Level::Warning);
    check(100, warnings, &[ALL[0], ALL[2], ALL[4]], [0; 3]);
    let fields =
        |found: &Finding<'_>| (found.rule().id() != "unknown-field").then(|| found.level());
    check(100, fields, &[ALL[0], ALL[1], ALL[3]], [0; 3]);
    check(100, |_| None, &[], [0; 3]);
}

#[test]
fn a_finding_may_be_raised_and_lowered() {
    let raised = [
        "error too-long /prompt",
        "error number-notation /duration",
        "error unknown-field /film_grain",
        "error empty-list /image_urls",
        "error unknown-field /camera",
    ];
    check(100, |_| Some(Level::Error), &raised, [0; 3]);
    let lowered = raised.map(|line| line.replacen("error", "note", 1));
    let lowered = lowered.each_ref().map(String::as_str);
    check(100, |_| Some(Level::Note), &lowered, [0; 3]);
}

#[test]
fn no_more_findings_are_kept_than_before() {
    check(
        3,
        |found| Some(found.level()),
        &[ALL[1], ALL[2], ALL[4]],
        [0, 1, 1],
    );
    // Findings left out of the report do not come back.
    let errors = |found: &Finding<'_>| Some(found.level()).filter(|level| *level != Level::Error);
    check(3, errors, &[ALL[1]], [0, 1, 1]);
    let raised = [
        "error number-notation /duration",
        "error unknown-field /film_grain",
        "error unknown-field /camera",
    ];
    check(3, |_| Some(Level::Error), &raised, [0, 1, 1]);
    check(0, |_| Some(Level::Error), &[], [2, 2, 1]);
}

#[test]
fn what_is_dropped_makes_room_where_the_checker_keeps_more() {
    let document = Document::read(text());
    let checker = Checker::embedded();
    let mut report = checker.check(&document);
    let warnings = |found: &Finding<'_>| Some(found.level()).filter(|level| *level != Level::Error);
    report.set_levels(2, warnings);
    assert_eq!(lines(&report), [ALL[1], ALL[3]]);
    assert_eq!(report.omitted().notes, 1);
}

#[test]
fn a_report_has_errors_as_its_levels_say() {
    let checker = Checker::embedded();
    let document = Document::read(text());
    let mut report = checker.check(&document);
    assert!(report.has_errors() && !report.is_clean());
    report.set_levels(DEFAULT_MAX_FINDINGS, |found| {
        Some(found.level()).filter(|level| *level != Level::Error)
    });
    assert!(!report.has_errors() && !report.is_clean());
    report.set_levels(DEFAULT_MAX_FINDINGS, |_| Some(Level::Error));
    assert!(report.has_errors());
    report.set_levels(DEFAULT_MAX_FINDINGS, |_| None);
    assert!(!report.has_errors() && report.is_clean());
}

#[test]
fn levels_leave_bill_and_fixes_as_they_are() {
    let checker = Checker::embedded();
    let document =
        Document::read(r#"{"model": "kling-v3", "prompt": "a", "mode": "PRO", "duration": "5"}"#);
    let mut report = checker.check(&document);
    let (bill, fixes) = (report.bill(), report.fixes());
    report.set_levels(DEFAULT_MAX_FINDINGS, |_| Some(Level::Note));
    assert_eq!((report.bill(), report.fixes()), (bill, fixes.clone()));
    // A fix refers to the index among the findings that are left.
    report.set_levels(DEFAULT_MAX_FINDINGS, |found| {
        (found.pointer() == "/duration").then_some(Level::Error)
    });
    let left = report.fixes();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].finding, &left[0].edits), (0, &fixes[1].edits));
}
