//! The header as it should be, sample by sample, and what samples that differ from it say about its parameters.

use num_complex::Complex32;

use super::header::{self, CHIPS};
use crate::phasor::{cos_sin, wrap};
use crate::planar::Planar;
use crate::sequence::bent;

/// Roundings of the sender's pulses that are tried: none, and BT 1 and 0.5, which have 0.133 and 0.265 chips.
pub(super) const ROUNDINGS: [f64; 3] = [0.0, 0.13, 0.25];
/// Steps of a chip in the tables.
const STEPS: usize = 32;
/// Parameters of the fit: phase, carrier, time, chip rate, modulation index.
const PARAMETERS: usize = 5;
/// Sums that are kept at once, so that they become vectors.
const LANES: usize = 8;

/// The parameters of a header, times in samples behind the first one looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub(super) start: f64,
    pub(super) period: f64,
    /// Turn of the carrier in radians a sample.
    pub(super) omega: f64,
    /// Phase of the carrier at the first sample looked at.
    pub(super) phase: f64,
    pub(super) index: f64,
    /// Which of [`ROUNDINGS`].
    pub(super) rounding: usize,
}

/// A stretch of the header in which its phase, in units of πh, grows evenly.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// What it would have been at the header's begin.
    origin: f32,
    /// What it grows in a chip.
    slope: f32,
}

/// Products of two gradients of the phase.
type Information = [[f64; PARAMETERS]; PARAMETERS];

/// Compares samples with the header.
#[derive(Debug)]
pub(super) struct HeaderModel {
    steps: [Box<[Step]>; ROUNDINGS.len()],
    /// How much a sample on average tells about each two parameters at a modulation index of 1.
    information: [Information; ROUNDINGS.len()],
    samples: Planar,
    /// The first sample of the header.
    first: usize,
    /// Place in chips of each sample of the header, its phase in units of πh, and what that grows in a chip.
    chips: Vec<f32>,
    turned: Vec<f32>,
    slopes: Vec<f32>,
    /// The same samples without the phase that they should have.
    still: Planar,
}

impl HeaderModel {
    /// Makes a model for at most so many samples.
    pub(super) fn new(samples: usize) -> Self {
        let steps = ROUNDINGS.map(steps);
        Self {
            information: std::array::from_fn(|rounding| {
                steps.get(rounding).map(|steps| information(steps)).unwrap_or_default()
            }),
            steps,
            samples: Planar::with_capacity(samples),
            first: 0,
            chips: Vec::with_capacity(samples),
            turned: Vec::with_capacity(samples),
            slopes: Vec::with_capacity(samples),
            still: Planar::with_capacity(samples),
        }
    }

    /// Takes the samples to be compared.
    pub(super) fn load(&mut self, samples: &[Complex32]) {
        self.samples.clear();
        self.samples.re.extend(samples.iter().map(|sample| sample.re));
        self.samples.im.extend(samples.iter().map(|sample| sample.im));
    }

    /// Returns the samples.
    pub(super) fn samples(&self) -> &Planar {
        &self.samples
    }

    /// Finds what the samples should be where time, chip rate and rounding are those of a fit.
    pub(super) fn place(&mut self, fit: &Fit) {
        let first = fit.start.ceil().max(0.0);
        self.first = (first as usize).min(self.samples.len());
        let first_chip = ((first - fit.start) / fit.period) as f32;
        let chips_per_sample = (1.0 / fit.period) as f32;
        let there = ((CHIPS as f64 - f64::from(first_chip)) * fit.period).ceil().max(0.0) as usize;
        let count = there.min(self.samples.len() - self.first);
        let Self { chips, turned, slopes, .. } = self;
        for values in [&mut *chips, &mut *turned, &mut *slopes] {
            values.clear();
            values.resize(count, 0.0);
        }
        let steps = self.steps.get(fit.rounding).map_or(&[][..], |steps| steps);
        let mut at = 0.0;
        for ((chip, turned), slope) in chips.iter_mut().zip(turned).zip(slopes) {
            *chip = first_chip + at * chips_per_sample;
            let step = steps.get((*chip * STEPS as f32) as i32 as usize).copied().unwrap_or_default();
            (*turned, *slope) = (step.origin + step.slope * *chip, step.slope);
            at += 1.0;
        }
    }

    /// Returns how many samples the header has where it was placed.
    pub(super) fn count(&self) -> usize {
        self.turned.len()
    }

    /// Returns the power of a sample of the header where it was placed.
    pub(super) fn power(&self) -> f32 {
        power(&self.samples, self.first, self.count())
    }

