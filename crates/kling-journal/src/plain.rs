//! Makes foreign texts safe to store.

use kling_json::{Document, Edit, Kind};
use kling_text::{sanitise, shorten_bytes, without_secrets};

/// The maximum number of bytes that are kept of a message from a server or an error.
const MAX_DETAIL: usize = 2048;

/// The maximum number of bytes that are kept of the last answer about a task.
const MAX_ANSWER: usize = 16 * 1024;

/// An answer cleaned like [`plain`], cut at [`MAX_ANSWER`].
pub(crate) fn answer(text: &str) -> String {
    cleaned(text, MAX_ANSWER)
}

/// Returns the text of a request without the queries and fragments of its URLs: anyone with a signed URL can fetch
/// what it names. A text that is not JSON is returned unchanged.
pub(crate) fn without_signatures(text: &str) -> String {
    let Ok(document) = Document::parse(text) else {
        return text.to_owned();
    };
    let edits: Vec<Edit> = document
        .nodes()
        .filter(|node| node.kind() == Kind::String)
        .filter_map(|node| {
            let value = node.text()?.decode();
            let (scheme, rest) = value.split_once("://")?;
            // A sentence that mentions a URL is not a URL.
            let is_address = !scheme.is_empty()
                && scheme.bytes().all(|byte| byte.is_ascii_alphabetic())
                && !rest.split(['?', '#']).next()?.contains(char::is_whitespace);
            let kept = without_secrets(&value);
            (is_address && kept != value).then(|| Edit::new(node.span(), kling_json::quoted(&kept)))
        })
        .collect();
    kling_json::apply(text, &edits).unwrap_or_else(|_| text.to_owned())
}

/// Returns a text [sanitised](kling_text::sanitise) and cut at [`MAX_DETAIL`].
pub(crate) fn plain(text: &str) -> String {
    cleaned(text, MAX_DETAIL)
}

fn cleaned(text: &str, most: usize) -> String {
    // Removals shorten the text, so a larger window is examined.
    let window = &text[..text.floor_char_boundary(4 * most)];
    shorten_bytes(&sanitise(window), most).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_and_passwords_are_left_out() {
        assert_eq!(
            plain("see https://a.example/v.mp4?X-Signature=abc&b=1 and http://b.example/#t now"),
            "see https://a.example/v.mp4?[…] and http://b.example/?[…] now"
        );
        assert_eq!(
            plain(r#"{"url":"https://a.example/v.mp4?sig=abc","x":"why?"}"#),
            r#"{"url":"https://a.example/v.mp4?[…]","x":"why?"}"#
        );
        assert_eq!(
            plain("https://user:pass@a.example/b@c"),
            "https://[…]@a.example/b@c"
        );
        assert_eq!(plain("why? because: a/b?c"), "why? because: a/b?c");
    }

    #[test]
    fn a_request_keeps_everything_but_the_queries_of_its_addresses() {
        let text = "{\n \"prompt\": \"why? see https://a.example/?x=1\",\n \"image_urls\": [\"https:\\/\\/b.example\\/a.png\\u003fX-Amz-Signature=00\", \"https://b.example/c.png\"]}";
        assert_eq!(
            without_signatures(text),
            "{\n \"prompt\": \"why? see https://a.example/?x=1\",\n \"image_urls\": [\"https://b.example/a.png?[…]\", \"https://b.example/c.png\"]}"
        );
        assert_eq!(without_signatures("{"), "{");
    }

    #[test]
    fn controls_and_length_are_bounded() {
        assert_eq!(plain("a\u{1b}[31m\nb\u{9b}"), "a\u{fffd}[31m b\u{fffd}");
        let long = plain(&"é".repeat(MAX_DETAIL));
        assert!(
            long.len() <= MAX_DETAIL && long.ends_with("é…"),
            "{}",
            long.len()
        );
    }
}
