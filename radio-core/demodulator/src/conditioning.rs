//! What a cheap front end does to its samples is undone: DC offset, and gain and phase between I and Q.
//!
//! Rate: that of the capture. Delay: none.
//!
//! Source: a signal of the air is circular, E\[x²\] = 0. A mixer whose arms differ delivers x = μ·s + ν·s*, so
//! ρ = E\[x²\] / E\[|x|²\] tells κ = ν/μ* = ρ / (1 + √(1 − |ρ|²)), and x − κ·x* is s again, but for a factor
//! (Anttila, Valkama, Renfors, “Circularity-based I/Q imbalance compensation”, 2008).

use num_complex::Complex32;

use crate::planar::Planar;

/// The DC offset is the mean over about this long: many times the length of a frame, so that a frame whose tone
/// happens to lie at 0 Hz survives.
const DC_SECONDS: f32 = 0.15;
/// The balance of I and Q is that of about this long.
const BALANCE_SECONDS: f32 = 0.6;
/// As if so much of a balanced signal had been heard before: a short look at a strong FSK signal shows an
/// imbalance that is none.
const BALANCE_PRIOR_SECONDS: f32 = 0.01;
/// More than any mixer's: 0.3 is 5 dB or 17 degrees.
const BALANCE_LIMIT: f32 = 0.3;
/// It is enough to look at one block of this many samples; at first, at every one.
const LOOK_EVERY: f32 = 4096.0;
/// Full scale is 1. Whatever lies so far beyond it is no sample, nor is what is no number.
const LEVEL_LIMIT: f32 = 65_536.0;

/// Removes DC offset and the imbalance of I and Q from blocks of samples.
#[derive(Debug, Clone)]
pub struct Conditioner {
    dc: Complex32,
    dc_weight: f32,
    dc_weight_limit: f32,
    /// ρ, averaged with the amplitude as weight: one strong frame does not outweigh a second of the rest.
    balance: Complex32,
    balance_weight: f32,
    balance_prior: f32,
    balance_weight_limit: f32,
    /// Typical amplitude, in whose units the weights are counted.
    amplitude: f32,
    /// Samples since the last look.
    unseen: f32,
}

impl Conditioner {
    /// Makes a conditioner that has heard nothing yet.
    pub fn new(rate_hz: f32) -> Self {
        Self {
            dc: Complex32::ZERO,
            dc_weight: 0.0,
            dc_weight_limit: DC_SECONDS * rate_hz,
            balance: Complex32::ZERO,
            balance_weight: 0.0,
            balance_prior: BALANCE_PRIOR_SECONDS * rate_hz,
            balance_weight_limit: BALANCE_SECONDS * rate_hz,
            amplitude: 0.0,
            unseen: 0.0,
        }
    }

    /// Replaces `output` by the samples as they were in the air; looks at them before it changes them.
    pub fn condition(&mut self, samples: &[Complex32], output: &mut Planar) {
        output.clear();
        output.re.extend(samples.iter().map(|sample| limited(sample.re)));
        output.im.extend(samples.iter().map(|sample| limited(sample.im)));
        self.unseen += output.len() as f32;
        if self.unseen >= LOOK_EVERY.min(self.dc_weight) {
            self.learn(output);
            self.unseen = 0.0;
        }
        let kappa = self.kappa();
        let (to_re, to_im, across) = (1.0 - kappa.re, 1.0 + kappa.re, -kappa.im);
        let dc_re = to_re * self.dc.re + across * self.dc.im;
        let dc_im = to_im * self.dc.im + across * self.dc.re;
        for (re, im) in output.re.iter_mut().zip(&mut output.im) {
            let (i, q) = (*re, *im);
            *re = to_re * i + across * q - dc_re;
            *im = to_im * q + across * i - dc_im;
        }
    }

    /// Returns the present estimate of κ, by which the mirror image is removed.
    fn kappa(&self) -> Complex32 {
        let seen = self.balance_weight / (self.balance_weight + self.balance_prior);
        let balance = self.balance * seen;
        let size = balance.norm();
        let balance = if size > BALANCE_LIMIT { balance * (BALANCE_LIMIT / size) } else { balance };
        balance / (1.0 + (1.0 - balance.norm_sqr()).sqrt())
    }

    fn learn(&mut self, block: &Planar) {
        let Some(mut sums) = Sums::of(block) else { return };
        // It stands for those that were not looked at.
        sums.count = sums.count.max(self.unseen);
        self.dc_weight = (self.dc_weight + sums.count).min(self.dc_weight_limit.max(sums.count));
        self.dc += (sums.mean - self.dc) * (sums.count / self.dc_weight);

        let away = sums.mean - self.dc;
        // About the DC offset that holds, not about the block's own mean.
        let square = sums.square + away * away;
        let power = sums.power + away.norm_sqr();
        if power <= f32::MIN_POSITIVE {
            return;
        }
        let amplitude = power.sqrt();
        if self.amplitude <= 0.0 {
            self.amplitude = amplitude;
        }
        let share = sums.count / self.balance_weight_limit.max(sums.count);
        self.amplitude += (amplitude - self.amplitude) * share;
        // A single block never counts for more than a few ordinary ones.
        let weight = sums.count * (amplitude / self.amplitude).min(4.0);
        self.balance_weight = (self.balance_weight + weight).min(self.balance_weight_limit.max(weight));
        self.balance += (square / power - self.balance) * (weight / self.balance_weight);
    }
}