    /// Returns the power of a sample, of the header or not.
    pub(super) fn whole_power(&self) -> f32 {
        power(&self.samples, 0, self.samples.len())
    }

    /// Returns the coherent sum of the placed header's samples.
    pub(super) fn sum(&mut self, fit: &Fit) -> Complex32 {
        let still = self.take_off(fit);
        Complex32::new(sum(&still.re), sum(&still.im))
    }

    /// Returns the sums of the samples of each of the last chips of the placed header.
    pub(super) fn last_chips<const COUNT: usize>(&mut self, fit: &Fit) -> [Complex32; COUNT] {
        let mut sums = [Complex32::default(); COUNT];
        self.take_off(fit);
        for (chip, (re, im)) in self.chips.iter().zip(self.still.re.iter().zip(&self.still.im)) {
            let place = (*chip as usize).checked_sub(CHIPS - COUNT);
            if let Some(sum) = place.and_then(|place| sums.get_mut(place)) {
                *sum += Complex32::new(*re, *im);
            }
        }
        sums
    }

    /// Takes the phase that they should have off the placed header's samples.
    fn take_off(&mut self, fit: &Fit) -> &Planar {
        let start = wrap(fit.phase + fit.omega * fit.start) as f32;
        let turn = (fit.omega * fit.period) as f32;
        let pi_index = std::f32::consts::PI * fit.index as f32;
        let placed = self.first..self.first + self.count();
        let re = self.samples.re.get(placed.clone()).unwrap_or_default();
        let im = self.samples.im.get(placed).unwrap_or_default();
        let still = &mut self.still;
        still.clear();
        still.re.extend_from_slice(re);
        still.im.extend_from_slice(im);
        let phases = self.chips.iter().zip(&self.turned);
        for ((re, im), (chip, turned)) in still.re.iter_mut().zip(&mut still.im).zip(phases) {
            let (cos, sin) = cos_sin(start + turn * chip + pi_index * turned);
            (*re, *im) = (*re * cos + *im * sin, *im * cos - *re * sin);
        }
        still
    }

