//! Type H: IEEE 754 single precision, as an exact decimal.

use super::Decimal;
use alloc::format;

/// What the four bytes of a real number say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Real {
    Number(Decimal),
    /// NaN, which EN 13757-3 uses for "not available".
    NotANumber,
    Infinite,
}

/// Reads a little-endian 32-bit real.
///
/// The decimal is the exact binary value with no zeros at its end. Values that need more than 38
/// digits (below about 1e-13 or above 1e38) are given with the shortest digits that identify them.
pub(crate) fn real32(bytes: [u8; 4]) -> Real {
    let real = f32::from_le_bytes(bytes);
    if real.is_nan() {
        return Real::NotANumber;
    }
    if real.is_infinite() {
        return Real::Infinite;
    }
    match exact(real).or_else(|| shortest(real)) {
        Some(decimal) => Real::Number(decimal),
        None => Real::Infinite,
    }
}

/// `m × 2^e`, and for a negative `e` the same as `m × 5^-e × 10^e`.
fn exact(real: f32) -> Option<Decimal> {
    let bits = real.to_bits();
    let fraction = i128::from(bits & 0x7F_FFFF);
    let (mut mantissa, mut exponent) = match i32::from((bits >> 23) as u8) {
        0 => (fraction, -149),
        biased => (fraction | 0x80_0000, biased - 150),
    };
    if mantissa == 0 {
        return Some(Decimal::ZERO);
    }
    while mantissa % 2 == 0 {
        mantissa /= 2;
        exponent += 1;
    }
    let magnitude = if exponent >= 0 {
        mantissa.checked_mul(2i128.checked_pow(exponent.unsigned_abs())?)?
    } else {
        mantissa.checked_mul(5i128.checked_pow(exponent.unsigned_abs())?)?
    };
    let sign = if real.is_sign_negative() { -1 } else { 1 };
    Some(Decimal::new(sign * magnitude, i8::try_from(exponent.min(0)).ok()?))
}

/// The shortest decimal that reads back as the same real.
fn shortest(real: f32) -> Option<Decimal> {
    let text = format!("{real:e}");
    let (digits, exponent) = text.split_once('e')?;
    let decimal: Decimal = digits.parse().ok()?;
    decimal.checked_scale(1, exponent.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn check(real: f32, expected: &str) {
        let Real::Number(decimal) = real32(real.to_le_bytes()) else { panic!("{real} is a number") };
        assert_eq!(decimal.to_string(), expected);
    }

    #[test]
    fn a_real_is_the_exact_decimal_without_zeros_at_its_end() {
        check(1.5, "1.5");
        check(-12.25, "-12.25");
        check(123_456.78, "123456.78125");
        check(197_308_832.0, "197308832");
        check(0.1, "0.100000001490116119384765625");
        check(-0.0, "0");
    }

    #[test]
    fn the_far_ends_keep_their_shortest_digits() {
        check(f32::MAX, "340282350000000000000000000000000000000");
        assert_eq!(real32(f32::from_bits(1).to_le_bytes()), Real::Number(Decimal::new(1, -45)));
        assert_eq!(real32(f32::NAN.to_le_bytes()), Real::NotANumber);
        assert_eq!(real32(f32::NEG_INFINITY.to_le_bytes()), Real::Infinite);
    }
}
