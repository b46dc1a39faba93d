//! What three opening angle brackets begin: a placeholder, a wrong kind, something malformed, or text.

use crate::cut::{char_at, slice};
use crate::part::{Malformed, Part, Placeholder, Reason, Reference, WrongKind};
use crate::read::{
    Numbered, Separator, blanks_end, byte_at, closing_end, digits_end, end_of_run, is_blank,
    number, numbered, separator,
};
use crate::word::{Spelling, known_word};

/// Returns what the three signs before `open` begin; `None` if it is text.
pub(super) fn triple<'p>(prompt: &'p str, open: usize, kinds: &[&str]) -> Option<Part<'p>> {
    if let Some(placeholder) = placeholder(prompt, open, kinds) {
        return Some(Part::Placeholder(placeholder));
    }
    let word = blanks_end(prompt, open);
    let part = if let Some(found) = numbered(prompt, word, kinds) {
        with_number(prompt, open, &found)
    } else if let Some(known) = known_word(prompt, word, kinds) {
        without_number(prompt, open, known.end)
    } else if word == open && char_at(prompt, open).is_some_and(char::is_alphabetic) {
        return Some(unknown_word(prompt, open));
    } else {
        return None;
    };
    // In prose, the signs may be followed by a blank and a kind, but not by a closing sign as well.
    let closed = byte_at(prompt, part.span().end.saturating_sub(1)) == Some(b'>');
    (word == open || closed).then_some(part)
}

/// Reads a placeholder. [`with_number`] would find it too, but nearly all are well-formed, and this is several times as
/// fast.
fn placeholder(prompt: &str, open: usize, kinds: &[&str]) -> Option<Placeholder> {
    let bytes = prompt.as_bytes().get(open..)?;
    kinds.iter().enumerate().find_map(|(kind, name)| {
        let after = bytes.strip_prefix(name.as_bytes())?.strip_prefix(b"_")?;
        let length = after
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, close) = after.split_at_checked(length)?;
        let leading_zero = length > 1 && digits.first() == Some(&b'0');
        let exact = length > 0 && !leading_zero && close.starts_with(b">>>");
        // A word begins with a letter, so a kind that does not is not a word.
        let is_word = name.starts_with(char::is_alphabetic);
        (exact && is_word).then(|| Placeholder {
            kind,
            number: number(digits),
            span: open - 3..open + name.len() + 1 + length + 3,
        })
    })
}

/// Makes the part for a known word and a number.
fn with_number<'p>(prompt: &'p str, open: usize, found: &Numbered) -> Part<'p> {
    let close = blanks_end(prompt, found.end);
    let mut end = closing_end(prompt, close, 3);
    let reason = if end > close {
        reason(prompt, open, found, end - close)
    } else {
        end = found.end;
        match bad_tail(prompt, found.end) {
            Some(tail_end) => {
                end = tail_end;
                Some(Reason::BadNumber)
            }
            None => reason(prompt, open, found, 0),
        }
    };
    let Reference { kind, number } = found.reference;
    let span = open - 3..end;
    match reason {
        Some(Reason::BadNumber) => malformed(prompt, open, end, Reason::BadNumber, None),
        Some(reason) => malformed(prompt, open, end, reason, Some(found.reference)),
        None if found.word.spelling == Spelling::OtherWord => Part::WrongKind(WrongKind {
            word: slice(prompt, open, found.word.end),
            number,
            meaning: Some(found.reference),
            span,
        }),
        None => Part::Placeholder(Placeholder { kind, number, span }),
    }
}

/// Returns the first problem of a known word with a number, in the order of [`Reason`]. `None` means a well-formed
/// placeholder or, with another word for the kind, a wrong kind.
fn reason(prompt: &str, open: usize, found: &Numbered, closing: usize) -> Option<Reason> {
    let blanks = blanks_end(prompt, open) > open || blanks_end(prompt, found.end) > found.end;
    let other_word = found.word.spelling == Spelling::OtherWord;
    match found.separator {
        Separator::Minus => Some(Reason::BadNumber),
        _ if closing < 3 => Some(Reason::Unclosed),
        Separator::Nothing => Some(Reason::MissingUnderscore),
        Separator::Other => Some(Reason::OtherSeparator),
        Separator::Blank | Separator::Underscore => {
            let blanks = blanks || found.separator == Separator::Blank;
            if found.leading_zero && (blanks || !other_word) {
                Some(Reason::LeadingZero)
            } else if found.word.spelling == Spelling::OtherCase {
                Some(Reason::Case)
            } else {
                blanks.then_some(Reason::Blank)
            }
        }
    }
}

/// Makes the part for a known word that ends at `word_end`, with no number after it.
fn without_number(prompt: &str, open: usize, word_end: usize) -> Part<'_> {
    let (_, after) = separator(prompt, word_end);
    let end = closing_end(prompt, after, 3);
    if end > after {
        malformed(prompt, open, end, Reason::NoNumber, None)
    } else if let Some(wrong) = shaped(prompt, open) {
        wrong
    } else if let Some(end) = closed_tail(prompt, after) {
        malformed(prompt, open, end, Reason::BadNumber, None)
    } else {
        let end = open + slice(prompt, open, after).trim_end_matches(is_blank).len();
        malformed(prompt, open, end, Reason::NoNumber, None)
    }
}

/// Makes the part for a word that names no kind.
fn unknown_word(prompt: &str, open: usize) -> Part<'_> {
    shaped(prompt, open).unwrap_or_else(|| {
        let word_end = end_of_run(prompt, open, is_word);
        let end = closing_end(prompt, word_end, 3);
        malformed(prompt, open, end, Reason::UnknownWord, None)
    })
}

/// Reads the shape `word_N>>>`, with any word.
fn shaped(prompt: &str, open: usize) -> Option<Part<'_>> {
    let close = end_of_run(prompt, open, is_word);
    let end = closing_end(prompt, close, 3);
    let (word, digits) = slice(prompt, open, close).rsplit_once('_')?;
    let all_digits = !digits.is_empty() && digits_end(digits, 0) == digits.len();
    (end - close == 3 && all_digits && word.starts_with(char::is_alphabetic)).then(|| {
        Part::WrongKind(WrongKind {
            word,
            number: number(digits.as_bytes()),
            meaning: None,
            span: open - 3..end,
        })
    })
}

/// Returns where something that is not a number ends: at closing signs, or else after the last ASCII letter.
fn bad_tail(prompt: &str, at: usize) -> Option<usize> {
    closed_tail(prompt, at).or_else(|| {
        let end = end_of_run(prompt, at, |c| c.is_ascii_alphanumeric() || c == '_');
        (end > at).then_some(end)
    })
}

/// Returns where the closing signs end that follow a run without blanks, line breaks and angle brackets.
fn closed_tail(prompt: &str, at: usize) -> Option<usize> {
    let tail_end = end_of_run(prompt, at, |c| {
        !is_blank(c) && !c.is_whitespace() && c != '<' && c != '>'
    });
    let close = blanks_end(prompt, tail_end);
    let end = closing_end(prompt, close, 3);
    (tail_end > at && end > close).then_some(end)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn malformed(
    prompt: &str,
    open: usize,
    end: usize,
    reason: Reason,
    meaning: Option<Reference>,
) -> Part<'_> {
    Part::Malformed(Malformed {
        source: slice(prompt, open - 3, end),
        reason,
        meaning,
        span: open - 3..end,
    })
}
