//! Frame formats A and B: where the CRCs lie, and taking them out (EN 13757-4, 12.3).

use super::FrameError;
use crate::crc::crc16;
use alloc::vec::Vec;

/// How a frame's bytes are arranged.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameFormat {
    /// Format A: a CRC after the first 10 bytes and after every further 16.
    A,
    /// Format B: one CRC at the end; frames above 128 bytes have another at 126. L counts the CRCs.
    B,
    /// The receiver checked the CRCs and took them out.
    WithoutCrc,
    /// A wired M-Bus long frame, `68 L L 68 … checksum 16` (EN 13757-2).
    Wired,
}

impl FrameFormat {
    /// Returns how many bytes a radio frame of this format has on the air, by its L field as it is sent.
    ///
    /// `None` if no frame of this format has such an L field, and for the formats that are not on the air.
    pub fn bytes_on_air(self, length_field: u8) -> Option<usize> {
        match self {
            Self::A => length_a(length_field),
            Self::B => {
                let bytes = usize::from(length_field) + 1;
                let second = bytes.saturating_sub(B_FIRST + CRC);
                let has_data = second == 0 || second > CRC;
                (bytes >= LINK_LAYER + CRC && has_data).then_some(bytes)
            }
            Self::WithoutCrc | Self::Wired => None,
        }
    }
}

/// L, C, M, A: what comes before the first CRC of format A.
pub(super) const LINK_LAYER: usize = 10;
const CRC: usize = 2;
const A_BLOCK: usize = 16;
/// How far the first part of a long format B frame goes, without its CRC.
const B_FIRST: usize = 126;

/// Returns how many bytes a format A frame with this L field has on the air.
pub(super) fn length_a(length_field: u8) -> Option<usize> {
    let after_first = (usize::from(length_field) + 1).checked_sub(LINK_LAYER)?;
    Some(LINK_LAYER + CRC + after_first + CRC * after_first.div_ceil(A_BLOCK))
}

/// Tells whether the first block's CRC fits, which marks format A.
pub(super) fn starts_like_a(bytes: &[u8]) -> bool {
    bytes.get(..LINK_LAYER + CRC).is_some_and(|block| split_crc(block).is_some())
}

/// Removes the CRCs of exactly one format A frame.
pub(super) fn strip_a(bytes: &[u8]) -> Result<Vec<u8>, FrameError> {
    let (first, rest) = bytes.split_at(bytes.len().min(LINK_LAYER + CRC));
    let mut stripped = Vec::with_capacity(bytes.len());
    let mut end = 0;
    for (index, block) in core::iter::once(first).chain(rest.chunks(A_BLOCK + CRC)).enumerate() {
        end += block.len();
        let data = split_crc(block)
            .ok_or(FrameError::BlockCrc { block: index + 1, offset: end.saturating_sub(CRC) })?;
        stripped.extend_from_slice(data);
    }
    Ok(stripped)
}

/// Removes the CRCs of exactly one format B frame and makes its L field count the bytes that remain.
pub(super) fn strip_b(bytes: &[u8]) -> Result<Vec<u8>, FrameError> {
    let length = bytes.first().copied().unwrap_or_default();
    let (first, second) = bytes.split_at(bytes.len().min(B_FIRST + CRC));
    // A second part exists for its data: one that holds no more than a CRC cannot be.
    if first.len() < LINK_LAYER + CRC || (!second.is_empty() && second.len() <= CRC) {
        return Err(FrameError::LengthField { length });
    }
    let fault = |block, end: usize| FrameError::BlockCrc { block, offset: end.saturating_sub(CRC) };
    let mut stripped = Vec::with_capacity(bytes.len());
    stripped.extend_from_slice(split_crc(first).ok_or(fault(1, first.len()))?);
    if !second.is_empty() {
        stripped.extend_from_slice(split_crc(second).ok_or(fault(2, bytes.len()))?);
    }
    let counted = u8::try_from(stripped.len() - 1).map_err(|_| FrameError::LengthField { length })?;
    if let Some(field) = stripped.first_mut() {
        *field = counted;
    }
    Ok(stripped)
}

/// Splits a block into data and CRC; `None` if the CRC, high byte first, does not fit.
fn split_crc(block: &[u8]) -> Option<&[u8]> {
    let (data, crc) = block.split_last_chunk::<CRC>()?;
    (crc16(data).to_be_bytes() == *crc).then_some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_b_has_no_frame_whose_second_part_would_hold_a_crc_alone() {
        let on_air = |length| FrameFormat::B.bytes_on_air(length);
        assert_eq!([10, 11, 127].map(on_air), [None, Some(12), Some(128)]);
        assert_eq!([128, 129, 130, 255].map(on_air), [None, None, Some(131), Some(256)]);
    }

    #[test]
    fn bytes_on_the_air_follow_from_the_l_field() {
        for (length, on_air) in [(9, 12), (10, 15), (25, 30), (26, 33), (41, 48), (42, 51), (255, 290)] {
            assert_eq!(length_a(length), Some(on_air), "L = {length}");
        }
        assert_eq!(length_a(8), None);
    }
}
