//! Quoting untrusted text in messages.

use alloc::format;
use alloc::string::String;

use crate::is_plain;

/// The maximum number of characters in a quotation, not counting the marks around it.
const QUOTE_LIMIT: usize = 60;

/// Quotes an untrusted text between backticks, at most 60 characters of it. Characters that are not
/// [plain](is_plain), backticks, and white space other than the plain space are written as `\u{…}`.
///
/// ```
/// use kling_text::quote;
///
/// assert_eq!(quote("cat.jpg"), "`cat.jpg`");
/// assert_eq!(quote("a\u{a0}b"), "`a\\u{a0}b`");
/// assert_eq!(quote(&"x".repeat(61)), format!("`{}…`", "x".repeat(59)));
/// ```
#[must_use]
pub fn quote(text: &str) -> String {
    between("`", text, "`")
}

/// Quotes an untrusted text as a JSON string between backticks, which distinguishes `"5"` from `5`.
///
/// ```
/// assert_eq!(kling_text::quote_string("5"), "`\"5\"`");
/// ```
#[must_use]
pub fn quote_string(text: &str) -> String {
    between("`\"", text, "\"`")
}

/// Names a character in messages: itself between backticks, `a space`, `a backtick`, or its code point.
///
/// ```
/// use kling_text::name;
///
/// assert_eq!([name('{'), name(' '), name('\u{2028}')], ["`{`", "a space", "U+2028"]);
/// ```
#[must_use]
pub fn name(character: char) -> String {
    match character {
        ' ' => String::from("a space"),
        '`' => String::from("a backtick"),
        _ if is_hidden(character) => format!("U+{:04X}", u32::from(character)),
        _ => format!("`{character}`"),
    }
}

/// Returns whether a character would be hard to distinguish from its neighbours or from a space, or would end the
/// quotation.
fn is_hidden(character: char) -> bool {
    !is_plain(character) || character == '`' || (character.is_whitespace() && character != ' ')
}

fn between(before: &str, text: &str, after: &str) -> String {
    let mut quoted = String::with_capacity(text.len().min(2 * QUOTE_LIMIT) + 4);
    quoted.push_str(before);
    // Fast path: most quotations are short and ASCII.
    let is_shown = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'`';
    if text.len() <= QUOTE_LIMIT && text.as_bytes().iter().all(is_shown) {
        quoted.push_str(text);
        quoted.push_str(after);
        return quoted;
    }
    let mut length = 0;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let escape = is_hidden(character).then(|| character.escape_unicode());
        let width = escape.as_ref().map_or(1, ExactSizeIterator::len);
        let is_last = rest.as_str().is_empty();
        // One place is reserved for the ellipsis.
        if length + width > QUOTE_LIMIT - usize::from(!is_last) {
            quoted.push('…');
            break;
        }
        match escape {
            Some(escape) => quoted.extend(escape),
            None => quoted.push(character),
        }
        length += width;
    }
    quoted.push_str(after);
    quoted
}
