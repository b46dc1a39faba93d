//! What requests cost in money, by the prices that a project has configured. The program has none of its own: prices
//! change, and a wrong one is worse than none. An unknown price is never taken for 0.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// `[prices]` of `kling.toml`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
pub(crate) struct Prices {
    /// The currency of all prices, such as `USD`.
    pub(crate) currency: String,
    /// By model and billing spec (`720P+Sound`): the price.
    #[schemars(flatten, with = "BTreeMap<String, BTreeMap<String, Price>>")]
    pub(crate) models: BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Price>>,
}

/// The price of a billing spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "PriceRow")]
#[schemars(!try_from, rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Price {
    /// For each second of video.
    PerSecond(Amount),
    /// For each video, whatever its length.
    PerJob(Amount),
}

impl fmt::Display for Price {
    /// Writes it as in `kling.toml`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerSecond(amount) => write!(f, "{{ per-second = {amount} }}"),
            Self::PerJob(amount) => write!(f, "{{ per-job = {amount} }}"),
        }
    }
}

/// A price as it is written.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a price as `{ per-second = 0.05 }` or `{ per-job = 1.50 }`"
)]
struct PriceRow {
    per_second: Option<Amount>,
    per_job: Option<Amount>,
}

impl TryFrom<PriceRow> for Price {
    type Error = &'static str;

    fn try_from(row: PriceRow) -> Result<Self, Self::Error> {
        match (row.per_second, row.per_job) {
            (Some(amount), None) => Ok(Self::PerSecond(amount)),
            (None, Some(amount)) => Ok(Self::PerJob(amount)),
            (None, None) => Err(
                "this is an empty table; write a price as `{ per-second = 0.05 }` or `{ per-job = 1.50 }`",
            ),
            (Some(_), Some(_)) => {
                Err("a price is by the second or by the job, not both; remove one")
            }
        }
    }
}

impl<'de> Deserialize<'de> for Prices {
    /// Not derived: `flatten` loses the places of the keys and of errors.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = Prices;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of prices, with `currency` in it")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Prices, A::Error> {
                let mut currency = None;
                let mut models = BTreeMap::new();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    if key.as_ref() == "currency" {
                        currency = Some(map.next_value()?);
                    } else {
                        models.insert(key, map.next_value()?);
                    }
                }
                let currency = currency.ok_or_else(|| {
                    A::Error::custom(
                        "the prices have no currency; add a line such as `currency = \"USD\"` below `[prices]`",
                    )
                })?;
                Ok(Prices { currency, models })
            }
        }
        deserializer.deserialize_map(Table)
    }
}

/// An exact amount of money, in billionths of the currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Amount(u128);

/// Billionths of a unit.
const UNIT: u128 = 1_000_000_000;
/// Digits after the point.
const DIGITS: usize = 9;
/// The maximum number of digits before it.
const MOST_WHOLE_DIGITS: usize = 12;

impl Amount {
    pub(crate) fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(u128::from(count)))
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// Why a text is not an [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoAmount;

impl fmt::Display for NoAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("give an amount such as 0.05, with at most nine digits after the point")
    }
}

impl std::error::Error for NoAmount {}

impl FromStr for Amount {
    type Err = NoAmount;

    /// Parses `12`, `0.05` or `.5`; rejects a sign, an exponent or more than nine digits after the point.
    fn from_str(text: &str) -> Result<Self, NoAmount> {
        let (whole, part) = match text.split_once('.') {
            Some(("", part)) => ("0", part),
            Some(parts) => parts,
            None => (text, "0"),
        };
        let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let fits =
            (1..=MOST_WHOLE_DIGITS).contains(&whole.len()) && (1..=DIGITS).contains(&part.len());
        if !fits || !is_number(whole) || !is_number(part) {
            return Err(NoAmount);
        }
        let padded = format!("{part:0<DIGITS$}");
        let whole: u128 = whole.parse().map_err(|_| NoAmount)?;
        let part: u128 = padded.parse().map_err(|_| NoAmount)?;
        Ok(Self(whole * UNIT + part))
    }
}

