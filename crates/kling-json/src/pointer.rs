//! JSON Pointers (RFC 6901).

use std::borrow::Cow;

/// Escapes one token of a pointer: `~` as `~0`, `/` as `~1`.
pub(crate) fn escape_token(token: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'~', b'/', token.as_bytes()).is_some() {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token)
    }
}

/// Returns what one token of a pointer means; `None` if a `~` in it is followed by neither `0` nor `1`.
///
/// ```
/// assert_eq!(kling_json::unescape_token("a~1b~0c").as_deref(), Some("a/b~c"));
/// assert_eq!(kling_json::unescape_token("~2"), None);
/// ```
pub fn unescape_token(token: &str) -> Option<Cow<'_, str>> {
    let Some((plain, _)) = token.split_once('~') else {
        return Some(Cow::Borrowed(token));
    };
    let mut decoded = plain.to_owned();
    for part in token.split('~').skip(1) {
        let (character, rest) = match part.as_bytes().first()? {
            b'0' => ('~', part.get(1..)?),
            b'1' => ('/', part.get(1..)?),
            _ => return None,
        };
        decoded.push(character);
        decoded.push_str(rest);
    }
    Some(Cow::Owned(decoded))
}

/// Returns the array index that a token means: digits without a leading zero.
pub(crate) fn array_index(token: &str) -> Option<usize> {
    let is_index = token.bytes().all(|byte| byte.is_ascii_digit())
        && (token == "0" || !token.starts_with('0'));
    if is_index { token.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{array_index, escape_token, unescape_token};

    #[test]
    fn tokens_are_escaped_and_read_again() {
        for (token, written) in [
            ("", ""),
            ("duration", "duration"),
            ("a/b~c", "a~1b~0c"),
            ("~1", "~01"),
            ("é/", "é~1"),
        ] {
            assert_eq!(escape_token(token), written);
            assert_eq!(unescape_token(written).as_deref(), Some(token));
        }
        for broken in ["~", "~2", "a~", "~~0"] {
            assert_eq!(unescape_token(broken), None, "{broken}");
        }
    }

    #[test]
    fn an_index_is_written_in_one_way() {
        assert_eq!(array_index("0"), Some(0));
        assert_eq!(array_index("10"), Some(10));
        for other in [
            "",
            "00",
            "01",
            "-1",
            "+1",
            "1 ",
            "-",
            "99999999999999999999",
        ] {
            assert_eq!(array_index(other), None, "{other}");
        }
    }
}
