//! The header's chips, and its fit: exactly when, how fast and at which frequencies a transmission sends.
//!
//! The samples are compared with the 48 known chips as a frequency-shift keyed signal of constant phase. First the
//! phases of the two tones are left free: each tone's correlation turns along the header by the error of the carrier
//! and, in opposite directions for the two tones, by the error of the chip rate, so both are read from where the
//! correlations' spectra have their peaks. Then one phase must fit all chips, which tells the time to a hundredth of
//! a chip, and the modulation index and the rounding of the pulses besides.

use core::f64::consts::{PI, TAU};

use num_complex::Complex32;

use super::chip_fit::{ChipEnergy, ChipFit, ChipTrial, INNER_CHIPS};
use super::detector::Candidate;
use super::shape::{PulseGrid, Shape};
use crate::ring::Ring;

/// Chips of the shortest header: 15 pairs of the preamble and the sync word.
pub(super) const HEADER_CHIPS: usize = PREAMBLE_CHIPS + wmbus::phy::sync::S.len();
/// Chips of the shortest preamble.
pub(super) const PREAMBLE_CHIPS: usize = 30;

/// The energy of a header over the noise's density that both tones together must have to be one: noise reaches it
/// once in millions of tries.
const LEAST_ENERGY: f32 = 26.0;
/// The share of all energy around the header that must be the header's, before and after the fit: chips of a strong
/// signal that are no header have less.
const LEAST_SHARE: [f32; 2] = [0.35, 0.55];
/// The least energy of a chip by itself over the noise's density.
const LEAST_CHIP_ENERGY: f32 = 1.5;
/// By how much chips must have more energy than the other ones at their place would, as a share of both together:
/// before the fit, half way and after it.
const FIRST_CONTRAST: f32 = 0.15;
const FIRST_CONTRAST_CHIPS: f32 = 0.3;
const CLIMBED_CONTRAST: f32 = 0.4;
const LEAST_CONTRAST: f32 = 0.6;
/// Chip rates that are tried first, relative to the nominal one; the tones' turning tells what lies between.
const RATES: [f64; 3] = [0.0, -0.01, 0.01];
/// Deviations that are tried first, relative to the candidate's, in Hz.
const DEVIATIONS_HZ: [f64; 3] = [0.0, -5_500.0, 5_500.0];
/// Steps of the spectra of the tones: so many a turn in each chip, so far to either side.
const TURNS: f64 = 96.0;
const TURN_REACH: i32 = 30;
/// How far the two tones' turning may lie apart: half the distance, in steps.
const TURN_APART: i32 = 2;
/// Steps of the carrier's turning that are tried in the end, to either side, and how many of them make one of the first.
const FINE_REACH: i32 = 4;
const FINE_STEPS: f64 = 2.0;
/// More than the standard's 1.5 % chip rate error is not believed.
const MOST_RATE_ERROR: f64 = 0.018;
/// Chip rates so near to the nominal one may be a crystal's, and how much energy over the noise's density that is worth.
const CRYSTAL_REACH: f64 = 0.002;
const CRYSTAL_WORTH: f32 = 4.0;
/// Boundaries between the header's chips.
const BOUNDARIES: usize = HEADER_CHIPS - 1;

/// The phase inside the header stays within this many πh of its start.
const HIGHEST: i8 = 4;

/// Returns the chips of the shortest header.
pub(super) fn header_chips() -> impl Iterator<Item = bool> {
    (0..PREAMBLE_CHIPS).map(|chip| chip % 2 == 1).chain(wmbus::phy::sync::S.chips())
}

/// How a transmission sends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    /// Where the header's last chip ends and the frame begins, in samples since the first one.
    pub(super) start: f64,
    /// Samples to a chip.
    pub(super) period: f64,
    /// The modulation index: twice the deviation over the chip rate.
    pub(super) index: f64,
    /// The standard deviation of the pulses' rounding, in chips.
    pub(super) rounding: f64,
    /// The carrier, relative to the channel's centre, in radians a sample.
    pub(super) carrier: f64,
    /// The carrier's phase at `start`.
    pub(super) phase: f64,
    /// The signal's amplitude.
    pub(super) amplitude: f32,
    /// The noise's power, if it filled the channel evenly.
    pub(super) noise: f32,
    /// The header's energy over the noise's density.
    pub(super) energy: f32,
    /// Whether one phase fits the whole header; else it is not known.
    pub(super) is_coherent: bool,
}

