//! Types B and C: binary integers, low byte first.

/// Reads a signed integer of one to four bytes (type B); `None` for others.
#[inline]
pub(crate) fn short_signed(bytes: &[u8]) -> Option<i32> {
    Some(match *bytes {
        [a] => i8::from_le_bytes([a]).into(),
        [a, b] => i16::from_le_bytes([a, b]).into(),
        [a, b, c] => i32::from_le_bytes([0, a, b, c]) >> 8,
        [a, b, c, d] => i32::from_le_bytes([a, b, c, d]),
        _ => return None,
    })
}

/// Reads a signed integer of up to 16 bytes (type B); `None` if there are more bytes.
pub(crate) fn signed(bytes: &[u8]) -> Option<i128> {
    let negative = bytes.last().is_some_and(|top| top & 0x80 != 0);
    widen(bytes, if negative { 0xFF } else { 0 }).map(i128::from_le_bytes)
}

/// Reads an unsigned integer of up to 15 bytes (type C); `None` if there are more bytes.
pub(crate) fn unsigned(bytes: &[u8]) -> Option<i128> {
    if bytes.len() > 15 { None } else { widen(bytes, 0).map(i128::from_le_bytes) }
}

fn widen(bytes: &[u8], filler: u8) -> Option<[u8; 16]> {
    let mut wide = [filler; 16];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(wide)
}
