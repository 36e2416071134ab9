//! Low-pass filters of linear phase.
//!
//! Source: windowed sinc with Kaiser's window (Kaiser, “Nonrecursive digital filter design using the I₀-sinh window
//! function”, 1974).

use core::f64::consts::PI;

/// Describes a low-pass filter; frequencies in Hz.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LowPass {
    /// Samples per second.
    pub rate_hz: f64,
    /// Up to here it is flat.
    pub pass_hz: f64,
    /// From here on it stops.
    pub stop_hz: f64,
    /// Ripple and attenuation, in dB.
    pub attenuation_db: f64,
}

impl LowPass {
    /// Returns how many taps it takes: an odd number, so that the delay is a whole number of samples.
    pub fn tap_count(&self) -> usize {
        let width = 2.0 * PI * (self.stop_hz - self.pass_hz).max(self.rate_hz * 1e-3) / self.rate_hz;
        // Two more than Kaiser's formula: it is too low for short filters.
        let order = ((self.attenuation_db - 7.95) / (2.285 * width) + 2.0).ceil().clamp(2.0, 4096.0) as usize;
        order + 1 - order % 2
    }

    /// Returns the taps; their sum is 1.
    pub fn taps(&self) -> Vec<f32> {
        let count = self.tap_count();
        let middle = (count - 1) as f64 / 2.0;
        let beta = match self.attenuation_db {
            high if high > 50.0 => 0.1102 * (high - 8.7),
            low if low > 21.0 => 0.5842 * (low - 21.0).powf(0.4) + 0.07886 * (low - 21.0),
            _ => 0.0,
        };
        let cutoff = (self.pass_hz + self.stop_hz) / self.rate_hz;
        let tap = |index: usize| {
            let place = index as f64 - middle;
            let window = bessel_i0(beta * (1.0 - (place / middle).powi(2)).max(0.0).sqrt());
            sinc(cutoff * place) * window
        };
        let taps: Vec<f64> = (0..count).map(tap).collect();
        let sum: f64 = taps.iter().sum();
        taps.iter().map(|tap| (tap / sum) as f32).collect()
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Returns the modified Bessel function of order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let terms = (1..64).scan(1.0, |term, k| {
        *term *= quarter / f64::from(k * k);
        Some(*term)
    });
    1.0 + terms.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain_db(taps: &[f32], frequency_hz: f64, rate_hz: f64) -> f64 {
        let turn = 2.0 * PI * frequency_hz / rate_hz;
        let (re, im) = taps.iter().enumerate().fold((0.0, 0.0), |(re, im), (index, tap)| {
            let (sin, cos) = (turn * index as f64).sin_cos();
            (re + f64::from(*tap) * cos, im + f64::from(*tap) * sin)
        });
        10.0 * f64::log10(re * re + im * im)
    }

    #[test]
    fn a_low_pass_is_flat_where_it_passes_and_quiet_where_it_stops() {
        for (rate_hz, pass_hz, stop_hz) in
            [(1.6e6, 165e3, 235e3), (800e3, 165e3, 235e3), (3.2e6, 165e3, 1.4e6)]
        {
            let filter = LowPass { rate_hz, pass_hz, stop_hz, attenuation_db: 65.0 };
            let taps = filter.taps();
            assert_eq!(taps.len() % 2, 1);
            for step in 0..=100 {
                let share = f64::from(step) / 100.0;
                let pass_db = gain_db(&taps, pass_hz * share, rate_hz);
                assert!(pass_db.abs() < 0.02, "{pass_db} dB in the pass band of {filter:?}");
                let stop_db = gain_db(&taps, stop_hz + (rate_hz / 2.0 - stop_hz) * share, rate_hz);
                assert!(stop_db < 4.0 - filter.attenuation_db, "{stop_db} dB in the stop band of {filter:?}");
            }
        }
    }
}
