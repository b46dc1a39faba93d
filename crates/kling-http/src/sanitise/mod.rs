//! Makes untrusted text safe for messages: bounded, without the key, without URL signatures, and without characters
//! that a terminal acts on.

mod secret;

use std::borrow::Cow;

use kling_text::{shorten, shorten_bytes};
use secrecy::SecretString;
use secret::Secret;
use serde_json::{Map, Value};

/// The maximum number of characters of an answer's body that are kept as evidence.
pub(crate) const EVIDENCE_LIMIT: usize = 2000;

/// The maximum number of characters of a message of the service.
pub(crate) const MESSAGE_LIMIT: usize = 500;

/// The maximum number of characters of an answer that is shown because it does not say why.
const EXCERPT_LIMIT: usize = 200;

/// The maximum number of bytes that are kept of an answer.
pub(crate) const RAW_LIMIT: usize = 16 * 1024;

/// The number of bytes of a text that are examined. More than the limits, because removing signatures shortens it.
const WINDOW: usize = 4 * RAW_LIMIT;

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

    /// Returns the beginning of a body as evidence; `None` for an empty one.
    pub(crate) fn evidence(&self, body: &[u8]) -> Option<String> {
        let text = shorten(self.clean(body).trim(), EVIDENCE_LIMIT).into_owned();
        (!text.is_empty()).then_some(text)
    }

    /// Returns the first characters of a body, for a message; `None` for an empty one.
    pub(crate) fn excerpt(&self, body: &[u8]) -> Option<String> {
        let text = shorten(self.clean(body).trim(), EXCERPT_LIMIT).into_owned();
        (!text.is_empty()).then_some(text)
    }

    /// Cleans a message or another short text of the service.
    pub(crate) fn message(&self, text: &str) -> String {
        shorten(self.clean(text.as_bytes()).trim(), MESSAGE_LIMIT).into_owned()
    }

    /// Cleans any text of the service.
    pub(crate) fn text(&self, text: &str) -> String {
        shorten(self.clean(text.as_bytes()).trim(), EVIDENCE_LIMIT).into_owned()
    }

    /// Cleans a body for storage.
    pub(crate) fn raw(&self, body: &[u8]) -> String {
        let text = self.clean(body);
        let text = text.trim();
        shorten_bytes(text, RAW_LIMIT).into_owned()
    }

    /// Returns the members of a body that is a JSON object, without the key.
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

    /// Removes the key from a text that must otherwise stay unchanged: an id, a URL.
    pub(crate) fn without_key(&self, text: String) -> String {
        match &self.secret {
            Some(secret) if secret.is_in(text.as_bytes()) => secret.taken_out(&text),
            Some(_) | None => text,
        }
    }

    /// Returns the beginning of a text without anything that must not be reported.
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
            // If the end of the window cuts a key in two, its beginning is in the part removed here.
            let end = text.floor_char_boundary(text.len().saturating_sub(longest));
            text = Cow::Owned(text[..end].to_owned());
        }
        kling_text::sanitise(&text)
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
        assert_eq!(evidence.chars().count(), EVIDENCE_LIMIT);
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
