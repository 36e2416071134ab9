//! Makes frames of decided bytes: block by block, corrected where the CRC does not fit.

use wmbus::{Frame, FrameFormat, Manufacturer};

use crate::sequence::{ErrorEvent, Explainer, flip, syndrome_of};

/// Bytes of format A's first block, CRC included.
pub(super) const FIRST_BLOCK: usize = 12;
const BLOCK: usize = 18;
const CRC: usize = 2;
/// The least L field: the rest of the link layer.
const MIN_LENGTH: u8 = 9;
/// The most bytes of a frame on the air: format A with L = 255.
pub(super) const MAX_BYTES: usize = 290;

/// The doubt that a frame may leave, all its blocks together.
const MAX_DOUBT_A: f64 = 0.003;
/// The same for format B, of which more are near the limit: above 18 bytes its CRC has distance 2, and it speaks for
/// the whole frame, so of the pairs of uncertain decisions one in some hundred frames fits by chance.
const MAX_DOUBT_B: f64 = 0.000_3;
/// The doubt that a first block may leave about a frame's length; what follows is checked, too.
const MAX_DOUBT_LENGTH: f64 = 0.05;

/// Checks and corrects frames.
#[derive(Debug)]
pub(super) struct FrameChecker {
    explainer: Explainer,
    bytes: Vec<u8>,
    corrected_bits: u16,
    /// The probability that the frame is not the right one, so far.
    doubt: f64,
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
            explainer: Explainer::new(),
            bytes: Vec::with_capacity(MAX_BYTES),
            corrected_bits: 0,
            doubt: 0.0,
        }
    }

    /// Returns how many bytes a frame of format A has on the air, by its first block; `None` if that is damaged.
    pub(super) fn length_a(
        &mut self,
        bytes: impl Iterator<Item = u8>,
        events: &[ErrorEvent],
    ) -> Option<usize> {
        self.take(bytes.take(FIRST_BLOCK));
        self.correct_block(events, 0, FIRST_BLOCK, MAX_DOUBT_LENGTH)?;
        let length = *self.bytes.first()?;
        if length < MIN_LENGTH || (self.corrected_bits > 0 && !self.is_plausible()) {
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
        let mut from = 0;
        while from < self.bytes.len() {
            let size = if from == 0 { FIRST_BLOCK } else { BLOCK };
            let to = (from + size).min(self.bytes.len());
            self.correct_block(events, from, to, MAX_DOUBT_A)?;
            from = to;
        }
        self.frame(FrameFormat::A)
    }

    /// Checks all bytes of a frame of format B.
    pub(super) fn check_b(
        &mut self,
        bytes: impl Iterator<Item = u8>,
        events: &[ErrorEvent],
    ) -> Option<Checked> {
        self.take(bytes);
        for part in [0..128, 128..MAX_BYTES] {
            let to = part.end.min(self.bytes.len());
            if part.start < to {
                self.correct_block(events, part.start, to, MAX_DOUBT_B)?;
            }
        }
        self.frame(FrameFormat::B)
    }

    fn take(&mut self, bytes: impl Iterator<Item = u8>) {
        self.bytes.clear();
        self.bytes.extend(bytes.take(MAX_BYTES));
        self.corrected_bits = 0;
        self.doubt = 0.0;
    }

    /// Makes a block's CRC fit; `None` if that leaves more doubt about the frame than it may have.
    fn correct_block(&mut self, events: &[ErrorEvent], from: usize, to: usize, max_doubt: f64) -> Option<()> {
        let syndrome = syndrome_of(self.bytes.get(from..to)?)?;
        let found = self.explainer.explain(events, 8 * from, 8 * to, syndrome, max_doubt - self.doubt)?;
        self.doubt += found.doubt;
        for event in found.events() {
            flip(&mut self.bytes, 0, event);
            self.corrected_bits += event.mask.count_ones() as u16;
        }
        Some(())
    }

    fn frame(&self, format: FrameFormat) -> Option<Checked> {
        let frame = Frame::parse(&self.bytes, format).ok()?;
        let corrected_bits = self.corrected_bits;
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
