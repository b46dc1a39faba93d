//! Foreign text made fit for messages: bounded, without the key, without what signs a URL, and
//! without characters that a terminal acts on.

mod secret;

use std::borrow::Cow;

use secrecy::SecretString;
use serde_json::{Map, Value};

use secret::Secret;

/// Most characters of an answer's body that are kept as evidence.
pub(crate) const EVIDENCE_LIMIT: usize = 2000;

/// Most characters of a message of the service.
pub(crate) const MESSAGE_LIMIT: usize = 500;

/// Most characters of an answer that is shown because it does not say why.
const EXCERPT_LIMIT: usize = 200;

/// Most bytes of an answer that is kept whole.
pub(crate) const RAW_LIMIT: usize = 16 * 1024;

/// Bytes of a text that are looked at. More than the limits, because taking signatures out shortens it.
const WINDOW: usize = 4 * RAW_LIMIT;

const REDACTED_QUERY: &str = "?[…]";

/// Cleans foreign text; knows the key, so that a service that quotes it does not spread it.
#[derive(Clone, Default)]
pub(crate) struct Sanitiser {
    secret: Option<Secret>,
}

impl Sanitiser {
    pub(crate) fn new(key: Option<SecretString>) -> Self {
        Self {
            secret: key.and_then(Secret::new),
        }
    }

    /// The beginning of a body as evidence; `None` for an empty one.
    pub(crate) fn evidence(&self, body: &[u8]) -> Option<String> {
        let text = bounded(&self.clean(body), EVIDENCE_LIMIT);
        (!text.is_empty()).then_some(text)
    }

    /// The first characters of a body, for a message; `None` for an empty one.
    pub(crate) fn excerpt(&self, body: &[u8]) -> Option<String> {
        let text = bounded(&self.clean(body), EXCERPT_LIMIT);
        (!text.is_empty()).then_some(text)
    }

    /// A message or another short text of the service.
    pub(crate) fn message(&self, text: &str) -> String {
        bounded(&self.clean(text.as_bytes()), MESSAGE_LIMIT)
    }

    /// Any text of the service.
    pub(crate) fn text(&self, text: &str) -> String {
        bounded(&self.clean(text.as_bytes()), EVIDENCE_LIMIT)
    }

    /// A body as it came, for keeping.
    pub(crate) fn raw(&self, body: &[u8]) -> String {
        let text = self.clean(body);
        let text = text.trim();
        if text.len() <= RAW_LIMIT {
            return text.to_owned();
        }
        let end = text.floor_char_boundary(RAW_LIMIT - '…'.len_utf8());
        format!("{}…", &text[..end])
    }

    /// The members of a body that is a JSON object, without the key.
    pub(crate) fn object(&self, body: &[u8]) -> Option<Map<String, Value>> {
        let members: Map<String, Value> = serde_json::from_slice(body).ok()?;
        Some(match &self.secret {
            Some(secret) if secret.is_in(body) => without_key(members, secret),
            Some(_) | None => members,
        })
    }

    /// Whether the key is in a body.
    pub(crate) fn is_quoted_in(&self, body: &[u8]) -> bool {
        self.secret
            .as_ref()
            .is_some_and(|secret| secret.is_in(body))
    }

    /// A text that must otherwise stay as it is, without the key: an id, an address.
    pub(crate) fn without_key(&self, text: String) -> String {
        match &self.secret {
            Some(secret) if secret.is_in(text.as_bytes()) => secret.taken_out(&text),
            Some(_) | None => text,
        }
    }

    /// The beginning of a text with nothing in it that must not be told.
    fn clean(&self, bytes: &[u8]) -> String {
        let longest = self.secret.as_ref().map_or(0, Secret::longest);
        let is_cut = bytes.len() > WINDOW + longest;
        let window = if is_cut {
            &bytes[..WINDOW + longest]
        } else {
            bytes
        };
        let text = String::from_utf8_lossy(window);
        let mut text = match &self.secret {
            Some(secret) => Cow::Owned(secret.taken_out(&text)),
            None => text,
        };
        if is_cut {
            // What is left of a key that the end of the window cuts in two is in this rest.
            let end = text.floor_char_boundary(text.len().saturating_sub(longest));
            text = Cow::Owned(text[..end].to_owned());
        }
        visible(&without_queries(&text))
    }
}

fn without_key(members: Map<String, Value>, secret: &Secret) -> Map<String, Value> {
    let clean = |(name, value): (String, Value)| {
        (secret.taken_out(&name), value_without_key(value, secret))
    };
    members.into_iter().map(clean).collect()
}

