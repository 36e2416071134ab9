//! The header's fit by the energies of its chips, for clocks that jitter too much for one phase to fit them all.
//!
//! Each of the header's inner chips is correlated by itself. The sum of their energies has one broad peak over time,
//! chip rate, carrier and modulation index, which is climbed from where the detector saw the header.

use core::f64::consts::PI;

use num_complex::Complex32;

use super::header::{HEADER_CHIPS, PREAMBLE_CHIPS};
use super::shape::{PulseGrid, Shape};

/// First steps of the climb: time in chips, relative chip rate, the carrier's turning in radians a chip (5 kHz), and
/// the index in steps of the grid (6 kHz of deviation).
const TIME_STEP: f64 = 0.12;
const RATE_STEP: f64 = 0.008;
const TURN_STEP: f64 = 1.0;
const INDEX_STEP: isize = 5;
/// How often the steps are halved, and how often each size is tried as long as something gets better.
const HALVINGS: i32 = 5;
const ROUNDS: usize = 2;
/// After so many halvings a climb is given up that does not promise anything.
const LARGE_STEPS: i32 = 1;

/// The header's chips but the first and the last one, of which a half would be missing.
pub(super) const INNER_CHIPS: usize = HEADER_CHIPS - 2;

/// What is tried: the header's middle in samples, samples to a chip, the carrier's turning a chip, and the pulses.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChipTrial {
    pub(super) middle: f64,
    pub(super) period: f64,
    pub(super) turn: f64,
    pub(super) shape: Shape,
}

/// How much energy the header's inner chips have, in that of a sample.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ChipEnergy {
    /// All of them.
    pub(super) all: f32,
    preamble: Contrast,
    /// The sync word's chips that more of a preamble would not have.
    sync: Contrast,
}

/// The energy of some chips, and that of the other tone at their places.
#[derive(Debug, Clone, Copy, Default)]
struct Contrast {
    own: f32,
    other: f32,
    chips: f32,
}

impl Contrast {
    fn add(&mut self, own: f32, other: f32) {
        self.own += own;
        self.other += other;
        self.chips += 1.0;
    }

    fn exceeds(&self, share: f32, noise: f32) -> bool {
        let more = self.own + self.other - 2.0 * self.chips * noise;
        self.own - self.other > share * more.max(0.0)
    }
}

impl ChipEnergy {
    /// Tells whether preamble and sync word have more energy than what they are not: the preamble by at least this
    /// share of all that is more than noise, of which a chip has `noise`; the sync word, which is shorter, by half.
    pub(super) fn stands_out(&self, share: f32, noise: f32) -> bool {
        self.preamble.exceeds(share, noise) && self.sync.exceeds(0.5 * share, noise)
    }
}

/// Samples in which a header is sought, and its chips.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChipFit<'a> {
    pub(super) samples: &'a [Complex32],
    pub(super) pulses: &'a PulseGrid,
    pub(super) chips: &'a [bool; HEADER_CHIPS],
}

impl ChipFit<'_> {
    /// Climbs from a trial to where the chips have the most energy; `None` where that does not promise anything
    /// when the first, large steps are done.
    pub(super) fn climb(
        &self,
        first: ChipTrial,
        is_promising: impl Fn(&ChipEnergy) -> bool,
    ) -> Option<(ChipTrial, ChipEnergy)> {
        let mut best = (first, self.energy(&first));
        for shape in first.shape.likely() {
            self.better(&mut best, |trial| trial.shape = shape);
        }
        for halving in 0..HALVINGS {
            let scale = 0.5_f64.powi(halving);
            let index_step = (INDEX_STEP >> halving).max(1);
            for _ in 0..ROUNDS {
                let before = best.1.all;
                for sign in [1.0, -1.0] {
                    let step = sign * scale;
                    self.better(&mut best, |trial| trial.middle += TIME_STEP * step * trial.period);
                    self.better(&mut best, |trial| trial.turn += TURN_STEP * step);
                    let index_step = if sign > 0.0 { index_step } else { -index_step };
                    self.better(&mut best, |trial| trial.shape = trial.shape.moved(index_step));
                    self.better(&mut best, |trial| trial.period *= 1.0 + RATE_STEP * step);
                    self.better(&mut best, |trial| trial.shape = trial.shape.rounded(sign as isize));
                }
                if best.1.all <= before {
                    break;
                }
            }
            if halving == LARGE_STEPS && !is_promising(&best.1) {
                return None;
            }
        }
        Some(best)
    }

    fn better(&self, best: &mut (ChipTrial, ChipEnergy), change: impl Fn(&mut ChipTrial)) {
        let mut trial = best.0;
        change(&mut trial);
        let energy = self.energy(&trial);
        if energy.all > best.1.all {
            *best = (trial, energy);
        }
    }

    /// Returns how much energy the chips have, and would have as the other ones.
    pub(super) fn energy(&self, trial: &ChipTrial) -> ChipEnergy {
        let pulse = self.pulses.of(trial.shape);
        // The halves of a chip lie half a chip apart.
        let angle = |slope: f64| -(PI * trial.shape.index() * slope + 0.5 * trial.turn) as f32;
        let [back_low, back_high] = [-1.0, 1.0].map(|slope| Complex32::from_polar(1.0, angle(slope)));
        let mut first_halves = [Complex32::ZERO; 2];
        let mut energy = ChipEnergy::default();
        for (boundary, pair) in self.chips.windows(2).enumerate() {
            let &[before, after] = pair else { break };
            let from_middle = boundary as f64 + 1.0 - 0.5 * HEADER_CHIPS as f64;
            let here = pulse.correlate(self.samples, trial.middle + from_middle * trial.period, trial.period);
            let [own_half, other_half] = first_halves;
            let (own_back, other_back) = if before { (back_high, back_low) } else { (back_low, back_high) };
            let own = (own_half + here.before(before, after) * own_back).norm_sqr();
            let other = (other_half + here.before(!before, !after) * other_back).norm_sqr();
            let samples = trial.period as f32;
            let (own, other) = (own / samples, other / samples);
            if boundary > 0 {
                energy.all += own;
            }
            let is_as_in_preamble = before == (boundary % 2 == 1);
            match boundary {
                0 => {}
                1..PREAMBLE_CHIPS => energy.preamble.add(own, other),
                _ if is_as_in_preamble => {}
                _ => energy.sync.add(own, other),
            }
            first_halves = [here.after(before, after), here.after(!before, !after)];
        }
        energy
    }
}