/// Fits headers; what it needs of memory it keeps.
#[derive(Debug)]
pub(super) struct HeaderFit {
    rate_hz: f64,
    nominal_period: f64,
    pulses: PulseGrid,
    samples: Vec<Complex32>,
    chips: [bool; HEADER_CHIPS],
    /// Chips as before and after each boundary inside the header, and the phase there in units of πh.
    boundaries: Vec<(bool, bool, i8)>,
    /// For each step of the spectra, the turning by which each boundary is undone.
    turns: Vec<[Complex32; BOUNDARIES]>,
    fine_turns: Vec<[Complex32; BOUNDARIES]>,
}

/// The correlations of both tones at each boundary.
struct Tones {
    high: [Complex32; BOUNDARIES],
    low: [Complex32; BOUNDARIES],
}

/// The samples around a header: the number of the first one, and the power of noise and signal.
#[derive(Debug, Clone, Copy)]
struct Around {
    first: f64,
    noise: f32,
    signal: f32,
}

/// What is tried: the middle of the header in samples of the scratch, and the rest as in [`Fit`].
#[derive(Debug, Clone, Copy)]
struct Trial {
    middle: f64,
    period: f64,
    shape: Shape,
}

/// How well a trial fits with one phase, and the carrier's remaining turning a chip and phase in the middle.
#[derive(Debug, Clone, Copy)]
struct Match {
    energy: f32,
    turn: f64,
    sum: Complex32,
}

impl HeaderFit {
    /// Makes a fit for a channel of this rate.
    pub(super) fn new(rate_hz: f64) -> Self {
        let mut chips = [false; HEADER_CHIPS];
        chips.iter_mut().zip(header_chips()).for_each(|(place, chip)| *place = chip);
        let mut height = 0;
        let boundaries = chips
            .windows(2)
            .filter_map(|pair| {
                let &[before, after] = pair else { return None };
                height += if before { 1 } else { -1 };
                Some((before, after, height))
            })
            .collect();
        let turned = |step: f64| {
            core::array::from_fn(|boundary| {
                Complex32::from_polar(1.0, (-TAU * step / TURNS * from_middle(boundary)) as f32)
            })
        };
        let nominal_period = rate_hz / super::CHIP_RATE_HZ;
        let samples = vec![Complex32::ZERO; ((HEADER_CHIPS + 4) as f64 * nominal_period) as usize];
        Self {
            rate_hz,
            nominal_period,
            pulses: PulseGrid::new(),
            samples,
            chips,
            boundaries,
            turns: (-TURN_REACH..=TURN_REACH).map(|step| turned(f64::from(step))).collect(),
            fine_turns: (-FINE_REACH..=FINE_REACH).map(|step| turned(f64::from(step) / FINE_STEPS)).collect(),
        }
    }

    /// Fits the header of a candidate, also one that no phase fits if it `may_jitter`; `None` if there is none, its
    /// samples are gone, or `may_fit`, which is asked before what takes long, refuses.
    pub(super) fn fit(
        &mut self,
        candidate: &Candidate,
        ring: &Ring,
        may_jitter: bool,
        may_fit: impl FnOnce() -> bool,
    ) -> Option<Fit> {
        let chips = self.samples.len() as f64 - 2.0 * self.nominal_period;
        let first = (candidate.end - chips).ceil();
        if first < 0.0 || !ring.copy(first as u64, &mut self.samples) {
            return None;
        }
        let noise = candidate.floor / self.nominal_period as f32;
        let power = self.samples.iter().map(Complex32::norm_sqr).sum::<f32>() / self.samples.len() as f32;
        let around = Around { first, noise, signal: (power - noise).max(0.0) };
        let carrier = PI * (candidate.low_hz + candidate.high_hz) / self.rate_hz;
        derotate(&mut self.samples, carrier);
        let deviation_hz = 0.5 * (candidate.high_hz - candidate.low_hz);
        let middle = candidate.end - first - 0.5 * HEADER_CHIPS as f64 * self.nominal_period;
        // Most of what looks like a weak header to the detector is refused at little cost.
        let trial = self.chip_trial(middle, deviation_hz)?;
        let energy = self.chip_fit().energy(&trial);
        if !energy.stands_out(FIRST_CONTRAST, noise) || !may_fit() {
            return None;
        }
        let coherent = self.fit_coherent(&around, carrier, middle, deviation_hz);
        if coherent.is_some() || !may_jitter || !energy.stands_out(FIRST_CONTRAST_CHIPS, noise) {
            return coherent;
        }
        self.fit_chips(&around, carrier, middle, deviation_hz)
    }

