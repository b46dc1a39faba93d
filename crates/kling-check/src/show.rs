//! Foreign text in messages: shortened, and with nothing in it that a terminal would act upon.

use std::fmt::Write as _;

/// The most characters quoted of a foreign text.
const QUOTED_CHARACTERS: usize = 60;

/// A foreign text in backticks.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * QUOTED_CHARACTERS) + 2);
    shown.push('`');
    push_safe(&mut shown, text);
    shown.push('`');
    shown
}

/// A foreign string as JSON would show it.
pub(crate) fn json_string(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * QUOTED_CHARACTERS) + 4);
    shown.push_str("`\"");
    push_safe(&mut shown, text);
    shown.push_str("\"`");
    shown
}

fn push_safe(shown: &mut String, text: &str) {
    for (count, character) in text.chars().enumerate() {
        if count == QUOTED_CHARACTERS {
            shown.push('…');
            return;
        }
        if is_plain(character) {
            shown.push(character);
        } else {
            write!(shown, "\\u{{{:x}}}", u32::from(character))
                .expect("writing to a String cannot fail");
        }
    }
}

/// Whether a character shows as itself: no control, no bidirectional or other sign without width or ink, which a terminal
/// or an editor may act upon. Messages hold no other characters of a request.
///
/// ```
/// assert!(kling_check::is_plain('狐'));
/// assert!(!kling_check::is_plain('\u{202e}'));
/// ```
pub fn is_plain(character: char) -> bool {
    !matches!(
        character,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Words as a list in prose: `a`, `a or b`, `a, b or c`.
pub(crate) fn alternatives(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} or {last}", front.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_shortened_and_made_safe() {
        assert_eq!(quoted("a\u{202e}b\u{1b}[31m"), "`a\\u{202e}b\\u{1b}[31m`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
        assert_eq!(json_string("15"), "`\"15\"`");
    }

    #[test]
    fn alternatives_read_as_prose() {
        let words: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(alternatives(&words[..1]), "a");
        assert_eq!(alternatives(&words[..2]), "a or b");
        assert_eq!(alternatives(&words), "a, b or c");
    }
}
