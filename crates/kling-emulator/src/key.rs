//! The key that an emulator may require.

use std::fmt;

/// An API key; its `Debug` output does not show it.
///
/// ```
/// let key = kling_emulator::Key::from("sk-secret".to_owned());
/// assert_eq!(format!("{key:?}"), "Key(hidden)");
/// ```
#[derive(Clone)]
pub struct Key(Box<str>);

impl From<String> for Key {
    fn from(key: String) -> Self {
        Self(key.into_boxed_str())
    }
}

impl From<&str> for Key {
    fn from(key: &str) -> Self {
        Self(key.into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

impl Key {
    /// Whether the value of an `Authorization` header is `Bearer` and this key.
    ///
    /// The time taken does not depend on where the two differ.
    pub(crate) fn opens(&self, authorization: &str) -> bool {
        let Some((scheme, given)) = authorization.split_once(' ') else {
            return false;
        };
        let (given, own) = (given.trim().as_bytes(), self.0.as_bytes());
        let differing = given
            .iter()
            .zip(own)
            .fold(0, |differing, (left, right)| differing | (left ^ right));
        scheme.eq_ignore_ascii_case("bearer") && given.len() == own.len() && differing == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_itself_opens() {
        let key = Key::from("sk-1");
        assert!(key.opens("Bearer sk-1"));
        assert!(key.opens("bearer sk-1"));
        for other in [
            "",
            "Bearer",
            "Bearer ",
            "sk-1",
            "Basic sk-1",
            "Bearer sk-2",
            "Bearer sk-12",
        ] {
            assert!(!key.opens(other), "{other}");
        }
    }
}
