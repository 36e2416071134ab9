//! Finds time and carrier of a header coherently, over a grid of both.

use num_complex::Complex32;

use super::header::{self, CHIPS};
use crate::phasor::cos_sin;
use crate::planar::Planar;

/// Stretches of two chips in which the carrier may turn unseen.
const SEGMENTS: usize = CHIPS / 2;
/// Times that are tried, ±0.44 chips around the one that is expected: as many as make whole vectors …
const TIMES: usize = 8;
/// … so many steps of the table of the header's wave apart.
const TIME_STEP: usize = 2;
/// Carriers that are tried …
const CARRIERS: usize = 24;
/// … in steps of this much turn in two chips, in radians (1.1 kHz).
const CARRIER_STEP: f64 = 0.138;
/// Steps of a chip in the table of the header's wave.
const WAVE_STEPS: usize = 16;
/// Steps from the latest time that is tried to the earliest one.
const TIME_STEPS: usize = TIME_STEP * (TIMES - 1);

/// Time and carrier of a header, the best of the grid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Where the header begins, in samples.
    pub(super) start: f64,
    /// Turn of the carrier in radians a sample.
    pub(super) omega: f64,
    /// Energy of the samples' coherent sum.
    pub(super) energy: f32,
}

/// Sums of each two chips, real and imaginary parts at each time.
type Segments = [[[f32; TIMES]; 2]; SEGMENTS];

/// Tries times and carriers.
#[derive(Debug)]
pub(super) struct Grid {
    /// At each step, real and imaginary parts of the conjugate of the header at a modulation index of 1 as it is at
    /// each time.
    wave: Box<[[[f32; TIMES]; 2]]>,
    /// cos and sin of what each carrier turns until each segment.
    carriers: Box<[[[f32; CARRIERS]; 2]]>,
    /// The samples without the carrier that is expected.
    still: Planar,
}

impl Grid {
    /// Makes a grid for at most so many samples.
    pub(super) fn new(samples: usize) -> Self {
        let chips = header::chips();
        let phases: Vec<f32> = header::phases(&chips).collect();
        let wave = |step: usize| {
            let chip = step / WAVE_STEPS;
            let Some(value) = chips.get(chip) else { return Complex32::default() };
            let behind = ((step % WAVE_STEPS) as f32 + 0.5) / WAVE_STEPS as f32;
            let turned = phases.get(chip).copied().unwrap_or(0.0) + header::sign(*value) * behind;
            Complex32::from_polar(1.0, -std::f32::consts::PI * turned)
        };
        let at_all_times = |step: usize| {
            let at = |time: usize| step.checked_sub(TIME_STEP * time).map_or(Complex32::default(), wave);
            [std::array::from_fn(|time| at(time).re), std::array::from_fn(|time| at(time).im)]
        };
        let turned = |segment: usize| {
            let angle = |carrier: usize| (carrier_step(carrier) * segment as f64) as f32;
            [std::array::from_fn(|at| angle(at).cos()), std::array::from_fn(|at| angle(at).sin())]
        };
        Self {
            wave: (0..CHIPS * WAVE_STEPS + TIME_STEPS).map(at_all_times).collect(),
            carriers: (0..SEGMENTS).map(turned).collect(),
            still: Planar::with_capacity(samples),
        }
    }

    /// Returns the best time and carrier around those that are expected.
    pub(super) fn search(&mut self, samples: &Planar, start: f64, period: f64, omega: f64) -> Option<Found> {
        self.take_off(samples, omega as f32);
        let step = period / WAVE_STEPS as f64;
        let earliest = start - 0.5 * TIME_STEPS as f64 * step;
        let segments = self.segments(earliest, period);
        let at = |time: usize| {
            let (carrier, energy) = self.strongest_carrier(&segments, time);
            let start = earliest + (TIME_STEP * time) as f64 * step;
            Found { start, omega: omega + carrier_step(carrier) / (2.0 * period), energy }
        };
        (0..TIMES).map(at).max_by(|a, b| a.energy.total_cmp(&b.energy))
    }

    /// Takes a carrier off the samples.
    fn take_off(&mut self, samples: &Planar, omega: f32) {
        let Planar { re, im } = &mut self.still;
        re.clear();
        im.clear();
        re.extend_from_slice(&samples.re);
        im.extend_from_slice(&samples.im);
        for (at, (re, im)) in re.iter_mut().zip(im).enumerate() {
            let (cos, sin) = cos_sin(omega * at as i32 as f32);
            (*re, *im) = (*re * cos + *im * sin, *im * cos - *re * sin);
        }
    }

    /// Returns the sums of each two chips with what they should be at a modulation index of 1, for each time.
    #[allow(clippy::indexing_slicing, reason = "arrays of TIMES; the compiler makes vectors of it")]
    fn segments(&self, earliest: f64, period: f64) -> Segments {
        let mut segments = [[[0.0; TIMES]; 2]; SEGMENTS];
        let step = (WAVE_STEPS as f64 / period) as f32;
        let first = earliest.ceil().max(0.0);
        let mut place = ((first - earliest) as f32) * step;
        let Planar { re, im } = &self.still;
        for (re, im) in re.iter().zip(im).skip(first as usize) {
            let at = place as i32 as usize;
            let Some([wave_re, wave_im]) = self.wave.get(at) else { break };
            // The middle of the times decides.
            let number = at.saturating_sub(TIME_STEPS / 2) / (2 * WAVE_STEPS);
            let Some([sum_re, sum_im]) = segments.get_mut(number.min(SEGMENTS - 1)) else { break };
            for time in 0..TIMES {
                sum_re[time] += re * wave_re[time] - im * wave_im[time];
                sum_im[time] += re * wave_im[time] + im * wave_re[time];
            }
            place += step;
        }
        segments
    }

    /// Returns the carrier with which the segments of one time add up best, and their energy.
    #[allow(clippy::indexing_slicing, reason = "arrays of CARRIERS; the compiler makes vectors of it")]
    fn strongest_carrier(&self, segments: &Segments, time: usize) -> (usize, f32) {
        let mut re = [0.0f32; CARRIERS];
        let mut im = [0.0f32; CARRIERS];
        for ([segment_re, segment_im], [cos, sin]) in segments.iter().zip(&self.carriers) {
            let (segment_re, segment_im) = (segment_re[time], segment_im[time]);
            for at in 0..CARRIERS {
                re[at] += segment_re * cos[at] + segment_im * sin[at];
                im[at] += segment_im * cos[at] - segment_re * sin[at];
            }
        }
        let energies = re.iter().zip(&im).map(|(re, im)| re * re + im * im);
        energies.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    }
}

/// Returns by how much one of the carriers that are tried turns in two chips.
fn carrier_step(carrier: usize) -> f64 {
    (carrier as f64 - 0.5 * (CARRIERS as f64 - 1.0)) * CARRIER_STEP
}
