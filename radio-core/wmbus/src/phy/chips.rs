//! A frame as the chips of its transmission.

use alloc::vec::Vec;

use super::LinkMode;
use super::sync::Header;
use crate::encode::EncodeError;
use crate::{Frame, FrameFormat};

/// Chips behind a frame in modes S and T, which the standard wants to be 2 to 8; mode C has none.
const POSTAMBLE: usize = 8;

/// Says how many pairs of chips `01` come before the sync word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Preamble {
    /// The fewest that the standard allows: 279 in S1, 15 in S1-m and S2, 19 in T, 16 in C.
    #[default]
    Shortest,
    /// This many.
    Pairs(u16),
}

/// Holds the chips of one transmission, in the order in which they are sent; `true` is the higher frequency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chips {
    chips: Vec<bool>,
    frame: core::ops::Range<usize>,
}

impl Chips {
    /// Returns all chips: header, frame, and what follows it.
    pub fn all(&self) -> &[bool] {
        &self.chips
    }

    /// Returns the chips of preamble and sync word.
    pub fn header(&self) -> &[bool] {
        self.chips.get(..self.frame.start).unwrap_or_default()
    }

    /// Returns the chips from the L field to the last CRC.
    pub fn frame(&self) -> &[bool] {
        self.chips.get(self.frame.clone()).unwrap_or_default()
    }
}

/// A frame that no meter sends so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChipsError {
    /// The mode's chips are not known here, or it does not send this format.
    #[error("{mode} sends no frames of this format; use S, T or C with format A, or C with format B")]
    Mode {
        /// The mode that was asked for.
        mode: LinkMode,
    },
    /// The frame is one of a wired bus.
    #[error("the frame is of a wired bus; take one whose first byte is an L field")]
    Wired,
    /// The frame is too long for its format.
    #[error(transparent)]
    Frame(#[from] EncodeError),
}

/// Writes a frame as the chips of its transmission: preamble, sync word, frame with CRCs in the mode's line code,
/// and in modes S and T the chips behind it that let a receiver's filters end (EN 13757-4; `phy_facts.md` §2 to §5).
///
/// # Errors
/// When no meter sends such a frame in this mode and format.
pub fn chips(
    frame: &Frame,
    mode: LinkMode,
    format: FrameFormat,
    preamble: Preamble,
) -> Result<Chips, ChipsError> {
    let band = mode.band().ok_or(ChipsError::Mode { mode })?;
    let header = Header::shortest(mode, format).ok_or(ChipsError::Mode { mode })?;
    let header = match preamble {
        Preamble::Shortest => header,
        Preamble::Pairs(pairs) => header.with_preamble_pairs(pairs),
    };
    if frame.is_wired() {
        return Err(ChipsError::Wired);
    }
    let bytes = match format {
        FrameFormat::B => frame.to_format_b()?,
        _ => frame.to_format_a(),
    };
    let mut chips: Vec<bool> = header.chips().collect();
    let start = chips.len();
    chips.extend(band.line_code.encode(&bytes));
    let end = chips.len();
    if header.format.is_none() {
        let last = chips.last().copied().unwrap_or_default();
        chips.extend((0..POSTAMBLE).map(|at| last ^ at.is_multiple_of(2)));
    }
    Ok(Chips { chips, frame: start..end })
}
