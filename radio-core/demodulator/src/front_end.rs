//! From the samples of a capture to the samples of its channels.
//!
//! ```text
//! capture ─ conditioner ─┬─ mixer ─ decimator ─ decimator ─ channel T and C
//!                        └─ mixer ─ decimator ─ decimator ─ channel S
//! ```

use num_complex::Complex32;

use crate::Channel;
use crate::conditioning::Conditioner;
use crate::decimator::Decimator;
use crate::mixer::Mixer;
use crate::plan::{self, ChannelName};
use crate::planar::Planar;

/// So many samples go through all blocks at a time; they fit in the processor's first cache.
pub(crate) const BLOCK: usize = 1024;

/// Makes the channels of a capture.
#[derive(Debug, Clone)]
pub struct FrontEnd {
    conditioner: Conditioner,
    conditioned: Planar,
    paths: Vec<Path>,
}

impl FrontEnd {
    /// Makes a front end for a capture around `center_hz`.
    pub fn new(rate_hz: u32, center_hz: u32, channels: &[ChannelName]) -> Self {
        let path = |channel: &ChannelName| Path::new(rate_hz, center_hz, *channel);
        Self {
            conditioner: Conditioner::new(rate_hz as f32),
            conditioned: Planar::with_capacity(BLOCK),
            paths: channels.iter().map(path).collect(),
        }
    }

    /// Returns the channels, in the order in which they were asked for.
    pub fn channels(&self) -> impl Iterator<Item = Channel> {
        self.paths.iter().map(|path| path.channel)
    }

    /// Returns how many samples of silence bring out all that the filters may still hold.
    pub(crate) fn held_samples(&self) -> usize {
        self.paths.iter().map(|path| path.held_samples).max().unwrap_or(0)
    }

    /// Hands the samples of each channel over, with its place among the channels, block by block.
    pub fn feed(&mut self, samples: &[Complex32], mut deliver: impl FnMut(usize, &[Complex32])) {
        for block in samples.chunks(BLOCK) {
            self.conditioner.condition(block, &mut self.conditioned);
            for (index, path) in self.paths.iter_mut().enumerate() {
                path.feed(&self.conditioned);
                deliver(index, &path.output);
            }
        }
    }
}

/// The way of one channel.
#[derive(Debug, Clone)]
struct Path {
    channel: Channel,
    held_samples: usize,
    mixer: Option<Mixer>,
    decimators: Vec<Decimator>,
    /// What a block made, and what the next one makes of it.
    made: Planar,
    next: Planar,
    output: Vec<Complex32>,
}

impl Path {
    fn new(rate_hz: u32, center_hz: u32, channel: ChannelName) -> Self {
        let shift_hz = f64::from(channel.center_hz()) - f64::from(center_hz);
        let mut rate_hz_here = f64::from(rate_hz);
        let mixer = Mixer::new(shift_hz, rate_hz_here, BLOCK);
        let mut decimators = Vec::new();
        let mut delay_s = 0.0;
        let mut held_samples = 0;
        let mut factors = 1;
        for (filter, factor) in plan::stages(rate_hz_here, channel.decimation(rate_hz)) {
            let decimator = Decimator::new(&filter.taps(), factor, BLOCK);
            delay_s += decimator.delay() as f64 / rate_hz_here;
            held_samples += decimator.held() * factors;
            factors *= factor;
            rate_hz_here /= factor as f64;
            decimators.push(decimator);
        }
        Self {
            channel: Channel { rate_hz: rate_hz_here, delay_s },
            held_samples,
            mixer,
            decimators,
            made: Planar::with_capacity(BLOCK),
            next: Planar::with_capacity(BLOCK),
            output: Vec::with_capacity(BLOCK),
        }
    }