    /// Improves a fit by one step of Gauss-Newton on the phases; the header must have been placed by it.
    #[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "arrays of PARAMETERS")]
    pub(super) fn refine(&mut self, fit: Fit) -> Option<Fit> {
        let count = self.count() as f64;
        self.take_off(&fit);
        let Self { chips, turned, slopes, still: Planar { re, im }, .. } = self;
        let amplitude = f64::from(sum(re)) / count.max(1.0);
        if amplitude <= 0.0 || count < CHIPS as f64 {
            return None;
        }
        // What the imaginary parts say about each parameter; places count from the header's middle.
        let half = 0.5 * CHIPS as f32;
        let (phase, time, index) = (sum(im), dot(im, slopes), dot(im, turned));
        let carrier = dot(im, chips) - half * phase;
        im.iter_mut().zip(slopes).for_each(|(im, slope)| *im *= *slope);
        let rate = dot(im, chips) - half * time;
        let pi_index = std::f64::consts::PI * fit.index;
        let mut vector = [
            f64::from(phase),
            f64::from(carrier),
            -pi_index * f64::from(time),
            -pi_index * f64::from(rate) / CHIPS as f64,
            std::f64::consts::PI * f64::from(index),
        ];
        let scale = [1.0, 1.0, fit.index, fit.index, 1.0];
        let mut matrix = *self.information.get(fit.rounding)?;
        for row in 0..PARAMETERS {
            for column in 0..PARAMETERS {
                matrix[row][column] *= count * scale[row] * scale[column];
            }
        }
        // What is known before: the chip rate of the tone to a few tenths of a chip over the header, and indices
        // around 1. Without it a weak header would be bent to the noise.
        let per_chip = count / CHIPS as f64;
        matrix[3][3] += per_chip / 0.25;
        matrix[4][4] += 4.0 * per_chip;
        vector[4] += 4.0 * per_chip * (1.0 - fit.index) * amplitude;
        let [phase, carrier, time, rate, index] = solve(matrix, vector.map(|value| value / amplitude))?;
        let middle = fit.start + 0.5 * CHIPS as f64 * fit.period;
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
}

/// Returns the power of one of `count` samples from `first` on.
fn power(samples: &Planar, first: usize, count: usize) -> f32 {
    let energy = |part: &[f32]| part.get(first..first + count).map_or(0.0, |part| dot(part, part));
    (energy(&samples.re) + energy(&samples.im)) / count.max(1) as f32
}

fn sum(values: &[f32]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (whole, rest) = values.as_chunks::<LANES>();
    for values in whole {
        lanes.iter_mut().zip(values).for_each(|(lane, value)| *lane += value);
    }
    lanes.iter().chain(rest).sum()
}

/// Returns the sum of the products of each two values.
fn dot(values: &[f32], weights: &[f32]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let ((whole, rest), (whole_weights, rest_weights)) =
        (values.as_chunks::<LANES>(), weights.as_chunks::<LANES>());
    for (values, weights) in whole.iter().zip(whole_weights) {
        lanes.iter_mut().zip(values).zip(weights).for_each(|((lane, value), weight)| *lane += value * weight);
    }
    lanes.iter().sum::<f32>()
        + rest.iter().zip(rest_weights).map(|(value, weight)| value * weight).sum::<f32>()
}

/// Returns the header's phases for a rounding, and one step more for what is rounded up.
fn steps(rounding: f64) -> Box<[Step]> {
    let chips = header::chips();
    let phases: Vec<f32> = header::phases(&chips).collect();
    let step = |step: usize| {
        let chip = (step / STEPS).min(CHIPS - 1);
        let value = |at: usize| chips.get(at).copied();
        let slope = value(chip).map_or(0.0, header::sign);
        let mut origin = phases.get(chip).copied().unwrap_or(0.0) - slope * chip as f32;
        let behind = (step % STEPS) as f64 / STEPS as f64;
        // A change at the nearer boundary is rounded.
        let (from, to) = if behind < 0.5 { (chip.wrapping_sub(1), chip) } else { (chip, chip + 1) };
        if let (Some(from), Some(to)) = (value(from), value(to))
            && from != to
        {
            let nearer = behind.min(1.0 - behind);
            origin += header::sign(to) * (bent(nearer, rounding) - nearer) as f32;
        }
        Step { origin, slope }
    };
    (0..=CHIPS * STEPS).map(step).collect()
}

/// Returns the mean products of the gradients of a header's phase: by phase, carrier (radians a chip), time (chips),
/// chip rate (chips over the whole header), and index.
#[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "arrays of PARAMETERS")]
fn information(steps: &[Step]) -> Information {
    let mut matrix = Information::default();
    let count = CHIPS * STEPS;
    for (number, step) in steps.iter().take(count).enumerate() {
        let chip = (number as f64 + 0.5) / STEPS as f64;
        let from_middle = chip - 0.5 * CHIPS as f64;
        let late = -std::f64::consts::PI * f64::from(step.slope);
        let turned = f64::from(step.origin) + f64::from(step.slope) * chip;
        let gradient =
            [1.0, from_middle, late, late * from_middle / CHIPS as f64, std::f64::consts::PI * turned];
        for row in 0..PARAMETERS {
            for column in 0..PARAMETERS {
                matrix[row][column] += gradient[row] * gradient[column] / count as f64;
            }
        }
    }
    matrix
}

/// Solves a symmetric system by elimination; `None` if it is singular.
#[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "arrays of PARAMETERS")]
fn solve(mut matrix: Information, mut vector: [f64; PARAMETERS]) -> Option<[f64; PARAMETERS]> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_that_is_a_little_off_finds_the_header() {
        let sent = Fit { start: 6.3, period: 4.1, omega: 0.21, phase: 0.7, index: 1.1, rounding: 1 };
        let mut model = HeaderModel::new(256);
        model.load(&[Complex32::default(); 216]);
        model.place(&sent);
        let mut samples = vec![Complex32::default(); 216];
        for (at, sample) in samples.iter_mut().enumerate().skip(model.first) {
            let Some(turned) = model.turned.get(at - model.first) else { break };
            let carrier = sent.phase + sent.omega * at as f64;
            let phase = carrier + std::f64::consts::PI * sent.index * f64::from(*turned);
            *sample = Complex32::from_polar(0.5, phase as f32);
        }
        model.load(&samples);
        let mut fit = Fit { start: 6.8, period: 4.11, omega: 0.213, phase: 0.3, index: 1.0, rounding: 1 };
        for _ in 0..6 {
            model.place(&fit);
            fit = model.refine(fit).unwrap();
        }
        let near = |one: f64, other: f64, tolerance: f64| assert!((one - other).abs() < tolerance, "{fit:?}");
        near(fit.start, sent.start, 0.1);
        near(fit.period, sent.period, 0.005);
        near(fit.omega, sent.omega, 0.0005);
        near(fit.index, sent.index, 0.02);
        model.place(&fit);
        assert!(model.sum(&fit).norm() > 0.998 * 0.5 * model.count() as f32);
    }
}
