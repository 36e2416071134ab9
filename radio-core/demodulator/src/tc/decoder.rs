//! Decodes a transmission from its header on.

use num_complex::Complex32;
use wmbus::phy::sync::{C_FORMAT_A, C_FORMAT_B, SyncWord};
use wmbus::phy::three_of_six::{CHIPS_PER_BYTE, CHIPS_PER_WORD};
use wmbus::phy::{self, Preamble};
use wmbus::{FrameFormat, LinkMode};

use super::chips::ChipTrellis;
use super::estimate::Estimate;
use super::frame::{Checked, FIRST_BLOCK, FrameChecker, MAX_BYTES};
use super::header::{CHIPS, FORMAT_CHIPS, sign};
use super::subtract::Remodulator;
use super::track::Pose;
use super::words::{Signal, WordTrellis};
use crate::phasor::turn;
use crate::ring::Ring;
use crate::sequence::{ErrorEvent, Pulse};

/// How often a frame is decided, each time with what the time before told, until its CRCs fit.
const PASSES: usize = 3;
/// How often a frame is decided whose clock turns out to be another one than mode C's should be: what is decided
/// right reaches further each time.
const PASSES_OF_OTHER_CLOCKS: usize = 7;
/// By so many chips at the frame's end a clock must have changed with the last pass for another one.
const ANOTHER_CLOCK_CHIPS: f64 = 0.05;
const WORDS_PER_BYTE: usize = 2;
const CHIPS_PER_BYTE_C: usize = 8;
/// Chip rates of mode C are exact to this, the receiver's own error included.
const C_RATE_TOLERANCE: f64 = 0.01;
/// The share of a sync word of mode C that its chips must have at least …
const POSSIBLE_SHARE: f32 = 0.55;
/// … and to be likelier than words of mode T, which reach this share by chance.
const LIKELY_SHARE: f32 = 0.7;
/// Chips of mode C that are subtracted along one straight line of phases.
const CHIPS_PER_STRETCH: usize = 16;
/// Chips behind a frame, and as many more as a transmitter may still be on air.
const MOST_BEHIND: usize = 10;
/// The energy of a chip over the noise's from which on those chips are worth being known.
const LEAST_BEHIND: f64 = 10.0;
/// Samples kept before a header.
const MARGIN: f64 = 8.0;

/// What a transmission seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    T,
    CFormatA,
    CFormatB,
}

impl Kind {
    pub(super) fn link_mode(self) -> LinkMode {
        match self {
            Self::T => LinkMode::T1,
            Self::CFormatA | Self::CFormatB => LinkMode::C1,
        }
    }

    pub(super) fn format(self) -> FrameFormat {
        match self {
            Self::T | Self::CFormatA => FrameFormat::A,
            Self::CFormatB => FrameFormat::B,
        }
    }

    /// Returns the sync word that lies between the shared header and the frame, in mode C.
    fn format_word(self) -> SyncWord {
        if self == Self::CFormatA { C_FORMAT_A } else { C_FORMAT_B }
    }

    /// Returns the chips from the shared header's end to the frame.
    pub(super) fn lead_chips(self) -> usize {
        match self {
            Self::T => 0,
            Self::CFormatA | Self::CFormatB => FORMAT_CHIPS,
        }
    }

    pub(super) fn chips_per_byte(self) -> usize {
        match self {
            Self::T => CHIPS_PER_BYTE,
            Self::CFormatA | Self::CFormatB => CHIPS_PER_BYTE_C,
        }
    }
}

/// A frame with what its signal told.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decoded {
    pub(super) checked: Checked,
    pub(super) kind: Kind,
    /// The samples' numbers at which header, frame and what follows begin.
    pub(super) header_start: f64,
    pub(super) frame_start: f64,
    pub(super) end: f64,
    pub(super) amplitude: f32,
    pub(super) noise: f32,
    /// Samples of a chip and turn of the carrier in radians a sample.
    pub(super) period: f64,
    pub(super) omega: f64,
    /// The signal in the samples that were loaded.
    pub(super) signal: Signal,
    /// Where the frame ends in them, and the phase in units of πh that its chips left there.
    last: Pose,
    level: f64,
}

/// Decodes transmissions out of a ring of samples.
#[derive(Debug)]
pub(super) struct Decoder {
    samples: Vec<Complex32>,
    pulse: Pulse,
    words: WordTrellis,
    chips: ChipTrellis,
    events: Vec<ErrorEvent>,
    checker: FrameChecker,
    remodulator: Remodulator,
    poses: Vec<Pose>,
    /// The chips behind the frame that was decoded last.
    behind: Vec<bool>,
    nominal_period: f64,
}

