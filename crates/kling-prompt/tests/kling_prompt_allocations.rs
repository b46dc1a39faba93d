//! Prompts are cut into parts and checked without allocating, as far as the crate says so.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::hint::black_box;
use std::ops::ControlFlow;

use allocation_counter::measure;
use kling_prompt::{
    cross_check, each_problem, may_have_placeholders, parts, plainly_fits, renumber, write_mark,
};

const KINDS: [&str; 3] = ["image", "video", "element"];

/// The greatest number that is noted without a list.
const GREATEST_IN_PLACE: u32 = 64;

/// How often something allocates.
fn allocations(run: impl FnOnce()) -> u64 {
    measure(run).count_total
}

/// Whether a prompt has no problem against lists of these lengths, found out by `each_problem`, and how often that
/// allocates.
fn clean(prompt: &str, kinds: &[&str], counts: &[Option<usize>]) -> (bool, u64) {
    let mut clean = false;
    let counted = allocations(|| {
        let problem = each_problem(black_box(prompt), kinds, counts, |_| ControlFlow::Break(()));
        clean = problem.is_continue();
    });
    (clean, counted)
}

/// All that stands between quotation marks in the fixtures, prompts among it, and each fixture as a whole.
fn texts() -> Vec<String> {
    let mut texts = kling_testgen::fixtures().unwrap();
    for fixture in 0..texts.len() {
        let parts: Vec<String> = texts[fixture].split('"').map(str::to_owned).collect();
        texts.extend(parts);
    }
    texts
}

#[test]
fn no_text_makes_the_parts_or_the_quick_looks_allocate() {
    let mut with_signs = 0;
    for text in texts() {
        let prompt = text.as_str();
        let lengths = KINDS.map(|kind| (kind, Some(1)));
        let counted = allocations(|| {
            black_box(parts(prompt, &KINDS).count());
            black_box(plainly_fits(prompt, lengths));
            black_box(may_have_placeholders(prompt));
        });
        assert_eq!(counted, 0, "{prompt}");
        with_signs += usize::from(may_have_placeholders(prompt));
    }
    assert!(with_signs > 100, "{with_signs}");
}

#[test]
fn a_prompt_without_a_sign_is_checked_without_allocation() {
    let mut seen = 0;
    for text in texts() {
        let prompt = text.as_str();
        if may_have_placeholders(prompt) {
            continue;
        }
        // Lists that are unknown or empty leave nothing to tell.
        for counts in [[None; 3], [Some(0); 3]] {
            let counted = allocations(|| {
                assert_eq!(cross_check(black_box(prompt), &KINDS, &counts), []);
            });
            assert_eq!(counted, 0, "{prompt}");
        }
        // That its lists are not used is told without making a list of it.
        assert_eq!(clean(prompt, &KINDS, &[Some(1); 3]), (false, 0), "{prompt}");
        seen += 1;
    }
    assert!(seen > 1000, "{seen}");
}

#[test]
fn a_prompt_without_a_fault_is_checked_without_allocation() {
    let mut with_marks = 0;
    for text in texts() {
        let prompt = text.as_str();
        let (clean, counted) = clean(prompt, &KINDS, &[None; 3]);
        let mut numbers = parts(prompt, &KINDS).filter_map(|part| part.reference());
        if clean && numbers.all(|reference| reference.number <= GREATEST_IN_PLACE) {
            assert_eq!(counted, 0, "{prompt}");
            with_marks += usize::from(prompt.contains("<<<"));
        }
    }
    assert!(with_marks > 50, "{with_marks}");
}

#[test]
fn long_prompts_are_checked_without_allocation() {
    let all: String = (1..=GREATEST_IN_PLACE)
        .map(|number| write_mark("image", number))
        .collect();
    for prompt in [
        "a dog. ".repeat(100_000),
        "一只狗。".repeat(100_000),
        all.repeat(1000),
    ] {
        assert_eq!(clean(&prompt, &KINDS, &[None; 3]), (true, 0));
    }
}

#[test]
fn what_is_kept_is_seen_to_allocate() {
    let prompt = "<<<image_2>>>";
    let list = allocations(|| assert_eq!(cross_check(prompt, &KINDS, &[Some(1)]).len(), 2));
    assert!(list > 0);
    assert!(allocations(|| drop(black_box(renumber(prompt, &KINDS, |_, number| number)))) > 0);
}

#[test]
fn the_limits_of_what_is_kept_in_place_are_those_that_are_told() {
    let kinds = ["a", "b", "c", "d", "e"];
    let counted = |prompt: &str| {
        let (clean, counted) = clean(prompt, &kinds, &[None; 5]);
        assert!(clean, "{prompt}");
        counted
    };
    let mark = |number: u32| write_mark("a", number);
    assert_eq!(counted(&mark(GREATEST_IN_PLACE)), 0);
    assert!(counted(&mark(GREATEST_IN_PLACE + 1)) > 0);
    assert_eq!(counted("<<<d_1>>>"), 0);
    assert!(counted("<<<e_1>>>") > 0);
}
