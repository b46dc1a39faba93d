//! Untrusted text, kept until a message quotes it.

use std::fmt;

use kling_text::{QUOTE_LIMIT, quote};

/// As much of an untrusted text as a quotation can show; `Display` quotes it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Excerpt(Box<str>);

impl Excerpt {
    pub(crate) fn new(text: &str) -> Self {
        // One character more than is shown, so that the quotation knows that there is more.
        let end = text.floor_char_boundary((QUOTE_LIMIT + 1) * char::MAX_LEN_UTF8);
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
