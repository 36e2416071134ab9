//! Type A: binary coded decimal.

/// Reads little-endian BCD digits; a top nibble F is a minus sign.
///
/// `None` if any other nibble is above 9 (EN 13757-3, data type A).
pub fn bcd(bytes: &[u8]) -> Option<i128> {
    let (&top, lower) = bytes.split_last()?;
    if top >> 4 == 0xF {
        let first = i128::from(top & 0xF);
        return if first > 9 { None } else { digits(lower, first).map(|magnitude| -magnitude) };
    }
    bcd_magnitude(bytes)
}

/// Reads little-endian BCD digits of one to four bytes; `None` for others, and where a nibble is above 9.
#[inline]
pub(crate) fn short_bcd(bytes: &[u8]) -> Option<i32> {
    if bytes.is_empty() || bytes.len() > 4 {
        return None;
    }
    bytes.iter().rev().try_fold(0, |value, byte| {
        let (high, low) = (byte >> 4, byte & 0xF);
        (high <= 9 && low <= 9).then(|| value * 100 + i32::from(high) * 10 + i32::from(low))
    })
}

/// Reads little-endian BCD digits without a sign; `None` if a nibble is above 9.
pub(crate) fn bcd_magnitude(bytes: &[u8]) -> Option<i128> {
    digits(bytes, 0)
}

fn digits(bytes: &[u8], leading: i128) -> Option<i128> {
    bytes.iter().rev().flat_map(|byte| [byte >> 4, byte & 0xF]).try_fold(leading, |value, digit| {
        if digit > 9 { None } else { value.checked_mul(10)?.checked_add(i128::from(digit)) }
    })
}
