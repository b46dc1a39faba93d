//! Foreign text made fit for messages: bounded, without the key, without what signs a URL, and
//! without characters that a terminal acts on.

use secrecy::{ExposeSecret, SecretString};

/// Most characters of an answer's body that are kept as evidence.
pub(crate) const EVIDENCE_LIMIT: usize = 2000;

/// Most characters of a message of the service.
pub(crate) const MESSAGE_LIMIT: usize = 500;

/// Bytes of a body that are looked at. More than the limits, because taking signatures out shortens it.
const WINDOW: usize = 16 * 1024;

const REDACTED_KEY: &str = "[key]";
const REDACTED_QUERY: &str = "?[…]";

/// Cleans foreign text; knows the key, so that a service that quotes it does not spread it.
#[derive(Clone, Default)]
pub(crate) struct Sanitiser {
    key: Option<SecretString>,
}

impl Sanitiser {
    pub(crate) fn new(key: Option<SecretString>) -> Self {
        Self { key }
    }

    /// The beginning of a body as evidence; `None` for an empty one.
    pub(crate) fn evidence(&self, body: &[u8]) -> Option<String> {
        let text = self.clean(body, EVIDENCE_LIMIT);
        (!text.is_empty()).then_some(text)
    }

    /// A message or another short text of the service.
    pub(crate) fn message(&self, text: &str) -> String {
        self.clean(text.as_bytes(), MESSAGE_LIMIT)
    }

    fn clean(&self, bytes: &[u8], limit: usize) -> String {
        let key = self.key.as_ref().map_or("", |key| key.expose_secret());
        let mut window = bytes.get(..WINDOW).unwrap_or(bytes);
        if window.len() < bytes.len() {
            // A key that the window cuts in two would not be found.
            window = window
                .get(..WINDOW - key.len().min(WINDOW))
                .unwrap_or(window);
        }
        let text = String::from_utf8_lossy(window);
        let text = if key.is_empty() {
            text.into_owned()
        } else {
            text.replace(key, REDACTED_KEY)
        };
        bounded(&visible(&without_queries(&text)), limit)
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
    use super::{EVIDENCE_LIMIT, Sanitiser, WINDOW};

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
        for before in WINDOW - 2 * key.len()..=WINDOW {
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
    }
}
