//! What the tests share: texts of every kind, and the settings of the generators.

use kling_json::{CanonicalError, canonical};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

/// Settings for this many cases, the same in every run.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x6b6c_696e_6721),
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

/// Returns whether an object in valid JSON has duplicate keys, so that readers may disagree on what it says.
pub(crate) fn has_duplicate_keys(text: &str) -> bool {
    matches!(canonical(text), Err(CanonicalError::DuplicateKey { .. }))
}

/// Returns whether valid JSON has a number that `serde_json` cannot hold.
pub(crate) fn has_huge_number(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_err()
}

/// A value without its layout.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Literal(&'static str),
    Number(String),
    /// Pieces of raw content, each valid by itself.
    String(Vec<String>),
    Array(Vec<Plan>),
    Object(Vec<(Vec<String>, Plan)>),
}

fn string_piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z_]{1,6}",
        2 => "[ -!#-\\[\\]-~]{0,40}",
        1 => "[^\"\\\\\\x00-\\x1f]{1,5}",
        2 => prop::sample::select(vec![
            "\\n", "\\t", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\u0041", "\\u00e9", "\\u0000",
            "\\uD83D\\uDE00", "\\ud834\\udd1e", "\\uFFFF", "\u{7f}", "\u{fffd}", "\u{1F600}", "é",
        ]).prop_map(str::to_owned),
    ]
}

pub(crate) fn string_plan() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(string_piece(), 0..4)
}

pub(crate) fn number_text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "-?(0|[1-9][0-9]{0,4})",
        2 => "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,3})?",
        1 => "-?(0|[1-9][0-9]{0,3})(\\.0{1,3})?([eE][+-]?0{0,3}[0-9]{0,1}[0-9])?",
        1 => "-?[1-9][0-9]{0,3}[eE][+-]?[1-9][0-9]{0,60}",
    ]
}

pub(crate) fn plan() -> impl Strategy<Value = Plan> {
    let leaf = prop_oneof![
        1 => prop::sample::select(vec!["true", "false", "null"]).prop_map(Plan::Literal),
        2 => number_text().prop_map(Plan::Number),
        3 => string_plan().prop_map(Plan::String),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Plan::Array),
            prop::collection::vec((string_plan(), inner), 0..5).prop_map(Plan::Object),
        ]
    })
}

/// The source of whitespace while a plan is printed.
pub(crate) struct Layout {
    blanks: Vec<&'static str>,
    next: usize,
}

impl Layout {
    fn blank(&mut self, out: &mut String) {
        if !self.blanks.is_empty() {
            out.push_str(self.blanks[self.next % self.blanks.len()]);
            self.next += 1;
        }
    }

    pub(crate) fn print(&mut self, plan: &Plan, out: &mut String) {
        self.blank(out);
        match plan {
            Plan::Literal(literal) => out.push_str(literal),
            Plan::Number(number) => out.push_str(number),
            Plan::String(pieces) => print_string(pieces, out),
            Plan::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    self.print(item, out);
                }
                self.blank(out);
                out.push(']');
            }
            Plan::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    self.blank(out);
                    print_string(key, out);
                    self.blank(out);
                    out.push(':');
                    self.print(value, out);
                }
                self.blank(out);
                out.push('}');
            }
        }
        self.blank(out);
    }
}

fn print_string(pieces: &[String], out: &mut String) {
    out.push('"');
    for piece in pieces {
        out.push_str(piece);
    }
    out.push('"');
}

fn layout() -> impl Strategy<Value = Layout> {
    prop_oneof![
        Just(Vec::new()),
        Just(vec![" "]),
        prop::collection::vec(
            prop::sample::select(vec![
                "",
                "",
                "",
                " ",
                "\n",
                "\r\n",
                "\t",
                "\n  ",
                "\n                       ",
                "\r",
                " \t ",
            ]),
            1..9
        ),
    ]
    .prop_map(|blanks| Layout { blanks, next: 0 })
}

impl std::fmt::Debug for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.blanks.fmt(f)
    }
}

pub(crate) fn printed(plan: &Plan, layout: &mut Layout) -> String {
    let mut text = String::new();
    layout.print(plan, &mut text);
    text
}

/// A plan and a way to print it.
pub(crate) fn plan_and_layout() -> impl Strategy<Value = (Plan, Layout)> {
    (plan(), layout())
}

/// Valid JSON of any layout.
pub(crate) fn valid_text() -> impl Strategy<Value = String> {
    plan_and_layout().prop_map(|(plan, mut layout)| printed(&plan, &mut layout))
}

/// Valid JSON with up to three edits that hit the places where readers differ.
pub(crate) fn near_miss() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0..3_u8, interesting());
    (valid_text(), prop::collection::vec(edit, 1..4)).prop_map(|(text, edits)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (place, action, insert) in edits {
            let at = place.index(characters.len() + 1);
            match action {
                0 => drop(characters.splice(at..at, insert.chars())),
                1 if at < characters.len() => drop(characters.remove(at)),
                _ => {
                    let end = (at + 1).min(characters.len());
                    drop(characters.splice(at..end, insert.chars()));
                }
            }
        }
        characters.into_iter().collect()
    })
}

fn interesting() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "/",
        "//",
        "/*",
        "*/",
        "'",
        "-",
        "+",
        ".",
        "0",
        "1",
        "e",
        "E",
        "u",
        "t",
        "true",
        "nul",
        "null",
        "NaN",
        "Infinity",
        "None",
        "True",
        "\u{0}",
        "\u{1f}",
        "\u{7f}",
        "\n",
        "\r",
        "\t",
        " ",
        "\u{b}",
        "\u{c}",
        "\u{a0}",
        "\u{feff}",
        "\u{2028}",
        "\\u",
        "\\ud800",
        "\\udc00",
        "\\ud83d\\ude00",
        "\\u12",
        "\\x",
        "é",
        "\u{1F600}",
        "\u{201c}",
        "#",
        "[[",
        "]]",
        "{}",
        "\"a\":",
        ",,",
        "00",
        "01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "-0",
        "$",
        "_",
        "`",
        ";",
        "=",
    ])
}
