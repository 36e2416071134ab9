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
        let length = self.taps.len();
        let windows = re.windows(length).zip(im.windows(length)).skip(self.skip).step_by(self.factor);
        for (re, im) in windows {
            let (re, im) = dot(&self.taps, re, im);
            output.re.push(re);
            output.im.push(im);
        }
        let next = self.skip + output.len() * self.factor;
        let done = next.min(re.len());
        self.skip = next - done;
        re.drain(..done);
        im.drain(..done);
    }
}

/// Returns the sums of products of the taps with both parts; all are equally long.
fn dot(taps: &[f32], re: &[f32], im: &[f32]) -> (f32, f32) {
    let mut re_sums = [0.0_f32; LANES];
    let mut im_sums = [0.0_f32; LANES];
    let parts = re.as_chunks::<LANES>().0.iter().zip(im.as_chunks::<LANES>().0);
    for (taps, (re, im)) in taps.as_chunks::<LANES>().0.iter().zip(parts) {
        for ((sum, tap), re) in re_sums.iter_mut().zip(taps).zip(re) {
            *sum += tap * re;
        }
        for ((sum, tap), im) in im_sums.iter_mut().zip(taps).zip(im) {
            *sum += tap * im;
        }
    }
    (total(re_sums), total(im_sums))
}

/// Adds pairwise, as the compiler may not do by itself.
fn total([a, b, c, d, e, f, g, h]: [f32; LANES]) -> f32 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}
