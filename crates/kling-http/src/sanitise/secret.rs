//! Finds the key in foreign text, in the forms in which services quote it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

/// The replacement for the key.
const REPLACEMENT: &str = "[key]";

/// The shortest key that is searched for. A shorter one protects nothing, and may be part of any word: an id that
/// happens to contain it must stay usable.
const SHORTEST: usize = 8;

/// The maximum number of bytes that one byte of the key takes in a text: `\\u0061`, and some margin.
const WIDEST: usize = 12;

/// A key to search for.
#[derive(Clone)]
pub(super) struct Secret {
    key: SecretString,
    /// The base64 forms of the key in the middle of another text.
    base64: Vec<SecretString>,
}

impl Secret {
    /// Wraps a key, unless it is too short to be one.
    pub(super) fn new(key: SecretString) -> Option<Self> {
        let text = key.expose_secret();
        if text.len() < SHORTEST {
            return None;
        }
        let base64 = base64_of(text.as_bytes());
        Some(Self { key, base64 })
    }

    /// The maximum number of bytes that the key takes in a text.
    pub(super) fn longest(&self) -> usize {
        self.key.expose_secret().len() * WIDEST
    }

    /// Whether the key is in a text.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        (0..text.len()).any(|at| self.end_of(text, at).is_some())
    }

    /// Returns the text without the key.
    pub(super) fn taken_out(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut clean = String::with_capacity(text.len());
        let (mut done, mut at) = (0, 0);
        while at < bytes.len() {
            match self.end_of(bytes, at) {
                // The key is ASCII in each of its forms, so both ends are character boundaries.
                Some(end) => {
                    clean.push_str(&text[done..at]);
                    clean.push_str(REPLACEMENT);
                    (done, at) = (end, end);
                }
                None => at += 1,
            }
        }
        clean.push_str(&text[done..]);
        clean
    }

    /// Returns where the key that begins here ends.
    fn end_of(&self, text: &[u8], at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let key = self.key.expose_secret().as_bytes();
        let before = at.checked_sub(1).and_then(|before| text.get(before..=at));
        let is_in_run = before == Some(b"\\\\");
        if is_in_run && !key.starts_with(b"\\") {
            // Consecutive backslashes form one escape, which began with the first of them.
            return None;
        }
        quoted(rest, key).map(|length| at + length).or_else(|| {
            let encoded = |form: &&SecretString| rest.starts_with(form.expose_secret().as_bytes());
            let form = self.base64.iter().find(encoded)?;
            Some(at + form.expose_secret().len())
        })
    }
}

/// How many bytes at the beginning of a text are the key: case-insensitive, each character plain or escaped as in
/// URLs, JSON or HTML.
fn quoted(text: &[u8], key: &[u8]) -> Option<usize> {
    let Some((first, others)) = key.split_first() else {
        return Some(0);
    };
    let plain = text.first().map(|byte| (*byte, 1));
    [plain, escaped(text)]
        .into_iter()
        .flatten()
        .filter(|(byte, _)| byte.eq_ignore_ascii_case(first))
        .find_map(|(_, length)| Some(length + quoted(text.get(length..)?, others)?))
}

/// Returns the escaped ASCII character at the beginning of a text, and the number of bytes of the escape.
fn escaped(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', hex @ ..] => Some((number(hex.get(..2)?, 16)?, 3)),
        [b'&', b'#', b'x' | b'X', rest @ ..] => {
            let length = rest.iter().take(6).position(|byte| *byte == b';')?;
            Some((number(rest.get(..length)?, 16)?, length + 4))
        }
        [b'&', b'#', rest @ ..] => {
            let length = rest.iter().take(6).position(|byte| *byte == b';')?;
            Some((number(rest.get(..length)?, 10)?, length + 3))
        }
        [b'&', rest @ ..] => {
            let names: [(&[u8], u8); 4] = [
                (b"amp;", b'&'),
                (b"lt;", b'<'),
                (b"gt;", b'>'),
                (b"quot;", b'"'),
            ];
            names
                .into_iter()
                .find_map(|(name, byte)| rest.starts_with(name).then_some((byte, name.len() + 1)))
        }
        [b'\\', ..] => {
            // JSON in JSON escapes the backslash as well.
            let backslashes = text.iter().take_while(|byte| **byte == b'\\').count();
            match text.get(backslashes..)? {
                [b'u', hex @ ..] => number(hex.get(..4)?, 16).map(|byte| (byte, backslashes + 5)),
                [byte, ..] => Some((*byte, backslashes + 1)),
                [] => None,
            }
        }
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    let number = u32::from_str_radix(digits, radix).ok()?;
    u8::try_from(number).ok().filter(u8::is_ascii)
}

