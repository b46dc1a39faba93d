//! What is true of every report: where findings are, in which order, and how many are kept.

use std::sync::OnceLock;

use kling_check::{Checker, Diagnostic, Report};
use kling_json::{Kind, Position, Span, Tape};
use kling_spec::Level;
use kling_testgen::{broken, odd};
use proptest::strategy::Strategy;

use crate::support::{draw, fixtures, keeping_all, shortened, specs};

/// Texts of all kinds: every fixture that is text, and generated requests, equal keys included.
fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let mut texts: Vec<String> = fixtures()
            .into_iter()
            .filter_map(|(_, bytes)| String::from_utf8(bytes).ok())
            .collect();
        assert!(texts.len() > 400);
        for spec in specs() {
            texts.extend(draw(
                &broken(&spec).prop_map(|request| request.text),
                11,
                800,
            ));
            texts.extend(draw(&odd(&spec).prop_map(|request| request.text), 12, 800));
        }
        texts
    })
}

/// What a span may be of the value that the pointer names.
fn is_place_of(found: &Diagnostic<'_>, value: Span, key: Option<Span>, kind: Kind) -> bool {
    let bracket = Span::new(value.start, value.start + 1);
    match found.rule {
        "duplicate-key" | "unknown-field" | "misnamed-field" | "misplaced-field" => {
            key == Some(found.span)
        }
        "not-an-object" => found.span == bracket,
        // Of a whole object or list in the wrong place its bracket says enough.
        "wrong-type" if matches!(kind, Kind::Object | Kind::Array) => {
            found.span == value || found.span == bracket
        }
        "placeholder-unused" => found.span == value,
        rule if rule.starts_with("placeholder-") => {
            kind == Kind::String
                && value.start < found.span.start
                && found.span.end < value.end
                && !found.span.is_empty()
        }
        _ => found.span == value,
    }
}

#[test]
fn every_pointer_resolves_and_every_span_is_that_of_its_value_key_or_object() {
    let checker = keeping_all(Checker::embedded());
    let mut resolved = 0;
    for text in texts() {
        let report = checker.check(text);
        let tape = Tape::parse(text);
        for found in &report.diagnostics {
            let Ok(tape) = &tape else {
                // Where the text goes on being no JSON nothing can be looked up.
                assert!(
                    report
                        .diagnostics
                        .iter()
                        .any(|found| found.rule == "json-syntax"),
                    "{}",
                    shortened(text)
                );
                continue;
            };
            // Equal keys have equal pointers, so the place tells which is meant.
            let mut named = tape
                .nodes()
                .filter(|node| node.pointer() == found.pointer)
                .peekable();
            assert!(
                named.peek().is_some(),
                "{} of {} leads nowhere: {}",
                found.pointer,
                found.rule,
                shortened(text)
            );
            let is_there =
                named.any(|node| is_place_of(found, node.span(), node.key_span(), node.kind()));
            assert!(
                is_there,
                "{:?} is no place of {}: {}",
                found.span,
                found.pointer,
                shortened(text)
            );
            resolved += 1;
        }
    }
    assert!(resolved > 5_000, "{resolved}");
}

/// Line and column by looking at every character before the place.
fn naive_position(text: &str, offset: usize) -> Position {
    let before = &text[..offset];
    let line = before
        .chars()
        .filter(|character| *character == '\n')
        .count()
        + 1;
    let column = before
        .chars()
        .rev()
        .take_while(|character| *character != '\n')
        .count()
        + 1;
    Position { line, column }
}

#[test]
fn every_span_cuts_the_text_at_characters_and_has_their_lines_and_columns() {
    let checker = Checker::embedded();
    for text in texts() {
        for found in checker.check(text).diagnostics {
            let Span { start, end } = found.span;
            assert!(
                start <= end && end <= text.len(),
                "{:?}: {}",
                found.span,
                shortened(text)
            );
            assert!(
                text.is_char_boundary(start) && text.is_char_boundary(end),
                "{:?}: {}",
                found.span,
                shortened(text)
            );
            assert_eq!(
                found.start,
                naive_position(text, start),
                "{}",
                shortened(text)
            );
            assert_eq!(found.end, naive_position(text, end), "{}", shortened(text));
        }
    }
}

#[test]
fn findings_are_in_the_order_of_the_text_and_none_is_there_twice() {
    let checker = keeping_all(Checker::embedded());
    for text in texts() {
        let found = checker.check(text).diagnostics;
        let starts: Vec<usize> = found.iter().map(|found| found.span.start).collect();
        assert!(starts.is_sorted(), "{}", shortened(text));
        for (index, one) in found.iter().enumerate() {
            let twice = found[..index].iter().any(|other| {
                (other.rule, other.span) == (one.rule, one.span) && other.message() == one.message()
            });
            assert!(
                !twice,
                "{} twice at {:?}: {}",
                one.rule,
                one.span,
                shortened(text)
            );
        }
    }
}

