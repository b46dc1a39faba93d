//! Prompts against lists: what is at fault, and where.

use crate::common::KINDS;
use kling_prompt::{PromptProblem, cross_check};

/// Checks all problems, each as source and description; unused items have no source.
#[track_caller]
fn check(prompt: &str, counts: &[Option<usize>], expected: &[(&str, &str)]) {
    let problems = cross_check(prompt, &KINDS, counts);
    let found: Vec<_> = problems
        .iter()
        .map(|problem| {
            let source = problem.span().map_or("", |span| &prompt[span]);
            (source, describe(problem))
        })
        .collect();
    let found: Vec<_> = found
        .iter()
        .map(|(source, description)| (*source, description.as_str()))
        .collect();
    assert_eq!(found, expected, "{prompt:?} {counts:?}");
}

fn describe(problem: &PromptProblem<'_>) -> String {
    match problem {
        PromptProblem::Range { count, .. } => format!("out of {count}"),
        PromptProblem::Order { after, .. } => format!("after {after}"),
        PromptProblem::WrongKind(_) => "wrong kind".to_owned(),
        PromptProblem::Malformed(malformed) => format!("{:?}", malformed.reason),
        PromptProblem::Dialect(dialect) => format!("{:?}", dialect.form),
        PromptProblem::Unused { kind, numbers } => format!("unused {} {numbers:?}", KINDS[*kind]),
    }
}

const NONE: [Option<usize>; 3] = [Some(0); 3];

#[test]
fn clean() {
    check("", &[], &[]);
    check("A dog", &NONE, &[]);
    check("<<<image_1>>> <<<video_1>>>", &[Some(1), Some(1)], &[]);
    check("<<<image_1>>> <<<image_2>>> <<<image_1>>>", &[Some(2)], &[]);
    check("<<<image_7>>> <<<image_900>>>", &[None], &[]);
    check("<<<image_0>>> <<<element_5>>>", &[], &[]);
    check(
        "<<<video_1>>> <<<image_1>>> <<<video_2>>> <<<image_2>>>",
        &[Some(2), Some(2)],
        &[],
    );
}

#[test]
fn range() {
    check("<<<image_0>>>", &NONE, &[("<<<image_0>>>", "out of 0")]);
    check("<<<image_1>>>", &NONE, &[("<<<image_1>>>", "out of 0")]);
    check(
        "<<<image_1>>> <<<image_2>>> <<<image_2>>>",
        &[Some(1)],
        &[("<<<image_2>>>", "out of 1"), ("<<<image_2>>>", "out of 1")],
    );
    check(
        "<<<video_18446744073709551617>>> <<<video_1>>>",
        &[None, Some(1)],
        &[("<<<video_18446744073709551617>>>", "out of 1")],
    );
}

#[test]
fn order() {
    check(
        "<<<image_2>>> <<<image_1>>>",
        &[Some(2)],
        &[("<<<image_1>>>", "after 2")],
    );
    check(
        "<<<image_3>>> <<<image_1>>> <<<image_2>>>",
        &[None],
        &[("<<<image_1>>>", "after 3")],
    );
    check(
        "<<<image_1>>> <<<image_70>>> <<<image_100>>> <<<image_80>>>",
        &[None],
        &[("<<<image_80>>>", "after 100")],
    );
    check(
        "<<<image_70>>> <<<image_80>>> <<<image_70>>> <<<image_80>>>",
        &[None],
        &[],
    );
    check(
        "<<<video_2>>> <<<image_2>>> <<<image_1>>> <<<video_1>>>",
        &[Some(2), Some(2)],
        &[("<<<image_1>>>", "after 2"), ("<<<video_1>>>", "after 2")],
    );
    // A number out of range is not a mention, so what follows it is in order.
    check(
        "<<<image_9>>> <<<image_1>>>",
        &[Some(1)],
        &[("<<<image_9>>>", "out of 1")],
    );
}

#[test]
fn unused() {
    check("A dog", &[Some(1)], &[("", "unused image 1..=1")]);
    check(
        "<<<image_2>>> <<<image_4>>>",
        &[Some(6), Some(2)],
        &[
            ("", "unused image 1..=1"),
            ("", "unused image 3..=3"),
            ("", "unused image 5..=6"),
            ("", "unused video 1..=2"),
        ],
    );
    check(
        "<<<image_64>>> <<<image_65>>> <<<image_66>>>",
        &[Some(1_000_000)],
        &[
            ("", "unused image 1..=63"),
            ("", "unused image 67..=1000000"),
        ],
    );
    check(
        "<<<image_4000000000>>>",
        &[Some(4_000_000_001)],
        &[
            ("", "unused image 1..=3999999999"),
            ("", "unused image 4000000001..=4000000001"),
        ],
    );
}

#[test]
fn one_slip_one_message() {
    check(
        "<<<Image_1>>> and @image_2",
        &[Some(2)],
        &[("<<<Image_1>>>", "Case"), ("@image_2", "At")],
    );
    check(
        "<<<img_1>>> <<<voice_1>>>",
        &[Some(1)],
        &[
            ("<<<img_1>>>", "wrong kind"),
            ("<<<voice_1>>>", "wrong kind"),
        ],
    );
    check(
        "<<<image1>>> <<<image_2>>> <<<image_1>>>",
        &[Some(2)],
        &[("<<<image1>>>", "MissingUnderscore")],
    );
    check(
        "{{x}}",
        &[Some(1)],
        &[("{{x}}", "DoubleBraces"), ("", "unused image 1..=1")],
    );
}

#[test]
fn a_meaning_that_would_be_a_fault_of_its_own_does_not_fit() {
    check(
        "<<<image_1>>> <<<Image_2>>> @image_0",
        &[Some(1)],
        &[("<<<Image_2>>>", "Case"), ("@image_0", "At")],
    );
    check(
        "<<<image_2>>> <<<Image_1>>>",
        &[Some(2)],
        &[("<<<Image_1>>>", "Case")],
    );
    check(
        "<<<Image_2>>> <<<image_1>>>",
        &[Some(2)],
        &[("<<<Image_2>>>", "Case"), ("<<<image_1>>>", "after 2")],
    );
}

#[test]
fn kinds_beyond_those_kept_in_place() {
    let kinds = ["a", "b", "c", "d", "e", "f"];
    let problems = cross_check(
        "<<<f_2>>> <<<f_1>>>",
        &kinds,
        &[None, None, None, None, Some(1), Some(3)],
    );
    assert!(
        matches!(&problems[0], PromptProblem::Order { placeholder, after: 2 } if placeholder.kind == 5)
    );
    assert_eq!(
        problems[1..],
        [
            PromptProblem::Unused {
                kind: 4,
                numbers: 1..=1
            },
            PromptProblem::Unused {
                kind: 5,
                numbers: 3..=3
            },
        ]
    );
}