    /// Fits one phase to all chips; the samples are the same when there is none.
    fn fit_coherent(
        &mut self,
        &Around { first, noise, signal }: &Around,
        carrier: f64,
        middle: f64,
        deviation_hz: f64,
    ) -> Option<Fit> {
        let signal = signal * self.header_samples(self.nominal_period);
        let least = LEAST_SHARE.map(|share| (share * signal).max(LEAST_ENERGY * noise));
        let (mut trial, turn) = self.seek(middle, deviation_hz, least[0])?;
        // What remains of the carrier is taken out for good: the pulses are as long as chips.
        let sought = turn / trial.period;
        derotate(&mut self.samples, sought);
        let found = self.refine(&mut trial);
        let (trial, found) = self.or_nominal(trial, found, CRYSTAL_WORTH * noise);
        let rate_error = (trial.period / self.nominal_period - 1.0).abs();
        if found.energy < least[1] || rate_error > MOST_RATE_ERROR || !self.ends_with_sync(&trial, &found) {
            derotate(&mut self.samples, -sought);
            return None;
        }
        let carrier = carrier + sought;
        let rest = found.turn / trial.period;
        let half = 0.5 * HEADER_CHIPS as f64 * trial.period;
        // The samples were derotated from the scratch's first one on; the phase is taken to the frame's start.
        let phase = f64::from(found.sum.arg()) + rest * half;
        let start = trial.middle + half;
        Some(Fit {
            start: first + start,
            period: trial.period,
            index: trial.shape.index(),
            rounding: trial.shape.rounding(),
            carrier: carrier + rest,
            phase: (phase + carrier * start).rem_euclid(TAU),
            amplitude: found.sum.norm() / self.header_samples(trial.period),
            noise,
            energy: found.energy / noise,
            is_coherent: true,
        })
    }

    /// Fits the chips one by one.
    fn fit_chips(
        &self,
        &Around { first, noise, .. }: &Around,
        carrier: f64,
        middle: f64,
        deviation_hz: f64,
    ) -> Option<Fit> {
        let chips = INNER_CHIPS as f32;
        let is_promising = |energy: &ChipEnergy| energy.stands_out(CLIMBED_CONTRAST, noise);
        let (trial, energy) = self.chip_fit().climb(self.chip_trial(middle, deviation_hz)?, is_promising)?;
        let rate_error = (trial.period / self.nominal_period - 1.0).abs();
        let more = energy.all - chips * noise;
        if more < LEAST_CHIP_ENERGY * chips * noise
            || !energy.stands_out(LEAST_CONTRAST, noise)
            || rate_error > MOST_RATE_ERROR
        {
            return None;
        }
        Some(Fit {
            start: first + trial.middle + 0.5 * HEADER_CHIPS as f64 * trial.period,
            period: trial.period,
            index: trial.shape.index(),
            rounding: trial.shape.rounding(),
            carrier: carrier + trial.turn / trial.period,
            phase: 0.0,
            amplitude: (more / (chips * trial.period as f32)).sqrt(),
            noise,
            energy: more / noise,
            is_coherent: false,
        })
    }

