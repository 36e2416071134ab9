//! Measures a header by itself: time, chip rate, carrier, modulation index, amplitude and noise.
//!
//! First coherently over a grid of times and carriers, then by Gauss-Newton on the phase of each sample.

use num_complex::Complex32;

use super::grid::Grid;
use super::header::CHIPS;
use super::model::{Fit, HeaderModel, ROUNDINGS};
use super::sync::Rough;
use crate::phasor::{cos_sin, wrap};
use crate::ring::Ring;

/// Chips kept before the header and behind it.
const MARGIN: f64 = 1.5;
/// The least share of the power that must be the header's before the finer fit is worth its cost.
const MIN_SHARE: f32 = 0.1;
/// Modulation indices that are tried.
const INDICES: [f64; 4] = [0.75, 0.95, 1.2, 1.5];
/// Chips at the header's end that tell what the carrier is like where the frame begins.
const LATE_CHIPS: usize = 14;
/// Carriers that are tried for them: so many steps of 0.02 radians a chip (320 Hz) to each side.
const LATE_STEPS: i32 = 16;
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
    grid: Grid,
    model: HeaderModel,
    samples: Vec<Complex32>,
    nominal_period: f64,
}

impl Estimator {
    /// Makes an estimator for chips of nominally so many samples.
    pub(super) fn new(nominal_period: f64) -> Self {
        let longest = (1.3 * (CHIPS as f64 + 4.0) * nominal_period) as usize;
        Self {
            grid: Grid::new(longest),
            model: HeaderModel::new(longest),
            samples: Vec::with_capacity(longest),
            nominal_period,
        }
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
        self.load(ring, base, length)?;
        let start = rough.base as f64 + rough.middle - half - base as f64;
        let mut fit = self.coarse(start, rough.period, rough.omega)?;
        for _ in 0..ROUNDS {
            self.model.place(&fit);
            fit = self.model.refine(fit)?;
        }
        let with_rounding = |rounding: usize| {
            let fit = Fit { rounding, ..fit };
            self.model.place(&fit);
            let fit = self.model.refine(fit)?;
            Some(self.grade(fit, base))
        };
        let fits = (0..ROUNDINGS.len()).filter_map(with_rounding);
        fits.max_by(|a, b| a.strength.total_cmp(&b.strength))
    }

    fn load(&mut self, ring: &Ring, base: u64, length: usize) -> Option<()> {
        self.samples.clear();
        self.samples.resize(length, Complex32::default());
        if !ring.copy(base, &mut self.samples) {
            return None;
        }
        self.model.load(&self.samples);
        Some(())
    }

    /// Finds time and carrier on a grid, then the modulation index; `None` if nothing there has the strength of a
    /// header.
    fn coarse(&mut self, start: f64, period: f64, omega: f64) -> Option<Fit> {
        let found = self.grid.search(self.model.samples(), start, period, omega)?;
        let count = (CHIPS as f64 * period) as f32;
        if found.energy < MIN_SHARE * self.model.whole_power() * count * count {
            return None;
        }
        let fit = Fit { start: found.start, period, omega: found.omega, phase: 0.0, index: 1.0, rounding: 1 };
        self.model.place(&fit);
        let with_index = |index: f64| {
            let fit = Fit { index, ..fit };
            let sum = self.model.sum(&fit);
            (sum.norm_sqr(), Fit { phase: f64::from(sum.arg()), ..fit })
        };
        INDICES.into_iter().map(with_index).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, fit)| fit)
    }

    /// Measures phase and carrier once more by the last chips alone.
    ///
    /// Some transmitters have another mean frequency while chips alternate than while they do not, by a few kHz: what
    /// the preamble told is wrong where the frame begins.
    pub(super) fn late(&mut self, ring: &Ring, estimate: &Estimate) -> Option<Estimate> {
        let length = ((CHIPS as f64 + 1.0) * estimate.period + estimate.start) as usize;
        self.load(ring, estimate.base, length.min(self.samples.capacity()))?;
        let Estimate { start, period, omega, phase, index, .. } = *estimate;
        let rounding = ROUNDINGS.iter().position(|rounding| *rounding == estimate.rounding)?;
        let fit = Fit { start, period, omega, phase, index, rounding };
        self.model.place(&fit);
        let sums: [Complex32; LATE_CHIPS] = self.model.last_chips(&fit);
        // The turn that makes most of the sums; what is left is the phase.
        let turned = |step: i32| {
            let turn = f64::from(step) * 0.02;
            let turned = sums.iter().enumerate().map(|(at, sum)| {
                let (cos, sin) = cos_sin(turn as f32 * at as f32);
                sum * Complex32::new(cos, -sin)
            });
            (turn, turned.sum::<Complex32>())
        };
        let turns = (-LATE_STEPS..=LATE_STEPS).map(turned);
        let (best, sum) = turns.max_by(|a, b| a.1.norm_sqr().total_cmp(&b.1.norm_sqr()))?;
        let middle = start + (CHIPS as f64 - LATE_CHIPS as f64 + 0.5) * period;
        let omega = omega + best / period;
        Some(Estimate {
            omega,
            phase: wrap(phase + f64::from(sum.arg()) - best / period * middle),
            is_restless: true,
            ..*estimate
        })
    }

    fn grade(&mut self, fit: Fit, base: u64) -> Estimate {
        self.model.place(&fit);
        let count = self.model.count().max(1) as f32;
        let sum = self.model.sum(&fit);
        let power = self.model.power();
        let amplitude = sum.norm() / count;
        let noise = (power - amplitude * amplitude).max(1e-12 + 1e-3 * amplitude * amplitude);
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
            power,
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