impl Decoder {
    pub(super) fn new(nominal_period: f64) -> Self {
        let longest = (1.2 * nominal_period * (MAX_BYTES * CHIPS_PER_BYTE + 2 * CHIPS) as f64) as usize;
        Self {
            samples: Vec::with_capacity(longest),
            pulse: Pulse::new(1.0, 0.0),
            words: WordTrellis::new(MAX_BYTES * WORDS_PER_BYTE),
            chips: ChipTrellis::new(MAX_BYTES * CHIPS_PER_BYTE_C),
            events: Vec::with_capacity(16 * MAX_BYTES),
            checker: FrameChecker::new(),
            remodulator: Remodulator::new(longest),
            poses: Vec::with_capacity(MAX_BYTES * WORDS_PER_BYTE + 1),
            behind: Vec::with_capacity(MOST_BEHIND),
            nominal_period,
        }
    }

    /// Returns how many samples from a header's begin must be there to say what kind of transmission it is and how
    /// long.
    pub(super) fn first_look(&self, estimate: &Estimate) -> f64 {
        (CHIPS + FIRST_BLOCK * CHIPS_PER_BYTE + 8) as f64 * estimate.period
    }

    /// Returns what a transmission may be, the likeliest first.
    pub(super) fn kinds(&mut self, ring: &Ring, estimate: &Estimate) -> Option<[Option<Kind>; 2]> {
        let start = self.load(ring, estimate, CHIPS + FORMAT_CHIPS + 2)?;
        let is_exact = (self.nominal_period / estimate.period - 1.0).abs() < C_RATE_TOLERANCE;
        let expected = estimate.amplitude * (FORMAT_CHIPS as f64 * estimate.period) as f32;
        let a = self.matches(start, estimate, C_FORMAT_A) / expected;
        let b = self.matches(start, estimate, C_FORMAT_B) / expected;
        let (share, kind) = if a > b { (a, Kind::CFormatA) } else { (b, Kind::CFormatB) };
        Some(if !is_exact || share < POSSIBLE_SHARE {
            [Some(Kind::T), None]
        } else if share < LIKELY_SHARE {
            [Some(Kind::T), Some(kind)]
        } else {
            [Some(kind), Some(Kind::T)]
        })
    }

    /// Returns how many chips a transmission has from its header's begin to its frame's end. The estimate becomes
    /// better by what the first bytes tell.
    pub(super) fn length(&mut self, ring: &Ring, estimate: &mut Estimate, kind: Kind) -> Option<usize> {
        let mut signal = self.load_frame(ring, estimate, kind, FIRST_BLOCK + 2)?;
        let mut bytes = None;
        for pass in 0..2 {
            signal = self.decide(&signal, kind, FIRST_BLOCK + 2, pass);
            bytes = match kind {
                Kind::T => self.checker.length_a(byte_pairs(self.words.half_bytes()), &self.events),
                Kind::CFormatA => self.checker.length_a(chip_bytes(self.chips.chips()), &self.events),
                // Nothing but the frame's end tells whether this L is right.
                Kind::CFormatB => self.checker.length_b(chip_bytes(self.chips.chips())),
            };
            if bytes.is_some() {
                break;
            }
        }
        estimate.index = signal.index;
        bytes.map(|bytes| CHIPS + kind.lead_chips() + bytes * kind.chips_per_byte())
    }

