//! Exact decimal values of any length: one form a value.

use std::cmp::Ordering;
use std::fmt;

use crate::exponent::Exponent;

/// The exact value of a number, in one form a value: sign, significant digits without zeros at either end, and the
/// exponent of the last digit. Two are equal exactly when their values are; `-0` is `0`.
///
/// `Display` writes digits and, unless it is 0, an exponent: `5`, `5e-1`, `-12e30`. That is JSON again.
///
/// ```
/// use kling_json::Decimal;
/// let value = Decimal::parse("0.50e1").unwrap();
/// assert_eq!(Some(value.clone()), Decimal::parse("5"));
/// assert_eq!(value.to_string(), "5");
/// assert_eq!(Decimal::parse("1200e-3").unwrap().to_string(), "12e-1");
/// assert_eq!(Decimal::parse("01"), None);
/// ```
#[derive(Clone, Debug)]
pub struct Decimal<'t> {
    is_negative: bool,
    /// The significant digits up to the place where the dot was, and those after it.
    head: &'t str,
    tail: &'t str,
    exponent: Exponent,
}

impl<'t> Decimal<'t> {
    /// The value of a number in JSON's notation; `None` when `number` is none.
    pub fn parse(number: &'t str) -> Option<Self> {
        match crate::number::scan(number, 0) {
            Ok((end, _)) if end == number.len() => Some(Self::from_checked(number)),
            Ok(_) | Err(_) => None,
        }
    }

    /// The value of a number that is known to be in JSON's notation.
    pub(crate) fn from_checked(number: &'t str) -> Self {
        let (is_negative, unsigned) = match number.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, number),
        };
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (mut head, mut tail) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction_digits = tail.len();

        head = head.trim_start_matches('0');
        if head.is_empty() {
            tail = tail.trim_start_matches('0');
        }
        let digits_before = head.len() + tail.len();
        tail = tail.trim_end_matches('0');
        if tail.is_empty() {
            head = head.trim_end_matches('0');
        }
        let dropped = digits_before - head.len() - tail.len();
        if head.is_empty() && tail.is_empty() {
            return Self {
                is_negative: false,
                head,
                tail,
                exponent: Exponent::ZERO,
            };
        }
        Self {
            is_negative,
            head,
            tail,
            exponent: Exponent::parse(exponent).plus(dropped, fraction_digits),
        }
    }

    /// Whether the value is below 0.
    pub fn is_negative(&self) -> bool {
        self.is_negative
    }

    /// Whether the value is 0.
    pub fn is_zero(&self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    /// Whether the value is a whole number.
    pub fn is_integer(&self) -> bool {
        self.is_zero() || self.exponent.sign() != Ordering::Less
    }

    /// The value when it is an integer in the range of `i64`.
    pub fn to_i64(&self) -> Option<i64> {
        // i64::MAX has 19 digits.
        const MOST_DIGITS: usize = 19;
        if self.is_zero() {
            return Some(0);
        }
        let zeros = usize::try_from(self.exponent.small()?).ok()?;
        if zeros.checked_add(self.digits().len())? > MOST_DIGITS {
            return None;
        }
        let digits = self.digits().bytes();
        let magnitude = digits
            .chain(std::iter::repeat_n(b'0', zeros))
            .fold(0_i128, |value, digit| value * 10 + i128::from(digit - b'0'));
        i64::try_from(if self.is_negative {
            -magnitude
        } else {
            magnitude
        })
        .ok()
    }

    /// Whether the nearest `f64` is finite.
    pub fn is_finite_f64(&self) -> bool {
        // Place of the first digit from which a value is certainly too large, and below which it certainly is not:
        // the largest f64 is about 1.8e308.
        const TOO_LARGE: i128 = 310;
        const SAFE: i128 = 308;
        if self.is_zero() {
            return true;
        }
        let Some(exponent) = self.exponent.small() else {
            return self.exponent.sign() == Ordering::Less;
        };
        let digits = i128::try_from(self.digits().len()).unwrap_or(i128::MAX / 2);
        let places = exponent.saturating_add(digits);
        if places <= SAFE {
            return true;
        }
        places < TOO_LARGE && self.to_string().parse().is_ok_and(f64::is_finite)
    }

    fn digits(&self) -> Digits<'t> {
        Digits {
            head: self.head,
            tail: self.tail,
        }
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is_negative == other.is_negative
            && self.exponent == other.exponent
            && self.digits().len() == other.digits().len()
            && self.digits().bytes().eq(other.digits().bytes())
    }
}

impl Eq for Decimal<'_> {}

impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        if self.is_negative {
            f.write_str("-")?;
        }
        f.write_str(self.head)?;
        f.write_str(self.tail)?;
        if self.exponent.sign() == Ordering::Equal {
            return Ok(());
        }
        write!(f, "e{}", self.exponent)
    }
}

/// The significant digits: two runs, read as one.
#[derive(Clone, Copy)]
struct Digits<'t> {
    head: &'t str,
    tail: &'t str,
}

impl<'t> Digits<'t> {
    fn len(self) -> usize {
        self.head.len() + self.tail.len()
    }

    fn bytes(self) -> impl Iterator<Item = u8> + 't {
        self.head.bytes().chain(self.tail.bytes())
    }
}
