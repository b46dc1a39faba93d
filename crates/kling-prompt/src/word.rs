//! Which words name a kind: the kinds themselves, in any case, and well-known other words.

use crate::cut::{char_at, slice};

/// Other words for a kind, as other video programs and their users write them in prompts. One row per kind; a row
/// counts only if its kind is in the list passed in.
const OTHER_WORDS: [(&str, &[&str]); 3] = [
    (
        "image",
        &[
            "images",
            "img",
            "picture",
            "pic",
            "photo",
            "图",
            "图片",
            "图像",
            "参考图",
            "参考图片",
            "圖",
            "圖片",
        ],
    ),
    ("video", &["videos", "视频", "参考视频", "視頻", "影片"]),
    ("element", &["elements", "subject", "元素", "主体", "主體"]),
];

/// A word that names a kind.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    /// Index into the kinds.
    pub(crate) kind: usize,
    pub(crate) spelling: Spelling,
    /// Where the word ends, in bytes.
    pub(crate) end: usize,
}

/// How a word relates to the kind that it names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Exact,
    OtherCase,
    OtherWord,
}

/// Returns the longest kind at `at` that is not followed by another letter, or else another word for a kind.
pub(crate) fn known_word(prompt: &str, at: usize, kinds: &[&str]) -> Option<Word> {
    // Most signs open nothing, so this check precedes the many comparisons.
    if !char_at(prompt, at)?.is_alphabetic() {
        return None;
    }
    let mut longest: Option<Word> = None;
    for (kind, name) in kinds.iter().enumerate() {
        if let Some(end) = end_of_word(prompt, at, name) {
            let spelling = if slice(prompt, at, end) == *name {
                Spelling::Exact
            } else {
                Spelling::OtherCase
            };
            let word = Word {
                kind,
                spelling,
                end,
            };
            if longest.is_none_or(|other| word.goes_before(other)) {
                longest = Some(word);
            }
        }
    }
    // The other words consist of letters only, so none of them extends past the end of a kind.
    longest.or_else(|| other_word(prompt, at, kinds))
}

fn other_word(prompt: &str, at: usize, kinds: &[&str]) -> Option<Word> {
    OTHER_WORDS.iter().find_map(|(name, words)| {
        let end = words
            .iter()
            .find_map(|word| end_of_word(prompt, at, word))?;
        let kind = kinds.iter().position(|kind| kind == name)?;
        Some(Word {
            kind,
            spelling: Spelling::OtherWord,
            end,
        })
    })
}

impl Word {
    fn goes_before(self, other: Self) -> bool {
        self.end > other.end
            || self.end == other.end
                && self.spelling == Spelling::Exact
                && other.spelling != Spelling::Exact
    }
}

fn end_of_word(prompt: &str, at: usize, name: &str) -> Option<usize> {
    let end = at.checked_add(name.len())?;
    let written = prompt.as_bytes().get(at..end)?;
    // The first byte alone rules out most words.
    let matches = written
        .first()?
        .eq_ignore_ascii_case(name.as_bytes().first()?)
        && written.eq_ignore_ascii_case(name.as_bytes());
    (matches && !char_at(prompt, end).is_some_and(char::is_alphabetic)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::OTHER_WORDS;

    #[test]
    fn other_words_are_letters_in_lower_case() {
        for word in OTHER_WORDS.iter().flat_map(|(_, words)| *words) {
            assert!(word.chars().all(char::is_alphabetic), "{word}");
            assert_eq!(word.to_lowercase(), **word);
        }
    }
}