    /// Decodes a transmission of so many chips.
    pub(super) fn decode(
        &mut self,
        ring: &Ring,
        estimate: &Estimate,
        kind: Kind,
        chips: usize,
    ) -> Option<Decoded> {
        let lead = CHIPS + kind.lead_chips();
        let bytes = chips.checked_sub(lead)? / kind.chips_per_byte();
        let mut signal = self.load_frame(ring, estimate, kind, bytes)?;
        let mut checked = None;
        for pass in 0..PASSES_OF_OTHER_CLOCKS {
            let period_before = signal.start.period;
            signal = self.decide(&signal, kind, bytes, pass);
            checked = match kind {
                Kind::T => self.checker.check_a(byte_pairs(self.words.half_bytes()), &self.events),
                Kind::CFormatA => self.checker.check_a(chip_bytes(self.chips.chips()), &self.events),
                Kind::CFormatB => self.checker.check_b(chip_bytes(self.chips.chips()), &self.events),
            };
            let chips = (bytes * kind.chips_per_byte()) as f64;
            let later_chips = chips * (signal.start.period / period_before - 1.0);
            if checked.is_some() || pass + 1 >= PASSES && later_chips.abs() < ANOTHER_CLOCK_CHIPS {
                break;
            }
        }
        let checked = checked?;
        let (amplitude, noise) = match kind {
            Kind::T => self.words.levels(),
            _ => self.chips.levels(),
        };
        let base = self.base(estimate);
        let (first, last) = match kind {
            Kind::T => (*self.words.poses().first()?, *self.words.poses().last()?),
            _ => (signal.start, signal.after((bytes * CHIPS_PER_BYTE_C) as f64)),
        };
        let length = (bytes * kind.chips_per_byte()) as f64;
        let period = (last.boundary - first.boundary) / length;
        Some(Decoded {
            checked,
            kind,
            header_start: base + first.boundary - lead as f64 * period,
            frame_start: base + first.boundary,
            end: base + last.boundary,
            amplitude,
            noise,
            period,
            omega: estimate.omega + (last.phase - first.phase) / (last.boundary - first.boundary),
            signal,
            last,
            level: match kind {
                Kind::T => 0.0,
                _ => self.chips.chips().iter().map(|chip| f64::from(sign(*chip))).sum(),
            },
        })
    }

    /// Takes the transmission that was decoded last out of the ring; returns whether that could be done.
    pub(super) fn subtract(&mut self, ring: &mut Ring, estimate: &Estimate, decoded: &Decoded) -> bool {
        let kind = decoded.kind;
        let frame = &decoded.checked.frame;
        let Ok(chips) = phy::chips(frame, kind.link_mode(), kind.format(), Preamble::Shortest) else {
            return false;
        };
        let lead = chips.header().len();
        let count = lead + chips.frame().len();
        self.listen_behind(decoded, chips.frame().last() == Some(&true));
        self.poses.clear();
        let spacing = match kind {
            Kind::T => {
                self.poses.extend_from_slice(self.words.poses());
                CHIPS_PER_WORD
            }
            Kind::CFormatA | Kind::CFormatB => {
                let stretches = chips.frame().len().div_ceil(CHIPS_PER_STRETCH);
                let at = |stretch| decoded.signal.after((stretch * CHIPS_PER_STRETCH) as f64);
                self.poses.extend((0..stretches).map(at));
                CHIPS_PER_STRETCH
            }
        };
        let chips = chips.all().iter().take(count).chain(&self.behind).copied();
        let shape = (decoded.signal.index, estimate.rounding);
        // The carrier was taken off when the samples were loaded.
        let phase = self.carrier_phase(estimate);
        let signal = self.remodulator.signal(&self.samples, chips, &self.poses, (lead, spacing), shape);
        self.samples.clear();
        self.samples.extend_from_slice(signal);
        turn(&mut self.samples, phase, estimate.omega);
        ring.subtract(self.base(estimate) as u64, &self.samples)
    }

    /// Decides the chips behind a frame one by one, as long as there are any: makers send between none and eight,
    /// which would run over what lies beneath them.
    fn listen_behind(&mut self, decoded: &Decoded, last_chip: bool) {
        self.behind.clear();
        let chip_energy = f64::from(decoded.amplitude).powi(2) * decoded.period;
        if chip_energy < LEAST_BEHIND * f64::from(decoded.noise) {
            return;
        }
        let half = 0.5 * f64::from(decoded.amplitude) * decoded.period;
        let (mut level, mut last) = (decoded.level, last_chip);
        for number in 0..MOST_BEHIND {
            let here = decoded.last.after(number as f64);
            let bent =
                Pose { phase: here.phase + std::f64::consts::PI * decoded.signal.index * level, ..here };
            let window = self.pulse.correlate(&self.samples, here.boundary, here.period);
            let [zero, one] = [false, true].map(|chip| (window.after(last, chip) * bent.rotor()).re);
            if f64::from(zero.max(one)) < 0.6 * half {
                break;
            }
            last = one > zero;
            level += f64::from(sign(last));
            self.behind.push(last);
        }
    }

    /// Loads the samples of so many bytes and returns their signal as the header told it.
    fn load_frame(&mut self, ring: &Ring, estimate: &Estimate, kind: Kind, bytes: usize) -> Option<Signal> {
        let lead = CHIPS + kind.lead_chips();
        self.load(ring, estimate, lead + bytes * kind.chips_per_byte() + 2)?;
        self.signal(estimate, kind, lead)
    }

