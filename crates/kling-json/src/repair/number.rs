//! The nearest number to something that is almost one.

use std::borrow::Cow;

use crate::number;

/// Returns a number in JSON's notation for `word`, or `None` if it is not a number at all.
///
/// Reads a sign, digits with a dot somewhere, and an exponent, each of which may be cut off.
pub(crate) fn repair(word: &str) -> Option<Cow<'_, str>> {
    if matches!(number::scan(word, 0), Ok((end, _)) if end == word.len()) {
        return Some(Cow::Borrowed(word));
    }
    let (sign, unsigned) = match word.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", word.strip_prefix('+').unwrap_or(word)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (unsigned, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    // A lone sign is the beginning of a number; a lone `e` or dot is not.
    let is_number = is_digits(whole)
        && is_digits(fraction)
        && is_digits(exponent_digits)
        && (has_digits || (unsigned.is_empty() && !word.is_empty()));
    if !is_number {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let mut repaired = format!("{sign}{whole}");
    if !fraction.is_empty() {
        repaired.push('.');
        repaired.push_str(fraction);
    }
    if !exponent_digits.is_empty() {
        repaired.push('e');
        repaired.push_str(exponent);
    }
    Some(Cow::Owned(repaired))
}

#[cfg(test)]
mod tests {
    use super::repair;

    #[test]
    fn what_is_almost_a_number_becomes_one() {
        for (word, expected) in [
            ("5", Some("5")),
            ("+5", Some("5")),
            ("-", Some("-0")),
            ("-05", Some("-5")),
            ("00", Some("0")),
            (".5", Some("0.5")),
            ("5.", Some("5")),
            ("5.e3", Some("5e3")),
            ("1e", Some("1")),
            ("1e-", Some("1")),
            ("1.5E+", Some("1.5")),
            ("007.50e+02", Some("7.50e+02")),
            (".", None),
            ("e5", None),
            ("1-2", None),
            ("1.2.3", None),
            ("5s", None),
            ("", None),
        ] {
            assert_eq!(repair(word).as_deref(), expected, "{word}");
        }
    }
}
