//! A block is filtered, and every Mth sample of what remains is kept.
//!
//! Rate: 1/M of the input's. Delay: half the filter's length, (N − 1)/2 samples of the input.
//!
//! Source: polyphase decomposition (Bellanger et al., “Digital filtering by polyphase network”, 1976). Each of the M
//! phases has every Mth sample and every Mth tap, so only what is kept is computed, for many samples side by side,
//! and a half-band filter costs half: all but one tap of its one phase are zero.

use crate::planar::Planar;

/// The highest rate of a capture over the lowest of a channel.
const MOST_FACTOR: usize = 8;
/// A tap below it is one that is zero but for rounding.
pub(crate) const ZERO: f32 = 1e-7;

/// Filters and keeps every Mth sample.
#[derive(Debug, Clone)]
pub struct Decimator {
    phases: Vec<PhaseTaps>,
    factor: usize,
    delay: usize,
    /// Groups of M samples before the present one that the filter reaches back to.
    reach: usize,
    re: Part,
    im: Part,
}

/// The taps of one phase, the oldest sample's first.
#[derive(Debug, Clone)]
struct PhaseTaps {
    /// How many groups after the oldest one that the filter reaches its first tap lies.
    first: usize,
    taps: Vec<f32>,
}

/// The history of real or imaginary parts.
#[derive(Debug, Clone)]
struct Part {
    /// Samples that are no whole group yet.
    rest: Vec<f32>,
    /// The samples of each phase.
    phases: Vec<Vec<f32>>,
}

impl Decimator {
    /// Makes a decimator by `factor`, 1 to 8, from the taps of a filter, for blocks of up to `block` samples.
    pub fn new(taps: &[f32], factor: usize, block: usize) -> Self {
        debug_assert!((1..=MOST_FACTOR).contains(&factor), "a larger factor wants a stage of its own");
        let factor = factor.clamp(1, MOST_FACTOR);
        let delay = taps.len().saturating_sub(1) / 2;
        let reach = taps.len().div_ceil(factor);
        // Output m is the sum over k of tap k and sample m·M − k; that one is in phase p of the group that lies
        // (k + p) / M groups before m's own.
        let tap = |phase: usize, groups_back: usize| {
            let index = (groups_back * factor).checked_sub(phase)?;
            taps.get(index).copied().filter(|tap| tap.abs() > ZERO)
        };
        let phase_taps = |phase: usize| {
            let oldest_first: Vec<_> = (0..=reach).rev().map(|back| tap(phase, back)).collect();
            let first = oldest_first.iter().take_while(|tap| tap.is_none()).count();
            let last = oldest_first.iter().rposition(Option::is_some).map_or(first, |last| last + 1);
            let within = oldest_first.get(first..last).unwrap_or_default();
            PhaseTaps { first, taps: within.iter().map(|tap| tap.unwrap_or(0.0)).collect() }
        };
        let part = || Part::new(factor, reach, block);
        Self { phases: (0..factor).map(phase_taps).collect(), factor, delay, reach, re: part(), im: part() }
    }

    /// Returns the delay in samples of the input.
    pub fn delay(&self) -> usize {
        self.delay
    }

    /// Returns how many samples of the input are behind the newest output, at most.
    pub(crate) fn held(&self) -> usize {
        self.delay + self.factor
    }

    /// Replaces `output` by what the next samples give: output 0 belongs to input 0, output 1 to input M.
    pub fn decimate(&mut self, input: &Planar, output: &mut Planar) {
        output.clear();
        for (part, input, output) in
            [(&mut self.re, &input.re, &mut output.re), (&mut self.im, &input.im, &mut output.im)]
        {
            part.take(input, self.factor);
            part.give(&self.phases, self.reach, output);
        }
    }
}

impl Part {
    fn new(factor: usize, reach: usize, block: usize) -> Self {
        let phase = |_| {
            let mut phase = Vec::with_capacity(reach + block / factor + 1);
            // As if there had been silence before.
            phase.resize(reach, 0.0);
            phase
        };
        Self { rest: Vec::with_capacity(factor + block), phases: (0..factor).map(phase).collect() }
    }

    /// Deals the samples out to the phases.
    fn take(&mut self, input: &[f32], factor: usize) {
        match factor {
            1 => self.deal::<1>(input),
            2 => self.deal::<2>(input),
            3 => self.deal::<3>(input),
            4 => self.deal::<4>(input),
            5 => self.deal::<5>(input),
            6 => self.deal::<6>(input),
            7 => self.deal::<7>(input),
            _ => self.deal::<MOST_FACTOR>(input),
        }
    }