    /// Decides so many bytes of the loaded samples and notes what is uncertain; a later pass begins with what the
    /// earlier ones learnt. Returns the signal as it was measured.
    fn decide(&mut self, signal: &Signal, kind: Kind, bytes: usize, pass: usize) -> Signal {
        self.pulse.set(signal.index, signal.rounding);
        if kind == Kind::T {
            if pass == 0 {
                self.words.decide(&self.samples, signal, &self.pulse, bytes * WORDS_PER_BYTE);
            } else {
                self.words.decide_again(&self.samples, signal, &self.pulse);
            }
            self.words.events(&mut self.events);
            return *signal;
        }
        self.chips.decide(&self.samples, signal, &self.pulse, kind.format_word(), bytes * CHIPS_PER_BYTE_C);
        let measured = self.chips.measure(&self.samples, signal);
        self.chips.events(&mut self.events);
        measured
    }

    fn base(&self, estimate: &Estimate) -> f64 {
        (estimate.header_start() - MARGIN).max(0.0).floor()
    }

    /// Returns the phase of the carrier at the first loaded sample.
    fn carrier_phase(&self, estimate: &Estimate) -> f64 {
        estimate.phase + estimate.omega * (self.base(estimate) - estimate.base as f64)
    }

    /// Loads the samples of so many chips, the carrier taken off; returns the pose at the header's begin.
    fn load(&mut self, ring: &Ring, estimate: &Estimate, chips: usize) -> Option<Pose> {
        let base = self.base(estimate);
        // A clock that drifts may need more samples than the header's chip rate tells.
        let wanted = MARGIN + (chips as f64 * 1.006 + (4 + MOST_BEHIND) as f64) * estimate.period;
        let count = (wanted as usize).min(self.samples.capacity());
        let there = ring.end().saturating_sub(base as u64) as usize;
        self.samples.clear();
        self.samples.resize(count.min(there), Complex32::default());
        if !ring.copy(base as u64, &mut self.samples) {
            return None;
        }
        let phase = self.carrier_phase(estimate);
        turn(&mut self.samples, -phase, -estimate.omega);
        let boundary = estimate.header_start() - base;
        Some(Pose { boundary, period: estimate.period, phase: 0.0, turn: 0.0 })
    }

    /// Returns the signal from the frame's begin on.
    fn signal(&self, estimate: &Estimate, kind: Kind, lead: usize) -> Option<Signal> {
        let boundary = estimate.header_start() - self.base(estimate);
        let mut pose = Pose { boundary, period: estimate.period, phase: 0.0, turn: 0.0 }.after(lead as f64);
        if kind != Kind::T {
            // Mode C's clock is known better than a header can tell; the header's middle stays where it is.
            let middle = boundary + 0.5 * CHIPS as f64 * estimate.period;
            pose.period = self.nominal_period;
            pose.boundary = middle + (lead as f64 - 0.5 * CHIPS as f64) * self.nominal_period;
            let ones: f32 = kind.format_word().chips().map(sign).sum();
            pose.phase += std::f64::consts::PI * estimate.index * f64::from(ones);
        }
        let Estimate { index, rounding, amplitude, is_restless, .. } = *estimate;
        Some(Signal { start: pose, last_chip: true, curve: 0.0, index, rounding, amplitude, is_restless })
    }

    /// Correlates the chips behind the shared header with a word.
    fn matches(&mut self, start: Pose, estimate: &Estimate, word: SyncWord) -> f32 {
        self.pulse.set(estimate.index, estimate.rounding);
        let start = start.after(CHIPS as f64);
        let (mut sum, mut level, mut last) = (Complex32::default(), 0.0, true);
        for (number, chip) in word.chips().enumerate() {
            let here = start.after(number as f64);
            let bent = Pose { phase: here.phase + std::f64::consts::PI * estimate.index * level, ..here };
            sum += self.pulse.correlate(&self.samples, here.boundary, here.period).with(last, chip)
                * bent.rotor();
            level += f64::from(sign(chip));
            last = chip;
        }
        sum.norm()
    }
}

fn byte_pairs(mut half_bytes: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || Some(half_bytes.next()? << 4 | half_bytes.next()?))
}

fn chip_bytes(chips: &[bool]) -> impl Iterator<Item = u8> + '_ {
    chips.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, chip| byte << 1 | u8::from(*chip)))
}
