//! Numbers on the command line.

#[cfg(any(feature = "client", feature = "emulator"))]
use std::fmt::Display;
use std::num::{NonZeroU64, NonZeroUsize};
#[cfg(any(feature = "client", feature = "emulator"))]
use std::str::FromStr;

use bytesize::ByteSize;

/// Parses a whole number up to this one, the largest of its type.
#[cfg(any(feature = "client", feature = "emulator"))]
pub(super) fn whole<N: Copy + FromStr + Display>(
    most: N,
) -> impl Fn(&str) -> Result<N, String> + Clone {
    let message = format!("give a whole number from 0 to {most}");
    move |text| text.parse().map_err(|_| message.clone())
}

/// Parses a number of bytes, with or without a unit.
pub(super) fn bytes(text: &str) -> Result<NonZeroU64, String> {
    text.parse()
        .ok()
        .and_then(|ByteSize(bytes)| NonZeroU64::new(bytes))
        .ok_or_else(|| {
            "give a number of bytes above 0, such as `500000`, `10MB` or `8MiB`".to_owned()
        })
}

/// Parses a number of bytes that fits into memory.
pub(super) fn size(text: &str) -> Result<NonZeroUsize, String> {
    let bytes = bytes(text)?;
    NonZeroUsize::try_from(bytes)
        .map_err(|_| format!("{bytes} bytes are more than this machine can address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_units_or_none() {
        for (text, expected) in [
            ("1", 1),
            ("500000", 500_000),
            ("10MB", 10_000_000),
            ("10 mb", 10_000_000),
            ("8MiB", 8 << 20),
            ("1.5k", 1_500),
            ("4GiB", 4 << 30),
        ] {
            assert_eq!(bytes(text).unwrap().get(), expected, "{text}");
        }
        for text in ["", "0", "0MB", "-1", "ten", "10MX", "MB", "1e999", "NaN"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
