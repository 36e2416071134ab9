//! Places a header to a fraction of a chip, by the differential product with its 48 chips.

use num_complex::Complex32;

use super::detector::{self, BLOCK_CHIPS, RATE_TOLERANCE};
use super::header::{self, ALTERNATING, CHIP_RATE_HZ, CHIPS};
use crate::phasor::wrap;
use crate::ring::Ring;

/// Chips before and behind its ideal place at which the preamble of a tone may end.
const SLACK_CHIPS: f64 = 6.0;
/// Chip rates that are tried, relative to the tone's.
const RATES: [f64; 3] = [-0.008, 0.0, 0.008];
/// Below this distance of a tone's chip rate the nominal one is tried as well: most meters are exact.
const NOMINAL_WITHIN: f64 = 0.03;

/// Places that are summed at once.
const TOGETHER: usize = 16;
/// Parts of a product: real, imaginary and energy.
const PARTS: usize = 3;

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
    /// 1 for the header's chips 1, −1 for the others.
    signs: [f32; CHIPS],
    samples: Box<[Complex32]>,
    /// Real parts, imaginary parts and energies of the differential products.
    products: [Box<[f32]>; PARTS],
    /// Their sums over the header at each place.
    sums: [Box<[f32]>; PARTS],
}

impl SyncSearch {
    /// Makes a search that finds headers of more than `threshold` times the energy that noise has on average.
    pub(super) fn new(rate_hz: f64, threshold: f32) -> Self {
        let samples_per_chip = rate_hz / CHIP_RATE_HZ;
        let slowest = samples_per_chip / (1.0 - RATE_TOLERANCE - 0.02);
        let length = ((ALTERNATING as f64 + 10.0 + 2.0 * SLACK_CHIPS + 4.0) * slowest) as usize;
        let places = ((2.0 * SLACK_CHIPS * slowest) as usize).next_multiple_of(TOGETHER);
        Self {
            samples_per_chip,
            lag: detector::lag(rate_hz),
            most_omega: std::f64::consts::TAU * MOST_OFFSET_HZ / rate_hz,
            threshold,
            signs: header::chips().map(header::sign),
            samples: vec![Complex32::default(); length].into_boxed_slice(),
            products: std::array::from_fn(|_| vec![0.0; length].into_boxed_slice()),
            sums: std::array::from_fn(|_| vec![0.0; places].into_boxed_slice()),
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
        let places = (2.0 * SLACK_CHIPS * period) as usize;
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
        let [res, ims, energies] = &mut self.products;
        let late = self.samples.get(self.lag..).unwrap_or_default();
        let mut before = Complex32::default();
        for ((((re, im), energy), early), late) in
            res.iter_mut().zip(ims).zip(energies).zip(&self.samples).zip(late)
        {
            let own = late * early.conj();
            let product = before + own;
            before = own;
            (*re, *im, *energy) = (product.re, product.im, product.norm_sqr());
        }
    }

    /// Returns the place of the header's middle, the sum and its strength there, where the products fit best.
    fn strongest(&mut self, from: usize, places: usize, period: f64) -> Option<(usize, Complex32, f32)> {
        let mut starts = [0usize; CHIPS];
        for (number, start) in starts.iter_mut().enumerate() {
            // The product at n speaks of the time n + (lag − 1) / 2.
            let shift = (number as f64 + 0.5 - 0.5 * CHIPS as f64) * period - 0.5 * (self.lag as f64 - 1.0);
            *start = (from as f64 + shift + 0.5).max(0.0) as usize;
        }
        let [res, ims, energies] = &mut self.sums;
        for (at, ((re, im), energy)) in res
            .chunks_exact_mut(TOGETHER)
            .zip(ims.chunks_exact_mut(TOGETHER))
            .zip(energies.chunks_exact_mut(TOGETHER))
            .enumerate()
            .take(places.div_ceil(TOGETHER))
        {
            let sums = sum_places(&self.products, &starts, &self.signs, TOGETHER * at)?;
            for (room, sum) in [re, im, energy].into_iter().zip(&sums) {
                room.copy_from_slice(sum);
            }
        }
        let all = res.iter().zip(ims.iter()).zip(energies.iter()).take(places);
        let strengths = all.map(|((re, im), energy)| (re * re + im * im) / (energy + f32::MIN_POSITIVE));
        let (place, strength) = strengths.enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let sum = Complex32::new(*res.get(place)?, *ims.get(place)?);
        Some((from + place, sum, strength))
    }
}

/// Returns the sums of the products that begin at each chip's start and `offset` behind it, and the following ones;
/// those of a 0 count negative. They are as many as vectors that stay in registers hold.
#[allow(clippy::indexing_slicing, reason = "arrays of TOGETHER; the compiler makes vectors of it")]
fn sum_places(
    products: &[Box<[f32]>; PARTS],
    starts: &[usize; CHIPS],
    signs: &[f32; CHIPS],
    offset: usize,
) -> Option<[[f32; TOGETHER]; PARTS]> {
    let mut sums = [[0.0f32; TOGETHER]; PARTS];
    let [re_sum, im_sum, energy_sum] = &mut sums;
    let [re, im, energy] = products;
    for (start, sign) in starts.iter().zip(signs) {
        let at = start + offset;
        let re: &[f32; TOGETHER] = re.get(at..)?.first_chunk()?;
        let im: &[f32; TOGETHER] = im.get(at..)?.first_chunk()?;
        let energy: &[f32; TOGETHER] = energy.get(at..)?.first_chunk()?;
        for place in 0..TOGETHER {
            re_sum[place] += sign * re[place];
            im_sum[place] += sign * im[place];
            energy_sum[place] += energy[place];
        }
    }
    Some(sums)
}
