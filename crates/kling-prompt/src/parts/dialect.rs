//! What other programs write instead of `<<<image_1>>>`.

use crate::cut::slice;
use crate::part::{Dialect, Form, Part, Reference};
use crate::read::{
    Numbered, Separator, blanks_end, byte_at, closing_end, end_of_run, is_blank, numbered,
};
use core::ops::Range;

/// `<image_1>` or `<<image_1>>`: the one or two opening signs are `sign..open`.
pub(super) fn angle<'p>(
    prompt: &'p str,
    sign: usize,
    open: usize,
    kinds: &[&str],
) -> Option<Part<'p>> {
    let (meaning, close) = inside(prompt, open, kinds)?;
    let end = closing_end(prompt, close, 3);
    let form = if open - sign == 1 {
        Form::SingleAngle
    } else {
        Form::DoubleAngle
    };
    (end > close).then(|| dialect(prompt, sign..end, form, Some(meaning)))
}

/// `{image_1}`.
pub(super) fn single_braces<'p>(prompt: &'p str, sign: usize, kinds: &[&str]) -> Option<Part<'p>> {
    let (meaning, close) = inside(prompt, sign + 1, kinds)?;
    (byte_at(prompt, close) == Some(b'}'))
        .then(|| dialect(prompt, sign..close + 1, Form::SingleBraces, Some(meaning)))
}

/// `[image_1]`.
pub(super) fn brackets<'p>(prompt: &'p str, sign: usize, kinds: &[&str]) -> Option<Part<'p>> {
    let (meaning, close) = inside(prompt, sign + 1, kinds)?;
    (byte_at(prompt, close) == Some(b']'))
        .then(|| dialect(prompt, sign..close + 1, Form::Brackets, Some(meaning)))
}

/// `{{anything}}`: the last two of the opening signs end at `open`.
pub(super) fn double_braces<'p>(prompt: &'p str, open: usize, kinds: &[&str]) -> Option<Part<'p>> {
    let close = end_of_run(prompt, open, |c| {
        !matches!(c, '{' | '}' | '<' | '@' | '\n' | '\r')
    });
    let blank = blanks_end(prompt, open) >= close;
    if blank || !slice(prompt, close, prompt.len()).starts_with("}}") {
        return None;
    }
    let meaning = inside(prompt, open, kinds)
        .filter(|(_, end)| *end == close)
        .map(|(meaning, _)| meaning);
    Some(dialect(
        prompt,
        open - 2..close + 2,
        Form::DoubleBraces,
        meaning,
    ))
}

/// `@image_1`. `follows` is whether another such dialect ends where this one begins.
pub(super) fn at<'p>(
    prompt: &'p str,
    sign: usize,
    follows: bool,
    kinds: &[&str],
) -> Option<Part<'p>> {
    let before = sign.checked_sub(1).and_then(|last| byte_at(prompt, last));
    if !follows && before.is_some_and(|byte| is_name(byte) || matches!(byte, b'.' | b'-')) {
        return None;
    }
    let found = numbered(prompt, sign + 1, kinds)?;
    let close_by = match found.separator {
        Separator::Nothing | Separator::Underscore => true,
        Separator::Blank | Separator::Other | Separator::Minus => {
            let tail = slice(prompt, found.word.end, found.end);
            let separator = tail.trim_end_matches(|c: char| c.is_ascii_digit());
            matches!(separator, " " | "-")
        }
    };
    let mut after = prompt.bytes().skip(found.end);
    let goes_on = match after.next() {
        Some(b'.') => after.next().is_some_and(is_name),
        Some(byte) => is_name(byte),
        None => false,
    };
    (close_by && !goes_on)
        .then(|| dialect(prompt, sign..found.end, Form::At, Some(found.reference)))
}

/// Reads a kind and a number with white space around them. Returns them, and where all of it ends.
fn inside(prompt: &str, open: usize, kinds: &[&str]) -> Option<(Reference, usize)> {
    let Numbered {
        separator,
        reference,
        end,
        ..
    } = numbered(prompt, end_of_run(prompt, open, is_blank), kinds)?;
    (separator != Separator::Minus).then(|| (reference, blanks_end(prompt, end)))
}

/// Returns whether a byte continues the name of a host, a mailbox or a variable.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn dialect(prompt: &str, span: Range<usize>, form: Form, meaning: Option<Reference>) -> Part<'_> {
    Part::Dialect(Dialect {
        source: slice(prompt, span.start, span.end),
        form,
        meaning,
        span,
    })
}
