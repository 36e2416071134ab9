//! Places a header to a fraction of a chip, by the differential product with its 48 chips.

use num_complex::Complex32;

use super::detector::{self, BLOCK_CHIPS, RATE_TOLERANCE};
use super::header::{self, ALTERNATING, CHIP_RATE_HZ, CHIPS};
use crate::ring::Ring;

/// Chips before and behind its ideal place at which the preamble of a tone may end.
const SLACK_CHIPS: f64 = 6.0;
/// Chip rates that are tried, relative to the tone's.
const RATES: [f64; 3] = [-0.008, 0.0, 0.008];
/// Below this distance of a tone's chip rate the nominal one is tried as well: most meters are exact.
const NOMINAL_WITHIN: f64 = 0.03;

/// A carrier further from the nominal frequency is none; one that is 100 kHz away is the header shifted by a chip.
const MOST_OFFSET_HZ: f64 = 75_000.0;

/// Where a header probably lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rough {
    /// The first sample that was looked at.
    pub(super) base: u64,
    /// The middle of the header, in samples behind `base`.
    pub(super) middle: f64,
    /// Samples of a chip.
    pub(super) period: f64,
    /// Turn of the carrier in radians a sample.
    pub(super) omega: f64,
}

impl Rough {
    /// Returns the number of the sample at which the header begins.
    pub(super) fn start(&self) -> f64 {
        self.base as f64 + self.middle - 0.5 * CHIPS as f64 * self.period
    }
}

/// Looks for the header around a tone's end.
#[derive(Debug)]
pub(super) struct SyncSearch {
    samples_per_chip: f64,
    lag: usize,
    most_omega: f64,
    threshold: f32,
    chips: [bool; CHIPS],
    samples: Box<[Complex32]>,
    products: Box<[Complex32]>,
    sums: Box<[Complex32]>,
    energies: Box<[f32]>,
}

impl SyncSearch {
    /// Makes a search that finds headers of more than `threshold` times the energy that noise has on average.
    pub(super) fn new(rate_hz: f64, threshold: f32) -> Self {
        let samples_per_chip = rate_hz / CHIP_RATE_HZ;
        let slowest = samples_per_chip / (1.0 - RATE_TOLERANCE - 0.02);
        let length = ((ALTERNATING as f64 + 10.0 + 2.0 * SLACK_CHIPS + 4.0) * slowest) as usize;
        let places = (2.0 * SLACK_CHIPS * slowest) as usize;
        Self {
            samples_per_chip,
            lag: detector::lag(rate_hz),
            most_omega: std::f64::consts::TAU * MOST_OFFSET_HZ / rate_hz,
            threshold,
            chips: header::chips(),
            samples: vec![Complex32::default(); length].into_boxed_slice(),
            products: vec![Complex32::default(); length].into_boxed_slice(),
            sums: vec![Complex32::default(); places].into_boxed_slice(),
            energies: vec![0.0; places].into_boxed_slice(),
        }
    }

    /// Returns how many samples behind a tone's end must be there.
    pub(super) fn lookahead(&self) -> u64 {
        self.samples.len() as u64
    }

    /// Looks for the header of a tone whose window ended before sample number `end`.
    pub(super) fn find(&mut self, ring: &Ring, end: u64, chip_rate_hz: f64) -> Option<Rough> {
        let nominal = CHIP_RATE_HZ / chip_rate_hz;
        let period = self.samples_per_chip * nominal;
        // The window of 32 chips lies best in the middle of the 38 that alternate.
        let window = (4 * BLOCK_CHIPS) as f64;
        let ideal = end as f64 + (0.5 * (ALTERNATING as f64 - window) - (ALTERNATING as f64 - 24.0)) * period;
        let first = ideal - (SLACK_CHIPS + 25.0) * period;
        if first < 0.0 {
            return None;
        }
        let base = first as u64;
        if !ring.copy(base, &mut self.samples) {
            return None;
        }
        self.multiply();
        let mut best: Option<(f32, Rough)> = None;
        let from = (ideal - SLACK_CHIPS * period - base as f64) as usize;
        let places = ((2.0 * SLACK_CHIPS * period) as usize).min(self.sums.len());
        let own = RATES.iter().map(|shift| (1.0 + shift) * chip_rate_hz / CHIP_RATE_HZ);
        let exact = ((nominal - 1.0).abs() < NOMINAL_WITHIN).then_some(1.0);
        for rate in own.chain(exact) {
            let period = self.samples_per_chip / rate;
            if let Some((place, sum, strength)) = self.strongest(from, places, period)
                && strength > best.map_or(self.threshold, |(strength, _)| strength)
            {
                let turn = f64::from(sum.arg()) - std::f64::consts::FRAC_PI_2;
                let omega = wrap(turn) / self.lag as f64;
                if omega.abs() > self.most_omega {
                    continue;
                }
                best = Some((strength, Rough { base, middle: place as f64, period, omega }));
            }
        }
        best.map(|(_, rough)| rough)
    }

    /// Makes the differential products, each two neighbours summed.
    fn multiply(&mut self) {
        let late = self.samples.get(self.lag..).unwrap_or_default();
        let mut before = Complex32::default();
        for ((product, early), late) in self.products.iter_mut().zip(&self.samples).zip(late) {
            let own = late * early.conj();
            *product = before + own;
            before = own;
        }
    }

    /// Returns the place of the header's middle, the sum and its strength there, where the products fit best.
    fn strongest(&mut self, from: usize, places: usize, period: f64) -> Option<(usize, Complex32, f32)> {
        let sums = self.sums.get_mut(..places)?;
        let energies = self.energies.get_mut(..places)?;
        sums.fill(Complex32::default());
        energies.fill(f32::MIN_POSITIVE);
        for (number, chip) in self.chips.iter().enumerate() {
            // The product at n speaks of the time n + (lag − 1) / 2.
            let shift = (number as f64 + 0.5 - 0.5 * CHIPS as f64) * period - 0.5 * (self.lag as f64 - 1.0);
            let at = (from as f64 + shift).round().max(0.0) as usize;
            let products = self.products.get(at..at + places)?;
            let sign = header::sign(*chip);
            for ((sum, energy), product) in sums.iter_mut().zip(energies.iter_mut()).zip(products) {
                *sum += product * sign;
                *energy += product.norm_sqr();
            }
        }
        let strengths = sums.iter().zip(energies.iter()).map(|(sum, energy)| sum.norm_sqr() / energy);
        let (place, strength) = strengths.enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        sums.get(place).map(|sum| (from + place, *sum, strength))
    }
}

/// Brings an angle between −π and π.
pub(super) fn wrap(angle: f64) -> f64 {
    angle - std::f64::consts::TAU * (angle / std::f64::consts::TAU).round()
}
