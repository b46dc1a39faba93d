//! Untrusted text with every hidden character made visible.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::is_plain;

/// Makes one line of text visible: every character that is not [plain](is_plain), line ends included, is written as
/// `\u{…}`.
///
/// ```
/// assert_eq!(kling_text::plain("a\u{202e}b\n"), "a\\u{202e}b\\u{a}");
/// ```
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    escaped(text, |character| !is_plain(character))
}

/// Does the same as [`plain`] for text of several lines: line ends (`\n`) stay.
///
/// ```
/// assert_eq!(kling_text::plain_lines("a\u{200b}\nb"), "a\\u{200b}\nb");
/// ```
#[must_use]
pub fn plain_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |character| character != '\n' && !is_plain(character))
}

fn escaped(text: &str, is_hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}
