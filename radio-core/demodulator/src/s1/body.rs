//! From a fitted header to a frame: bits, blocks, CRCs.
//!
//! The first block tells how long the frame is; the rest is heard when all of it has come. A block whose CRC does not
//! fit is corrected by its least certain bits if these explain it beyond doubt (`sequence::Corrector`).

use core::f64::consts::TAU;
use core::ops::Range;

use num_complex::Complex32;
use wmbus::dll::control_name;
use wmbus::{Frame, FrameFormat, LinkMode};

use super::decisions::Decisions;
use super::header::{Fit, HEADER_CHIPS, derotate, header_chips};
use super::noncoherent::Noncoherent;
use super::subtract::{Remodulator, Sending};
use super::trellis::{Track, Trellis};
use crate::ring::Ring;
use crate::sequence::{Corrector, flip, syndrome_of};
use crate::{HeardFrame, Rejected};

/// Chips of a byte.
const BYTE_CHIPS: usize = wmbus::phy::manchester::CHIPS_PER_BYTE;
/// Bytes of format A's first block and of the others, with their CRCs.
const FIRST_BLOCK: usize = 12;
const BLOCK: usize = 18;
/// L, C, M and A: no meter's frame is shorter.
const LEAST_L: u8 = 9;
/// A C field that the standard does not know.
const RESERVED: u8 = 0xFF;
/// Bytes of the longest frame: L = 255.
const LONGEST: usize = 290;
/// Chips of the longest preamble and sync word that are taken out with a frame: those of S1, and some more.
const LONGEST_LEAD: usize = 600;
/// Chips in front of a frame that are copied with it: half of the last one belongs to the first boundary.
const LEAD_CHIPS: f64 = 2.0;
/// Chips of the longest postamble.
const POSTAMBLE: usize = 8;
/// Chips behind the wanted bits that must have come: the postamble, and the clock may be slower than the header said.
const TAIL_CHIPS: f64 = POSTAMBLE as f64 + 4.0;
/// What a corrected block may cost, and how far every other correction must be from it, in nats.
const MAX_COST: f32 = 8.0;
const MIN_GAP: f32 = 2.5;
/// How many decisions of a block may be changed, and how many where another way of hearing it failed: every try may
/// fit by chance.
const MOST_EVENTS: usize = 3;
const MOST_EVENTS_AGAIN: usize = 1;

/// Decodes the frame behind a header; what it needs of memory it keeps.
#[derive(Debug)]
pub(super) struct Body {
    samples: Vec<Complex32>,
    trellis: Trellis,
    noncoherent: Noncoherent,
    decisions: Decisions,
    corrector: Corrector,
    most_events: usize,
    bytes: Vec<u8>,
    remodulator: Remodulator,
    /// A decoded transmission's chips, and where each begins.
    chips: Vec<bool>,
    begins: Vec<f64>,
}

/// How bits are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With the signal's phase followed.
    Coherent,
    /// By the energies of the chips: for a clock that jitters.
    Noncoherent,
}

/// What stands in the way of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Samples are gone, or none will come any more.
    CutOff,
    /// A CRC does not fit.
    Crc,
    /// The L field can be no frame's.
    Length,
    /// The first block fits after correction, but can be no telegram's.
    Implausible,
}

impl Fault {
    /// Returns where such faults are counted.
    pub(super) fn counter(self, rejected: &mut Rejected) -> &mut u64 {
        match self {
            Self::CutOff => &mut rejected.cut_off,
            Self::Crc => &mut rejected.crc,
            Self::Length => &mut rejected.length,
            Self::Implausible => &mut rejected.implausible,
        }
    }
}

impl Body {
    /// Makes a decoder for frames at up to so many samples a chip.
    pub(super) fn new(longest_period: f64) -> Self {
        let chips = LONGEST_LEAD + LONGEST * BYTE_CHIPS + POSTAMBLE;
        let samples = ((chips as f64 + LEAD_CHIPS + TAIL_CHIPS) * longest_period) as usize + 2;
        Self {
            samples: Vec::with_capacity(samples),
            remodulator: Remodulator::new(samples),
            chips: Vec::with_capacity(chips),
            begins: Vec::with_capacity(chips + 1),
            trellis: Trellis::new(),
            noncoherent: Noncoherent::new(),
            decisions: Decisions::new(LONGEST * 8),
            corrector: Corrector::new(MAX_COST, MIN_GAP),
            most_events: MOST_EVENTS,
            bytes: Vec::with_capacity(LONGEST),
        }
    }

    /// Returns up to which sample the first block must have come.
    pub(super) fn first_block_end(fit: &Fit) -> u64 {
        end_of(fit, FIRST_BLOCK)
    }

    /// Returns up to which sample a frame with this L field must have come.
    pub(super) fn frame_end(fit: &Fit, length_field: u8) -> u64 {
        end_of(fit, Self::bytes_of(length_field))
    }

