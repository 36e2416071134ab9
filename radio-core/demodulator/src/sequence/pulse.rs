//! What one chip boundary looks like, and how much of it samples hold.
//!
//! A frequency-shift keyed signal of constant phase is cut half way between the boundaries of its chips, so that each
//! stretch depends on two chips only, even when the frequency changes smoothly. With v the time since the boundary
//! in chips (−½ … ½) and h the modulation index, the phase relative to the boundary is ±πh·v where both chips are
//! equal and ±πh·g(v) where they are not: g is |v|, rounded by the Gaussian filter of the sender. So four real
//! weights a sample make the correlations with all four pairs of chips.

use num_complex::Complex32;

use crate::phasor::cos_sin;

/// Steps of a chip in the table of a pulse.
const STEPS: usize = 64;

/// The weights of a chip boundary for one modulation index and rounding.
#[derive(Debug, Clone)]
pub(crate) struct Pulse {
    index: f64,
    rounding: f64,
    /// g(v) for v from 0 to ½; it is the same before the boundary.
    bends: [f32; STEPS / 2 + 1],
    /// cos and sin of πh·v, cos and sin of πh·g(v), for v from −½ to ½.
    table: Box<[[f32; 4]; STEPS + 1]>,
}

impl Pulse {
    /// Makes the pulse of the modulation index `index` whose changes of frequency are rounded by a Gaussian of this
    /// standard deviation in chips (0.1325 / BT).
    pub(crate) fn new(index: f64, rounding: f64) -> Self {
        let mut pulse =
            Self { index, rounding, bends: [0.0; STEPS / 2 + 1], table: Box::new([[0.0; 4]; STEPS + 1]) };
        pulse.bend();
        pulse.weigh();
        pulse
    }

    /// Makes this the pulse of another modulation index or rounding.
    pub(crate) fn set(&mut self, index: f64, rounding: f64) {
        let is_bent = self.rounding == rounding;
        if is_bent && self.index == index {
            return;
        }
        (self.index, self.rounding) = (index, rounding);
        if !is_bent {
            self.bend();
        }
        self.weigh();
    }

    fn bend(&mut self) {
        for (step, value) in self.bends.iter_mut().enumerate() {
            *value = bent(step as f64 / STEPS as f64, self.rounding) as f32;
        }
    }

    fn weigh(&mut self) {
        let pi_index = std::f32::consts::PI * self.index as f32;
        let bends = self.bends.iter().rev().chain(self.bends.iter().skip(1));
        for (step, (weights, bent)) in self.table.iter_mut().zip(bends).enumerate() {
            let straight = cos_sin(pi_index * (step as f32 / STEPS as f32 - 0.5));
            let bent = cos_sin(pi_index * bent);
            *weights = [straight.0, straight.1, bent.0, bent.1];
        }
    }

    /// Correlates the samples around a boundary that lies at `boundary` (in samples) between chips of `period`
    /// samples; samples that are not there count as zero.
    pub(crate) fn correlate(&self, samples: &[Complex32], boundary: f64, period: f64) -> Correlation {
        let mut found = Correlation::default();
        let half = 0.5 * period;
        let [from, middle, to] = [boundary - half, boundary, boundary + half].map(first_from);
        let step = (STEPS as f64 / period) as f32;
        let offset = 0.5 * STEPS as f32 + 0.5;
        for (half, (from, to)) in found.halves.iter_mut().zip([(from, middle), (middle, to)]) {
            let first = (from as f64 - boundary) as f32;
            let here = samples.get(from as usize..(to as usize).min(samples.len())).unwrap_or_default();
            let mut sums = Sums::default();
            let mut place = first * step + offset;
            for sample in here {
                let Some(weights) = self.table.get(place as i32 as usize) else { continue };
                sums.add(*sample, weights);
                place += step;
            }
            *half = sums;
        }
        found
    }
}

/// Returns the number of the first sample at or behind a time. `f64::ceil` would be a call.
fn first_from(time: f64) -> i32 {
    let time = time.max(0.0);
    let whole = time as i32;
    whole.saturating_add(i32::from(f64::from(whole) < time))
}

/// Returns g(v), which is ½ where half a chip lies between v and the boundary.
pub(crate) fn bent(v: f64, rounding: f64) -> f64 {
    0.5 + bend(v, rounding) - bend(0.5, rounding)
}

/// Returns |v| rounded by a Gaussian of the standard deviation `rounding`, 0 at the boundary.
fn bend(v: f64, rounding: f64) -> f64 {
    if rounding < 1e-3 {
        return v.abs();
    }
    // ∫ (2Φ(s/σ) − 1) ds from 0 to v, Φ by a rational approximation of erf (Abramowitz & Stegun 7.1.26).
    let x = v.abs() / (rounding * std::f64::consts::SQRT_2);
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let polynomial = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429]
        .iter()
        .rev()
        .fold(0.0, |sum, factor| (sum + factor) * t);
    let decay = (-x * x).exp();
    let erf = 1.0 - polynomial * decay;
    v.abs() * erf - rounding * (2.0 / std::f64::consts::PI).sqrt() * (1.0 - decay)
}

