//! The line code "3 out of 6" of mode T: each half byte is a word of six chips, three of them 1.
//!
//! Sixteen of the twenty words of that weight are used. Two words differ in at least two chips, so a wrong chip
//! is always noticed and never corrected; what can be gained must come from how sure each chip is.

use alloc::vec::Vec;

use super::LineCodeError;
use super::line_code::{bits_of_word, decode_symbols};

/// Chips of a word.
pub const CHIPS_PER_WORD: usize = 6;
/// Chips of a byte: the high half byte's word, then the low one's.
pub const CHIPS_PER_BYTE: usize = 2 * CHIPS_PER_WORD;

/// The word of each half byte, the first chip in bit 5 (EN 13757-4, table of mode T's encoding).
pub const WORDS: [u8; 16] = [
    0b01_0110, 0b00_1101, 0b00_1110, 0b00_1011, 0b01_1100, 0b01_1001, 0b01_1010, 0b01_0011, 0b10_1100,
    0b10_0101, 0b10_0110, 0b10_0011, 0b11_0100, 0b11_0001, 0b11_0010, 0b10_1001,
];

/// Half byte of each word; `UNUSED` for the 48 words that are none.
const HALF_BYTES: [u8; 64] = invert();
const UNUSED: u8 = u8::MAX;

#[allow(clippy::indexing_slicing, reason = "runs at compile time")]
const fn invert() -> [u8; 64] {
    let mut half_bytes = [UNUSED; 64];
    let mut half_byte = 0;
    while half_byte < WORDS.len() {
        half_bytes[WORDS[half_byte] as usize] = half_byte as u8;
        half_byte += 1;
    }
    half_bytes
}

/// Returns the half byte of a word, or `None` if no half byte has it.
pub fn half_byte(word: u8) -> Option<u8> {
    HALF_BYTES.get(usize::from(word)).copied().filter(|half_byte| *half_byte != UNUSED)
}

/// Writes bytes as chips.
pub fn encode(bytes: &[u8]) -> impl Iterator<Item = bool> {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]).flat_map(|half_byte| {
        let word = WORDS.get(usize::from(half_byte)).copied().unwrap_or_default();
        bits_of_word(u32::from(word), CHIPS_PER_WORD as u32)
    })
}

/// Reads chips as bytes.
///
/// # Errors
/// Says which word is none of the code, or that the chips are no whole number of bytes.
pub fn decode(chips: &[bool]) -> Result<Vec<u8>, LineCodeError> {
    decode_symbols::<CHIPS_PER_WORD, 4>(chips, half_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_three_ones_and_its_own_half_byte() {
        for (value, word) in (0..).zip(WORDS) {
            assert_eq!(word.count_ones(), 3, "{word:06b}");
            assert_eq!(half_byte(word), Some(value));
        }
        assert_eq!((0..=u8::MAX).filter_map(half_byte).count(), WORDS.len());
    }

    #[test]
    fn one_wrong_chip_is_always_noticed() {
        for word in WORDS {
            for chip in 0..CHIPS_PER_WORD {
                assert_eq!(half_byte(word ^ 1 << chip), None);
            }
        }
    }
}
