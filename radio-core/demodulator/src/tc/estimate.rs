//! Measures a header by itself: time, chip rate, carrier, modulation index, amplitude and noise.
//!
//! First coherently over a grid of times and carriers, then by Gauss-Newton on the phase of each sample.

use num_complex::Complex32;

use super::header::{self, CHIPS};
use super::sync::{Rough, wrap};
use crate::ring::Ring;
use crate::sequence::bent;

/// Samples kept before the header and behind it.
const MARGIN: f64 = 1.5;
/// Stretches of two chips in which the carrier may turn unseen.
const SEGMENTS: usize = CHIPS / 2;
/// Times that are tried: so many steps to each side …
const TIMES: i32 = 3;
/// … of so many chips.
const TIME_STEP: f64 = 0.15;
/// Carriers that are tried …
const CARRIERS: usize = 24;
/// … in steps of this much turn in two chips, in radians (1.1 kHz).
const CARRIER_STEP: f64 = 0.138;
/// The least share of the power that must be the header's before the finer fit is worth its cost.
const MIN_SHARE: f32 = 0.1;
/// Steps of a chip in the table of the header's wave.
const WAVE_STEPS: usize = 16;
/// Modulation indices that are tried.
const INDICES: [f64; 4] = [0.75, 0.95, 1.2, 1.5];
/// Roundings of the sender's pulses that are tried: none, and BT 1 and 0.5, which have 0.133 and 0.265 chips.
const ROUNDINGS: [f64; 3] = [0.0, 0.13, 0.25];
/// Steps of a chip in the tables of rounding.
const BEND_STEPS: usize = 32;
/// Chips at the header's end that tell what the carrier is like where the frame begins.
const LATE_CHIPS: usize = 14;
/// Carriers that are tried for them: so many steps of 0.02 radians a chip (320 Hz) to each side.
const LATE_STEPS: i32 = 16;
/// Parameters of the fit: phase, carrier, time, chip rate, modulation index.
const PARAMETERS: usize = 5;
const ROUNDS: usize = 3;

/// What a header told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Estimate {
    /// The sample from which the other numbers count.
    pub(super) base: u64,
    /// Where the header's first chip begins, in samples behind `base`.
    pub(super) start: f64,
    /// Samples of a chip.
    pub(super) period: f64,
    /// Turn of the carrier in radians a sample.
    pub(super) omega: f64,
    /// Phase of the carrier at `base`.
    pub(super) phase: f64,
    /// The modulation index.
    pub(super) index: f64,
    /// Standard deviation of the pulses' rounding, in chips.
    pub(super) rounding: f64,
    /// Amplitude of the signal.
    pub(super) amplitude: f32,
    /// Power of the noise in a sample.
    pub(super) noise: f32,
    /// Energy of the header over the density of the noise.
    pub(super) strength: f32,
    /// Power of a sample, whatever it is made of.
    pub(super) power: f32,
    /// Whether the carrier was seen to move within the header.
    pub(super) is_restless: bool,
}

impl Estimate {
    /// Returns the number of the sample at which the header begins.
    pub(super) fn header_start(&self) -> f64 {
        self.base as f64 + self.start
    }
}

/// Measures headers.
#[derive(Debug)]
pub(super) struct Estimator {
    chips: [bool; CHIPS],
    phases: [f32; CHIPS],
    /// What each rounding adds to the phase after a change, by the distance from the chip's begin; in units of πh.
    bends: [[f32; BEND_STEPS + 1]; ROUNDINGS.len()],
    /// The conjugate of the header at a modulation index of 1.
    wave: Box<[Complex32]>,
    /// cos and sin of what each carrier turns until each segment.
    carriers: Box<[[[f32; CARRIERS]; 2]]>,
    samples: Vec<Complex32>,
    nominal_period: f64,
}

impl Estimator {
    /// Makes an estimator for chips of nominally so many samples.
    pub(super) fn new(nominal_period: f64) -> Self {
        let chips = header::chips();
        let mut phases = [0.0; CHIPS];
        for (kept, phase) in phases.iter_mut().zip(header::phases(&chips)) {
            *kept = phase;
        }
        let wave = |step: usize| {
            let chip = step / WAVE_STEPS;
            let value = chips.get(chip).is_some_and(|chip| *chip);
            let behind = ((step % WAVE_STEPS) as f32 + 0.5) / WAVE_STEPS as f32;
            let turned = phases.get(chip).copied().unwrap_or(0.0) + header::sign(value) * behind;
            Complex32::from_polar(1.0, -std::f32::consts::PI * turned)
        };
        let wave = (0..CHIPS * WAVE_STEPS).map(wave).collect();
        let turned = |segment: usize| {
            let angle = |carrier: usize| (carrier_step(carrier) * segment as f64) as f32;
            [std::array::from_fn(|at| angle(at).cos()), std::array::from_fn(|at| angle(at).sin())]
        };
        let carriers = (0..SEGMENTS).map(turned).collect();
        let longest = (1.3 * (CHIPS as f64 + 4.0) * nominal_period) as usize;
        let bends = ROUNDINGS.map(|rounding| {
            std::array::from_fn(|step| {
                let v = step as f64 / BEND_STEPS as f64;
                let nearer = v.min(1.0 - v);
                (bent(nearer, rounding) - nearer) as f32
            })
        });
        Self { chips, phases, bends, wave, carriers, samples: Vec::with_capacity(longest), nominal_period }
    }