    fn chip_fit(&self) -> ChipFit<'_> {
        ChipFit { samples: &self.samples, pulses: &self.pulses, chips: &self.chips }
    }

    /// Returns what the detector told of a header.
    fn chip_trial(&self, middle: f64, deviation_hz: f64) -> Option<ChipTrial> {
        let shape = Shape::nearest(2.0 * deviation_hz / super::CHIP_RATE_HZ)?;
        Some(ChipTrial { middle, period: self.nominal_period, turn: 0.0, shape })
    }

    /// Samples in which all inner boundaries' surroundings lie.
    fn header_samples(&self, period: f64) -> f32 {
        (BOUNDARIES as f64 * period) as f32
    }

    /// Finds time, rate, deviation and the carrier's turning a chip with both tones' phases free.
    fn seek(&self, middle: f64, deviation_hz: f64, least: f32) -> Option<(Trial, f64)> {
        let mut best: Option<(f32, Trial, f64)> = None;
        for offset_hz in DEVIATIONS_HZ {
            let Some(shape) = Shape::nearest(2.0 * (deviation_hz + offset_hz) / super::CHIP_RATE_HZ) else {
                continue;
            };
            for rate in RATES {
                let period = self.nominal_period / (1.0 + rate);
                let trial = Trial { middle, period, shape };
                let tones = self.correlate(&trial);
                let (energy, high, low) = self.peaks(&tones);
                if best.is_some_and(|(most, ..)| most >= energy) {
                    continue;
                }
                let [high_sum, low_sum] =
                    [(&tones.high, high), (&tones.low, low)].map(|(tone, step)| self.turned(tone, step));
                // A later start turns the high tone back and the low one forth by πh a chip.
                let late = f64::from((low_sum * high_sum.conj()).arg()) / (TAU * shape.index());
                let stretch = f64::from(low - high) / TURNS / shape.index();
                let found = Trial { middle: middle + late * period, period: period * (1.0 + stretch), shape };
                best = Some((energy, found, PI * f64::from(low + high) / TURNS));
            }
        }
        best.filter(|(energy, ..)| *energy >= least).map(|(_, trial, turn)| (trial, turn))
    }

    /// Finds what fits best with one phase for all chips.
    fn refine(&self, trial: &mut Trial) -> Match {
        let mut best = self.matched(trial);
        // The tones' phases tell the time but for multiples of the period of their beat.
        for late in [-1.0, 1.0] {
            let beat = trial.period / trial.shape.index();
            self.better(trial, &mut best, Trial { middle: trial.middle + late * beat, ..*trial });
        }
        let first = *trial;
        for shape in first.shape.likely() {
            self.better(trial, &mut best, Trial { shape, ..first });
        }
        for (scale, index_steps) in [(1.0, 3), (0.5, 2), (0.25, 1), (0.125, 0)] {
            for sign in [-1.0, 1.0] {
                let middle = trial.middle + 0.04 * scale * sign * trial.period;
                self.better(trial, &mut best, Trial { middle, ..*trial });
                let period = trial.period * (1.0 + 0.002 * scale * sign);
                self.better(trial, &mut best, Trial { period, ..*trial });
                if index_steps > 0 {
                    let shape = trial.shape.moved(if sign < 0.0 { -index_steps } else { index_steps });
                    self.better(trial, &mut best, Trial { shape, ..*trial });
                }
            }
        }
        best
    }

    /// Takes the nominal chip rate where it fits nearly as well: most meters have a crystal, and a header of 48 chips
    /// tells a weak signal's rate to a thousandth only.
    fn or_nominal(&self, trial: Trial, found: Match, worth: f32) -> (Trial, Match) {
        if (trial.period / self.nominal_period - 1.0).abs() > CRYSTAL_REACH {
            return (trial, found);
        }
        let mut nominal = Trial { period: self.nominal_period, ..trial };
        let mut at_nominal = self.matched(&nominal);
        for chips in [-0.02, 0.02, -0.01, 0.01, -0.005, 0.005] {
            let other = Trial { middle: nominal.middle + chips * nominal.period, ..nominal };
            self.better(&mut nominal, &mut at_nominal, other);
        }
        if at_nominal.energy > found.energy - worth { (nominal, at_nominal) } else { (trial, found) }
    }

    fn better(&self, trial: &mut Trial, best: &mut Match, other: Trial) {
        let found = self.matched(&other);
        if found.energy > best.energy {
            *best = found;
            *trial = other;
        }
    }

    fn matched(&self, trial: &Trial) -> Match {
        let tones = self.correlate(trial);
        let mut sums = tones.high;
        sums.iter_mut().zip(&tones.low).for_each(|(sum, low)| *sum += low);
        let mut best = Match { energy: 0.0, turn: 0.0, sum: Complex32::ZERO };
        let samples = self.header_samples(trial.period);
        for (step, turns) in (-FINE_REACH..).zip(&self.fine_turns) {
            let sum = product(&sums, turns);
            let energy = sum.norm_sqr() / samples;
            if energy > best.energy {
                best = Match { energy, turn: TAU * f64::from(step) / (FINE_STEPS * TURNS), sum };
            }
        }
        best
    }

    /// Tells whether the header ends with the sync word rather than with more of a long preamble, which fits to half of
    /// the sync word's chips too.
    fn ends_with_sync(&self, trial: &Trial, found: &Match) -> bool {
        let (mut with_sync, mut with_preamble) = (0.0, 0.0);
        let pulse = self.pulses.of(trial.shape);
        for (boundary, &(before, after, height)) in self.boundaries.iter().enumerate().skip(PREAMBLE_CHIPS) {
            let at = trial.middle + from_middle(boundary) * trial.period;
            let here = pulse.correlate(&self.samples, at, trial.period);
            let turn = found.turn * from_middle(boundary) + f64::from(found.sum.arg());
            let along = |before, after, height| {
                let angle = -PI * trial.shape.index() * f64::from(height) - turn;
                (here.with(before, after) * Complex32::from_polar(1.0, angle as f32)).re
            };
            // A preamble's chips: 0 at even places, so the phase is lowest behind them.
            let is_low = boundary % 2 == 0;
            with_sync += along(before, after, height);
            with_preamble += along(!is_low, is_low, -i8::from(is_low));
        }
        with_sync > with_preamble
    }

    fn correlate(&self, trial: &Trial) -> Tones {
        let zero = [Complex32::ZERO; BOUNDARIES];
        let mut tones = Tones { high: zero, low: zero };
        let pulse = self.pulses.of(trial.shape);
        let height_turns: [Complex32; 2 * HIGHEST as usize + 1] = core::array::from_fn(|place| {
            let height = place as f64 - f64::from(HIGHEST);
            Complex32::from_polar(1.0, (-PI * trial.shape.index() * height) as f32)
        });
        let places = tones.high.iter_mut().zip(&mut tones.low).zip(&self.boundaries).enumerate();
        for (boundary, ((high, low), &(before, after, height))) in places {
            let at = trial.middle + from_middle(boundary) * trial.period;
            let found = pulse.correlate(&self.samples, at, trial.period);
            let place = usize::try_from(height + HIGHEST).ok();
            let back = place.and_then(|place| height_turns.get(place)).copied().unwrap_or_default();
            *(if before { &mut *high } else { &mut *low }) += found.before(before, after) * back;
            *(if after { &mut *high } else { &mut *low }) += found.after(before, after) * back;
        }
        tones
    }

    /// Returns the most energy that both tones have at turnings near each other, and these as steps.
    fn peaks(&self, tones: &Tones) -> (f32, i32, i32) {
        let mut high = [0.0; 2 * TURN_REACH as usize + 1];
        let mut low = high;
        for ((high, low), step) in high.iter_mut().zip(&mut low).zip(-TURN_REACH..=TURN_REACH) {
            *high = self.turned(&tones.high, step).norm_sqr();
            *low = self.turned(&tones.low, step).norm_sqr();
        }
        // Each tone fills half of the header.
        let samples = 0.5 * self.header_samples(self.nominal_period);
        let mut best = (0.0, 0, 0);
        for (step, high) in (-TURN_REACH..).zip(&high) {
            for other in step - 2 * TURN_APART..=step + 2 * TURN_APART {
                let Some(low) = usize::try_from(other + TURN_REACH).ok().and_then(|at| low.get(at)) else {
                    continue;
                };
                let energy = (high + low) / samples;
                if energy > best.0 {
                    best = (energy, step, other);
                }
            }
        }
        best
    }

    fn turned(&self, tone: &[Complex32; BOUNDARIES], step: i32) -> Complex32 {
        let turns = usize::try_from(step + TURN_REACH).ok().and_then(|at| self.turns.get(at));
        turns.map_or(Complex32::ZERO, |turns| product(tone, turns))
    }
}

