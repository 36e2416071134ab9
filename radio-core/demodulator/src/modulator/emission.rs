//! One transmission in the air.

use core::f64::consts::TAU;

use num_complex::Complex32;
use wmbus::phy::{Band, Chips};

use super::clock::chip_instants;
use super::pulse::PhasePulse;
use super::{Random, Transmitter};

/// Holds one transmission: chips with their instants, frequencies and amplitude (continuous-phase 2-FSK or GFSK).
#[derive(Debug, Clone)]
pub struct Emission {
    carrier_hz: f64,
    drift_hz: f64,
    phase_turns: f64,
    pulse: PhasePulse,
    /// Turns that each chip adds to the carrier's, by its duration positive or negative.
    turns: Vec<f64>,
    /// The turns of all chips before each chip; one more than there are chips.
    turns_before: Vec<f64>,
    /// When each chip begins, in seconds since the first, and when the last one ends.
    instants: Vec<f64>,
    frame: core::ops::Range<usize>,
    start_s: f64,
    amplitude: f64,
}

impl Emission {
    /// Makes the transmission of a frame, starting at 0 with amplitude 1.
    ///
    /// The generator is asked for the clock's jitter only.
    pub fn new(chips: &Chips, band: &Band, transmitter: &Transmitter, random: &mut Random) -> Self {
        let frame_start = chips.header().len();
        let mut emission = Self::from_chips(chips.all(), band, transmitter, random);
        emission.frame = frame_start..frame_start + chips.frame().len();
        emission
    }

    /// Makes the transmission of any chips, starting at 0 with amplitude 1, such as of headers without a frame.
    pub fn from_chips(chips: &[bool], band: &Band, transmitter: &Transmitter, random: &mut Random) -> Self {
        let instants = chip_instants(chips.len(), band, transmitter, random);
        let durations = instants.iter().zip(instants.iter().skip(1)).map(|(begin, end)| end - begin);
        let turns: Vec<f64> = chips
            .iter()
            .zip(durations)
            .map(|(chip, duration_s)| {
                let frequency_hz = if *chip { transmitter.deviation_hz } else { -transmitter.deviation_hz };
                frequency_hz * duration_s
            })
            .collect();
        let mut sum = 0.0;
        let sums = turns.iter().map(|turns| {
            sum += turns;
            sum
        });
        Self {
            carrier_hz: f64::from(band.center_hz) + transmitter.frequency_offset_hz,
            drift_hz: transmitter.frequency_drift_hz,
            phase_turns: transmitter.phase_turns,
            pulse: PhasePulse::new(transmitter.shaping),
            turns_before: core::iter::once(0.0).chain(sums).collect(),
            turns,
            instants,
            frame: 0..chips.len(),
            start_s: 0.0,
            amplitude: 1.0,
        }
    }

    /// Sends it at another time, in seconds since the capture's first sample, and with another amplitude, 1 being
    /// full scale.
    #[must_use]
    pub fn at(self, start_s: f64, amplitude: f64) -> Self {
        Self { start_s, amplitude, ..self }
    }

    /// Returns when the first chip begins, in seconds.
    pub fn start_s(&self) -> f64 {
        self.start_s
    }

    /// Returns when the first chip of the L field begins, in seconds.
    pub fn frame_start_s(&self) -> f64 {
        self.start_s + self.instants.get(self.frame.start).copied().unwrap_or_default()
    }

    /// Returns when the frame's last chip ends, in seconds.
    pub fn frame_end_s(&self) -> f64 {
        self.start_s + self.instants.get(self.frame.end).copied().unwrap_or_default()
    }

    /// Returns when the last chip ends, in seconds.
    pub fn end_s(&self) -> f64 {
        self.start_s + self.duration_s()
    }

    /// Returns the amplitude, 1 being full scale.
    pub fn amplitude(&self) -> f64 {
        self.amplitude
    }

    fn duration_s(&self) -> f64 {
        self.instants.last().copied().unwrap_or_default()
    }

    /// Adds the transmission to samples, the first of which has the number `first`.
    ///
    /// A carrier outside what the capture shows adds nothing: a receiver's filters keep it out.
    pub(super) fn add_to(&self, samples: &mut [Complex32], first: u64, rate_hz: f64, center_hz: f64) {
        let carrier_hz = self.carrier_hz - center_hz;
        if carrier_hz.abs() > rate_hz / 2.0 {
            return;
        }
        let begin = (self.start_s * rate_hz).ceil().max(0.0) as u64;
        let end = (self.end_s() * rate_hz).ceil().max(0.0) as u64;
        let skipped = usize::try_from(begin.saturating_sub(first)).unwrap_or(usize::MAX);
        let wanted = usize::try_from(end.saturating_sub(first)).unwrap_or(usize::MAX).min(samples.len());
        let Some(samples) = samples.get_mut(skipped..wanted) else { return };
        let half_drift = self.drift_hz / 2.0 / self.duration_s().max(f64::MIN_POSITIVE);
        let amplitude = self.amplitude as f32;
        let mut chip = 0;
        for (sample, number) in samples.iter_mut().zip(first.max(begin)..) {
            let elapsed_s = number as f64 / rate_hz - self.start_s;
            let turns = self.phase_turns
                + (carrier_hz + half_drift * elapsed_s) * elapsed_s
                + self.turns_at(elapsed_s, &mut chip);
            let (sine, cosine) = ((TAU * (turns - turns.floor())) as f32).sin_cos();
            *sample += Complex32::new(amplitude * cosine, amplitude * sine);
        }
    }

    /// Returns what the chips have turned at an instant; `chip` remembers where the last search ended.
    fn turns_at(&self, elapsed_s: f64, chip: &mut usize) -> f64 {
        let ahead = self.instants.get(*chip + 1..).unwrap_or_default();
        if *chip == 0 {
            // A block may begin anywhere in the transmission.
            *chip = ahead.partition_point(|end| *end <= elapsed_s);
        } else {
            *chip += ahead.iter().take_while(|end| **end <= elapsed_s).count();
        }
        let position = match self.instants.get(*chip..*chip + 2) {
            Some(&[begin, end]) => (elapsed_s - begin) / (end - begin),
            _ => 1.0,
        };
        let reach = self.pulse.reach();
        let first = chip.saturating_sub(reach);
        let past = self.turns_before.get(first).copied().unwrap_or_default();
        let near = self.turns.get(first..self.turns.len().min(*chip + reach + 1)).unwrap_or_default();
        let from_first = position + (*chip - first) as f64;
        near.iter()
            .zip(0u32..)
            .fold(past, |sum, (turns, later)| sum + turns * self.pulse.share(from_first - f64::from(later)))
    }
}
