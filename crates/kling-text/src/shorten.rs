//! Shortening texts for readers or storage.

use alloc::borrow::Cow;
use alloc::string::String;

/// Marks a text as cut.
const MORE: char = '…';

/// Shortens a text to at most `most` characters, including a `…` where it was cut; 0 yields an empty text.
///
/// ```
/// use kling_text::shorten;
///
/// assert_eq!(shorten("née", 3), "née");
/// assert_eq!(shorten("née", 2), "n…");
/// ```
#[must_use]
pub fn shorten(text: &str, most: usize) -> Cow<'_, str> {
    let Some(last) = most.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let mut ends = text.char_indices().map(|(at, _)| at).skip(last);
    let (Some(end), Some(_)) = (ends.next(), ends.next()) else {
        return Cow::Borrowed(text);
    };
    Cow::Owned(with_sign(&text[..end]))
}

/// Shortens a text to at most `most` bytes of UTF-8, for storage; never cuts a character.
///
/// ```
/// use kling_text::shorten_bytes;
///
/// assert_eq!(shorten_bytes("née", 4), "née");
/// assert_eq!(shorten_bytes("née!", 4), "n…");
/// ```
#[must_use]
pub fn shorten_bytes(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let Some(room) = most.checked_sub(MORE.len_utf8()) else {
        return Cow::Borrowed("");
    };
    Cow::Owned(with_sign(&text[..text.floor_char_boundary(room)]))
}

fn with_sign(beginning: &str) -> String {
    let mut short = String::with_capacity(beginning.len() + MORE.len_utf8());
    short.push_str(beginning);
    short.push(MORE);
    short
}
