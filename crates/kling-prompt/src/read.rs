//! Small readers that the forms of placeholders share. Each takes a byte offset and returns one, and none reads past
//! the next `<`, so that reading at every `<` takes linear time in total.

use crate::cut::slice;
use crate::part::Reference;
use crate::word::{Word, known_word};

/// A word for a kind and a number after it.
pub(crate) struct Numbered {
    pub(crate) word: Word,
    pub(crate) separator: Separator,
    pub(crate) leading_zero: bool,
    pub(crate) reference: Reference,
    /// Where the number ends, in bytes.
    pub(crate) end: usize,
}

/// What is between a word and a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    Nothing,
    Underscore,
    /// Blanks, with at most one underscore among them.
    Blank,
    Other,
    /// A minus that belongs to the number, as in `image_-1`.
    Minus,
}

/// Reads a word for a kind at `at` and the number after it, if both are there.
pub(crate) fn numbered(prompt: &str, at: usize, kinds: &[&str]) -> Option<Numbered> {
    let word = known_word(prompt, at, kinds)?;
    let (separator, digits) = separator(prompt, word.end);
    let end = digits_end(prompt, digits);
    (end > digits).then(|| Numbered {
        word,
        separator,
        leading_zero: end > digits + 1 && byte_at(prompt, digits) == Some(b'0'),
        reference: Reference {
            kind: word.kind,
            number: number(slice(prompt, digits, end).as_bytes()),
        },
        end,
    })
}

/// Returns what separates a word from a number at `at`, and where it ends.
pub(crate) fn separator(prompt: &str, at: usize) -> (Separator, usize) {
    let is_sign = |c| matches!(c, '_' | '-' | '.' | ':' | '#');
    let end = end_of_run(prompt, at, |c| is_sign(c) || is_blank(c));
    let source = slice(prompt, at, end);
    let mut signs = source.chars().filter(|&c| is_sign(c));
    let separator = match (signs.next(), signs.next()) {
        (None, _) if source.is_empty() => Separator::Nothing,
        (Some('_'), None) if source.len() == 1 => Separator::Underscore,
        (None | Some('_'), None) => Separator::Blank,
        _ if source.ends_with('-') && source.len() > 1 => Separator::Minus,
        _ => Separator::Other,
    };
    (separator, end)
}

/// Returns the decimal value of ASCII digits, or the maximum if it does not fit.
pub(crate) fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |value: u32, digit| {
        value
            .saturating_mul(10)
            .saturating_add(u32::from(digit.wrapping_sub(b'0')))
    })
}

/// Returns whether a character is a blank inside a placeholder: easily overlooked, so not a line break.
pub(crate) fn is_blank(c: char) -> bool {
    match c {
        '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => false,
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => true,
        _ => c.is_whitespace(),
    }
}

pub(crate) fn blanks_end(prompt: &str, at: usize) -> usize {
    end_of_run(prompt, at, is_blank)
}

pub(crate) fn digits_end(prompt: &str, at: usize) -> usize {
    end_of_run(prompt, at, |c| c.is_ascii_digit())
}

/// Returns where up to `most` closing angle brackets at `at` end; `at` itself if there are none.
pub(crate) fn closing_end(prompt: &str, at: usize, most: usize) -> usize {
    let closing = prompt.as_bytes().iter().skip(at).take(most);
    at + closing.take_while(|&&byte| byte == b'>').count()
}

/// Returns where the run of characters of one sort that begins at `at` ends.
pub(crate) fn end_of_run(prompt: &str, at: usize, belongs: impl Fn(char) -> bool) -> usize {
    let rest = slice(prompt, at, prompt.len());
    at + rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

pub(crate) fn byte_at(prompt: &str, at: usize) -> Option<u8> {
    prompt.as_bytes().get(at).copied()
}