/// The sums of samples with the four weights.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sums {
    re: [f32; 4],
    im: [f32; 4],
}

impl Sums {
    #[inline(always)]
    fn add(&mut self, sample: Complex32, weights: &[f32; 4]) {
        self.re.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += sample.re * weight);
        self.im.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += sample.im * weight);
    }

    /// A chip 1 is the higher frequency: between equal ones the phase grows by πh·v; a 1 after a 0 makes it g(v).
    fn matched(&self, before: bool, after: bool) -> Complex32 {
        let ([cos, sin, bent_cos, bent_sin], [cos_im, sin_im, bent_cos_im, bent_sin_im]) = (self.re, self.im);
        match (before, after) {
            (true, true) => Complex32::new(cos + sin_im, cos_im - sin),
            (false, false) => Complex32::new(cos - sin_im, cos_im + sin),
            (false, true) => Complex32::new(bent_cos + bent_sin_im, bent_cos_im - bent_sin),
            (true, false) => Complex32::new(bent_cos - bent_sin_im, bent_cos_im + bent_sin),
        }
    }
}

/// What the samples around a chip boundary say about the chips before and after it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Correlation {
    /// The sums before and after the boundary.
    halves: [Sums; 2],
}

impl Correlation {
    /// Returns the correlation with a pair of chips; its phase is the signal's at the boundary.
    pub(crate) fn with(&self, before: bool, after: bool) -> Complex32 {
        self.before(before, after) + self.after(before, after)
    }

    /// Returns the part of [`Correlation::with`] that lies before the boundary.
    pub(crate) fn before(&self, before: bool, after: bool) -> Complex32 {
        let [half, _] = &self.halves;
        half.matched(before, after)
    }

    /// Returns the part of [`Correlation::with`] that lies behind the boundary.
    pub(crate) fn after(&self, before: bool, after: bool) -> Complex32 {
        let [_, half] = &self.halves;
        half.matched(before, after)
    }

    /// Returns the correlations with the pairs 00, 01, 10 and 11, real and imaginary parts apart.
    pub(crate) fn pairs(&self) -> [[f32; 4]; 2] {
        let [early, late] = &self.halves;
        let both = |early: [f32; 4], late: [f32; 4]| -> [f32; 4] {
            let mut sum = early;
            sum.iter_mut().zip(late).for_each(|(sum, late)| *sum += late);
            sum
        };
        let sums = Sums { re: both(early.re, late.re), im: both(early.im, late.im) };
        let pairs = [(false, false), (false, true), (true, false), (true, true)]
            .map(|(before, after)| sums.matched(before, after));
        [pairs.map(|pair| pair.re), pairs.map(|pair| pair.im)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pulse_without_rounding_bends_at_the_boundary_and_a_rounded_one_stays_inside() {
        assert_eq!(bend(-0.25, 0.0), 0.25);
        assert!(bend(0.0, 0.265).abs() < 1e-6);
        let rounded = bend(0.5, 0.265);
        assert!(rounded > 0.27 && rounded < 0.31, "{rounded}");
    }

    #[test]
    fn a_pulse_that_is_set_is_the_one_that_is_made() {
        let mut pulse = Pulse::new(1.0, 0.0);
        for (index, rounding) in [(1.0, 0.25), (0.8, 0.25), (0.8, 0.0)] {
            pulse.set(index, rounding);
            assert_eq!(pulse.table, Pulse::new(index, rounding).table);
        }
    }

    #[test]
    fn each_pair_of_chips_is_found_by_its_own_correlation() {
        let period = 4.3;
        let boundary = 10.7;
        let pulse = Pulse::new(1.0, 0.0);
        for (before, after) in [(false, false), (false, true), (true, false), (true, true)] {
            let sign = |chip| if chip { 1.0 } else { -1.0 };
            let samples: Vec<_> = (0..24)
                .map(|n| {
                    let v = (f64::from(n) - boundary) / period;
                    let slope = sign(if v < 0.0 { before } else { after });
                    Complex32::from_polar(1.0, (0.4 + std::f64::consts::PI * slope * v) as f32)
                })
                .collect();
            let found = pulse.correlate(&samples, boundary, period);
            let own = found.with(before, after);
            let [re, im] = found.pairs();
            let pair = 2 * usize::from(before) + usize::from(after);
            assert!((Complex32::new(re[pair], im[pair]) - own).norm() < 1e-5);
            assert!((own.arg() - 0.4).abs() < 0.05, "{own}");
            for other in [(false, false), (false, true), (true, false), (true, true)] {
                if other != (before, after) {
                    assert!(
                        (found.with(other.0, other.1) * Complex32::from_polar(1.0, -0.4)).re
                            < 0.8 * own.norm()
                    );
                }
            }
        }
    }
}
