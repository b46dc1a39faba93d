//! What others said, made fit to be kept.

/// The most bytes that are kept of what a server or an error said.
pub const MAX_DETAIL: usize = 2048;

/// `text` without control characters, cut at [`MAX_DETAIL`], and with no address's query or fragment, nor what stands
/// before an `@` in its host: that is where signatures and passwords are.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_DETAIL));
    let mut in_address = Address::Outside;
    for character in text.chars() {
        if out.len() + character.len_utf8() > MAX_DETAIL {
            break;
        }
        if character.is_control() {
            in_address = Address::Outside;
            out.push(' ');
            continue;
        }
        if is_end_of_address(character) {
            in_address = Address::Outside;
        }
        match (in_address, character) {
            (Address::Secret, _) => continue,
            (Address::Inside(_), '?' | '#') => in_address = Address::Secret,
            (Address::Inside(start), '@') if !out[start..].contains('/') => out.truncate(start),
            (Address::Outside | Address::Inside(_), _) => {}
        }
        out.push(character);
        if in_address == Address::Outside && out.ends_with("://") {
            in_address = Address::Inside(out.len());
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Address {
    Outside,
    /// With the place where its host begins.
    Inside(usize),
    Secret,
}

fn is_end_of_address(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '<' | '>' | '`' | '\\' | '{' | '}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_and_passwords_are_left_out() {
        assert_eq!(
            plain("see https://a.example/v.mp4?X-Signature=abc&b=1 and http://b.example/#t now"),
            "see https://a.example/v.mp4? and http://b.example/# now"
        );
        assert_eq!(
            plain(r#"{"url":"https://a.example/v.mp4?sig=abc","x":"why?"}"#),
            r#"{"url":"https://a.example/v.mp4?","x":"why?"}"#
        );
        assert_eq!(
            plain("https://user:pass@a.example/b@c"),
            "https://@a.example/b@c"
        );
        assert_eq!(plain("why? because: a/b?c"), "why? because: a/b?c");
    }

    #[test]
    fn controls_and_length_are_bounded() {
        assert_eq!(plain("a\u{1b}[31m\nb\u{9b}"), "a [31m b ");
        let long = plain(&"é".repeat(MAX_DETAIL));
        assert_eq!(long.len(), MAX_DETAIL);
    }
}