    /// Returns how many bytes a frame of format A has on the air.
    pub(super) fn bytes_of(length_field: u8) -> usize {
        let after_first = (usize::from(length_field) + 1).saturating_sub(FIRST_BLOCK - 2);
        FIRST_BLOCK + after_first + 2 * after_first.div_ceil(BLOCK - 2)
    }

    /// Returns how many chips are read of a frame with this L field, or of one whose first block is not yet read.
    pub(super) fn chips_of(length_field: Option<u8>) -> f64 {
        (length_field.map_or(FIRST_BLOCK, Self::bytes_of) * BYTE_CHIPS) as f64
    }

    /// Reads the first block and returns its L field.
    pub(super) fn length_field(&mut self, fit: &Fit, ring: &Ring) -> Result<u8, Fault> {
        self.try_ways(fit, |body, way| {
            body.hear(fit, way, ring, FIRST_BLOCK)?;
            body.first_block()?;
            body.bytes.first().copied().ok_or(Fault::CutOff)
        })
    }

    /// Reads the whole frame.
    pub(super) fn frame(
        &mut self,
        fit: &Fit,
        length_field: u8,
        ring: &Ring,
    ) -> Result<(HeardFrame, Track), Fault> {
        let count = Self::bytes_of(length_field);
        self.try_ways(fit, |body, way| {
            let track = body.hear(fit, way, ring, count)?;
            let mut corrected = body.first_block()?;
            let mut block = FIRST_BLOCK;
            while block < count {
                corrected += body.correct(block, (block + BLOCK).min(count)).ok_or(Fault::Crc)?;
                block += BLOCK;
            }
            let frame = Frame::parse(&body.bytes, FrameFormat::A).map_err(|_| Fault::Crc)?;
            let mut heard = HeardFrame::new(frame, FrameFormat::A, LinkMode::S1, 0.0, 0.0);
            heard.corrected_bits = corrected;
            Ok((heard, track))
        })
    }

    /// Tries to hear with the phase followed, if the header has one, and then without.
    fn try_ways<T>(
        &mut self,
        fit: &Fit,
        mut hear: impl FnMut(&mut Self, Way) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.most_events = MOST_EVENTS;
        let coherent = if fit.is_coherent { hear(self, Way::Coherent) } else { Err(Fault::Crc) };
        coherent.or_else(|fault| match fault {
            Fault::CutOff => Err(fault),
            _ => {
                self.most_events = if fit.is_coherent { MOST_EVENTS_AGAIN } else { MOST_EVENTS };
                hear(self, Way::Noncoherent)
            }
        })
    }

    /// Takes the frame that was heard last out of the ring, with its preamble; returns the samples where it was.
    pub(super) fn subtract(&mut self, fit: &Fit, ring: &mut Ring) -> Option<Range<u64>> {
        let heard_from = (fit.start - LEAD_CHIPS * fit.period).floor().max(0.0);
        let (first, last) = (*self.decisions.begins().first()?, *self.decisions.begins().last()?);
        let frame_chips = (self.bytes.len() * BYTE_CHIPS) as f64;
        let period = (last - first) / frame_chips;
        let begin = heard_from + first;
        // The whole of a long preamble; where there was none, the gains are found to be next to nothing.
        let there = ((begin - ring.start() as f64).max(0.0) / period) as usize;
        let lead = LONGEST_LEAD.min(there) / 2 * 2;
        if lead < HEADER_CHIPS {
            return None;
        }
        let from = (begin - lead as f64 * period).ceil().max(ring.start() as f64);
        let to = ((heard_from + last + POSTAMBLE as f64 * period).floor() as u64).min(ring.end());
        let count = usize::try_from(to.checked_sub(from as u64)?).ok()?;
        if !self.load(fit, ring, from as u64, count) {
            return None;
        }
        let shift = heard_from - from;
        self.chips.clear();
        self.begins.clear();
        self.chips.extend((0..lead - HEADER_CHIPS).map(|chip| chip % 2 == 1));
        self.chips.extend(header_chips());
        self.begins.extend((0..lead).map(|chip| begin - from - (lead - chip) as f64 * period));
        self.chips.extend(wmbus::phy::manchester::encode(&self.bytes));
        for bit in self.decisions.begins().windows(2) {
            let &[begin, end] = bit else { break };
            self.begins.extend([begin + shift, 0.5 * (begin + end) + shift]);
        }
        let certain = lead - HEADER_CHIPS..self.chips.len();
        let last_chip = self.chips.last().copied().unwrap_or_default();
        self.chips.extend((0..POSTAMBLE).map(|chip| last_chip ^ (chip % 2 == 0)));
        self.begins.extend((0..=POSTAMBLE).map(|chip| last + shift + chip as f64 * period));
        let sending = Sending {
            chips: &self.chips,
            begins: &self.begins,
            certain,
            index: fit.index,
            rounding: fit.rounding,
        };
        let signal = self.remodulator.signal(&self.samples, &sending);
        self.samples.copy_from_slice(signal);
        derotate(&mut self.samples, -fit.carrier);
        ring.subtract(from as u64, &self.samples).then_some(from as u64..to)
    }

