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

/// Reads little-endian BCD digits without a sign; `None` if a nibble is above 9.
pub(crate) fn bcd_magnitude(bytes: &[u8]) -> Option<i128> {
    digits(bytes, 0)
}

fn digits(bytes: &[u8], leading: i128) -> Option<i128> {
    bytes.iter().rev().flat_map(|byte| [byte >> 4, byte & 0xF]).try_fold(leading, |value, digit| {
        if digit > 9 { None } else { value.checked_mul(10)?.checked_add(i128::from(digit)) }
    })
}
