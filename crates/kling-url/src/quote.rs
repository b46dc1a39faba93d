//! Foreign text made safe to show: short, and with nothing in it that a screen hides or obeys.

use std::fmt::{self, Write as _};

/// Longest quotation, in characters, without the backticks around it.
const LIMIT: usize = 60;

/// As much of a foreign text as a quotation can show; `Display` quotes it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Excerpt(Box<str>);

impl Excerpt {
    pub(crate) fn new(text: &str) -> Self {
        // One character more than is shown tells that there is more.
        let end = text.floor_char_boundary((LIMIT + 1) * char::MAX_LEN_UTF8);
        Self(text.get(..end).unwrap_or_default().into())
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quote(&self.0))
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quote(&self.0))
    }
}

/// `text` between backticks, at most [`LIMIT`] characters of it, invisible ones as `\u{…}`.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len().min(2 * LIMIT) + 2);
    quoted.push('`');
    let mut length = 0;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let escape =
            (is_invisible(character) || character == '`').then(|| character.escape_unicode());
        let width = escape.as_ref().map_or(1, ExactSizeIterator::len);
        let is_last = rest.as_str().is_empty();
        if length + width > LIMIT - usize::from(!is_last) {
            quoted.push('…');
            break;
        }
        match escape {
            Some(escape) => quoted.extend(escape),
            None => quoted.push(character),
        }
        length += width;
    }
    quoted.push('`');
    quoted
}

/// The name of one character for a message: itself between backticks, or its code point.
pub(crate) fn name_character(character: char) -> String {
    let mut name = String::new();
    if character == ' ' {
        name.push_str("a space");
    } else if is_invisible(character) || character == '`' {
        // Writing to a `String` cannot fail.
        let _ = write!(name, "U+{:04X}", u32::from(character));
    } else {
        let _ = write!(name, "`{character}`");
    }
    name
}

/// Whether `character` leaves no mark of its own, or changes how others are shown: controls,
/// blanks other than the space, bidirectional and zero-width marks, fillers, variation
/// selectors, tags, and code points that are no characters.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
                | '\u{f0000}'..='\u{10ffff}'
        )
        || u32::from(character) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_shown_whole() {
        assert_eq!(quote("cat.jpg"), "`cat.jpg`");
        assert_eq!(quote(&"é".repeat(60)), format!("`{}`", "é".repeat(60)));
    }

    #[test]
    fn long_text_is_cut_at_sixty_characters() {
        assert_eq!(quote(&"x".repeat(61)), format!("`{}…`", "x".repeat(59)));
        let escapes = quote(&"\u{202e}".repeat(30));
        assert_eq!(escapes.chars().count(), 7 * 8 + 1 + 2);
        assert!(escapes.ends_with("\\u{202e}…`"));
    }

    #[test]
    fn an_excerpt_shows_what_the_whole_text_would() {
        for character in ["x", "é", "猫", "\u{1F600}", "\u{202e}", "`"] {
            for length in [0, 1, 59, 60, 61, 62, 300] {
                let text = character.repeat(length);
                assert_eq!(
                    Excerpt::new(&text).to_string(),
                    quote(&text),
                    "{length} of {character:?}"
                );
            }
        }
    }

    #[test]
    fn nothing_invisible_is_shown() {
        assert_eq!(quote("a\u{200b}\nb`"), "`a\\u{200b}\\u{a}b\\u{60}`");
        assert_eq!(name_character('\u{2028}'), "U+2028");
        assert_eq!(name_character('{'), "`{`");
    }
}
