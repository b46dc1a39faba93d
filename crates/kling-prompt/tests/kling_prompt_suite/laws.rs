//! What holds for every prompt.

use crate::common::KINDS;
use crate::dense;
use kling_prompt::{
    Part, PromptProblem, cross_check, each_problem, parts, plainly_fits, write_placeholder,
};
use proptest::prelude::*;
use std::ops::ControlFlow;

/// Checks that the parts follow one another without gaps, on character boundaries, and no two neighbours are both text.
fn assert_well_cut(prompt: &str) {
    let mut end = 0;
    let mut after_text = false;
    for part in parts(prompt, &KINDS) {
        let span = part.span();
        assert_eq!(span.start, end, "{prompt:?}");
        let source = prompt.get(span.clone()).expect("a span on boundaries");
        assert!(!source.is_empty(), "{prompt:?}");
        let is_text = match &part {
            Part::Text(text) => {
                assert_eq!(text.source, source);
                true
            }
            Part::Malformed(malformed) => {
                assert_eq!(malformed.source, source);
                false
            }
            Part::Dialect(dialect) => {
                assert_eq!(dialect.source, source);
                false
            }
            Part::Placeholder(_) | Part::WrongKind(_) => false,
        };
        assert!(!(is_text && after_text), "{prompt:?}");
        let has_sign = source.contains(['<', '@', '{', '[']);
        assert!(is_text || has_sign, "{prompt:?}");
        after_text = is_text;
        end = span.end;
    }
    assert_eq!(end, prompt.len(), "{prompt:?}");
}

fn count() -> impl Strategy<Value = Option<usize>> {
    proptest::option::of(prop_oneof![4 => 0..5_usize, 1 => Just(usize::MAX)])
}

/// A prompt of placeholders in the order of their lists, more or less, with text between them.
fn nearly_right() -> impl Strategy<Value = (String, Vec<Option<usize>>)> {
    let text = prop_oneof![
        4 => Just(" and "),
        1 => prop::sample::select(vec!["<", "<<", "@", "{", "[", ">", "\\n", "\\u732b", "", "狐"]),
    ];
    let placeholder = (0..KINDS.len(), prop_oneof![8 => 1..5_u32, 1 => 0..70_u32]);
    (
        prop::collection::vec((text, placeholder), 0..8),
        prop::collection::vec(
            prop_oneof![9 => (0..4_usize).prop_map(Some), 1 => Just(None)],
            KINDS.len(),
        ),
    )
        .prop_map(|(pieces, mut counts)| {
            let mut prompt = String::new();
            for (index, (text, (kind, number))) in pieces.into_iter().enumerate() {
                // Most numbers are consecutive, so that many prompts are correct.
                let number = if index % 7 == 6 {
                    number
                } else {
                    counts_so_far(&prompt, kind) + number / 4
                };
                prompt.extend([text, "<<<", KINDS[kind], "_", &number.to_string(), ">>>"]);
            }
            for (kind, count) in counts.iter_mut().enumerate() {
                if count.is_some() && kind != 1 {
                    *count = Some(counts_so_far(&prompt, kind) as usize - 1);
                }
            }
            (prompt, counts)
        })
}

/// Returns one more than the number of placeholders of a kind so far.
fn counts_so_far(prompt: &str, kind: usize) -> u32 {
    let placeholder = format!("<<<{}_", KINDS[kind]);
    1 + u32::try_from(prompt.matches(&placeholder).count()).expect("a few")
}

#[test]
fn what_plainly_fits_has_no_fault() {
    let mut runner = proptest::test_runner::TestRunner::new(dense::config(4_000));
    let (accepted, flawless) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    runner
        .run(&nearly_right(), |(prompt, counts)| {
            let lengths = KINDS.iter().copied().zip(counts.iter().copied());
            let fits = plainly_fits(&prompt, lengths);
            let problems = cross_check(&prompt, &KINDS, &counts);
            prop_assert!(
                !fits || problems.is_empty(),
                "{prompt:?} {counts:?}: {problems:?}"
            );
            accepted.set(accepted.get() + u32::from(fits));
            flawless.set(flawless.get() + u32::from(problems.is_empty()));
            Ok(())
        })
        .unwrap();
    // If nothing were accepted, the law would prove nothing.
    let (accepted, flawless) = (accepted.get(), flawless.get());
    assert!(
        accepted > 150 && accepted < flawless,
        "{accepted} of {flawless}"
    );
}

