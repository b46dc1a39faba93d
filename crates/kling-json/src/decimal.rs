//! Exact decimal values of any length, in one form per value.

use std::fmt;

/// The exact value of a number: sign, significant digits without leading or trailing zeros, and the exponent of the
/// last digit. `-0` is `0`.
///
/// `Display` writes one text per value: the digits and, unless it is 0, the exponent, as in `5`, `5e-1` and `-12e30`.
pub(crate) struct Decimal<'t> {
    is_negative: bool,
    digits: String,
    /// The exponent is the written one plus `shift`, a sum that may exceed any integer type.
    written: &'t str,
    shift: i128,
}

impl<'t> Decimal<'t> {
    /// The value of a number in JSON's notation.
    pub(crate) fn new(number: &'t str) -> Self {
        let (is_negative, unsigned) = match number.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, number),
        };
        let (mantissa, written) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let from_first = all.trim_start_matches('0');
        let digits = from_first.trim_end_matches('0');
        if digits.is_empty() {
            return Self {
                is_negative: false,
                digits: "0".to_owned(),
                written: "0",
                shift: 0,
            };
        }
        Self {
            is_negative,
            digits: digits.to_owned(),
            written,
            shift: (from_first.len() - digits.len()) as i128 - fraction.len() as i128,
        }
    }

    /// Returns whether the value is a whole number.
    pub(crate) fn is_integer(&self) -> bool {
        self.exponent()
            .map_or(!self.is_tiny(), |exponent| exponent >= 0)
    }

    /// Returns the value if it is an integer in the range of `i64`.
    pub(crate) fn to_i64(&self) -> Option<i64> {
        // i64::MAX has 19 digits.
        const MOST_DIGITS: usize = 19;
        let zeros = usize::try_from(self.exponent()?).ok()?;
        if zeros.checked_add(self.digits.len())? > MOST_DIGITS {
            return None;
        }
        let sign = if self.is_negative { "-" } else { "" };
        let integer = format!("{sign}{}{}", self.digits, "0".repeat(zeros));
        integer.parse().ok()
    }

    /// Returns whether the nearest `f64` is finite.
    pub(crate) fn is_finite_f64(&self) -> bool {
        // The largest f64 is about 1.8e308: the first of its digits is the 309th before the dot.
        const MOST_PLACES: i128 = 309;
        let Some(exponent) = self.exponent() else {
            return self.is_tiny();
        };
        let places = exponent.saturating_add(self.digits.len() as i128);
        if places != MOST_PLACES {
            return places < MOST_PLACES;
        }
        let near = format!("0.{}e{places}", self.digits);
        near.parse().is_ok_and(f64::is_finite)
    }

    /// Returns the exponent; `None` if it is beyond the range of `i128`, and so far beyond the length of any text.
    fn exponent(&self) -> Option<i128> {
        let written: i128 = self.written.parse().ok()?;
        written.checked_add(self.shift)
    }

    /// Returns whether an exponent beyond the range of `i128` is below 0: the shift is too small to change its sign.
    fn is_tiny(&self) -> bool {
        self.written.starts_with('-')
    }

    /// Returns the digits of an exponent beyond the range of `i128`.
    fn long_exponent(&self) -> String {
        let mut carry = if self.is_tiny() {
            -self.shift
        } else {
            self.shift
        };
        let mut digits = format!("0{}", self.written.trim_start_matches(['-', '+'])).into_bytes();
        for digit in digits.iter_mut().rev() {
            carry += i128::from(*digit - b'0');
            *digit = b'0' + u8::try_from(carry.rem_euclid(10)).unwrap_or_default();
            carry = carry.div_euclid(10);
        }
        let digits: String = digits.into_iter().map(char::from).collect();
        digits.trim_start_matches('0').to_owned()
    }
}

impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative { "-" } else { "" };
        write!(f, "{sign}{}", self.digits)?;
        match self.exponent() {
            Some(0) => Ok(()),
            Some(exponent) => write!(f, "e{exponent}"),
            None if self.is_tiny() => write!(f, "e-{}", self.long_exponent()),
            None => write!(f, "e{}", self.long_exponent()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[track_caller]
    fn is_written(number: &str, expected: &str) {
        assert_eq!(Decimal::new(number).to_string(), expected, "{number}");
    }

    #[test]
    fn each_value_has_one_text() {
        is_written("0.50e1", "5");
        is_written("1200e-3", "12e-1");
        is_written("1e0001", "1e1");
        is_written("1.5E+2", "15e1");
        is_written("-0.000e5", "0");
        is_written("-0012.300", "-123e-1");
    }

    #[test]
    fn exponents_of_any_length_are_added_exactly() {
        // Lengths on both sides of what fits an integer type.
        for length in (1..=45).chain([1_000]) {
            let nines = "9".repeat(length);
            let carried = format!("1{}", "0".repeat(length));
            is_written(&format!("10e{nines}"), &format!("1e{carried}"));
            is_written(&format!("0.1e{carried}"), &format!("1e{nines}"));
            is_written(&format!("0.1E-{nines}"), &format!("1e-{carried}"));
            is_written(&format!("10e-00{carried}"), &format!("1e-{nines}"));
            is_written(&format!("-1.0e+00{nines}"), &format!("-1e{nines}"));
        }
        // The ends of the range of the integer type.
        is_written(
            &format!("10e{}", i128::MAX),
            "1e170141183460469231731687303715884105728",
        );
        is_written(
            "0.1e170141183460469231731687303715884105728",
            &format!("1e{}", i128::MAX),
        );
        is_written(
            &format!("0.1e{}", i128::MIN),
            "1e-170141183460469231731687303715884105729",
        );
        is_written(
            "10e-170141183460469231731687303715884105729",
            &format!("1e{}", i128::MIN),
        );
    }

    #[test]
    fn a_small_value_written_at_length_is_not_large() {
        let digits = "1".repeat(1_000_000);
        assert!(Decimal::new(&format!("{digits}e-999691")).is_finite_f64());
        assert!(!Decimal::new(&format!("{digits}e-999690")).is_finite_f64());
        let zeros = "0".repeat(1_000_000);
        assert_eq!(
            Decimal::new(&format!("5{zeros}e-1000000")).to_i64(),
            Some(5)
        );
    }
}
