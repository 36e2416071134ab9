//! How the frequency moves from one chip to the next.

/// Names the shape of a chip's frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Shaping {
    /// The frequency jumps: plain 2-FSK.
    Rectangular,
    /// The frequency follows a Gaussian filter (GFSK).
    Gaussian {
        /// The filter's 3 dB bandwidth times the duration of a chip, such as 0.5; at least 0.1.
        bt: f64,
    },
}

/// Less would smear a chip over more than ten others.
const LEAST_BT: f64 = 0.1;
/// Values of the table for each chip.
const STEPS: usize = 256;

/// Holds the share of its phase that a chip has turned, by the position within and around it.
///
/// It rises from 0 to 1, for a rectangular pulse within the chip, for a Gaussian one from some chips before to
/// some behind it.
#[derive(Debug, Clone)]
pub(super) struct PhasePulse {
    /// How many chips before and behind the own one the pulse reaches.
    reach: usize,
    /// From the first chip reached to the end of the last.
    table: Vec<f64>,
}

impl PhasePulse {
    pub(super) fn new(shaping: Shaping) -> Self {
        let (reach, share): (usize, Box<dyn Fn(f64) -> f64>) = match shaping {
            Shaping::Rectangular => (0, Box::new(|position: f64| position.clamp(0.0, 1.0))),
            Shaping::Gaussian { bt } => {
                let deviation = (2f64.ln().sqrt()) / (core::f64::consts::TAU * bt.max(LEAST_BT));
                let ramp = move |x: f64| deviation * normal_ramp(x / deviation);
                let reach = (4.5 * deviation).ceil() as usize;
                (reach, Box::new(move |position| ramp(position) - ramp(position - 1.0)))
            }
        };
        let values = (2 * reach + 1) * STEPS;
        let table = (0..=values).map(|step| share(step as f64 / STEPS as f64 - reach as f64)).collect();
        Self { reach, table }
    }

    /// Returns how many chips before and behind its own the pulse reaches.
    pub(super) fn reach(&self) -> usize {
        self.reach
    }

    /// Returns the share that is turned at a position in chips since the chip's begin.
    #[inline]
    pub(super) fn share(&self, position: f64) -> f64 {
        let step = (position + self.reach as f64) * STEPS as f64;
        let below = step.max(0.0) as usize;
        match self.table.get(below..below + 2) {
            Some(&[from, to]) => from + (to - from) * (step - below as f64),
            _ => 1.0,
        }
    }
}

/// The integral of the normal distribution's function.
fn normal_ramp(x: f64) -> f64 {
    let density = (-x * x / 2.0).exp() / core::f64::consts::TAU.sqrt();
    x * normal(x) + density
}

/// The normal distribution's function; Abramowitz and Stegun 26.2.17, right to 7.5e-8.
fn normal(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 5] =
        [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let polynomial = COEFFICIENTS.iter().rev().fold(0.0, |sum, coefficient| (sum + coefficient) * t);
    let tail = polynomial * (-x * x / 2.0).exp() / core::f64::consts::TAU.sqrt();
    if x < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pulse_turns_its_whole_phase_and_half_of_it_by_its_middle() {
        for shaping in [Shaping::Rectangular, Shaping::Gaussian { bt: 0.5 }, Shaping::Gaussian { bt: 1.0 }] {
            let pulse = PhasePulse::new(shaping);
            let reach = pulse.reach() as f64;
            assert!(pulse.share(-reach).abs() < 1e-5, "{shaping:?}");
            assert!((pulse.share(0.5) - 0.5).abs() < 1e-5, "{shaping:?}");
            assert!((pulse.share(1.0 + reach) - 1.0).abs() < 1e-5, "{shaping:?}");
        }
    }

    #[test]
    fn a_gaussian_pulse_is_a_chip_behind_a_gaussian_filter_of_its_bandwidth() {
        const POINTS: u32 = 400;
        for bt in [0.3, 0.5, 1.0] {
            // The filter's answer to a pulse, from its frequency response: 3 dB down at BT.
            let width = bt * (core::f64::consts::TAU / 2f64.ln()).sqrt();
            let answer = |x: f64| width * (-core::f64::consts::PI * (width * x).powi(2)).exp();
            let points = (0..POINTS).map(|point| (f64::from(point) + 0.5) / f64::from(POINTS));
            let within: f64 = points
                .clone()
                .map(|sent| points.clone().map(|heard| answer(heard - sent)).sum::<f64>())
                .sum::<f64>()
                / f64::from(POINTS).powi(2);
            let pulse = PhasePulse::new(Shaping::Gaussian { bt });
            let own = pulse.share(1.0) - pulse.share(0.0);
            assert!((own - within).abs() < 1e-4, "BT {bt}: {own} and {within}");
        }
    }
}