#[test]
fn a_text_has_one_report() {
    let (one, other) = (Checker::embedded(), Checker::embedded());
    for text in texts() {
        let report = one.check(text);
        assert_eq!(report, one.check(text));
        assert_eq!(report, other.check(text));
        assert_eq!(report, one.check_bytes(text.as_bytes()));
        assert_eq!(report.is_clean(), one.is_clean(text), "{}", shortened(text));
    }
}

/// Errors, warnings and advice of a report: those kept, and all.
fn counts(report: &Report<'_>) -> [(u64, u64); 3] {
    let omitted = report.omitted;
    let levels = [
        (Level::Error, omitted.errors),
        (Level::Warning, omitted.warnings),
        (Level::Advice, omitted.advice),
    ];
    levels.map(|(level, omitted)| {
        let kept = report
            .diagnostics
            .iter()
            .filter(|found| found.level == level)
            .count() as u64;
        (kept, kept + omitted)
    })
}

/// Checkers that keep so many findings, the first of them all.
fn capped() -> &'static [(usize, Checker)] {
    static CHECKERS: OnceLock<Vec<(usize, Checker)>> = OnceLock::new();
    CHECKERS.get_or_init(|| {
        [usize::MAX, 0, 1, 2, 5, 100]
            .map(|cap| (cap, Checker::embedded().max_findings(cap)))
            .into()
    })
}

#[track_caller]
fn check_caps(text: &str) {
    let [(_, checker), capped @ ..] = capped() else {
        panic!("there is a first one")
    };
    let all = checker.check(text);
    assert_eq!(all.omitted.total(), 0);
    let [(_, errors), (_, warnings), (_, advice)] = counts(&all);
    for (cap, checker) in capped {
        let report = checker.check(text);
        let cap = *cap as u64;
        let expected = [
            errors.min(cap),
            warnings.min(cap.saturating_sub(errors)),
            advice.min(cap.saturating_sub(errors + warnings)),
        ];
        let [error, warning, other] = expected;
        let expected = [(error, errors), (warning, warnings), (other, advice)];
        assert_eq!(counts(&report), expected, "of {cap}: {}", shortened(text));
        for found in &report.diagnostics {
            assert!(
                all.diagnostics.contains(found),
                "{found:?} is new with a cap of {cap}: {}",
                shortened(text)
            );
        }
        assert_eq!(report.is_clean(), all.is_clean());
        assert_eq!(report.has_errors(), all.has_errors());
        assert_eq!(
            (report.model, report.bill, report.output),
            (all.model, all.bill, all.output),
            "of {cap}: {}",
            shortened(text)
        );
    }
}

#[test]
fn a_cap_chooses_errors_first_and_counts_the_others() {
    for text in texts() {
        check_caps(text);
    }
}

#[test]
fn a_cap_counts_the_same_where_there_are_many_findings() {
    let unknown: Vec<String> = (0..150)
        .map(|index| format!("\"zz{index}\": 1, "))
        .collect();
    let unknown = unknown.concat();
    check_caps(&format!("{{{unknown} \"model\": \"kling-v3\"}}"));
    check_caps(&format!(
        "{{\"model\": \"kling-v3\", {unknown} \"image_list\": [], \"moed\": \"pr\", \"metadata\": {{\"prompt\": 5}}}}"
    ));
    let marks: Vec<String> = (0..150)
        .map(|index| format!("<<<image_{}>>> @image_1 <<<Image_1>>> ", index % 7))
        .collect();
    let marks = marks.concat();
    check_caps(&format!(
        "{{\"model\": \"kling-v3-omni\", \"prompt\": \"{marks}\"}}"
    ));
    let items = vec!["{\"image_url\": \"cat.png\", \"type\": \"x\"}, {}, 5"; 70].join(",");
    check_caps(&format!(
        "{{\"model\": \"kling-v3-omni\", \"prompt\": \"x\", \"metadata\": {{\"image_list\": [{items}]}}}}"
    ));
    let items = vec!["{\"image_url\": \"https://example.com/a.png\"}"; 150].join(",");
    check_caps(&format!(
        "{{\"model\": \"kling-v3-omni\", \"prompt\": \"x\", \"metadata\": {{\"image_list\": [{items}]}}}}"
    ));
    check_caps(&format!(
        "{{\"model\": \"kling-v3-omni\", \"prompt\": \"x\", \"image_list\": [{items}], \"audio\": \"on\", \"video_list\": [{items}]}}"
    ));
    let twice = "\"a\": 1, ".repeat(150);
    check_caps(&format!("{{{twice} \"model\": \"kling-v4\"}}"));
}
