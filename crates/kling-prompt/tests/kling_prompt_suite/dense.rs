//! Generated prompts in which nearly everything could be a placeholder.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

/// Makes the prompts the same in every run.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x6b6c_696e_6721),
        ..ProptestConfig::default()
    }
}

const OPENING: [&str; 14] = [
    "<<<", "<<<", "<<<", "<<<<", "<<", "<", "@", "@", "{{", "{{{", "{", "[", "<<< ", "",
];
const WORDS: [&str; 20] = [
    "image",
    "image",
    "video",
    "element",
    "Image",
    "IMG",
    "img",
    "pic",
    "images",
    "图",
    "图片",
    "主体",
    "voice",
    "image_list",
    "imageless",
    "声音",
    "é",
    "image图",
    "_",
    "",
];
const SEPARATORS: [&str; 14] = [
    "_", "_", "_", "", "", " ", "-", "__", "_-", " _", ".", "\n", "\u{200b}", ": ",
];
const NUMBERS: [&str; 13] = [
    "1",
    "2",
    "3",
    "1",
    "2",
    "0",
    "01",
    "00",
    "4294967295",
    "99999999999",
    "N",
    "１",
    "",
];
const CLOSING: [&str; 14] = [
    ">>>", ">>>", ">>>", ">>>>", ">>", ">", " >>>", "a>>>", ".5>>>", "}}", "}", "]", ".com", "",
];
const BETWEEN: [&str; 14] = [
    "", "", " ", "a", "1", ".", "_", "-", "走", "é", "\n", "\u{3000}", ", then ", "@",
];

/// A prompt of up to a dozen things that are placeholders, almost placeholders, or only their signs.
pub(crate) fn prompt() -> impl Strategy<Value = String> {
    let near = (
        select(&OPENING[..]),
        select(&WORDS[..]),
        select(&SEPARATORS[..]),
        select(&NUMBERS[..]),
        select(&CLOSING[..]),
        select(&BETWEEN[..]),
    )
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat());
    let all = [
        &OPENING[..],
        &WORDS[..],
        &SEPARATORS[..],
        &NUMBERS[..],
        &CLOSING[..],
        &BETWEEN[..],
    ]
    .concat();
    let signs = vec(select(all), 1..8).prop_map(|pieces| pieces.concat());
    let names = select(&["@图1", "@image_1", "@Image2", "@", "a", "1", ".com", "-"][..]);
    let names = vec(names, 1..6).prop_map(|pieces| pieces.concat());
    vec(prop_oneof![4 => near, 1 => signs, 1 => names], 0..12).prop_map(|pieces| pieces.concat())
}

/// Correct placeholders with text between them.
pub(crate) fn placeholders() -> impl Strategy<Value = String> {
    let placeholder = (select(&["image", "video", "element"][..]), 1_u32..=9)
        .prop_map(|(kind, number)| format!("<<<{kind}_{number}>>>"));
    vec((placeholder, select(&BETWEEN[..])), 0..12)
        .prop_map(|pieces| pieces.into_iter().map(|(a, b)| a + b).collect())
}