    fn feed(&mut self, block: &Planar) {
        let mut decimators = self.decimators.iter_mut();
        if let Some(mixer) = &mut self.mixer {
            mixer.mix(block, &mut self.made);
        } else if let Some(first) = decimators.next() {
            first.decimate(block, &mut self.made);
        }
        for decimator in decimators {
            decimator.decimate(&self.made, &mut self.next);
            core::mem::swap(&mut self.made, &mut self.next);
        }
        self.output.clear();
        let samples = self.made.re.iter().zip(&self.made.im);
        self.output.extend(samples.map(|(re, im)| Complex32::new(*re, *im)));
    }
}

#[cfg(test)]
mod tests {
    use core::f64::consts::TAU;

    use super::*;

    fn tone(frequency_hz: f64, rate_hz: u32, count: usize) -> Vec<Complex32> {
        let sample = |index: usize| {
            let (sin, cos) = (TAU * frequency_hz * index as f64 / f64::from(rate_hz)).sin_cos();
            Complex32::new(0.5 * cos as f32, 0.5 * sin as f32)
        };
        (0..count).map(sample).collect()
    }

    /// The power of a tone in each channel, as a share of what it was in the air.
    fn powers(rate_hz: u32, center_hz: u32, tone_hz: f64, channels: &[ChannelName]) -> Vec<f32> {
        let mut front_end = FrontEnd::new(rate_hz, center_hz, channels);
        let mut heard = vec![Vec::new(); channels.len()];
        let samples = tone(tone_hz - f64::from(center_hz), rate_hz, 100_000);
        front_end.feed(&samples, |index, samples| {
            if let Some(heard) = heard.get_mut(index) {
                heard.extend_from_slice(samples);
            }
        });
        let power = |samples: &Vec<Complex32>| {
            let settled = samples.iter().skip(samples.len() / 2);
            4.0 * settled.clone().map(Complex32::norm_sqr).sum::<f32>() / settled.count() as f32
        };
        heard.iter().map(power).collect()
    }

    #[test]
    fn a_signal_comes_out_in_its_channel_with_its_amplitude_and_nowhere_else() {
        let both = [ChannelName::TandC, ChannelName::S];
        for rate_hz in [1_200_000, 1_600_000, 2_048_000, 2_400_000, 3_200_000] {
            for offset_hz in [-110e3, -30e3, 45e3, 110e3] {
                for (index, channel) in both.iter().enumerate() {
                    let tone_hz = f64::from(channel.center_hz()) + offset_hz;
                    let powers = powers(rate_hz, 868_625_000, tone_hz, &both);
                    assert!(
                        (powers[index] - 1.0).abs() < 0.02,
                        "{channel:?} {offset_hz} at {rate_hz}: {powers:?}"
                    );
                    assert!(powers[1 - index] < 1e-5, "{channel:?} {offset_hz} at {rate_hz}: {powers:?}");
                }
            }
        }
    }

    #[test]
    fn a_sample_leaves_the_front_end_as_much_later_as_the_channel_says() {
        for (rate_hz, channel) in [(800_000, ChannelName::TandC), (1_600_000, ChannelName::S)] {
            let mut front_end = FrontEnd::new(rate_hz, channel.center_hz(), &[channel]);
            let described = front_end.channels().next().unwrap();
            // A bump of 25 µs in the middle of much noise-free silence.
            let middle_s = 0.01;
            let bump = |index: usize| {
                let away = (index as f64 / f64::from(rate_hz) - middle_s) / 25e-6;
                Complex32::new(0.0, (-away * away).exp() as f32)
            };
            let samples: Vec<_> = (0..rate_hz as usize / 50).map(bump).collect();
            let mut heard = Vec::new();
            front_end.feed(&samples, |_, samples| heard.extend_from_slice(samples));
            let (mut weight, mut moment) = (0.0, 0.0);
            // What is left of the bump's mean is no part of it.
            for (index, sample) in heard.iter().enumerate().filter(|(_, sample)| sample.norm() > 0.05) {
                let power = f64::from(sample.norm_sqr());
                weight += power;
                moment += power * index as f64 / described.rate_hz;
            }
            let delay_s = moment / weight - middle_s;
            assert!((delay_s - described.delay_s).abs() < 2e-7, "{delay_s} {described:?}");
        }
    }
}
