//! Exact decimal numbers: what a meter transmits, digit by digit.

use alloc::string::ToString;
use core::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

/// An exact decimal number, `mantissa × 10^exponent`.
///
/// Two decimals are equal when their values are, so `0.330 == 0.33`; `Display` keeps the digits as
/// transmitted.
///
/// ```
/// use wmbus::Decimal;
/// let volume = Decimal { mantissa: 2_850_427, exponent: -2 };
/// assert_eq!(volume.to_string(), "28504.27");
/// assert_eq!("28504.270".parse(), Ok(volume));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    /// The digits.
    pub mantissa: i128,
    /// The power of ten.
    pub exponent: i8,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, exponent: 0 };

    /// Makes the decimal `mantissa × 10^exponent`.
    pub const fn new(mantissa: i128, exponent: i8) -> Self {
        Self { mantissa, exponent }
    }

    /// Adds exactly; `None` when the sum has more digits than fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let mantissa = self.mantissa_at(exponent)?.checked_add(other.mantissa_at(exponent)?)?;
        Some(Self { mantissa, exponent })
    }

    /// Subtracts exactly; `None` when the difference has more digits than fit.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self { mantissa: other.mantissa.checked_neg()?, exponent: other.exponent })
    }

    /// Multiplies by a whole number and a power of ten; `None` when the product does not fit.
    pub fn checked_scale(self, multiplier: u32, exponent: i8) -> Option<Self> {
        let mantissa = match multiplier {
            1 => self.mantissa,
            _ => self.mantissa.checked_mul(i128::from(multiplier))?,
        };
        Some(Self { mantissa, exponent: self.exponent.checked_add(exponent)? })
    }

    /// Multiplies by a fraction, rounded to six decimals (half away from zero); `None` when a number in
    /// between does not fit.
    pub fn ratio(self, numerator: i128, denominator: i128) -> Option<Self> {
        const DECIMALS: i8 = -6;
        let (mantissa, exponent) = self.reduced();
        let digits = exponent - i16::from(DECIMALS);
        let power = 10i128.checked_pow(u32::from(digits.unsigned_abs()))?;
        let product = mantissa.checked_mul(numerator)?;
        let (dividend, divisor) = if digits < 0 {
            (product, denominator.checked_mul(power)?)
        } else {
            (product.checked_mul(power)?, denominator)
        };
        let half = divisor.checked_abs()? / 2 * dividend.signum() * divisor.signum();
        let mantissa = dividend.checked_add(half)?.checked_div(divisor)?;
        Some(Self { mantissa, exponent: DECIMALS })
    }

    /// Returns the same value without zeros at the end of its decimals.
    #[must_use]
    pub fn normalized(self) -> Self {
        let (mut mantissa, mut exponent) = (self.mantissa, self.exponent);
        while exponent < 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        Self { mantissa, exponent }
    }

    /// Returns the value if it is a whole number that fits.
    pub fn to_integer(self) -> Option<i128> {
        let (mantissa, exponent) = self.reduced();
        mantissa.checked_mul(10i128.checked_pow(u32::try_from(exponent).ok()?)?)
    }

    /// Tells whether the value is below zero.
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Tells whether the value is zero.
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Returns the power of ten of the leading digit; `None` of zero.
    pub(crate) fn leading_place(self) -> Option<i64> {
        let magnitude = self.mantissa.unsigned_abs();
        let place = match (u32::try_from(magnitude), u64::try_from(magnitude)) {
            (Ok(short), _) => short.checked_ilog10(),
            (_, Ok(long)) => long.checked_ilog10(),
            _ => magnitude.checked_ilog10(),
        }
        .map(i64::from)?;
        Some(place + i64::from(self.exponent))
    }

    /// Returns the same value without zeros at the end of its mantissa.
    fn reduced(self) -> (i128, i16) {
        if self.mantissa == 0 {
            return (0, 0);
        }
        let (mut mantissa, mut exponent) = (self.mantissa, i16::from(self.exponent));
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        (mantissa, exponent)
    }

    /// Returns the mantissa that the value has at a smaller or equal exponent.
    fn mantissa_at(self, exponent: i8) -> Option<i128> {
        if self.mantissa == 0 {
            return Some(0);
        }
        let digits = u32::try_from(i16::from(self.exponent) - i16::from(exponent)).ok()?;
        self.mantissa.checked_mul(10i128.checked_pow(digits)?)
    }
}

impl From<i128> for Decimal {
    fn from(mantissa: i128) -> Self {
        Self { mantissa, exponent: 0 }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.reduced() == other.reduced()
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.reduced().hash(state);
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_sign = self.mantissa.signum().cmp(&other.mantissa.signum());
        if by_sign.is_ne() || self.mantissa == 0 {
            return by_sign;
        }
        let by_magnitude = if self.exponent == other.exponent {
            self.mantissa.unsigned_abs().cmp(&other.mantissa.unsigned_abs())
        } else {
            // The place of the leading digit decides nearly always, and without a division.
            let by_place = self.leading_place().cmp(&other.leading_place());
            by_place.then_with(|| cmp_digits(self.reduced(), other.reduced()))
        };
        if self.is_negative() { by_magnitude.reverse() } else { by_magnitude }
    }
}

