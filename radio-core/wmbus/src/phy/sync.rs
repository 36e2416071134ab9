//! What comes before a frame: the preamble, pairs of chips `01`, and the sync word (`phy_facts.md` §2).
//!
//! Modes T and C share the first 48 chips of their shortest headers: T's sync word ends where the first half of
//! C's does. The 16 chips that follow tell them apart: [`C_FORMAT_A`], [`C_FORMAT_B`], or else the first words of
//! a T frame, which can be neither, because `010101` is no word of "3 out of 6".

use super::LinkMode;
use super::line_code::bits_of_word;
use crate::FrameFormat;

/// Chips that mark the end of a preamble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SyncWord {
    bits: u32,
    length: u32,
}

/// The sync word of mode S.
pub const S: SyncWord = SyncWord { bits: 0b00_0111_0110_1001_0110, length: 18 };
/// The sync word of mode T.
pub const T: SyncWord = SyncWord { bits: 0b00_0011_1101, length: 10 };
/// The first half of both sync words of mode C; its last ten chips are [`T`].
pub const C: SyncWord = SyncWord { bits: 0x543D, length: 16 };
/// The second half of mode C's sync word before a frame of format A.
pub const C_FORMAT_A: SyncWord = SyncWord { bits: 0x54CD, length: 16 };
/// The second half of mode C's sync word before a frame of format B.
pub const C_FORMAT_B: SyncWord = SyncWord { bits: 0x543D, length: 16 };

impl SyncWord {
    /// Returns the number of chips.
    #[allow(clippy::len_without_is_empty, reason = "a sync word has chips")]
    pub const fn len(self) -> usize {
        self.length as usize
    }

    /// Returns the chips as a number, the last one being its lowest bit.
    pub const fn bits(self) -> u32 {
        self.bits
    }

    /// Returns the chips in the order in which they are sent.
    pub fn chips(self) -> impl Iterator<Item = bool> {
        bits_of_word(self.bits, self.length)
    }
}

/// Everything before a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Header {
    /// How many pairs of chips `01` the preamble has.
    pub preamble_pairs: u16,
    /// The sync word; mode C's first half.
    pub sync: SyncWord,
    /// The second half of mode C's sync word, which tells the frame format.
    pub format: Option<SyncWord>,
}

impl Header {
    /// Returns the shortest header that the standard allows before a frame of this format in this mode.
    ///
    /// `None` for modes whose chips are not described here, and for formats that the mode does not send.
    pub const fn shortest(mode: LinkMode, format: FrameFormat) -> Option<Self> {
        let (preamble_pairs, sync, second_half) = match (mode, format) {
            (LinkMode::S1, FrameFormat::A) => (279, S, None),
            (LinkMode::S1m | LinkMode::S2, FrameFormat::A) => (15, S, None),
            (LinkMode::T1 | LinkMode::T2, FrameFormat::A) => (19, T, None),
            (LinkMode::C1 | LinkMode::C2, FrameFormat::A) => (16, C, Some(C_FORMAT_A)),
            (LinkMode::C1 | LinkMode::C2, FrameFormat::B) => (16, C, Some(C_FORMAT_B)),
            _ => return None,
        };
        Some(Self { preamble_pairs, sync, format: second_half })
    }

    /// Returns the header with another number of pairs in its preamble.
    #[must_use]
    pub const fn with_preamble_pairs(self, preamble_pairs: u16) -> Self {
        Self { preamble_pairs, ..self }
    }

    /// Returns the chips in the order in which they are sent.
    pub fn chips(self) -> impl Iterator<Item = bool> {
        let preamble = (0..self.preamble_pairs).flat_map(|_| [false, true]);
        preamble.chain(self.sync.chips()).chain(self.format.into_iter().flat_map(SyncWord::chips))
    }
}
