//! The Manchester code of mode S: a 1 is the chips `01`, a 0 is `10`.

use alloc::vec::Vec;

use super::LineCodeError;
use super::line_code::{bits_of_word, decode_symbols};

/// Chips of a bit.
pub const CHIPS_PER_BIT: usize = 2;
/// Chips of a byte, its most significant bit first.
pub const CHIPS_PER_BYTE: usize = 8 * CHIPS_PER_BIT;

/// Writes bytes as chips.
pub fn encode(bytes: &[u8]) -> impl Iterator<Item = bool> {
    bytes.iter().flat_map(|byte| bits_of_word(u32::from(*byte), 8)).flat_map(|bit| [!bit, bit])
}

/// Reads chips as bytes.
///
/// # Errors
/// Says which bit has two equal chips, or that the chips are no whole number of bytes.
pub fn decode(chips: &[bool]) -> Result<Vec<u8>, LineCodeError> {
    decode_symbols::<CHIPS_PER_BIT, 1>(chips, |pair| match pair {
        0b01 => Some(1),
        0b10 => Some(0),
        _ => None,
    })
}