    /// Measures the header at a rough place; `None` where there is none.
    pub(super) fn measure(&mut self, ring: &Ring, rough: Rough) -> Option<Estimate> {
        let half = 0.5 * CHIPS as f64 * rough.period;
        let first = rough.base as f64 + rough.middle - half - MARGIN * rough.period;
        let length = ((CHIPS as f64 + 2.0 * MARGIN) * rough.period) as usize;
        if first < 0.0 || length > self.samples.capacity() {
            return None;
        }
        let base = first as u64;
        self.samples.clear();
        self.samples.resize(length, Complex32::default());
        if !ring.copy(base, &mut self.samples) {
            return None;
        }
        let start = rough.base as f64 + rough.middle - half - base as f64;
        let mut fit = self.coarse(start, rough.period, rough.omega)?;
        for _ in 0..ROUNDS {
            fit = self.refine(fit)?;
        }
        let with_rounding = |rounding: usize| Some(self.grade(self.refine(Fit { rounding, ..fit })?, base));
        let fits = (0..ROUNDINGS.len()).filter_map(with_rounding);
        fits.max_by(|a, b| a.strength.total_cmp(&b.strength))
    }

    /// Finds time and carrier on a grid, then the modulation index; `None` if nothing there has the strength of a
    /// header.
    fn coarse(&self, start: f64, period: f64, omega: f64) -> Option<Fit> {
        let mut best: Option<(f32, Fit)> = None;
        for time in -TIMES..=TIMES {
            let start = start + f64::from(time) * TIME_STEP * period;
            let segments = self.segments(start, period, omega);
            let (carrier, energy) = self.strongest_carrier(&segments);
            if best.is_none_or(|(most, _)| energy > most) {
                let omega = omega + carrier_step(carrier) / (2.0 * period);
                best = Some((energy, Fit { start, period, omega, phase: 0.0, index: 1.0, rounding: 1 }));
            }
        }
        let (energy, found) = best?;
        let power: f32 =
            self.samples.iter().map(Complex32::norm_sqr).sum::<f32>() / self.samples.len() as f32;
        let count = (CHIPS as f64 * period) as f32;
        if energy < MIN_SHARE * power * count * count {
            return None;
        }
        let with_index = |index: f64| {
            let fit = Fit { index, ..found };
            let sum: Complex32 =
                self.model(&fit).map(|(_, sample, phase)| sample * Complex32::from_polar(1.0, -phase)).sum();
            (sum.norm_sqr(), Fit { phase: f64::from(sum.arg()), ..fit })
        };
        INDICES.into_iter().map(with_index).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, fit)| fit)
    }

    /// Returns the carrier with which the segments add up best, and their energy.
    #[allow(clippy::indexing_slicing, reason = "arrays of CARRIERS; the compiler makes vectors of it")]
    fn strongest_carrier(&self, segments: &[Complex32; SEGMENTS]) -> (usize, f32) {
        let mut re = [0.0f32; CARRIERS];
        let mut im = [0.0f32; CARRIERS];
        for (segment, [cos, sin]) in segments.iter().zip(&self.carriers) {
            for at in 0..CARRIERS {
                re[at] += segment.re * cos[at] + segment.im * sin[at];
                im[at] += segment.im * cos[at] - segment.re * sin[at];
            }
        }
        let energies = re.iter().zip(&im).map(|(re, im)| re * re + im * im);
        energies.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    }

    /// Returns the sums of each two chips with what they should be at a modulation index of 1.
    fn segments(&self, start: f64, period: f64, omega: f64) -> [Complex32; SEGMENTS] {
        let mut segments = [Complex32::default(); SEGMENTS];
        let step = (WAVE_STEPS as f64 / period) as f32;
        let first = start.ceil().max(0.0);
        let mut at = ((first - start) as f32) * step;
        let (sin, cos) = (-omega).sin_cos();
        let turn = Complex32::new(cos as f32, sin as f32);
        let mut carrier = Complex32::new(1.0, 0.0);
        for sample in self.samples.iter().skip(first as usize) {
            let place = at as usize;
            let Some(wave) = self.wave.get(place) else { break };
            if let Some(segment) = segments.get_mut(place / (2 * WAVE_STEPS)) {
                *segment += sample * carrier * wave;
            }
            carrier *= turn;
            at += step;
        }
        segments
    }

    /// Returns for each sample its chip, itself, and the phase that it should have.
    fn model(&self, fit: &Fit) -> impl Iterator<Item = (usize, Complex32, f32)> + '_ {
        let fit = *fit;
        let first = fit.start.ceil().max(0.0) as usize;
        let rate = 1.0 / fit.period;
        let bends = self.bends.get(fit.rounding).copied().unwrap_or([0.0; BEND_STEPS + 1]);
        let steps = BEND_STEPS as f64;
        self.samples.iter().enumerate().skip(first).map_while(move |(at, sample)| {
            let place = (at as f64 - fit.start) * rate;
            let chip = place as usize;
            let (value, before) = (self.chips.get(chip)?, self.phases.get(chip)?);
            let behind = place - chip as f64;
            let mut turned = before + header::sign(*value) * behind as f32;
            // A change at the nearer boundary is rounded.
            let (from, to) = if behind < 0.5 { (chip.wrapping_sub(1), chip) } else { (chip, chip + 1) };
            if let (Some(from), Some(to)) = (self.chips.get(from), self.chips.get(to))
                && from != to
            {
                turned += header::sign(*to) * bends.get((behind * steps) as usize).copied().unwrap_or(0.0);
            }
            let carrier = wrap(fit.phase + fit.omega * at as f64) as f32;
            Some((chip, *sample, carrier + std::f32::consts::PI * fit.index as f32 * turned))
        })
    }

    /// Improves a fit by one step of Gauss-Newton on the phases.
    #[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "arrays of PARAMETERS")]
    fn refine(&self, fit: Fit) -> Option<Fit> {
        let mut matrix = [[0.0f64; PARAMETERS]; PARAMETERS];
        let mut vector = [0.0f64; PARAMETERS];
        let mut real = 0.0f64;
        let mut count = 0.0f64;
        let middle = fit.start + 0.5 * CHIPS as f64 * fit.period;
        let pi_index = std::f64::consts::PI * fit.index;
        let carrier_at = |at: f64| fit.phase + fit.omega * at;
        let first = fit.start.ceil().max(0.0);
        for (step, (chip, sample, phase)) in self.model(&fit).enumerate() {
            let at = first + step as f64;
            let turned = sample * Complex32::from_polar(1.0, -phase);
            let chips_from_middle = (at - middle) / fit.period;
            let slope = f64::from(header::sign(*self.chips.get(chip)?));
            let bent = (f64::from(phase) - wrap(carrier_at(at))) / fit.index;
            // By phase, carrier (radians a chip), time (chips), period (chips over the whole header), index.
            let gradient = [
                1.0,
                chips_from_middle,
                -pi_index * slope,
                -pi_index * slope * chips_from_middle / CHIPS as f64,
                bent,
            ];
            for row in 0..PARAMETERS {
                for column in 0..=row {
                    matrix[row][column] += gradient[row] * gradient[column];
                }
                vector[row] += gradient[row] * f64::from(turned.im);
            }
            real += f64::from(turned.re);
            count += 1.0;
        }
        let amplitude = real / count.max(1.0);
        if amplitude <= 0.0 || count < CHIPS as f64 {
            return None;
        }
        // What is known before: the chip rate of the tone to a few tenths of a chip over the header, and indices
        // around 1. Without it a weak header would be bent to the noise.
        let per_chip = count / CHIPS as f64;
        matrix[3][3] += per_chip / 0.25;
        matrix[4][4] += 4.0 * per_chip;
        vector[4] += 4.0 * per_chip * (1.0 - fit.index) * amplitude;
        for row in 0..PARAMETERS {
            for column in 0..row {
                matrix[column][row] = matrix[row][column];
            }
            vector[row] /= amplitude;
        }
        let [phase, carrier, time, rate, index] = solve(matrix, vector)?;
        let omega = fit.omega + (carrier / fit.period).clamp(-0.05, 0.05);
        let new_middle = middle + time.clamp(-0.3, 0.3) * fit.period;
        let period = fit.period * (1.0 + (rate / CHIPS as f64).clamp(-0.01, 0.01));
        Some(Fit {
            start: new_middle - 0.5 * CHIPS as f64 * period,
            period,
            omega,
            // The phase was measured at the middle.
            phase: wrap(fit.phase + phase + (fit.omega - omega) * middle),
            index: (fit.index + index.clamp(-0.3, 0.3)).clamp(0.5, 2.0),
            rounding: fit.rounding,
        })
    }

    /// Measures phase and carrier once more by the last chips alone.
    ///
    /// Some transmitters have another mean frequency while chips alternate than while they do not, by a few kHz: what
    /// the preamble told is wrong where the frame begins.
    pub(super) fn late(&mut self, ring: &Ring, estimate: &Estimate) -> Option<Estimate> {
        let length = ((CHIPS as f64 + 1.0) * estimate.period + estimate.start) as usize;
        self.samples.clear();
        self.samples.resize(length.min(self.samples.capacity()), Complex32::default());
        if !ring.copy(estimate.base, &mut self.samples) {
            return None;
        }
        let Estimate { start, period, omega, phase, index, .. } = *estimate;
        let rounding = ROUNDINGS.iter().position(|rounding| *rounding == estimate.rounding)?;
        let fit = Fit { start, period, omega, phase, index, rounding };
        let mut sums = [Complex32::default(); LATE_CHIPS];
        for (chip, sample, phase) in self.model(&fit) {
            if let Some(sum) = chip.checked_sub(CHIPS - LATE_CHIPS).and_then(|at| sums.get_mut(at)) {
                *sum += sample * Complex32::from_polar(1.0, -phase);
            }
        }
        // The turn that makes most of the sums; what is left is the phase.
        let turned = |turn: f64| -> Complex32 {
            let rotor = |at: usize| Complex32::from_polar(1.0, -(turn * at as f64) as f32);
            sums.iter().enumerate().map(|(at, sum)| sum * rotor(at)).sum()
        };
        let turns = (-LATE_STEPS..=LATE_STEPS).map(|step| f64::from(step) * 0.02);
        let best = turns.max_by(|a, b| turned(*a).norm_sqr().total_cmp(&turned(*b).norm_sqr()))?;
        let middle = start + (CHIPS as f64 - LATE_CHIPS as f64 + 0.5) * period;
        let omega = omega + best / period;
        Some(Estimate {
            omega,
            phase: wrap(phase + f64::from(turned(best).arg()) - best / period * middle),
            is_restless: true,
            ..*estimate
        })
    }

    fn grade(&self, fit: Fit, base: u64) -> Estimate {
        let mut sum = Complex32::default();
        let mut power = 0.0;
        let mut count = 0.0f32;
        for (_, sample, phase) in self.model(&fit) {
            sum += sample * Complex32::from_polar(1.0, -phase);
            power += sample.norm_sqr();
            count += 1.0;
        }
        let count = count.max(1.0);
        let amplitude = sum.norm() / count;
        let noise = (power / count - amplitude * amplitude).max(1e-12 + 1e-3 * amplitude * amplitude);
        Estimate {
            base,
            start: fit.start,
            period: fit.period,
            omega: fit.omega,
            phase: fit.phase + f64::from(sum.arg()),
            index: fit.index,
            rounding: ROUNDINGS.get(fit.rounding).copied().unwrap_or(0.0),
            amplitude,
            noise,
            power: power / count,
            is_restless: false,
            strength: amplitude * amplitude * count / noise,
        }
    }

    /// Measures a header again, in samples that may have changed.
    pub(super) fn measure_again(&mut self, ring: &Ring, estimate: &Estimate) -> Option<Estimate> {
        let Estimate { base, start, period, omega, .. } = *estimate;
        let middle = start + 0.5 * CHIPS as f64 * period;
        self.measure(ring, Rough { base, middle, period, omega })
    }

    /// Tells whether a header's clock is one that a sender may have.
    pub(super) fn is_possible(&self, estimate: &Estimate) -> bool {
        (self.nominal_period / estimate.period - 1.0).abs() < 0.14
    }
}

