//! Exact decimal numbers: amounts of money and credits.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use bigdecimal::BigDecimal;

/// The maximum number of bytes of a number that is read. A sum may be longer.
const MAX_LENGTH: usize = 64;

/// An exact decimal number, with the places that it was written with. A sum has no zeros at its end.
///
/// ```
/// use kling_http::Decimal;
///
/// let one: Decimal = "0.10".parse()?;
/// let two: Decimal = "0.2".parse()?;
/// assert_eq!(one.plus(&two).to_string(), "0.3");
/// assert_eq!(one.to_string(), "0.10");
/// assert!("1,5".parse::<Decimal>().is_err());
/// # Ok::<(), kling_http::NotDecimal>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decimal(BigDecimal);

/// A text that is not a [`Decimal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotDecimal;

impl fmt::Display for NotDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not a decimal number such as 12.50, of at most {MAX_LENGTH} characters"
        )
    }
}

impl std::error::Error for NotDecimal {}

impl FromStr for Decimal {
    type Err = NotDecimal;

    /// Reads digits with at most one point between them and a `-` in front, at most 64 characters in all.
    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() > MAX_LENGTH || !is_number(whole) || !is_number(fraction) {
            return Err(NotDecimal);
        }
        text.parse().map(Self).map_err(|_| NotDecimal)
    }
}

impl Decimal {
    /// Returns the exact sum.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self((&self.0 + &other.0).normalized())
    }
}

impl<'a> Sum<&'a Self> for Decimal {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |sum, amount| sum.plus(amount))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{RngAlgorithm, RngSeed};

    use super::Decimal;

    #[track_caller]
    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_kept_as_it_was_written() {
        for text in [
            "0",
            "-1",
            "12.50",
            "0.0000000000000000000000000000000000000000000000000000000001",
            "123456789012345678901234567890.5",
        ] {
            assert_eq!(decimal(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        let long = "1".repeat(65);
        for text in [
            "", " 1", "1 ", "+1", ".5", "1.", "1,5", "NaN", "inf", "0x1", "1e5", "1_000", "1.2.3",
            "--1", "\"1\"", "null", &long,
        ] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn sums_are_exact() {
        for (one, two, sum) in [
            ("0.1", "0.2", "0.3"),
            ("0.10", "0.90", "1"),
            ("99.99", "0.01", "100"),
            ("100", "0.01", "100.01"),
            ("015", "0", "15"),
            ("-1", "1", "0"),
            ("-0.5", "0.25", "-0.25"),
            ("0.5", "-1.25", "-0.75"),
            ("-1", "-0.001", "-1.001"),
            (
                "9007199254740993",
                "0.000000000000000000001",
                "9007199254740993.000000000000000000001",
            ),
        ] {
            assert_eq!(decimal(one).plus(&decimal(two)).to_string(), sum);
            assert_eq!(decimal(two).plus(&decimal(one)).to_string(), sum);
        }
        assert_eq!([].iter().sum::<Decimal>().to_string(), "0");
    }

    /// Writes a number of millionths, with as few or as many zeros as there may be.
    fn written(millionths: i64, zeros: usize) -> String {
        let sign = if millionths < 0 { "-" } else { "" };
        let size = millionths.unsigned_abs();
        let fraction = format!("{:06}", size % 1_000_000);
        let fraction = format!("{}{}", fraction.trim_end_matches('0'), "0".repeat(zeros));
        let whole = size / 1_000_000;
        if fraction.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{fraction}")
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            rng_algorithm: RngAlgorithm::ChaCha,
            rng_seed: RngSeed::Fixed(41),
            ..ProptestConfig::with_cases(1000)
        })]

        /// A sum of any amounts in any order is that of their millionths, which integers add exactly.
        #[test]
        fn a_sum_is_that_of_integers(
            amounts in prop::collection::vec((any::<i64>(), 0..8_usize), 0..40),
        ) {
            let exact: i128 = amounts.iter().map(|(amount, _)| i128::from(*amount)).sum();
            let decimals: Vec<Decimal> = amounts
                .iter()
                .map(|(amount, zeros)| decimal(&written(*amount, *zeros)))
                .collect();
            let sum: Decimal = decimals.iter().sum();
            let back: Decimal = decimals.iter().rev().sum();
            prop_assert_eq!(&sum, &back);
            // The same value in millionths, from the text of the sum.
            let text = sum.to_string();
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            let digits = format!("{whole}{fraction:0<6}");
            prop_assert_eq!(digits.parse::<i128>().unwrap(), exact);
            prop_assert!(fraction.len() <= 6 && !fraction.ends_with('0'));
        }
    }
}