/// The first two moments of a block; the second ones about the block's mean.
struct Sums {
    count: f32,
    mean: Complex32,
    square: Complex32,
    power: f32,
}

impl Sums {
    fn of(block: &Planar) -> Option<Self> {
        const LANES: usize = 8;
        let mut lanes = [[0.0_f32; LANES]; 5];
        let mut count = 0_u16;
        let parts = block.re.as_chunks::<LANES>().0.iter().zip(block.im.as_chunks::<LANES>().0);
        for (re, im) in parts {
            let [i_sum, q_sum, ii_sum, qq_sum, iq_sum] = &mut lanes;
            for lane in 0..LANES {
                #[allow(clippy::indexing_slicing, reason = "all are arrays of LANES")]
                {
                    let (i, q) = (re[lane], im[lane]);
                    i_sum[lane] += i;
                    q_sum[lane] += q;
                    ii_sum[lane] += i * i;
                    qq_sum[lane] += q * q;
                    iq_sum[lane] += i * q;
                }
            }
            count = count.saturating_add(1);
        }
        if count == 0 {
            return None;
        }
        let count = f32::from(count) * LANES as f32;
        let [i, q, ii, qq, iq] = lanes.map(|lanes| lanes.iter().sum::<f32>() / count);
        let mean = Complex32::new(i, q);
        let (ii, qq, iq) = ((ii - i * i).max(0.0), (qq - q * q).max(0.0), iq - i * q);
        Some(Self { count, mean, square: Complex32::new(ii - qq, 2.0 * iq), power: ii + qq })
    }
}

/// Returns the level, or 0 for what can be none; one comparison, so that the loop vectorises.
fn limited(level: f32) -> f32 {
    if level.abs() <= LEVEL_LIMIT { level } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use core::f32::consts::TAU;

    use super::*;

    const RATE_HZ: f32 = 1_600_000.0;

    /// Uniform noise, the same on every run.
    fn noise(count: usize, amplitude: f32) -> Vec<Complex32> {
        let mut state = 1_u32;
        let mut level = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / 8_388_608.0 - 1.0) * amplitude
        };
        (0..count).map(|_| Complex32::new(level(), level())).collect()
    }

    fn conditioned(samples: &[Complex32]) -> Vec<Complex32> {
        let mut conditioner = Conditioner::new(RATE_HZ);
        let mut block = Planar::default();
        let mut output = Vec::new();
        for samples in samples.chunks(1000) {
            conditioner.condition(samples, &mut block);
            output.extend(block.re.iter().zip(&block.im).map(|(re, im)| Complex32::new(*re, *im)));
        }
        output
    }

    /// The amplitude of a tone in the second half of the samples.
    fn amplitude_at(samples: &[Complex32], frequency_hz: f32) -> f32 {
        let second_half = samples.split_at(samples.len() / 2).1;
        let step = frequency_hz / RATE_HZ;
        let turned = |(index, sample): (usize, &Complex32)| {
            sample * Complex32::from_polar(1.0, -TAU * (step * index as f32).fract())
        };
        (second_half.iter().enumerate().map(turned).sum::<Complex32>() / second_half.len() as f32).norm()
    }

    #[test]
    fn a_dc_offset_goes_away_and_noise_stays_what_it_is() {
        let mut samples = noise(160_000, 0.05);
        let power = |samples: &[Complex32]| samples.iter().map(Complex32::norm_sqr).sum::<f32>();
        let before = power(&samples);
        samples.iter_mut().for_each(|sample| *sample += Complex32::new(0.2, -0.1));
        let output = conditioned(&samples);
        assert!(amplitude_at(&output, 0.0) < 5e-4, "{}", amplitude_at(&output, 0.0));
        assert!((power(&output) / before - 1.0).abs() < 0.02, "{}", power(&output) / before);
    }

    #[test]
    fn the_mirror_image_of_an_unbalanced_mixer_sinks_by_twenty_db() {
        let mut samples = noise(320_000, 0.02);
        for (index, sample) in samples.iter_mut().enumerate() {
            *sample += Complex32::from_polar(0.3, TAU * (0.037 * index as f32).fract());
            // 1 dB and 6 degrees: the mirror image is 22 dB below the signal.
            let turned = sample.im * 0.995 + sample.re * 0.105;
            *sample = Complex32::new(sample.re * 1.12, turned);
        }
        let image_hz = -0.037 * RATE_HZ;
        let before = amplitude_at(&samples, image_hz);
        let after = amplitude_at(&conditioned(&samples), image_hz);
        assert!(before > 0.015, "{before}");
        assert!(after < before / 10.0, "{before} {after}");
    }

    #[test]
    fn what_is_no_level_counts_as_silence() {
        let broken = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, -1e30];
        let samples: Vec<_> = noise(5000, 0.1)
            .into_iter()
            .zip(broken.into_iter().cycle())
            .flat_map(|(good, bad)| [good, Complex32::new(bad, good.im), Complex32::new(good.re, bad)])
            .collect();
        let output = conditioned(&samples);
        assert_eq!(output.len(), samples.len());
        assert!(output.iter().all(|sample| sample.re.abs() < 0.2 && sample.im.abs() < 0.2));
    }
}
