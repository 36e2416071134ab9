//! How bits become chips.

use alloc::vec::Vec;

use super::{manchester, nrz, three_of_six};

/// Names a line code of EN 13757-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineCode {
    /// Two chips a bit: mode S.
    Manchester,
    /// Six chips for four bits: mode T.
    ThreeOfSix,
    /// A chip is a bit: mode C.
    Nrz,
}

impl LineCode {
    /// Returns how many chips a byte takes.
    pub const fn chips_per_byte(self) -> usize {
        match self {
            Self::Manchester => manchester::CHIPS_PER_BYTE,
            Self::ThreeOfSix => three_of_six::CHIPS_PER_BYTE,
            Self::Nrz => nrz::CHIPS_PER_BYTE,
        }
    }

    /// Writes bytes as chips.
    pub fn encode(self, bytes: &[u8]) -> Vec<bool> {
        match self {
            Self::Manchester => manchester::encode(bytes).collect(),
            Self::ThreeOfSix => three_of_six::encode(bytes).collect(),
            Self::Nrz => nrz::encode(bytes).collect(),
        }
    }

    /// Reads chips as bytes.
    ///
    /// # Errors
    /// Says which symbol is none of the code, or that the chips are no whole number of bytes.
    pub fn decode(self, chips: &[bool]) -> Result<Vec<u8>, LineCodeError> {
        match self {
            Self::Manchester => manchester::decode(chips),
            Self::ThreeOfSix => three_of_six::decode(chips),
            Self::Nrz => nrz::decode(chips),
        }
    }
}

/// Chips that are no bytes in their line code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineCodeError {
    /// A symbol is none of the code's.
    #[error("symbol {symbol} is none of the line code's")]
    Symbol {
        /// Which symbol, the first one being 0.
        symbol: usize,
    },
    /// The chips end within a byte.
    #[error("{chips} chips are no whole number of bytes of {per_byte} chips")]
    Incomplete {
        /// How many chips there are.
        chips: usize,
        /// How many chips a byte takes.
        per_byte: usize,
    },
}

/// Reads `BITS` bits from each `CHIPS` chips, most significant bit first.
pub(super) fn decode_symbols<const CHIPS: usize, const BITS: u32>(
    chips: &[bool],
    bits_of: impl Fn(u8) -> Option<u8>,
) -> Result<Vec<u8>, LineCodeError> {
    let per_byte = 8 / BITS as usize * CHIPS;
    if !chips.len().is_multiple_of(per_byte) {
        return Err(LineCodeError::Incomplete { chips: chips.len(), per_byte });
    }
    let mut symbols = chips.chunks_exact(CHIPS).enumerate();
    let mut bytes = Vec::with_capacity(chips.len() / per_byte);
    for _ in 0..chips.len() / per_byte {
        let byte = symbols.by_ref().take(8 / BITS as usize).try_fold(0, |byte: u8, (symbol, chips)| {
            let word = chips.iter().fold(0, |word, chip| word << 1 | u8::from(*chip));
            let bits = bits_of(word).ok_or(LineCodeError::Symbol { symbol })?;
            // Not `<<`: a symbol of NRZ is a whole byte.
            Ok(byte.checked_shl(BITS).unwrap_or(0) | bits)
        })?;
        bytes.push(byte);
    }
    Ok(bytes)
}

/// Returns the `count` lowest bits of a word, the most significant one first.
pub(super) fn bits_of_word(word: u32, count: u32) -> impl Iterator<Item = bool> {
    (0..count).rev().map(move |at| word >> at & 1 == 1)
}
