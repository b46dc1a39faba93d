//! Texts in UTF-16 and UTF-32, which are not JSON, recognised by their first bytes.

/// An encoding other than UTF-8.
///
/// `Utf16` and `Utf32` have a byte order mark; the others have none, and name their byte order.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Encoding {
    /// UTF-16 with a byte order mark.
    Utf16,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32 with a byte order mark.
    Utf32,
    /// UTF-32, low byte first.
    Utf32Le,
    /// UTF-32, high byte first.
    Utf32Be,
}

impl Encoding {
    /// Returns the name that `iconv` uses.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Utf16 => "UTF-16",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Utf32 => "UTF-32",
            Self::Utf32Le => "UTF-32LE",
            Self::Utf32Be => "UTF-32BE",
        }
    }

    pub(crate) const fn help(self) -> &'static str {
        match self {
            Self::Utf16 => "convert it: `iconv -f UTF-16 -t UTF-8 OLD > NEW`",
            Self::Utf16Le => "convert it: `iconv -f UTF-16LE -t UTF-8 OLD > NEW`",
            Self::Utf16Be => "convert it: `iconv -f UTF-16BE -t UTF-8 OLD > NEW`",
            Self::Utf32 => "convert it: `iconv -f UTF-32 -t UTF-8 OLD > NEW`",
            Self::Utf32Le => "convert it: `iconv -f UTF-32LE -t UTF-8 OLD > NEW`",
            Self::Utf32Be => "convert it: `iconv -f UTF-32BE -t UTF-8 OLD > NEW`",
        }
    }
}

/// Returns the encoding of a text, if its first bytes show that it is one of [`Encoding`].
///
/// JSON begins with two ASCII characters, so the NUL bytes among the first four reveal the encoding.
///
/// ```
/// use kling_json::{Encoding, wide_encoding};
/// assert_eq!(wide_encoding(b"\xff\xfe{\0}\0"), Some(Encoding::Utf16));
/// assert_eq!(wide_encoding(b"{\0\"\0"), Some(Encoding::Utf16Le));
/// assert_eq!(wide_encoding(b"{\"a\": 1}"), None);
/// ```
pub const fn wide_encoding(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some(Encoding::Utf32),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Encoding::Utf16),
        [1..=255, 0, 0, 0, ..] => Some(Encoding::Utf32Le),
        [0, 0, 0, 1..=255, ..] => Some(Encoding::Utf32Be),
        [1..=255, 0, 1..=255, 0, ..] => Some(Encoding::Utf16Le),
        [0, 1..=255, 0, 1..=255, ..] => Some(Encoding::Utf16Be),
        _ => None,
    }
}
