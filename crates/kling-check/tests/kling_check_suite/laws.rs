//! What is true of every report: where findings are, their order, and how many are kept.

use std::sync::OnceLock;

use kling_check::{Checker, Diagnostic, Finding, Report};
use kling_json::{Document, Kind, Node, Position, Span};
use kling_spec::Level;
use kling_testgen::{broken, odd, valid};
use proptest::strategy::Strategy;

use crate::edited::{ReportContent, check_determinism, edited_fixtures};
use crate::support::{draw, fixture_texts, keeping_all, shortened, specs};

// Diagnostics may be sent to another thread and outlive what was checked; a checker may be shared.
const fn is_sendable<T: Send + 'static>() {}
const fn is_shareable<T: Send + Sync + 'static>() {}
const _: () = is_sendable::<Vec<Diagnostic>>();
const _: () = is_shareable::<Checker>();

/// Returns texts of all kinds: every fixture that is text, also with edits, and generated requests, also with equal
/// keys.
fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let mut texts: Vec<String> = fixture_texts().collect();
        assert!(texts.len() > 400);
        texts.extend(edited_fixtures(4));
        for spec in specs() {
            let valid = valid(&spec).prop_map(|request| request.text);
            texts.extend(draw(&valid, 10, 400));
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

/// Returns whether the span of a finding is one that it may have for its value.
fn is_place_of(found: &Finding<'_>) -> bool {
    let (node, span) = (found.node(), found.span());
    let value = node.span();
    let bracket = Span::new(value.start, value.start + 1);
    match found.rule().id() {
        "json-syntax" => {
            let document = node.document();
            let error = document.error().map(|error| error.offset);
            node == document.root() && error == Some(span.start)
        }
        "duplicate-key" | "unknown-field" | "misnamed-field" | "misplaced-field" => {
            node.key_span() == Some(span)
        }
        "not-an-object" => span == bracket,
        // For a whole object or list in the wrong place, its opening bracket is enough.
        "wrong-type" if matches!(node.kind(), Kind::Object | Kind::Array) => {
            span == value || span == bracket
        }
        "placeholder-unused" => span == value,
        rule if rule.starts_with("placeholder-") => {
            node.kind() == Kind::String
                && value.start < span.start
                && span.end < value.end
                && !span.is_empty()
        }
        _ => span == value,
    }
}

/// Returns whether the value, or one around it, follows an equal key, which has the same pointer.
fn is_behind_equal_key(node: Node<'_>) -> bool {
    std::iter::successors(Some(node), Node::parent).any(|node| {
        let first = node
            .parent()
            .zip(node.key())
            .and_then(|(object, key)| object.member(&key.decode()));
        first.is_some_and(|first| first != node)
    })
}

#[test]
fn every_pointer_resolves_and_every_span_is_that_of_its_value_key_or_object() {
    let checker = keeping_all(Checker::embedded());
    let mut resolved = 0;
    for text in texts() {
        let document = Document::read(text.as_str());
        let report = checker.check(&document);
        for found in report.findings() {
            let (node, pointer) = (found.node(), found.pointer());
            let named = document.pointer(&pointer);
            assert!(
                named == Some(node) || named.is_some() && is_behind_equal_key(node),
                "{pointer} of {} leads to {named:?}: {}",
                found.rule().id(),
                shortened(text)
            );
            assert!(
                is_place_of(found),
                "{:?} is no place of {pointer}: {}",
                found.span(),
                shortened(text)
            );
            resolved += 1;
        }
    }
    assert!(resolved > 5_000, "{resolved}");
}

/// Finds line and column by reading every character before the place.
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
        let document = Document::read(text.as_str());
        for found in checker.check(&document).diagnostics() {
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
        let document = Document::read(text.as_str());
        let found = checker.check(&document).diagnostics();
        let starts: Vec<usize> = found.iter().map(|found| found.span.start).collect();
        assert!(starts.is_sorted(), "{}", shortened(text));
        for (index, one) in found.iter().enumerate() {
            let same = |other: &Diagnostic| {
                (&other.rule, other.span, &other.message) == (&one.rule, one.span, &one.message)
            };
            let twice = found[..index].iter().any(same);
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
        check_determinism(&one, text);
        let document = Document::read(text.as_str());
        let (report, same) = (one.check(&document), other.check(&document));
        assert_eq!(
            ReportContent::of(&report),
            ReportContent::of(&same),
            "{}",
            shortened(text)
        );
    }
}

/// Returns the errors, warnings and notes of a report: those kept, and all.
fn counts(report: &Report<'_>) -> [(u64, u64); 3] {
    let omitted = report.omitted();
    let levels = [
        (Level::Error, omitted.errors),
        (Level::Warning, omitted.warnings),
        (Level::Note, omitted.notes),
    ];
    levels.map(|(level, omitted)| {
        let kept = report
            .findings()
            .iter()
            .filter(|found| found.level() == level)
            .count() as u64;
        (kept, kept + omitted)
    })
}

/// Returns checkers with limits on the findings kept; the first keeps them all.
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
    let document = Document::read(text);
    let all = checker.check(&document);
    assert_eq!(all.omitted().total(), 0);
    let diagnostics = all.diagnostics();
    let [(_, errors), (_, warnings), (_, notes)] = counts(&all);
    for (cap, checker) in capped {
        let report = checker.check(&document);
        let cap = *cap as u64;
        let expected = [
            errors.min(cap),
            warnings.min(cap.saturating_sub(errors)),
            notes.min(cap.saturating_sub(errors + warnings)),
        ];
        let [error, warning, other] = expected;
        let expected = [(error, errors), (warning, warnings), (other, notes)];
        assert_eq!(counts(&report), expected, "of {cap}: {}", shortened(text));
        for found in report.diagnostics() {
            assert!(
                diagnostics.contains(&found),
                "{found:?} is new with a cap of {cap}: {}",
                shortened(text)
            );
        }
        assert_eq!(report.is_clean(), all.is_clean());
        assert_eq!(report.has_errors(), all.has_errors());
        assert_eq!(
            (report.model(), report.bill(), report.output()),
            (all.model(), all.bill(), all.output()),
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
