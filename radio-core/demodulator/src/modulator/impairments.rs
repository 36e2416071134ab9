//! What a cheap receiver adds of its own.

use num_complex::Complex32;

/// A change of the receiver's gain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GainStep {
    /// When it happens, in seconds since the first sample.
    pub at_s: f64,
    /// The gain from then on, in dB.
    pub gain_db: f64,
}

/// Describes the faults of a receiver, in the order in which a signal meets them; none by default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Impairments {
    /// Changes of the gain, in the order of their times; 0 dB before the first.
    pub gain_steps: Vec<GainStep>,
    /// How much more gain I has than Q, in dB.
    pub iq_gain_db: f64,
    /// How far I and Q are from a right angle, in degrees.
    pub iq_phase_deg: f64,
    /// What is added to every sample, full scale being 1.
    pub dc: Complex32,
    /// Whether I and Q are limited to full scale, as a converter does.
    pub clips: bool,
}

impl Impairments {
    /// Changes samples, the first of which has the number `first`.
    pub fn apply(&self, samples: &mut [Complex32], first: u64, rate_hz: f64) {
        let i_gain = 10f32.powf(self.iq_gain_db as f32 / 40.0);
        let (sine, cosine) = (self.iq_phase_deg.to_radians() as f32).sin_cos();
        let limit = if self.clips { 1.0 } else { f32::INFINITY };
        let mut steps = self.gain_steps.iter().peekable();
        let mut gain = 1.0;
        for (sample, number) in samples.iter_mut().zip(first..) {
            let time_s = number as f64 / rate_hz;
            while let Some(step) = steps.next_if(|step| step.at_s <= time_s) {
                gain = 10f32.powf(step.gain_db as f32 / 20.0);
            }
            let i = i_gain * gain * sample.re;
            let q = gain / i_gain * (sample.re * sine + sample.im * cosine);
            *sample =
                Complex32::new((i + self.dc.re).clamp(-limit, limit), (q + self.dc.im).clamp(-limit, limit));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: Complex32 = Complex32::new(0.5, -0.25);

    fn applied(impairments: &Impairments) -> Vec<Complex32> {
        let mut samples = vec![SAMPLE; 4];
        impairments.apply(&mut samples, 10, 10.0);
        samples
    }

    #[test]
    fn a_faultless_receiver_changes_nothing() {
        assert_eq!(applied(&Impairments::default()), [SAMPLE; 4]);
    }

    #[test]
    fn the_gain_changes_at_its_time_and_a_step_before_the_block_still_holds() {
        let steps = vec![GainStep { at_s: 0.5, gain_db: 20.0 }, GainStep { at_s: 1.2, gain_db: 0.0 }];
        let samples = applied(&Impairments { gain_steps: steps, ..Impairments::default() });
        assert_eq!(samples, [SAMPLE * 10.0, SAMPLE * 10.0, SAMPLE, SAMPLE]);
    }

    #[test]
    fn an_unbalanced_receiver_hears_an_image() {
        let impairments = Impairments { iq_gain_db: 6.0, iq_phase_deg: 90.0, ..Impairments::default() };
        let sample = applied(&impairments)[0];
        assert!((sample.re - 0.5 * 10f32.powf(0.15)).abs() < 1e-6, "{sample}");
        assert!((sample.im - 0.5 / 10f32.powf(0.15)).abs() < 1e-6, "{sample}");
    }

    #[test]
    fn an_offset_drives_a_converter_to_its_limit() {
        let impairments =
            Impairments { dc: Complex32::new(0.75, 0.25), clips: true, ..Impairments::default() };
        assert_eq!(applied(&impairments)[0], Complex32::new(1.0, 0.0));
    }
}
