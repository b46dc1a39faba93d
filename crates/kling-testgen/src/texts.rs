//! Texts: words of several languages, with and without the signs that confuse readers.

use crate::choices::Choices;

/// Words and signs that open no placeholder in any dialect.
const PLAIN: &[&str] = &[
    "a paper boat",
    "drifts",
    "slowly",
    "rain",
    "5",
    "Straße",
    "piñata",
    "крепость",
    "雨の街",
    "灯笼",
    "مدينة",
    "🌊",
    "👩\u{200d}🚀",
    "e\u{301}",
    "\u{10348}",
    "50%",
    "\"quoted\"",
    "back\\slash",
    "and/or",
    "\u{7f}",
    "\u{feff}",
    "\u{1}",
    "it's — fine;",
    "#1",
];

/// Signs that have a meaning in a text with placeholders.
const SIGNS: &[&str] = &[
    "<<<",
    ">>>",
    "@image_1",
    "{{name}}",
    "[1]",
    "<<<image_1>>>",
    "<b>",
    "{",
    "\0",
    "null",
    "5",
];

const SEPARATORS: &[&str] = &[" ", ", ", "\n", "", "\t", "  ", "。", "\u{3000}", "\r\n"];

/// Returns a text that is not blank and contains none of `<`, `>`, `@`, `{`, `[`.
pub(crate) fn plain_text(choices: &mut Choices) -> String {
    let count = 1 + choices.below(9);
    written(choices, count, PLAIN)
}

/// Returns any text, including the empty one and texts with signs that look like placeholders.
pub(crate) fn any_text(choices: &mut Choices) -> String {
    let count = choices.below(5);
    let words = if choices.chance(30) { SIGNS } else { PLAIN };
    written(choices, count, words)
}

fn written(choices: &mut Choices, count: usize, words: &[&str]) -> String {
    let mut text = String::new();
    for index in 0..count {
        if index > 0 {
            text.push_str(SEPARATORS[choices.below(SEPARATORS.len())]);
        }
        text.push_str(words[choices.below(words.len())]);
    }
    text
}

/// Returns a text of exactly this many characters, none of them blank.
pub(crate) fn text_of_length(choices: &mut Choices, characters: usize) -> String {
    let fill = ["a", "雨", "ab 🌊c", "é"][choices.below(4)];
    fill.chars().cycle().take(characters).collect()
}

/// Texts that are blank; the first is empty.
pub(crate) const BLANK: &[&str] = &[
    "",
    " ",
    "\t\r\n",
    "\u{3000}",
    "\u{a0}\u{2003}",
    "\u{85} \u{2028}",
];