fn value_without_key(value: Value, secret: &Secret) -> Value {
    match value {
        Value::String(text) => Value::String(secret.taken_out(&text)),
        Value::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| value_without_key(item, secret))
                .collect(),
        ),
        Value::Object(members) => Value::Object(without_key(members, secret)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

/// Text without the queries and fragments of the http URLs in it: that is where signatures are.
pub(crate) fn without_queries(text: &str) -> String {
    // Of the same length as the text, byte by byte.
    let lower = text.to_ascii_lowercase();
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(start) = find_url(&lower, done) {
        let end = text[start..]
            .find(ends_url)
            .map_or(text.len(), |length| start + length);
        clean.push_str(&text[done..start]);
        match query_start(&text[start..end]) {
            Some(query) => {
                clean.push_str(&text[start..start + query]);
                clean.push_str(REDACTED_QUERY);
            }
            None => clean.push_str(&text[start..end]),
        }
        done = end;
    }
    clean.push_str(&text[done..]);
    clean
}

/// Where the next URL begins. Slashes may be escaped, as some JSON writers do, so they are not looked for.
fn find_url(lower: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = lower[at..].find("http") {
        let rest = &lower[at + found + 4..];
        if rest.starts_with(':') || rest.starts_with("s:") {
            return Some(at + found);
        }
        at += found + 4;
    }
    None
}

fn ends_url(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | '<' | '>' | '`' | '|')
}

fn query_start(url: &str) -> Option<usize> {
    let escaped = ["\\u003f", "\\u003F", "\\u0023", "&#63;", "&quest;"];
    let plain = url.find(['?', '#', ';']);
    escaped
        .iter()
        .filter_map(|mark| url.find(mark))
        .chain(plain)
        .min()
}

/// Text with nothing in it that a terminal or a reader's eye could be misled by.
fn visible(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            _ if is_invisible(character) => char::REPLACEMENT_CHARACTER,
            _ => character,
        })
        .collect()
}

fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

fn bounded(text: &str, limit: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{EVIDENCE_LIMIT, RAW_LIMIT, Sanitiser, WINDOW};

    fn with_key(key: &str) -> Sanitiser {
        Sanitiser::new(Some(key.into()))
    }

    #[test]
    fn the_key_is_taken_out() {
        let text = with_key("sk-canary").message("Incorrect API key provided: sk-canary.");
        assert_eq!(text, "Incorrect API key provided: [key].");
    }

    #[test]
    fn a_key_at_the_edge_of_the_window_is_taken_out() {
        let key = "sk-canary-sk-canary";
        let edge = WINDOW + 12 * key.len();
        for before in edge - 2 * key.len()..=edge {
            let url = format!("https://a.example/?{}", "q".repeat(before - 19));
            let body = format!("{} {key}", url.get(..before).unwrap_or(&url));
            let evidence = with_key(key).evidence(body.as_bytes()).unwrap();
            assert!(!evidence.contains("sk-"), "{before}: {evidence}");
        }
    }

    #[test]
    fn signatures_are_taken_out() {
        let clean = |text: &str| Sanitiser::default().message(text);
        assert_eq!(
            clean(r#"{"url":"https://a.example/x.mp4?X-Sig=abc&b=1","n":1}"#),
            r#"{"url":"https://a.example/x.mp4?[…]","n":1}"#
        );
        assert_eq!(
            clean(r#""HTTPS:\/\/a.example\/x.mp4?sig=abc""#),
            r#""HTTPS:\/\/a.example\/x.mp4?[…]""#
        );
        assert_eq!(
            clean(r#""http://a.example/x\u003fsig=1" b"#),
            r#""http://a.example/x?[…]" b"#
        );
        assert_eq!(clean("http:http:x#y"), "http:http:x?[…]");
    }

    #[test]
    fn what_a_terminal_acts_on_is_taken_out() {
        let clean = Sanitiser::default().message("a\u{1b}[31mb\n\u{202e}c\u{200b}d\u{7}");
        assert_eq!(clean, "a\u{fffd}[31mb \u{fffd}c\u{fffd}d\u{fffd}");
    }

    #[test]
    fn evidence_is_bounded() {
        let evidence = Sanitiser::default().evidence(&vec![b'x'; 1 << 20]).unwrap();
        assert_eq!(evidence.chars().count(), EVIDENCE_LIMIT + 1);
        assert_eq!(Sanitiser::default().evidence(b" \n"), None);
        let raw = Sanitiser::default().raw("é".repeat(1 << 20).as_bytes());
        assert!(
            raw.len() <= RAW_LIMIT && raw.ends_with("é…"),
            "{}",
            raw.len()
        );
    }

    #[test]
    fn what_is_clean_stays_so() {
        let texts = [
            "a".repeat(3000),
            "https://a.example/x?sig=1 sk-canary-key \u{202e}".to_owned(),
        ];
        for text in texts {
            let once = with_key("sk-canary-key").text(&text);
            assert_eq!(with_key("sk-canary-key").text(&once), once);
        }
    }

    #[test]
    fn the_key_is_in_no_member() {
        let body = br#"{"sk-canary-key":[{"a":"sk-\u0063anary-key"}],"n":1}"#;
        let members = with_key("sk-canary-key").object(body).unwrap();
        let text = serde_json::to_string(&members).unwrap();
        assert_eq!(text, r#"{"[key]":[{"a":"[key]"}],"n":1}"#);
    }
}
