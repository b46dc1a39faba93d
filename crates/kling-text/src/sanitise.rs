//! Making foreign texts safe to show and store.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::is_plain;

/// Replaces a part that is left out.
const LEFT_OUT: &str = "[…]";

/// The longest scheme that is recognised before a colon, in bytes.
const LONGEST_SCHEME: usize = 16;

/// Puts an untrusted text on one line, [without secrets](without_secrets) and without anything that a terminal acts on:
/// line ends and tabs become spaces, other characters that are not [plain](is_plain) become U+FFFD.
///
/// Takes time and memory proportional to the length of the text; limiting it is up to the caller.
///
/// ```
/// assert_eq!(kling_text::sanitise("a\r\nb\u{1b}[31m"), "a  b\u{fffd}[31m");
/// ```
#[must_use]
pub fn sanitise(text: &str) -> String {
    let shown: String = text
        .chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            _ if is_plain(character) => character,
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect();
    without_secrets(&shown).into_owned()
}

/// Removes the user names, passwords, queries and fragments of the URLs in a text, because anyone who has a signed URL
/// can fetch what it names. URLs may contain JSON or HTML escapes.
///
/// ```
/// assert_eq!(
///     kling_text::without_secrets(r#"{"url":"https:\/\/me:pw@a.example\/v.mp4\u003fsig=0a"}"#),
///     r#"{"url":"https:\/\/[…]@a.example\/v.mp4?[…]"}"#
/// );
/// ```
#[must_use]
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    let mut clean = String::new();
    let mut done = 0;
    while let Some(address) = next_address(text, done) {
        let end = text[address..]
            .find(ends_address)
            .map_or(text.len(), |length| address + length);
        let inside = &text[address..end];
        let kept = inside
            .get(..query(inside).unwrap_or(inside.len()))
            .unwrap_or(inside);
        let host = host(kept);
        clean.push_str(&text[done..address]);
        if host > 0 {
            let slashes = kept.len() - kept.trim_start_matches(['/', '\\']).len();
            clean.push_str(&kept[..slashes]);
            clean.push_str(LEFT_OUT);
            clean.push('@');
        }
        clean.push_str(&kept[host..]);
        if kept.len() < inside.len() {
            clean.push('?');
            clean.push_str(LEFT_OUT);
        }
        done = end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    clean.push_str(&text[done..]);
    Cow::Owned(clean)
}

/// Returns where the next URL continues after the colon of its scheme. After `http` and `https` no slashes are needed,
/// because some writers escape them in their own ways.
fn next_address(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(colon) = text[at..].find(':') {
        let colon = at + colon;
        at = colon + 1;
        let scheme = scheme(&text.as_bytes()[from..colon]);
        let is_web = [&b"http"[..], b"https"]
            .iter()
            .any(|web| scheme.to_ascii_lowercase().ends_with(web));
        if is_web || (!scheme.is_empty() && text[at..].starts_with("//")) {
            return Some(at);
        }
    }
    None
}

/// Returns the letters and digits at the end of a text, at most [`LONGEST_SCHEME`] bytes of them.
fn scheme(before: &[u8]) -> &[u8] {
    let window = &before[before.len().saturating_sub(LONGEST_SCHEME)..];
    let start = window
        .iter()
        .rposition(|byte| !byte.is_ascii_alphanumeric())
        .map_or(0, |last| last + 1);
    &window[start..]
}

fn ends_address(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | '<' | '>' | '`' | '|')
}

/// Returns where the query, the fragment or the parameters of a URL begin.
fn query(address: &str) -> Option<usize> {
    let escaped = ["\\u003f", "\\u003F", "\\u0023", "&#63;", "&quest;"];
    escaped
        .iter()
        .filter_map(|mark| address.find(mark))
        .chain(address.find(['?', '#', ';']))
        .min()
}

/// Returns where the host of a URL begins if something precedes it, otherwise 0.
fn host(address: &str) -> usize {
    let start = address.len() - address.trim_start_matches(['/', '\\']).len();
    let end = address[start..]
        .find(['/', '\\'])
        .map_or(address.len(), |length| start + length);
    address[start..end]
        .rfind('@')
        .map_or(0, |at| start + at + 1)
}