impl fmt::Display for Amount {
    /// Writes at least two digits after the point, as usual for money.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = format!("{:0DIGITS$}", self.0 % UNIT);
        let part = part.trim_end_matches('0');
        write!(f, "{}.{part:0<2}", self.0 / UNIT)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Money;
        impl Visitor<'_> for Money {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount such as `0.05`, with at most nine digits after the point")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Amount, E> {
                value
                    .to_string()
                    .parse()
                    .map_err(|_| E::invalid_value(Unexpected::Signed(value), &self))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Amount, E> {
                // The shortest text of the number is what the user wrote.
                value
                    .to_string()
                    .parse()
                    .map_err(|_| E::invalid_value(Unexpected::Float(value), &self))
            }
        }
        deserializer.deserialize_any(Money)
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An amount of money, with at most nine digits after the point.",
            "type": "number",
            "minimum": 0,
        })
    }
}

/// What a bill amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cost {
    /// No prices are configured.
    NoPrices,
    /// The price is not known, or depends on a length that the request does not specify.
    Unknown,
    /// This amount.
    Known(Money),
}

/// An amount in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Money {
    pub(crate) amount: Amount,
    pub(crate) currency: String,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

impl Prices {
    /// Returns what a bill amounts to.
    pub(crate) fn cost(&self, model: &str, spec: &str, seconds: Option<u32>) -> Cost {
        let price = self.models.get(model).and_then(|specs| specs.get(spec));
        let amount = match (price, seconds) {
            (Some(Price::PerSecond(amount)), Some(seconds)) => amount.times(seconds.into()),
            (Some(Price::PerJob(amount)), _) => *amount,
            (Some(Price::PerSecond(_)), None) | (None, _) => return Cost::Unknown,
        };
        Cost::Known(Money {
            amount,
            currency: self.currency.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, shown) in [
            ("0.05", "0.05"),
            ("12", "12.00"),
            (".5", "0.50"),
            ("1.123456789", "1.123456789"),
            ("0", "0.00"),
            ("999999999999.9", "999999999999.90"),
        ] {
            assert_eq!(text.parse::<Amount>().unwrap().to_string(), shown);
        }
        for text in [
            "",
            ".",
            "1.",
            "-1",
            "+1",
            "1e3",
            "0.1234567891",
            "1,5",
            "NaN",
            "inf",
            "1000000000000",
        ] {
            assert_eq!(text.parse::<Amount>(), Err(NoAmount), "{text}");
        }
        let tenth: Amount = "0.1".parse().unwrap();
        assert_eq!(tenth.times(3).plus(tenth).to_string(), "0.40");
    }

    #[test]
    fn prices_are_by_second_or_by_job_and_otherwise_unknown() {
        let text = "currency = \"EUR\"\n[kling-v3]\n\"720P\" = { per-second = 0.05 }\n\"1080P\" = { per-job = 2 }\n";
        let prices: Prices = toml::from_str(text).unwrap();
        let cost = |spec, seconds| match prices.cost("kling-v3", spec, seconds) {
            Cost::Known(money) => Some(money.to_string()),
            Cost::Unknown => None,
            Cost::NoPrices => panic!("there are prices"),
        };
        assert_eq!(cost("720P", Some(15)).as_deref(), Some("0.75 EUR"));
        assert_eq!(cost("720P", None), None);
        assert_eq!(cost("1080P", None).as_deref(), Some("2.00 EUR"));
        assert_eq!(cost("1080P+Sound", Some(5)), None);
        assert_eq!(prices.cost("kling-v3-fast", "720P", Some(5)), Cost::Unknown);
        for wrong in ["-1", "1e-10", "nan", "\"5\"", "{ per-hour = 1 }"] {
            let text =
                format!("currency = \"EUR\"\n[kling-v3]\n\"720P\" = {{ per-second = {wrong} }}");
            assert!(toml::from_str::<Prices>(&text).is_err(), "{wrong}");
        }
        assert!(toml::from_str::<Prices>("[kling-v3]\n\"720P\" = { per-job = 1 }").is_err());
    }
}
