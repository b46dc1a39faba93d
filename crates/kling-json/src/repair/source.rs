//! Looking at a broken text: what has no meaning, and where words and comments end.

use crate::scan;

/// What is between two tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    Whitespace,
    Comment,
    /// A character that begins no token.
    Garbage,
}

/// Returns the gap that begins at `at`, and its end; `None` where a token begins, or at the end of the text.
pub(crate) fn gap(text: &str, at: usize) -> Option<(Gap, usize)> {
    let end = scan::whitespace_end(text.as_bytes(), at);
    if end > at {
        return Some((Gap::Whitespace, end));
    }
    let rest = text.get(at..)?;
    let next = rest.chars().next()?;
    if let Some(length) = comment_len(rest) {
        return Some((Gap::Comment, at + length));
    }
    if begins_token(next) {
        return None;
    }
    Some((Gap::Garbage, at + next.len_utf8()))
}

/// Returns the first character at or after `at` that begins a token; `None` if only gaps are left.
pub(crate) fn next_token(text: &str, at: usize) -> Option<char> {
    let mut at = at;
    while let Some((_, end)) = gap(text, at) {
        at = end;
    }
    text.get(at..)?.chars().next()
}

fn comment_len(rest: &str) -> Option<usize> {
    if rest.starts_with("//") || rest.starts_with('#') {
        return Some(memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len()));
    }
    let inside = rest.strip_prefix("/*")?;
    Some(memchr::memmem::find(inside.as_bytes(), b"*/").map_or(rest.len(), |length| length + 4))
}

fn begins_token(next: char) -> bool {
    matches!(next, '{' | '}' | '[' | ']' | ',' | ':' | '"')
        || closing_quotes(next).is_some()
        || is_word(next)
}

/// Returns the characters that end a string beginning with `quote`, if that is a quotation mark other than `"`.
pub(crate) fn closing_quotes(quote: char) -> Option<&'static [char]> {
    match quote {
        '\'' => Some(&['\'']),
        '`' => Some(&['`']),
        '\u{201c}' | '\u{201d}' | '\u{201e}' => Some(&['\u{201d}', '\u{201c}']),
        '\u{2018}' | '\u{2019}' => Some(&['\u{2019}', '\u{2018}']),
        _ => None,
    }
}

/// Returns whether a character is part of a word: a literal, a number, or text without quotation marks.
pub(crate) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '-' | '+' | '.')
}

/// Returns the end of the word at `at`.
pub(crate) fn word_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(|next| !is_word(next)).unwrap_or(rest.len())
}
