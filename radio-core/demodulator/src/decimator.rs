//! A block is filtered, and every Mth sample of what remains is kept.
//!
//! Rate: 1/M of the input's. Delay: half the filter's length, (N − 1)/2 samples of the input.

use crate::planar::Planar;

/// So many products are added side by side; the filter is filled up with zeros to a multiple.
const LANES: usize = 8;

/// Filters and keeps every Mth sample; only these are computed.
#[derive(Debug, Clone)]
pub struct Decimator {
    /// Symmetric, so their order does not matter; zeros before the oldest one.
    taps: Vec<f32>,
    factor: usize,
    delay: usize,
    history: Planar,
    /// How many samples of the history lie before the next output's window.
    skip: usize,
}

impl Decimator {
    /// Makes a decimator by `factor` from symmetric taps, for blocks of up to `block` samples.
    pub fn new(taps: &[f32], factor: usize, block: usize) -> Self {
        let padding = taps.len().next_multiple_of(LANES) - taps.len();
        let padded: Vec<f32> = core::iter::repeat_n(0.0, padding).chain(taps.iter().copied()).collect();
        let mut history = Planar::with_capacity(padded.len() + factor + block);
        // As if there had been silence before.
        history.re.resize(padded.len().saturating_sub(1), 0.0);
        history.im.resize(padded.len().saturating_sub(1), 0.0);
        Self {
            delay: taps.len().saturating_sub(1) / 2,
            taps: padded,
            factor: factor.max(1),
            history,
            skip: 0,
        }
    }

    /// Returns the delay in samples of the input.
    pub fn delay(&self) -> usize {
        self.delay
    }

    /// Replaces `output` by what the next samples give: output 0 belongs to input 0, output 1 to input M.
    pub fn decimate(&mut self, input: &Planar, output: &mut Planar) {
        output.clear();
        let Planar { re, im } = &mut self.history;
        re.extend_from_slice(&input.re);
        im.extend_from_slice(&input.im);
        keep(&self.taps, re, self.skip, self.factor, &mut output.re);
        keep(&self.taps, im, self.skip, self.factor, &mut output.im);
        let next = self.skip + output.len() * self.factor;
        let done = next.min(re.len());
        self.skip = next - done;
        re.drain(..done);
        im.drain(..done);
    }
}

/// Adds the filtered samples of one part that are kept. One part after the other: side by side, the compiler would
/// mix both in one register and shuffle more than it adds.
fn keep(taps: &[f32], samples: &[f32], skip: usize, factor: usize, output: &mut Vec<f32>) {
    let windows = samples.get(skip..).unwrap_or_default().windows(taps.len());
    output.extend(windows.step_by(factor).map(|window| dot(taps, window)));
}

/// Returns the sum of products of two slices of equal length.
fn dot(taps: &[f32], samples: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for (taps, samples) in taps.as_chunks::<LANES>().0.iter().zip(samples.as_chunks::<LANES>().0) {
        for ((sum, tap), sample) in sums.iter_mut().zip(taps).zip(samples) {
            *sum += tap * sample;
        }
    }
    total(sums)
}

/// Adds pairwise, as the compiler may not do by itself.
fn total([a, b, c, d, e, f, g, h]: [f32; LANES]) -> f32 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
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
            assert_eq!(output.len(), 500_usize.div_ceil(factor));
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
        let taps = [0.25, 0.5, 0.25];
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