proptest! {
    #![proptest_config(dense::config(4_000))]

    #[test]
    fn dense_prompts_are_well_cut(prompt in dense::prompt()) {
        assert_well_cut(&prompt);
    }

    #[test]
    fn all_strings_are_well_cut(prompt in ".{0,80}") {
        assert_well_cut(&prompt);
    }

    #[test]
    fn any_kinds_will_do(prompt in dense::prompt(), kinds in proptest::collection::vec(".{0,3}|<+|image", 0..6)) {
        let kinds: Vec<_> = kinds.iter().map(String::as_str).collect();
        let end = parts(&prompt, &kinds).map(|part| part.span().end).last();
        prop_assert_eq!(end.unwrap_or(0), prompt.len());
        cross_check(&prompt, &kinds, &[Some(1), Some(2)]);
    }

    #[test]
    fn errors_are_in_order_and_at_most_one_per_place(
        prompt in dense::prompt(),
        counts in proptest::collection::vec(count(), 0..4),
    ) {
        let problems = cross_check(&prompt, &KINDS, &counts);
        let mut end = 0;
        let mut unused = (0, 0);
        for problem in &problems {
            if let Some(span) = problem.span() {
                prop_assert!(span.start >= end && unused == (0, 0));
                end = span.end;
            }
            if let PromptProblem::Unused { kind, numbers } = problem {
                prop_assert!((*kind, *numbers.start()) > unused && numbers.start() <= numbers.end());
                unused = (*kind, *numbers.end());
            }
        }
        let placeholders = parts(&prompt, &KINDS).filter(|part| !matches!(part, Part::Text(_)));
        prop_assert!(problems.len() <= 2 * placeholders.count() + KINDS.len());
    }

    #[test]
    fn breaking_off_gives_the_first_faults(prompt in dense::prompt(), most in 1..5_usize) {
        let counts = [Some(2), Some(1), None];
        let mut first = Vec::new();
        let flow = each_problem(&prompt, &KINDS, &counts, |problem| {
            first.push(problem);
            if first.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let all = cross_check(&prompt, &KINDS, &counts);
        prop_assert_eq!(flow.is_break(), all.len() >= most);
        prop_assert_eq!(&first[..], &all[..all.len().min(most)]);
    }

    #[test]
    fn faults_are_those_of_the_plain_definition(
        prompt in dense::placeholders(),
        counts in proptest::collection::vec(count(), 3),
    ) {
        let (mut at, mut unused) = (Vec::new(), Vec::new());
        for (kind, name) in KINDS.iter().enumerate() {
            let mut firsts: Vec<usize> = Vec::new();
            let mut is_reported = false;
            for (start, _) in prompt.match_indices(&format!("<<<{name}_")) {
                let number: usize = prompt[start + name.len() + 4..][..1].parse().expect("one digit");
                if counts[kind].is_some_and(|count| number > count) {
                    at.push((start, "range"));
                } else if !firsts.contains(&number) {
                    if !is_reported && firsts.iter().any(|&first| first > number) {
                        at.push((start, "order"));
                        is_reported = true;
                    }
                    firsts.push(number);
                }
            }
            for number in 1..=counts[kind].unwrap_or(0).min(100) {
                if !firsts.contains(&number) {
                    unused.push((kind, number));
                }
            }
        }
        at.sort_unstable();

        let (mut found_at, mut found_unused) = (Vec::new(), Vec::new());
        for problem in cross_check(&prompt, &KINDS, &counts) {
            match problem {
                PromptProblem::Range { placeholder, .. } => found_at.push((placeholder.span.start, "range")),
                PromptProblem::Order { placeholder, .. } => found_at.push((placeholder.span.start, "order")),
                PromptProblem::Unused { kind, numbers } => {
                    found_unused.extend(numbers.take_while(|&n| n <= 100).map(|n| (kind, n)));
                }
                PromptProblem::WrongKind(_) | PromptProblem::Malformed(_) | PromptProblem::Dialect(_) => {
                    found_at.push((problem.span().expect("a place").start, "other"));
                }
            }
        }
        prop_assert_eq!(found_at, at);
        prop_assert_eq!(found_unused, unused);
    }

    /// Written as its meaning, something is a placeholder, and nothing else becomes a problem.
    #[test]
    fn what_is_written_as_its_meaning_adds_no_problem(
        prompt in dense::prompt(),
        counts in proptest::collection::vec(count(), 3),
    ) {
        let problems = cross_check(&prompt, &KINDS, &counts);
        for problem in &problems {
            let meaning = match problem {
                PromptProblem::Malformed(malformed) => malformed.meaning,
                PromptProblem::WrongKind(wrong_kind) => wrong_kind.meaning,
                PromptProblem::Dialect(dialect) => dialect.meaning,
                PromptProblem::Range { .. } | PromptProblem::Order { .. } | PromptProblem::Unused { .. } => continue,
            };
            let Some(meaning) = meaning else { continue };
            let span = problem.span().expect("a place");
            let mut fixed = prompt.clone();
            fixed.replace_range(span.clone(), &write_placeholder(KINDS[meaning.kind], meaning.number));
            let is_placeholder = |part: Part<'_>| part.span().start == span.start && matches!(part, Part::Placeholder(_));
            // A sign right before the span joins those of the new placeholder, which then begins elsewhere.
            if !prompt[..span.start].ends_with('<') {
                prop_assert!(parts(&fixed, &KINDS).any(is_placeholder), "{prompt:?} {fixed:?}");
            }
            let after = cross_check(&fixed, &KINDS, &counts);
            prop_assert!(after.len() <= problems.len(), "{:?}\n{:?}\n{:?}\n{:?}", prompt, problems, fixed, after);
        }
    }
}
