//! The plain code of mode C: a chip is a bit, without whitening, so that zero bytes are long runs.

use alloc::vec::Vec;

use super::LineCodeError;
use super::line_code::{bits_of_word, decode_symbols};

/// Chips of a byte, its most significant bit first.
pub const CHIPS_PER_BYTE: usize = 8;

/// Writes bytes as chips.
pub fn encode(bytes: &[u8]) -> impl Iterator<Item = bool> {
    bytes.iter().flat_map(|byte| bits_of_word(u32::from(*byte), 8))
}

/// Reads chips as bytes.
///
/// # Errors
/// Says that the chips are no whole number of bytes.
pub fn decode(chips: &[bool]) -> Result<Vec<u8>, LineCodeError> {
    decode_symbols::<CHIPS_PER_BYTE, 8>(chips, Some)
}