/// Returns the sum of products, several at a time.
fn product(values: &[Complex32; BOUNDARIES], turns: &[Complex32; BOUNDARIES]) -> Complex32 {
    const LANES: usize = 4;
    let mut sums = [Complex32::ZERO; LANES];
    for (values, turns) in values.chunks(LANES).zip(turns.chunks(LANES)) {
        for (sum, (value, turn)) in sums.iter_mut().zip(values.iter().zip(turns)) {
            *sum += value * turn;
        }
    }
    sums.into_iter().fold(Complex32::ZERO, |total, sum| total + sum)
}

/// Returns the place of a boundary in chips from the header's middle; boundary 0 lies behind the first chip.
fn from_middle(boundary: usize) -> f64 {
    boundary as f64 + 1.0 - 0.5 * HEADER_CHIPS as f64
}

/// Turns samples back by `turn` radians each, the first one by none.
pub(super) fn derotate(samples: &mut [Complex32], turn: f64) {
    const BLOCK: usize = 64;
    let step = Complex32::from_polar(1.0, -turn as f32);
    for (block, samples) in samples.chunks_mut(BLOCK).enumerate() {
        // Started anew, so that rounding does not add up.
        let angle = (turn * (block * BLOCK) as f64).rem_euclid(TAU);
        let mut phasor = Complex32::from_polar(1.0, -angle as f32);
        for sample in samples {
            *sample *= phasor;
            phasor *= step;
        }
    }
}