/// Returns the base64 forms of the key at any offset: one for each alignment and alphabet, without the characters that
/// also depend on neighbouring bytes.
fn base64_of(key: &[u8]) -> Vec<SecretString> {
    let mut forms: Vec<SecretString> = Vec::new();
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(key);
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&bytes);
            let own = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
            forms.extend(encoded.get(own).map(SecretString::from));
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::Secret;

    const KEY: &str = "sk-canary/3d+1f~0c";

    fn secret() -> Secret {
        Secret::new(KEY.into()).unwrap()
    }

    #[test]
    fn a_key_behind_many_backslashes_is_found_in_linear_time() {
        // JSON that is repeatedly quoted as a string in JSON contains long runs of backslashes.
        let run = "\\".repeat(1 << 20);
        let text = format!("{run}u0073{}{run}", &KEY[1..]);
        assert_eq!(secret().taken_out(&text), format!("[key]{run}"));
        assert!(!secret().is_in(run.as_bytes()));
    }

    #[test]
    fn each_form_of_the_key_is_found() {
        let each = |form: fn(char) -> String| KEY.chars().map(form).collect::<String>();
        let forms = [
            KEY.to_owned(),
            KEY.to_uppercase(),
            format!("Bearer {KEY}"),
            KEY.replace('/', "%2F").replace('+', "%2b"),
            KEY.replace('/', "\\/"),
            each(|character| format!("%{:02X}", u32::from(character))),
            each(|character| format!("\\u{:04x}", u32::from(character))),
            each(|character| format!("\\\\u{:04X}", u32::from(character))),
            each(|character| format!("&#{};", u32::from(character))),
            each(|character| format!("&#x{:x};", u32::from(character))),
        ];
        for form in forms {
            let text = format!("é{form}é");
            assert!(secret().is_in(text.as_bytes()), "{form}");
            let clean = secret().taken_out(&text);
            assert!(
                clean.starts_with('é') && clean.ends_with("[key]é"),
                "{clean}"
            );
        }
    }

    #[test]
    fn base64_is_found_whatever_is_around_the_key() {
        for before in ["", "a", "ab", "abc", "Bearer ", "user:"] {
            for after in ["", "x", "xy"] {
                let bytes = format!("{before}{KEY}{after}");
                for text in [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
                    assert!(secret().is_in(text.as_bytes()), "{before}|{after}");
                    assert!(secret().taken_out(&text).contains("[key]"), "{text}");
                }
            }
        }
    }

    #[test]
    fn other_text_stays() {
        for text in [
            "",
            "sk-canary",
            "sk-canary/3d+1f~0",
            "%",
            "&#",
            "\\",
            "\\u00",
            "%e9é",
            KEY[1..].trim(),
        ] {
            assert!(!secret().is_in(text.as_bytes()), "{text}");
            assert_eq!(secret().taken_out(text), text);
        }
    }

    #[test]
    fn a_word_is_not_a_key() {
        assert!(Secret::new("video".into()).is_none());
    }

    #[test]
    fn a_key_with_a_percent_sign_is_found_encoded() {
        let secret = Secret::new("a%b-and-more".into()).unwrap();
        assert_eq!(
            secret.taken_out("x a%25b-and-more a%b-and-more"),
            "x [key] [key]"
        );
    }
}
