//! Notices preambles: always on, so it must be cheap.
//!
//! The product of a sample and the conjugate of one half a chip earlier turns by the frequency's sign; an offset of
//! the carrier only turns all of it by the same angle. A preamble makes a tone of half the chip rate in its real and
//! imaginary parts. Eight bins over T's ±12 % of chip rate are summed in blocks of eight chips, four blocks making
//! a window of 32 chips, and compared with the window's energy: so gain, level and its steps do not matter.
//! Rate: one block's result every eight chips. Delay: half a chip.

use num_complex::Complex32;

use super::header::CHIP_RATE_HZ;

/// Bins over the chip rates that occur.
const BINS: usize = 8;
/// Blocks of a window.
const BLOCKS: usize = 4;
/// Chips of a block.
pub(super) const BLOCK_CHIPS: usize = 8;
/// How far chip rates are from the nominal one at most: T ±12 %.
pub(super) const RATE_TOLERANCE: f64 = 0.12;

/// A stretch of samples that may end a preamble.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone {
    /// Chips a second.
    pub(super) chip_rate_hz: f64,
}

/// Sums of one block, bin by bin.
#[derive(Debug, Clone, Copy, Default)]
struct Block {
    /// Real and imaginary part of the product at each bin: cos and sin sums of both.
    sums: [[f32; BINS]; 4],
    energy: f32,
}

/// Looks for the tone of a preamble, one block after the other.
#[derive(Debug)]
pub(super) struct Detector {
    lag: usize,
    /// Pairs of samples in a block.
    pairs: usize,
    threshold: f32,
    waves: Box<[[[f32; BINS]; 2]]>,
    /// How each bin turns in so many blocks.
    turns: [[[f32; BINS]; 2]; BLOCKS],
    blocks: [Block; BLOCKS],
    next: usize,
    seen: usize,
    products: Box<[Complex32]>,
}

impl Detector {
    /// Makes a detector for samples of this rate that tells tones of more than `threshold` times the energy that
    /// noise has on average.
    pub(super) fn new(rate_hz: f64, threshold: f32) -> Self {
        let samples_per_chip = rate_hz / CHIP_RATE_HZ;
        let pairs = (BLOCK_CHIPS as f64 * samples_per_chip / 2.0).round().max(1.0) as usize;
        let angle = |bin: usize| {
            let chip_rate = bin_rate_hz(bin as f64);
            // A period of the preamble is two chips, a step is two samples.
            std::f64::consts::PI * chip_rate / rate_hz * 2.0
        };
        let wave = |steps: usize| {
            let mut wave = [[0.0; BINS]; 2];
            let [cos, sin] = &mut wave;
            for (bin, (cos, sin)) in cos.iter_mut().zip(sin).enumerate() {
                let at = angle(bin) * steps as f64;
                (*cos, *sin) = (at.cos() as f32, at.sin() as f32);
            }
            wave
        };
        Self {
            lag: lag(rate_hz),
            pairs,
            threshold,
            waves: (0..pairs).map(wave).collect(),
            turns: std::array::from_fn(|block| wave(block * pairs)),
            blocks: [Block::default(); BLOCKS],
            next: 0,
            seen: 0,
            products: vec![Complex32::default(); pairs].into_boxed_slice(),
        }
    }

    /// Returns how many samples a block is long.
    pub(super) fn block_samples(&self) -> usize {
        2 * self.pairs
    }

    /// Returns how many samples beyond the block's end are looked at.
    pub(super) fn lookahead(&self) -> usize {
        self.lag
    }

    /// Forgets everything, to begin elsewhere.
    pub(super) fn reset(&mut self) {
        self.seen = 0;
    }

    /// Takes the samples of the next block and those of the look-ahead; tells whether the last 32 chips until the
    /// block's end look like a preamble.
    pub(super) fn block(&mut self, samples: &[Complex32]) -> Option<Tone> {
        let mut block = Block::default();
        let late = samples.get(self.lag..)?;
        for ((product, early), late) in
            self.products.iter_mut().zip(samples.chunks_exact(2)).zip(late.chunks_exact(2))
        {
            let ([early, earlier], [late, later]) = (early, late) else { continue };
            *product = late * early.conj() + later * earlier.conj();
        }
        let [re_cos, re_sin, im_cos, im_sin] = &mut block.sums;
        for (product, [cos, sin]) in self.products.iter().zip(&self.waves) {
            block.energy += product.norm_sqr();
            for bin in 0..BINS {
                #[allow(
                    clippy::indexing_slicing,
                    reason = "arrays of BINS; the compiler makes vectors of it"
                )]
                {
                    re_cos[bin] += product.re * cos[bin];
                    re_sin[bin] += product.re * sin[bin];
                    im_cos[bin] += product.im * cos[bin];
                    im_sin[bin] += product.im * sin[bin];
                }
            }
        }
        if let Some(slot) = self.blocks.get_mut(self.next) {
            *slot = block;
        }
        self.next = (self.next + 1) % BLOCKS;
        self.seen = (self.seen + 1).min(BLOCKS);
        if self.seen < BLOCKS { None } else { self.tone() }
    }

    fn tone(&self) -> Option<Tone> {
        let strengths = self.strengths();
        let (best, strength) = strengths.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        if *strength < self.threshold {
            return None;
        }
        let at = |bin: Option<usize>| bin.and_then(|bin| strengths.get(bin)).copied().unwrap_or(0.0);
        let (before, after) = (at(best.checked_sub(1)), at(Some(best + 1)));
        let curve = before - 2.0 * strength + after;
        let shift = if curve < 0.0 { (0.5 * (before - after) / curve).clamp(-0.5, 0.5) } else { 0.0 };
        Some(Tone { chip_rate_hz: bin_rate_hz(best as f64 + f64::from(shift)) })
    }

    /// Returns each bin's energy in the window, 1 being what noise has on average.
    #[allow(clippy::indexing_slicing, reason = "arrays of BINS; the compiler makes vectors of it")]
    fn strengths(&self) -> [f32; BINS] {
        let mut sums = [[0.0f32; BINS]; 4];
        let mut energy = f32::MIN_POSITIVE;
        let (newer, older) = self.blocks.split_at(self.next);
        for (block, [cos, sin]) in older.iter().chain(newer).zip(&self.turns) {
            energy += block.energy;
            let [a, b, c, d] = &block.sums;
            let [sum_a, sum_b, sum_c, sum_d] = &mut sums;
            for bin in 0..BINS {
                sum_a[bin] += a[bin] * cos[bin] - b[bin] * sin[bin];
                sum_b[bin] += a[bin] * sin[bin] + b[bin] * cos[bin];
                sum_c[bin] += c[bin] * cos[bin] - d[bin] * sin[bin];
                sum_d[bin] += c[bin] * sin[bin] + d[bin] * cos[bin];
            }
        }
        std::array::from_fn(|bin| sums.iter().map(|sum| sum[bin] * sum[bin]).sum::<f32>() / energy)
    }
}

/// Returns the number of samples nearest to half a chip.
pub(super) fn lag(rate_hz: f64) -> usize {
    (0.5 * rate_hz / CHIP_RATE_HZ).round().max(1.0) as usize
}

fn bin_rate_hz(bin: f64) -> f64 {
    let width = 2.0 * RATE_TOLERANCE / BINS as f64;
    CHIP_RATE_HZ * (1.0 - RATE_TOLERANCE + width * (bin + 0.5))
}
