//! A channel is moved to 0 Hz.
//!
//! Rate: that of the capture. Delay: none.

use core::f64::consts::TAU;

use crate::planar::Planar;

/// Multiplies samples with a complex tone.
///
/// The phase is counted in 2⁻⁶⁴ of a turn, so it does not drift however long the capture is.
#[derive(Debug, Clone)]
pub struct Mixer {
    step: u64,
    phase: u64,
    /// The tone from phase 0 on, as long as the longest block.
    tone: Planar,
}

impl Mixer {
    /// Makes a mixer that moves `shift_hz` to 0 Hz, for blocks of up to `block` samples; none is needed for 0 Hz.
    pub fn new(shift_hz: f64, rate_hz: f64, block: usize) -> Option<Self> {
        if shift_hz == 0.0 {
            return None;
        }
        let turns = (-shift_hz / rate_hz).rem_euclid(1.0);
        // 2⁶³ twice: the conversion saturates at the top.
        let step = ((turns * 0.5 * 2.0_f64.powi(64)) as u64).wrapping_mul(2);
        let mut tone = Planar::with_capacity(block);
        let mut phase = 0_u64;
        for _ in 0..block {
            let (sin, cos) = angle(phase).sin_cos();
            tone.re.push(cos as f32);
            tone.im.push(sin as f32);
            phase = phase.wrapping_add(step);
        }
        Some(Self { step, phase: 0, tone })
    }

    /// Replaces `output` by the mixed samples; what is longer than the block agreed on is cut.
    pub fn mix(&mut self, input: &Planar, output: &mut Planar) {
        let (sin, cos) = angle(self.phase).sin_cos();
        let (sin, cos) = (sin as f32, cos as f32);
        let count = input.len().min(self.tone.len());
        output.re.resize(count, 0.0);
        output.im.resize(count, 0.0);
        let tone = self.tone.re.iter().zip(&self.tone.im);
        let input = input.re.iter().zip(&input.im);
        let output = output.re.iter_mut().zip(&mut output.im);
        for (((re, im), (i, q)), (tone_re, tone_im)) in output.zip(input).zip(tone) {
            let turned_re = tone_re * cos - tone_im * sin;
            let turned_im = tone_re * sin + tone_im * cos;
            *re = i * turned_re - q * turned_im;
            *im = i * turned_im + q * turned_re;
        }
        self.phase = self.phase.wrapping_add(self.step.wrapping_mul(count as u64));
    }
}

/// Returns a phase as an angle.
fn angle(phase: u64) -> f64 {
    phase as f64 * (TAU / 2.0_f64.powi(64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest distance from 1 when a tone is mixed down to where it does not turn any more.
    fn error_of(shift_hz: f64, rate_hz: f64, pieces: &[usize]) -> f64 {
        let mut mixer = Mixer::new(shift_hz, rate_hz, 1024).unwrap();
        let mut output = Planar::default();
        let mut worst = 0.0_f64;
        let mut index = 0_u32;
        for piece in pieces {
            let mut tone = Planar::default();
            for _ in 0..*piece {
                let turns = (shift_hz / rate_hz * f64::from(index)).fract();
                tone.re.push((TAU * turns).cos() as f32);
                tone.im.push((TAU * turns).sin() as f32);
                index += 1;
            }
            mixer.mix(&tone, &mut output);
            assert_eq!(output.len(), *piece);
            for (re, im) in output.re.iter().zip(&output.im) {
                worst = worst.max((f64::from(*re) - 1.0).hypot(f64::from(*im)));
            }
        }
        worst
    }

    #[test]
    fn a_tone_is_brought_to_rest_in_blocks_of_any_length() {
        for (shift_hz, rate_hz) in
            [(325e3, 2.4e6), (-325e3, 2.4e6), (650e3, 1.6e6), (-123_456.789, 2_048_000.0)]
        {
            let error = error_of(shift_hz, rate_hz, &[1024, 1, 7, 1023, 512, 1024, 333]);
            assert!(error < 1e-5, "{error} for {shift_hz} Hz at {rate_hz}");
        }
    }

    #[test]
    fn nothing_is_multiplied_where_nothing_is_to_be_moved() {
        assert!(Mixer::new(0.0, 1.6e6, 1024).is_none());
    }
}
