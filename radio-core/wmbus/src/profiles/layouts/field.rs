//! Some bytes of a maker's layout, and the plain ways to read them.

use crate::value::{bcd_magnitude, signed, unsigned};

/// Some bytes of a layout, and where they stand in the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) offset: usize,
    pub(super) bytes: &'a [u8],
}

impl<'a> Field<'a> {
    /// Reads a number, low byte first; of more than four bytes the first four.
    pub(super) fn unsigned(self) -> u32 {
        let bytes = self.bytes.get(..4).unwrap_or(self.bytes);
        unsigned(bytes).and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
    }

    /// Reads a number with sign, low byte first.
    pub(super) fn signed(self) -> i128 {
        signed(self.bytes).unwrap_or_default()
    }

    /// Reads a number of two bytes, high byte first.
    pub(super) fn unsigned_be(self) -> u32 {
        self.bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
    }

    /// Reads a word of two bytes, low byte first.
    pub(super) fn word(self) -> u16 {
        self.bytes.first_chunk().copied().map(u16::from_le_bytes).unwrap_or_default()
    }

    /// Reads the first byte.
    pub(super) fn byte(self) -> u8 {
        self.at(0)
    }

    /// Reads the byte at `index`; the fields' lengths are known where this is used.
    pub(super) fn at(self, index: usize) -> u8 {
        self.bytes.get(index).copied().unwrap_or_default()
    }

    /// Reads digits, low byte first; `None` if there is one above 9.
    pub(super) fn bcd(self) -> Option<i128> {
        bcd_magnitude(self.bytes)
    }

    /// Returns the part of the field that begins at `from` and has `length` bytes.
    pub(super) fn part(self, from: usize, length: usize) -> Self {
        let bytes = self.bytes.get(from..).unwrap_or_default();
        Self { offset: self.offset + from, bytes: bytes.get(..length).unwrap_or(bytes) }
    }
}