    /// Loads samples without the carrier; false if some are gone or yet to come.
    fn load(&mut self, fit: &Fit, ring: &Ring, first: u64, count: usize) -> bool {
        if count > self.samples.capacity() {
            return false;
        }
        self.samples.clear();
        self.samples.resize(count, Complex32::ZERO);
        let is_there = ring.copy(first, &mut self.samples);
        derotate(&mut self.samples, fit.carrier);
        is_there
    }

    /// Hears so many bytes into `bytes`.
    fn hear(&mut self, fit: &Fit, way: Way, ring: &Ring, bytes: usize) -> Result<Track, Fault> {
        let first = (fit.start - LEAD_CHIPS * fit.period).floor().max(0.0) as u64;
        let last = end_of(fit, bytes).min(ring.end());
        let count = usize::try_from(last.saturating_sub(first)).map_err(|_| Fault::CutOff)?;
        let wanted = (bytes * BYTE_CHIPS) as f64 * fit.period;
        if (last as f64) < fit.start + wanted || !self.load(fit, ring, first, count) {
            return Err(Fault::CutOff);
        }
        let start = fit.start - first as f64;
        let Self { samples, decisions, .. } = self;
        let track = match way {
            Way::Coherent => {
                let phase = (fit.phase - fit.carrier * start).rem_euclid(TAU);
                self.trellis.hear(samples, fit, (start, phase), bytes * 8, decisions)
            }
            Way::Noncoherent => self.noncoherent.hear(samples, fit, start, bytes * 8, decisions),
        };
        self.bytes.clear();
        let packed = self.decisions.bits().chunks(8);
        self.bytes.extend(packed.map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))));
        Ok(track)
    }

    /// Makes the CRC of the block of these bytes fit and returns how many bits that took.
    fn correct(&mut self, start: usize, end: usize) -> Option<u16> {
        let syndrome = syndrome_of(self.bytes.get(start..end)?)?;
        let events = self.decisions.events();
        let found = self.corrector.correct(events, start * 8, end * 8, syndrome, self.most_events)?;
        let mut changed = 0;
        for event in found.events() {
            flip(&mut self.bytes, 0, event);
            changed += event.bits().count() as u16;
        }
        Some(changed)
    }

    /// Makes the first block's CRC fit, if it is one; returns how many bits that took.
    ///
    /// A block that was corrected must also have a C field of the standard and a manufacturer of three letters.
    fn first_block(&mut self) -> Result<u16, Fault> {
        let corrected = self.correct(0, FIRST_BLOCK).ok_or(Fault::Crc)?;
        let &[length, control, low, high, ..] = self.bytes.as_slice() else { return Err(Fault::CutOff) };
        let letters = u16::from_le_bytes([low, high]);
        let is_letter = |shift: u32| (1..=26).contains(&(letters >> shift & 0x1F));
        let is_plausible =
            control_name(control) != control_name(RESERVED) && [0, 5, 10].into_iter().all(is_letter);
        match corrected {
            _ if length < LEAST_L => Err(Fault::Length),
            1.. if !is_plausible => Err(Fault::Implausible),
            _ => Ok(corrected),
        }
    }
}

fn end_of(fit: &Fit, bytes: usize) -> u64 {
    (fit.start + ((bytes * BYTE_CHIPS) as f64 + TAIL_CHIPS) * fit.period).ceil().max(0.0) as u64
}

/// Fills in what the signal told about a frame that was heard.
pub(super) fn describe(
    heard: &mut HeardFrame,
    fit: &Fit,
    track: &Track,
    rate_hz: f64,
    delay_s: f64,
    bytes: usize,
) {
    let chips = (bytes * BYTE_CHIPS) as f64;
    let period = track.period;
    let seconds = |sample: f64| sample / rate_hz - delay_s;
    heard.frame_start_s = seconds(fit.start);
    heard.start_s = seconds(fit.start - HEADER_CHIPS as f64 * fit.period);
    heard.end_s = seconds(fit.start + chips * period);
    heard.rssi_dbfs = 20.0 * track.amplitude.log10();
    heard.snr_db = 10.0 * (track.amplitude.powi(2) * period as f32 / track.noise).log10();
    heard.frequency_offset_hz = (fit.carrier * rate_hz / TAU) as f32;
    let chip_rate_hz = rate_hz / period;
    heard.chip_rate_error_ppm = ((chip_rate_hz / super::CHIP_RATE_HZ - 1.0) * 1e6) as f32;
    heard.deviation_hz = (0.5 * fit.index * chip_rate_hz) as f32;
}
