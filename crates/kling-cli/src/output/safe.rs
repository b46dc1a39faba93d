//! JSON for programs, without anything that a terminal would act on.

use std::borrow::Cow;
use std::fmt::Write as _;

use kling_text::is_plain;
use serde::Serialize;

/// Whether a terminal or an editor may do something other than show a character of a text of several lines.
fn is_unsafe_in_text(character: char) -> bool {
    character != '\n' && !is_plain(character)
}

/// Appends the compact JSON text of a value, with unsafe characters as `\u` escapes.
pub(crate) fn push_json(out: &mut Vec<u8>, value: &impl Serialize) {
    let start = out.len();
    serde_json::to_writer(&mut *out, value)
        .expect("the structs have string keys, and writing to a Vec cannot fail");
    let written = &out[start..];
    // Most texts are ASCII, in which JSON escapes all unsafe characters but one.
    let is_plain = |byte: u8| byte.is_ascii() && byte != 0x7f;
    if written.iter().fold(true, |all, byte| all & is_plain(*byte)) {
        return;
    }
    let text = String::from_utf8_lossy(written);
    if let Cow::Owned(safe) = json_text(&text) {
        out.truncate(start);
        out.extend_from_slice(safe.as_bytes());
    }
}

/// Returns a JSON text with unsafe characters, which can only be in strings, as `\u` escapes.
pub(crate) fn json_text(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe_in_text) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unsafe_in_text(character) {
            safe.push_str(&json_escape(character));
        } else {
            safe.push(character);
        }
    }
    safe.into()
}

fn json_escape(character: char) -> String {
    let mut escape = String::with_capacity(12);
    for unit in character.encode_utf16(&mut [0; 2]) {
        write!(escape, "\\u{unit:04x}").expect("writing to a String cannot fail");
    }
    escape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_meaning() {
        let source = "a\u{202e}\u{7f}\u{e0041}\n\"é";
        let mut out = Vec::new();
        push_json(&mut out, &source);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "\"a\\u202e\\u007f\\udb40\\udc41\\n\\\"é\"");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), source);
        assert_eq!(json_text("{\n \"\u{202e}\": 1}"), "{\n \"\\u202e\": 1}");
    }
}
