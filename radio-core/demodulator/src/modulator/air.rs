//! Everything that is in the air at the same time, as a receiver samples it.

use num_complex::Complex32;
use wmbus::phy::Band;

use super::{Emission, Random};

/// Adds up transmissions and noise, block by block.
///
/// Memory is what the transmissions take that have been handed over and not yet passed.
#[derive(Debug, Clone)]
pub struct Air {
    rate_hz: f64,
    center_hz: f64,
    noise_rms: f32,
    random: Random,
    emissions: Vec<Emission>,
    /// The number of the next sample.
    next: u64,
}

impl Air {
    /// Makes silent air, received at a number of complex samples a second around a frequency.
    pub fn new(rate_hz: u32, center_hz: u32, random: Random) -> Self {
        Self {
            rate_hz: f64::from(rate_hz.max(1)),
            center_hz: f64::from(center_hz),
            noise_rms: 0.0,
            random,
            emissions: Vec::new(),
            next: 0,
        }
    }

    /// Adds white noise of this effective value in each of I and Q, full scale being 1.
    ///
    /// An RTL-SDR has 5 to 9 of its 127.5 steps (`phy_facts.md` §8).
    #[must_use]
    pub fn with_noise_rms(self, noise_rms: f64) -> Self {
        Self { noise_rms: noise_rms as f32, ..self }
    }

    /// Returns the amplitude with which a bit of this band has this energy over the noise's density.
    ///
    /// 0 in air without noise.
    pub fn amplitude_at_ebn0_db(&self, band: &Band, ebn0_db: f64) -> f64 {
        let noise_power_per_hz = 2.0 * f64::from(self.noise_rms).powi(2) / self.rate_hz;
        (10f64.powf(ebn0_db / 10.0) * noise_power_per_hz * bit_rate_hz(band)).sqrt()
    }

    /// Hands over a transmission; what lies before the next sample is lost.
    pub fn send(&mut self, emission: Emission) {
        self.emissions.push(emission);
    }

    /// Returns the time of the next sample, in seconds since the first.
    pub fn now_s(&self) -> f64 {
        self.next as f64 / self.rate_hz
    }

    /// Writes the next samples.
    pub fn fill(&mut self, samples: &mut [Complex32]) {
        for sample in samples.iter_mut() {
            let (i, q) = if self.noise_rms > 0.0 { self.random.normal_pair() } else { (0.0, 0.0) };
            *sample = Complex32::new(self.noise_rms * i, self.noise_rms * q);
        }
        for emission in &self.emissions {
            emission.add_to(samples, self.next, self.rate_hz, self.center_hz);
        }
        self.next += samples.len() as u64;
        let now_s = self.now_s();
        self.emissions.retain(|emission| emission.end_s() > now_s);
    }
}

/// Bits of the frame per second, at the nominal chip rate.
fn bit_rate_hz(band: &Band) -> f64 {
    8.0 * f64::from(band.chip_rate_hz) / band.line_code.chips_per_byte() as f64
}