    fn deal<const M: usize>(&mut self, input: &[f32]) {
        self.rest.extend_from_slice(input);
        let (groups, rest) = self.rest.as_chunks::<M>();
        for (index, phase) in self.phases.iter_mut().enumerate() {
            phase.extend(groups.iter().map(|group| group.get(index).copied().unwrap_or(0.0)));
        }
        let dealt = self.rest.len() - rest.len();
        self.rest.drain(..dealt);
    }

    /// Adds all outputs whose samples are there.
    fn give(&mut self, taps: &[PhaseTaps], reach: usize, output: &mut Vec<f32>) {
        let ready = self.phases.iter().map(Vec::len).min().unwrap_or(0).saturating_sub(reach);
        output.resize(ready, 0.0);
        for (phase, PhaseTaps { first, taps }) in self.phases.iter().zip(taps) {
            let mut samples = phase.get(*first..).unwrap_or_default();
            let (fours, rest) = taps.as_chunks();
            for taps in fours {
                add_four(output, samples, taps);
                samples = samples.get(taps.len()..).unwrap_or_default();
            }
            for tap in rest {
                add_one(output, samples, *tap);
                samples = samples.get(1..).unwrap_or_default();
            }
        }
        for phase in &mut self.phases {
            phase.drain(..ready);
        }
    }
}

/// Adds what four neighbouring taps give, to all outputs: four at a time, because an output is then read and written
/// once for four products.
fn add_four(output: &mut [f32], samples: &[f32], [a, b, c, d]: &[f32; 4]) {
    let from = |place: usize| samples.get(place..).unwrap_or_default();
    let samples = from(0).iter().zip(from(1)).zip(from(2).iter().zip(from(3)));
    for (output, ((first, second), (third, fourth))) in output.iter_mut().zip(samples) {
        *output += (a * first + b * second) + (c * third + d * fourth);
    }
}

/// Adds what one tap gives, to all outputs.
fn add_one(output: &mut [f32], samples: &[f32], tap: f32) {
    for (output, sample) in output.iter_mut().zip(samples) {
        *output += tap * sample;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(count: usize) -> Planar {
        let level = |index: usize| ((index * 7919) % 1000) as f32 / 1000.0 - 0.5;
        Planar {
            re: (0..count).map(level).collect(),
            im: (0..count).map(|index| level(index + 31)).collect(),
        }
    }

    #[test]
    fn the_kept_samples_are_those_of_the_plain_convolution() {
        let taps: Vec<f32> = [0.05, -0.1, 0.2, 0.4, 0.9, 0.4, 0.2, -0.1, 0.05].into();
        let input = ramp(500);
        for factor in 1..=8 {
            let mut decimator = Decimator::new(&taps, factor, 500);
            let mut output = Planar::default();
            decimator.decimate(&input, &mut output);
            assert_eq!(output.len(), 500 / factor);
            for (index, (re, im)) in output.re.iter().zip(&output.im).enumerate() {
                let at = |part: &[f32]| -> f32 {
                    let back =
                        |tap: usize| (index * factor).checked_sub(tap).map_or(0.0, |place| part[place]);
                    taps.iter().enumerate().map(|(place, tap)| tap * back(place)).sum()
                };
                assert!(
                    (re - at(&input.re)).abs() < 1e-5 && (im - at(&input.im)).abs() < 1e-5,
                    "{factor} {index}"
                );
            }
        }
    }

    #[test]
    fn blocks_of_any_length_give_the_same_samples() {
        let taps = [0.2, 0.3, 0.3, 0.2];
        let input = ramp(1000);
        let mut whole = Planar::default();
        Decimator::new(&taps, 3, 1000).decimate(&input, &mut whole);
        for piece in [1, 2, 3, 5, 64, 999] {
            let mut decimator = Decimator::new(&taps, 3, piece);
            let mut joined = Planar::default();
            let mut output = Planar::default();
            for (re, im) in input.re.chunks(piece).zip(input.im.chunks(piece)) {
                decimator.decimate(&Planar { re: re.into(), im: im.into() }, &mut output);
                joined.re.extend_from_slice(&output.re);
                joined.im.extend_from_slice(&output.im);
            }
            assert_eq!(joined.re, whole.re, "{piece}");
            assert_eq!(joined.im, whole.im, "{piece}");
        }
    }
}