/// The parameters of a header, times in samples behind the first one looked at.
#[derive(Debug, Clone, Copy)]
struct Fit {
    start: f64,
    period: f64,
    omega: f64,
    phase: f64,
    index: f64,
    /// Which of [`ROUNDINGS`].
    rounding: usize,
}

/// Returns by how much one of the carriers that are tried turns in two chips.
fn carrier_step(carrier: usize) -> f64 {
    (carrier as f64 - 0.5 * (CARRIERS as f64 - 1.0)) * CARRIER_STEP
}

/// Solves a symmetric system by elimination; `None` if it is singular.
#[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "arrays of PARAMETERS")]
fn solve(
    mut matrix: [[f64; PARAMETERS]; PARAMETERS],
    mut vector: [f64; PARAMETERS],
) -> Option<[f64; PARAMETERS]> {
    for pivot in 0..PARAMETERS {
        let divisor = matrix[pivot][pivot];
        if divisor.abs() < 1e-9 {
            return None;
        }
        for row in 0..PARAMETERS {
            if row != pivot {
                let factor = matrix[row][pivot] / divisor;
                for column in pivot..PARAMETERS {
                    matrix[row][column] -= factor * matrix[pivot][column];
                }
                vector[row] -= factor * vector[pivot];
            }
        }
    }
    Some(std::array::from_fn(|row| vector[row] / matrix[row][row]))
}