/// Compares two numbers that are not zero and have their leading digit in the same place, without their signs.
fn cmp_digits((a, a_exponent): (i128, i16), (b, b_exponent): (i128, i16)) -> Ordering {
    let (a, b) = (a.unsigned_abs(), b.unsigned_abs());
    // Bring the shorter one to the exponent of the other. What does not fit into 128 bits is larger than
    // everything that does.
    let shift = |mantissa: u128, by: i16| {
        10u128.checked_pow(u32::from(by.unsigned_abs())).and_then(|power| mantissa.checked_mul(power))
    };
    match a_exponent.cmp(&b_exponent) {
        Ordering::Equal => a.cmp(&b),
        Ordering::Greater => shift(a, a_exponent - b_exponent).map_or(Ordering::Greater, |a| a.cmp(&b)),
        Ordering::Less => shift(b, b_exponent - a_exponent).map_or(Ordering::Less, |b| a.cmp(&b)),
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = self.mantissa.unsigned_abs().to_string();
        if let Ok(zeros) = usize::try_from(self.exponent) {
            if self.mantissa != 0 {
                digits.extend(core::iter::repeat_n('0', zeros));
            }
        } else {
            let decimals = usize::from(self.exponent.unsigned_abs());
            if digits.len() <= decimals {
                digits.insert_str(0, &"0".repeat(decimals + 1 - digits.len()));
            }
            digits.insert(digits.len() - decimals, '.');
        }
        f.pad_integral(self.mantissa >= 0, "", &digits)
    }
}

/// The text is no decimal number, or has more digits than fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most 38 digits")]
pub struct ParseDecimalError;

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    /// Parses `[-]digits[.digits]`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || (digits.contains('.') && fraction.is_empty()) {
            return Err(ParseDecimalError);
        }
        let mut mantissa = 0i128;
        for digit in whole.chars().chain(fraction.chars()) {
            let digit = digit.to_digit(10).ok_or(ParseDecimalError)?;
            mantissa = mantissa
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(i128::from(digit)))
                .ok_or(ParseDecimalError)?;
        }
        let decimals = i8::try_from(fraction.len()).map_err(|_| ParseDecimalError)?;
        Ok(Self { mantissa: if negative { -mantissa } else { mantissa }, exponent: -decimals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn digits_come_out_as_they_went_in() {
        for text in ["0", "0.00", "0.330", "-0.001", "28504.27", "-456", "12345678.90"] {
            assert_eq!(decimal(text).to_string(), text);
        }
        assert_eq!(Decimal::new(12, 3).to_string(), "12000");
        assert_eq!(Decimal::new(0, 3).to_string(), "0");
        assert_eq!(Decimal::new(1, -6).to_string(), "0.000001");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", ".5", "5.", "1e3", "+1", "1,5", " 1", "--1"] {
            assert_eq!(text.parse::<Decimal>(), Err(ParseDecimalError), "{text:?}");
        }
        assert_eq!("9".repeat(39).parse::<Decimal>(), Err(ParseDecimalError));
    }

    #[test]
    fn order_and_equality_are_by_value() {
        assert_eq!(decimal("0.330"), decimal("0.33"));
        assert_eq!(Decimal::new(5, 2), decimal("500.00"));
        assert_ne!(decimal("-1"), decimal("1"));
        let ascending = ["-1000", "-12.5", "-12.49", "0", "0.001", "0.0011", "1", "9.99", "10", "123.456"];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(decimal(a).cmp(&decimal(b)), i.cmp(&j), "{a} against {b}");
            }
        }
        assert!(Decimal::new(i128::MAX, 127) > Decimal::new(1, -128));
        assert!(Decimal::new(i128::MAX, 0) < Decimal::new(2, 38));
        assert!(Decimal::new(i128::MAX, 0) > Decimal::new(1, 38));
    }

    #[test]
    fn a_fraction_is_rounded_to_six_decimals() {
        assert_eq!(decimal("1").ratio(10, 36), Some(decimal("0.277778")));
        assert_eq!(decimal("-1").ratio(10, 36), Some(decimal("-0.277778")));
        assert_eq!(decimal("0.0000005").ratio(1, 1), Some(decimal("0.000001")));
        assert_eq!(decimal("36.00").ratio(10, 36), Some(decimal("10")));
        assert_eq!(decimal("1").ratio(1, 0), None);
        assert_eq!(Decimal::new(i128::MAX, 0).ratio(10, 36), None);
        assert_eq!(Decimal::new(1, -128).ratio(1, 1), None);
    }

    #[test]
    fn zeros_at_the_end_can_be_left_out() {
        assert_eq!(decimal("0.330").normalized().to_string(), "0.33");
        assert_eq!(decimal("100").normalized().to_string(), "100");
        assert_eq!(decimal("0.00").normalized().to_string(), "0");
    }

    #[test]
    fn whole_numbers_are_integers() {
        assert_eq!(decimal("12.00").to_integer(), Some(12));
        assert_eq!(Decimal::new(-5, 3).to_integer(), Some(-5000));
        assert_eq!(decimal("12.5").to_integer(), None);
        assert_eq!(Decimal::new(1, 39).to_integer(), None);
    }

    #[test]
    fn sums_are_exact_or_refused() {
        assert_eq!(decimal("0.1").checked_add(decimal("0.25")).unwrap().to_string(), "0.35");
        assert_eq!(decimal("10").checked_sub(decimal("0.01")).unwrap().to_string(), "9.99");
        assert_eq!(Decimal::new(i128::MAX, 0).checked_add(Decimal::new(1, 0)), None);
        assert_eq!(Decimal::new(1, 127).checked_add(Decimal::new(1, -128)), None);
    }
}
