//! Frames with their block CRCs, as they are on the air (EN 13757-4:2019, 12.3 and 12.4).

use super::EncodeError;
use crate::Frame;
use crate::crc::crc16;
use alloc::vec::Vec;

/// Data bytes in the first block of format A: L, C, M and A.
const FIRST_BLOCK: usize = 10;
/// Data bytes in each further block of format A.
const BLOCK: usize = 16;
/// Data bytes that the first CRC of format B covers.
const FIRST_PART: usize = 126;
const CRC: usize = 2;
/// What the L field can count.
const MAX_LENGTH: usize = 255;

impl Frame {
    /// Returns the frame with the block CRCs of format A.
    pub fn to_format_a(&self) -> Vec<u8> {
        let bytes = self.bytes();
        let (first, rest) = bytes.split_at(bytes.len().min(FIRST_BLOCK));
        core::iter::once(first).chain(rest.chunks(BLOCK)).flat_map(with_crc).collect()
    }

    /// Returns the frame with the CRCs of format B, which its L field counts.
    ///
    /// # Errors
    /// When L cannot count the frame together with its CRCs.
    pub fn to_format_b(&self) -> Result<Vec<u8>, EncodeError> {
        let mut bytes = self.bytes().to_vec();
        let parts = if bytes.len() > FIRST_PART { 2 } else { 1 };
        let length = bytes.len() - 1 + parts * CRC;
        if let Some(first) = bytes.first_mut() {
            *first = u8::try_from(length).map_err(|_| EncodeError::TooLong { length, limit: MAX_LENGTH })?;
        }
        let (first, second) = bytes.split_at(bytes.len().min(FIRST_PART));
        Ok([first, second].into_iter().take(parts).flat_map(with_crc).collect())
    }
}

/// Returns a block and its CRC, high byte first.
fn with_crc(block: &[u8]) -> Vec<u8> {
    [block, &crc16(block).to_be_bytes()].concat()
}
