//! What one chip boundary looks like, and how much of it samples hold.
//!
//! A frequency-shift keyed signal of constant phase is cut half way between the boundaries of its chips, so that each
//! stretch depends on two chips only, even when the frequency changes smoothly. With v the time since the boundary
//! in chips (−½ … ½) and h the modulation index, the phase relative to the boundary is ±πh·v where both chips are
//! equal and ±πh·g(v) where they are not: g is |v|, rounded by the Gaussian filter of the sender. So four real
//! weights a sample make the correlations with all four pairs of chips.

use num_complex::Complex32;

/// Steps of a chip in the table of a pulse.
const STEPS: usize = 64;

/// The weights of a chip boundary for one modulation index and rounding.
#[derive(Debug, Clone)]
pub(crate) struct Pulse {
    /// cos and sin of πh·v, cos and sin of πh·g(v), for v from −½ to ½.
    table: Box<[[f32; 4]; STEPS + 1]>,
}

impl Pulse {
    /// Makes the pulse of the modulation index `index` whose changes of frequency are rounded by a Gaussian of this
    /// standard deviation in chips (0.1325 / BT).
    pub(crate) fn new(index: f64, rounding: f64) -> Self {
        let mut pulse = Self { table: Box::new([[0.0; 4]; STEPS + 1]) };
        pulse.set(index, rounding);
        pulse
    }

    /// Makes this the pulse of another modulation index or rounding.
    pub(crate) fn set(&mut self, index: f64, rounding: f64) {
        for (step, weights) in self.table.iter_mut().enumerate() {
            let v = step as f64 / STEPS as f64 - 0.5;
            let straight = (std::f64::consts::PI * index * v).sin_cos();
            let bent = (std::f64::consts::PI * index * bent(v, rounding)).sin_cos();
            *weights = [straight.1, straight.0, bent.1, bent.0].map(|weight| weight as f32);
        }
    }

    /// Correlates the samples around a boundary that lies at `boundary` (in samples) between chips of `period`
    /// samples; samples that are not there count as zero.
    pub(crate) fn correlate(&self, samples: &[Complex32], boundary: f64, period: f64) -> Correlation {
        let mut found = Correlation::default();
        let half = 0.5 * period;
        let [from, middle, to] =
            [boundary - half, boundary, boundary + half].map(|at| at.ceil().max(0.0) as usize);
        let step = (STEPS as f64 / period) as f32;
        let offset = 0.5 * STEPS as f32 + 0.5;
        for (half, range) in found.halves.iter_mut().zip([from..middle, middle..to]) {
            let first = (range.start as f64 - boundary) as f32;
            let here = samples.get(range.start..range.end.min(samples.len())).unwrap_or_default();
            for (count, sample) in here.iter().enumerate() {
                let place = ((first + count as f32) * step + offset) as usize;
                let Some(weights) = self.table.get(place) else { continue };
                for (sum, weight) in half.iter_mut().zip(weights) {
                    *sum += sample * weight;
                }
            }
        }
        found
    }
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

/// What the samples around a chip boundary say about the chips before and after it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Correlation {
    /// The sums before and after the boundary.
    halves: [[Complex32; 4]; 2],
}

impl Correlation {
    /// Returns the correlation with a pair of chips; its phase is the signal's at the boundary.
    pub(crate) fn with(&self, before: bool, after: bool) -> Complex32 {
        self.before(before, after) + self.after(before, after)
    }

    /// Returns the part of [`Correlation::with`] that lies before the boundary.
    pub(crate) fn before(&self, before: bool, after: bool) -> Complex32 {
        let [half, _] = self.halves;
        matched(half, before, after)
    }

    /// Returns the part of [`Correlation::with`] that lies behind the boundary.
    pub(crate) fn after(&self, before: bool, after: bool) -> Complex32 {
        let [_, half] = self.halves;
        matched(half, before, after)
    }
}

/// A chip 1 is the higher frequency: between equal ones the phase grows by πh·v; a 1 after a 0 makes it g(v).
fn matched([cos, sin, bent_cos, bent_sin]: [Complex32; 4], before: bool, after: bool) -> Complex32 {
    let turned = |sum: Complex32| Complex32::new(-sum.im, sum.re);
    match (before, after) {
        (true, true) => cos - turned(sin),
        (false, false) => cos + turned(sin),
        (false, true) => bent_cos - turned(bent_sin),
        (true, false) => bent_cos + turned(bent_sin),
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
