//! Makes frames of decided bytes: block by block, corrected where the CRC does not fit.

use wmbus::{Frame, FrameFormat, Manufacturer};

use crate::sequence::{Correction, Corrector, ErrorEvent, flip, syndrome_of};

/// Bytes of format A's first block, CRC included.
pub(super) const FIRST_BLOCK: usize = 12;
const BLOCK: usize = 18;
const CRC: usize = 2;
/// The least L field: the rest of the link layer.
const MIN_LENGTH: u8 = 9;
/// The most bytes of a frame on the air: format A with L = 255.
pub(super) const MAX_BYTES: usize = 290;

/// Wrong decisions that a block of format A may have: its CRC has distance 6.
const MAX_TOGETHER_A: usize = 3;
/// Format B has distance 2 only: two wrong bits 151 apart are not seen (`phy_facts.md` § 6). Its CRC speaks for the
/// whole frame, so of the pairs of uncertain decisions one in some hundred frames fits by chance.
const MAX_TOGETHER_B: usize = 1;

/// Checks and corrects frames.
#[derive(Debug)]
pub(super) struct FrameChecker {
    format_a: Corrector,
    format_b: Corrector,
    bytes: Vec<u8>,
}

/// A frame whose CRCs fit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Checked {
    pub(super) frame: Frame,
    /// Bits that were changed.
    pub(super) corrected_bits: u16,
}

impl FrameChecker {
    pub(super) fn new() -> Self {
        Self {
            format_a: Corrector::new(7.0, 3.0),
            format_b: Corrector::new(6.0, 3.0),
            bytes: Vec::with_capacity(MAX_BYTES),
        }
    }

    /// Returns how many bytes a frame of format A has on the air, by its first block; `None` if that is damaged.
    pub(super) fn length_a(
        &mut self,
        bytes: impl Iterator<Item = u8>,
        events: &[ErrorEvent],
    ) -> Option<usize> {
        self.take(bytes.take(FIRST_BLOCK));
        let corrected_bits = self.correct_block(events, 0, FIRST_BLOCK)?;
        let length = *self.bytes.first()?;
        if length < MIN_LENGTH || (corrected_bits > 0 && !self.is_plausible()) {
            return None;
        }
        let blocks = 1 + (usize::from(length) - usize::from(MIN_LENGTH)).div_ceil(BLOCK - CRC);
        Some(usize::from(length) + 1 + CRC * blocks)
    }

    /// Returns how many bytes a frame of format B has on the air, by its L field.
    pub(super) fn length_b(&mut self, bytes: impl Iterator<Item = u8>) -> Option<usize> {
        self.take(bytes.take(1));
        let length = *self.bytes.first()?;
        let is_possible =
            usize::from(length) >= usize::from(MIN_LENGTH) + CRC && !matches!(length, 128 | 129);
        is_possible.then_some(usize::from(length) + 1)
    }

    /// Checks all bytes of a frame of format A.
    pub(super) fn check_a(
        &mut self,
        bytes: impl Iterator<Item = u8>,
        events: &[ErrorEvent],
    ) -> Option<Checked> {
        self.take(bytes);
        let mut corrected_bits = 0;
        let mut from = 0;
        while from < self.bytes.len() {
            let size = if from == 0 { FIRST_BLOCK } else { BLOCK };
            let to = (from + size).min(self.bytes.len());
            corrected_bits += self.correct_block(events, from, to)?;
            from = to;
        }
        self.frame(FrameFormat::A, corrected_bits)
    }

    /// Checks all bytes of a frame of format B.
    pub(super) fn check_b(
        &mut self,
        bytes: impl Iterator<Item = u8>,
        events: &[ErrorEvent],
    ) -> Option<Checked> {
        self.take(bytes);
        let mut corrected_bits = 0;
        for part in [0..128, 128..usize::MAX] {
            let to = part.end.min(self.bytes.len());
            let Some(block) = self.bytes.get(part.start..to).filter(|block| !block.is_empty()) else {
                continue;
            };
            let syndrome = syndrome_of(block)?;
            let found = self.format_b.correct(events, 8 * part.start, 8 * to, syndrome, MAX_TOGETHER_B)?;
            corrected_bits += self.apply(&found);
        }
        self.frame(FrameFormat::B, corrected_bits)
    }

    fn take(&mut self, bytes: impl Iterator<Item = u8>) {
        self.bytes.clear();
        self.bytes.extend(bytes.take(MAX_BYTES));
    }

    fn correct_block(&mut self, events: &[ErrorEvent], from: usize, to: usize) -> Option<u16> {
        let syndrome = syndrome_of(self.bytes.get(from..to)?)?;
        let found = self.format_a.correct(events, 8 * from, 8 * to, syndrome, MAX_TOGETHER_A)?;
        Some(self.apply(&found))
    }

    fn apply(&mut self, correction: &Correction) -> u16 {
        let mut bits = 0;
        for event in correction.events() {
            flip(&mut self.bytes, 0, event);
            bits += event.mask.count_ones() as u16;
        }
        bits
    }

    fn frame(&self, format: FrameFormat, corrected_bits: u16) -> Option<Checked> {
        let frame = Frame::parse(&self.bytes, format).ok()?;
        (corrected_bits == 0 || self.is_plausible()).then_some(Checked { frame, corrected_bits })
    }

    /// Tells whether the M field has three letters, as every maker's has.
    fn is_plausible(&self) -> bool {
        let Some([_, _, maker @ ..]) = self.bytes.first_chunk::<4>() else { return false };
        let letters = Manufacturer::from_wire(*maker).value();
        let is_letter = |shift: u16| (1..=26).contains(&(letters >> shift & 0x1F));
        is_letter(10) && is_letter(5) && is_letter(0)
    }
}
