//! Exact decimal numbers: amounts of money and credits.

use std::borrow::Cow;
use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use kling_json::{Document, Edit, Kind, Node};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The maximum number of bytes of a number that is read. A sum may be longer.
const MAX_LENGTH: usize = 64;

/// The largest exponent that is read, in either direction.
const MAX_EXPONENT: i32 = 64;

/// An exact decimal number, kept as it was written. In JSON it is a number with exactly these digits.
///
/// Two are equal if they are written alike: `1.50` is not equal to `1.5`. A sum has no zeros at its end.
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

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

    /// Reads a number in the notation of JSON, of at most 64 characters and with an exponent of at most 64.
    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        if text.len() > MAX_LENGTH {
            return Err(NotDecimal);
        }
        let is_number = Document::parse(text).is_ok_and(|document| {
            let root = document.root();
            root.kind() == Kind::Number && root.raw() == text
        });
        let exponent = text.split_once(['e', 'E']).map_or("0", |(_, rest)| rest);
        let is_small = exponent
            .parse::<i32>()
            .is_ok_and(|exponent| exponent.abs() <= MAX_EXPONENT);
        if is_number && is_small {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotDecimal)
        }
    }
}

impl Decimal {
    /// Returns the exact sum.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let sum = self.number() + other.number();
        Self(sum.normalized().to_plain_string())
    }

    /// Whether it is 0, however it is written.
    pub fn is_zero(&self) -> bool {
        self.number() == BigDecimal::default()
    }

    fn number(&self) -> BigDecimal {
        let number = self.0.parse();
        number.expect("the notation of JSON is one that it reads")
    }
}

impl Default for Decimal {
    /// 0.
    fn default() -> Self {
        Self("0".to_owned())
    }
}

impl<'a> Sum<&'a Self> for Decimal {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |sum, amount| sum.plus(amount))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    /// Reads a number, or a text that is one. A number with a fraction has only the 17 digits that serde passes on.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Decimal;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Decimal, E> {
                text.parse()
                    .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Decimal, E> {
                Ok(Decimal(number.to_string()))
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Decimal, E> {
                Ok(Decimal(number.to_string()))
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Decimal, E> {
                let text = serde_json::Number::from_f64(number).map(|number| number.to_string());
                text.and_then(|text| text.parse().ok())
                    .ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

/// Returns an answer in which the numbers that a test accepts are texts with the same digits: reading them as numbers
/// could round them.
pub(crate) fn with_numbers_as_texts(
    body: &[u8],
    is_amount: impl Fn(Node<'_>) -> bool,
) -> Cow<'_, [u8]> {
    let Ok(text) = std::str::from_utf8(body) else {
        return body.into();
    };
    let Ok(document) = Document::parse(text) else {
        return body.into();
    };
    let numbers = document
        .nodes()
        .filter(|node| node.kind() == Kind::Number && is_amount(*node));
    let edits: Vec<Edit> = numbers
        .map(|node| Edit::new(node.span(), format!("\"{}\"", node.raw())))
        .collect();
    match kling_json::apply(text, &edits) {
        Ok(edited) if !edits.is_empty() => edited.into_bytes().into(),
        Ok(_) | Err(_) => body.into(),
    }
}

impl JsonSchema for Decimal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number"})
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
            "1E-7",
            "-0.0",
        ] {
            assert_eq!(decimal(text).to_string(), text);
            assert_eq!(serde_json::to_string(&decimal(text)).unwrap(), text);
            let quoted = format!("\"{text}\"");
            assert_eq!(
                serde_json::from_str::<Decimal>(&quoted).unwrap(),
                decimal(text)
            );
        }
        for (number, text) in [
            ("12.5", "12.5"),
            ("-1", "-1"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            assert_eq!(
                serde_json::from_str::<Decimal>(number).unwrap().to_string(),
                text
            );
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        let long = "1".repeat(65);
        for text in [
            "",
            " 1",
            "1 ",
            "+1",
            ".5",
            "1.",
            "01",
            "1,5",
            "NaN",
            "inf",
            "0x1",
            "1e65",
            "1e-65",
            "1e99999999999",
            "\"1\"",
            "null",
            &long,
        ] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Decimal>("\"free\"").is_err());
        assert!(serde_json::from_str::<Decimal>("null").is_err());
    }

    #[test]
    fn sums_are_exact() {
        for (one, two, sum) in [
            ("0.1", "0.2", "0.3"),
            ("0.10", "0.90", "1"),
            ("99.99", "0.01", "100"),
            ("1e2", "1E-2", "100.01"),
            ("1.5e1", "0", "15"),
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
        assert!(decimal("-0.00e5").is_zero() && !decimal("0.01").is_zero());
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
