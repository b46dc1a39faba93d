//! Decimal exponents of any length.

use std::cmp::Ordering;
use std::fmt;

/// An exponent in one form a value: as a number while it has at most [`SMALL_DIGITS`] digits, else as digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exponent {
    Small(i128),
    Large { is_negative: bool, digits: String },
}

/// Numbers of so many digits can be added in `i128`.
const SMALL_DIGITS: usize = 37;

impl Exponent {
    pub(crate) const ZERO: Self = Self::Small(0);

    /// The exponent written as `text`: digits after an optional sign.
    pub(crate) fn parse(text: &str) -> Self {
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        Self::from_digits(is_negative, digits.trim_start_matches('0').to_owned())
    }

    fn from_digits(is_negative: bool, digits: String) -> Self {
        if digits.len() > SMALL_DIGITS {
            return Self::Large {
                is_negative,
                digits,
            };
        }
        let magnitude = digits
            .bytes()
            .fold(0_i128, |value, digit| value * 10 + i128::from(digit - b'0'));
        Self::Small(if is_negative { -magnitude } else { magnitude })
    }

    /// The exponent plus `more` minus `less`.
    pub(crate) fn plus(self, more: usize, less: usize) -> Self {
        let change = more as i128 - less as i128;
        match self {
            Self::Small(value) => {
                let sum = value + change;
                let digits = sum.unsigned_abs().to_string();
                if digits.len() > SMALL_DIGITS {
                    Self::Large {
                        is_negative: sum < 0,
                        digits,
                    }
                } else {
                    Self::Small(sum)
                }
            }
            Self::Large {
                is_negative,
                digits,
            } => {
                // So long a magnitude exceeds any length of a text, so the sign never changes.
                let change = if is_negative { -change } else { change };
                Self::from_digits(is_negative, add(digits, change))
            }
        }
    }

    /// The exponent as a number, unless it is too long for one.
    pub(crate) fn small(&self) -> Option<i128> {
        match self {
            Self::Small(value) => Some(*value),
            Self::Large { .. } => None,
        }
    }

    /// How the exponent compares with 0.
    pub(crate) fn sign(&self) -> Ordering {
        match self {
            Self::Small(value) => value.cmp(&0),
            Self::Large { is_negative, .. } => {
                if *is_negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl fmt::Display for Exponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small(value) => write!(f, "{value}"),
            Self::Large {
                is_negative,
                digits,
            } => {
                if *is_negative {
                    f.write_str("-")?;
                }
                f.write_str(digits)
            }
        }
    }
}

/// `digits`, a number larger than any `i64`, plus `change`, as digits without zeros in front.
fn add(digits: String, change: i128) -> String {
    let mut digits = digits.into_bytes();
    let mut carry = change;
    for digit in digits.iter_mut().rev() {
        if carry == 0 {
            break;
        }
        let sum = i128::from(*digit - b'0') + carry;
        *digit = b'0' + u8::try_from(sum.rem_euclid(10)).unwrap_or_default();
        carry = sum.div_euclid(10);
    }
    let sum: String = digits.into_iter().map(char::from).collect();
    if carry > 0 {
        return format!("{carry}{sum}");
    }
    sum.trim_start_matches('0').to_owned()
}
