//! Large prompts made to be slow: a finder that looks ahead too often would not finish here in time.

use crate::common::KINDS;
use kling_prompt::{PromptProblem, cross_check, parts};

const SIZE: usize = 1 << 20;

/// Repeats a pattern up to the full size; the number of parts grows with the prompt.
#[track_caller]
fn check(pattern: &str) {
    let times = SIZE / pattern.len() / 4;
    let quarter = pattern.repeat(times);
    let whole = quarter.repeat(4);
    let [many, few] = [&whole, &quarter].map(|prompt| parts(prompt, &KINDS).count());
    assert!(many.abs_diff(4 * few) <= 3, "{pattern:?}: {few}, {many}");
    cross_check(&quarter, &KINDS, &[Some(1), Some(SIZE), None]);
}

#[test]
fn repeated_signs() {
    for pattern in [
        "<", "<<< ", ">", "@", "{", "{{a", "[", "[image ", "}", "<>", "{}",
    ] {
        check(pattern);
    }
}

#[test]
fn repeated_beginnings() {
    for pattern in [
        "<<<a",
        "<<<image_",
        "<<<image",
        "<<<image_1",
        "<<<image_1a",
        "<<<图",
        "@image",
        "@image_1",
        "@图1",
        "<<image_1",
        "<image_1 ",
        "{image_1",
        "[image_1",
    ] {
        check(pattern);
    }
}

#[test]
fn repeated_placeholders() {
    for pattern in [
        "<<<image_1>>>",
        "<<<voice_1>>>",
        "<<<Image_1>>>",
        "{{x}}",
        "[图1]",
    ] {
        check(pattern);
    }
}

#[test]
fn long_runs() {
    for middle in [" ", "1", "0", "_", "-", "a", "走", "\u{200b}", ">", "_1"] {
        for opening in ["<<<image_", "<<<image_1", "<<<a", "<<", "@image", "{{", "["] {
            let prompt = format!("{opening}{}", middle.repeat(SIZE / 8));
            let spans: Vec<_> = parts(&prompt, &KINDS).map(|part| part.span()).collect();
            assert!(spans.len() <= 3, "{opening}{middle}");
            assert_eq!(spans.last().map(|span| span.end), Some(prompt.len()));
        }
    }
}

#[test]
fn many_different_numbers_in_the_wrong_order() {
    let many = 50_000_u32;
    let pairs = (1..=many).rev();
    let pairs = pairs.map(|number| format!("@image_{number} <<<video_{number}>>> "));
    let prompt = pairs.collect::<Vec<_>>().concat();
    let problems = cross_check(&prompt, &KINDS, &[Some(100_000), Some(100_000)]);
    let order = problems
        .iter()
        .filter(|problem| matches!(problem, PromptProblem::Order { .. }));
    assert_eq!(order.count(), 1);
    assert_eq!(problems.len(), 50_000 + 1 + 2);
}
