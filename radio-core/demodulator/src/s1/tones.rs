//! How much energy lies at each frequency, chip by chip.
//!
//! Mode S sends with an index of about 3: a chip is a tone, and the two tones lie three chip rates apart. So the
//! energy in a window of one chip around each of two dozen frequencies shows the chips whatever the carrier's offset
//! and the deviation are, much better than a discriminator, which hears the noise of the whole channel.
//!
//! Rate: four rows of energies a chip, each over the chip that ends there. Delay: none beyond the window.

use num_complex::Complex32;

use super::CHIP_RATE_HZ;

/// Rows of energies for each chip.
pub(super) const ROWS_PER_CHIP: usize = 4;
/// Frequencies on one side of the channel's centre; a multiple of what a register holds.
const SIDE: usize = 8;
/// Frequencies of a row: those above the centre first, then those below.
pub(super) const TONES: usize = 2 * SIDE;
/// The distance of two frequencies is about this, so that they reach as far as signals do. A tone half way between two
/// of them has three quarters of its energy in each.
const SPACING_HZ: f64 = 18_200.0;
/// No signal that mode S allows has a tone farther out: 60 kHz of offset and 80 kHz of deviation.
const OUTERMOST_HZ: f64 = 150_000.0;
/// The part of the channel's rate in which its filter passes everything, to either side.
const PASSED: f64 = 0.47;

/// The energy around each frequency, over one chip.
pub(super) type Energies = [f32; TONES];

/// The four sums of products of a window: real and imaginary parts with cosines and sines.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    re_cos: [f32; SIDE],
    im_sin: [f32; SIDE],
    im_cos: [f32; SIDE],
    re_sin: [f32; SIDE],
}

#[derive(Debug, Clone, Copy, Default)]
struct Turn {
    cos: [f32; SIDE],
    sin: [f32; SIDE],
}

/// Measures the energies of a stream of samples.
#[derive(Debug)]
pub(super) struct ToneBank {
    /// One period of all the frequencies.
    turns: Box<[Turn]>,
    turn: usize,
    spacing_hz: f64,
    /// How many frequencies on one side are within the channel.
    used: usize,
    /// The sums of the last quarters of a chip.
    quarters: [Sums; ROWS_PER_CHIP],
    quarter: usize,
    row_samples: f64,
    /// The number of the next sample, and the place in samples at which the next row ends.
    sample: u64,
    row_end: f64,
}

impl ToneBank {
    /// Makes a bank for a channel of this rate.
    pub(super) fn new(rate_hz: f64) -> Self {
        let period = (rate_hz / SPACING_HZ).round().max(2.0) as usize;
        let spacing_hz = rate_hz / period as f64;
        let outermost_hz = OUTERMOST_HZ.min(PASSED * rate_hz);
        let used = ((outermost_hz / spacing_hz + 0.5) as usize).clamp(1, SIDE);
        let turn = |place: usize| {
            let mut turn = Turn::default();
            let tones = turn.cos.iter_mut().zip(turn.sin.iter_mut()).enumerate();
            for (tone, (cos, sin)) in tones.take(used) {
                let angle =
                    std::f64::consts::PI * ((place * (2 * tone + 1)) % (2 * period)) as f64 / period as f64;
                (*cos, *sin) = (angle.cos() as f32, angle.sin() as f32);
            }
            turn
        };
        let row_samples = rate_hz / CHIP_RATE_HZ / ROWS_PER_CHIP as f64;
        Self {
            turns: (0..2 * period).map(turn).collect(),
            turn: 0,
            spacing_hz,
            used,
            quarters: [Sums::default(); ROWS_PER_CHIP],
            quarter: 0,
            row_samples,
            sample: 0,
            row_end: row_samples,
        }
    }

    /// Begins anew, as if no sample had been taken.
    pub(super) fn reset(&mut self) {
        self.turn = 0;
        self.quarters = [Sums::default(); ROWS_PER_CHIP];
        self.quarter = 0;
        self.sample = 0;
        self.row_end = self.row_samples;
    }

    /// Returns the frequencies within the channel by their places in a row, from the lowest to the highest.
    pub(super) fn frequencies_hz(&self) -> impl Iterator<Item = (usize, f64)> {
        let below = (0..self.used).rev().map(|tone| (SIDE + tone, -(tone as f64) - 0.5));
        let above = (0..self.used).map(|tone| (tone, tone as f64 + 0.5));
        let spacing_hz = self.spacing_hz;
        below.chain(above).map(move |(place, tone)| (place, tone * spacing_hz))
    }

    /// Takes samples and calls `row` with the energies of each row that ends in them and the place, in samples since
    /// the first one, where it ends.
    pub(super) fn feed(&mut self, mut samples: &[Complex32], mut row: impl FnMut(&Energies, f64)) {
        while !samples.is_empty() {
            let missing = (self.row_end.ceil() as u64).saturating_sub(self.sample) as usize;
            let (now, later) = samples.split_at(missing.min(samples.len()));
            samples = later;
            self.add(now);
            self.sample += now.len() as u64;
            if now.len() == missing {
                let end = self.row_end;
                row(&self.energies(), end);
                self.row_end += self.row_samples;
                self.quarter = (self.quarter + 1) % ROWS_PER_CHIP;
                if let Some(quarter) = self.quarters.get_mut(self.quarter) {
                    *quarter = Sums::default();
                }
            }
        }
    }

    fn add(&mut self, samples: &[Complex32]) {
        let Some(place) = self.quarters.get_mut(self.quarter) else { return };
        // A copy, which stays in registers.
        let mut sums = *place;
        for sample in samples {
            let Some(Turn { cos, sin }) = self.turns.get(self.turn) else { return };
            add_scaled(&mut sums.re_cos, sample.re, cos);
            add_scaled(&mut sums.im_sin, sample.im, sin);
            add_scaled(&mut sums.im_cos, sample.im, cos);
            add_scaled(&mut sums.re_sin, sample.re, sin);
            self.turn = if self.turn + 1 == self.turns.len() { 0 } else { self.turn + 1 };
        }
        *place = sums;
    }

    fn energies(&self) -> Energies {
        let mut energies = [0.0; TONES];
        let [a, b, c, d] = &self.quarters;
        let (above, below) = energies.split_at_mut(SIDE);
        let total = |part: fn(&Sums) -> &[f32; SIDE]| {
            let mut total = [0.0; SIDE];
            let parts = part(a).iter().zip(part(b)).zip(part(c).iter().zip(part(d)));
            for (sum, ((a, b), (c, d))) in total.iter_mut().zip(parts) {
                *sum = (a + b) + (c + d);
            }
            total
        };
        let [re_cos, im_sin, im_cos, re_sin] = [
            total(|sums| &sums.re_cos),
            total(|sums| &sums.im_sin),
            total(|sums| &sums.im_cos),
            total(|sums| &sums.re_sin),
        ];
        let sums = re_cos.iter().zip(&im_sin).zip(im_cos.iter().zip(&re_sin));
        for ((above, below), ((re_cos, im_sin), (im_cos, re_sin))) in above.iter_mut().zip(below).zip(sums) {
            let (re, im) = (re_cos + im_sin, im_cos - re_sin);
            *above = re * re + im * im;
            let (re, im) = (re_cos - im_sin, im_cos + re_sin);
            *below = re * re + im * im;
        }
        energies
    }
}

fn add_scaled(sums: &mut [f32; SIDE], scale: f32, values: &[f32; SIDE]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += scale * value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_found_at_its_own_frequency_whatever_the_rate_and_the_blocks() {
        for rate_hz in [200_000.0, 266_666.7, 320_000.0, 400_000.0] {
            for block in [1, 7, 1000] {
                let mut bank = ToneBank::new(rate_hz);
                let places: Vec<_> = bank.frequencies_hz().collect();
                for (place, frequency_hz) in places {
                    let turn = std::f64::consts::TAU * frequency_hz / rate_hz;
                    let samples: Vec<_> =
                        (0..200).map(|n| Complex32::from_polar(0.5, (turn * f64::from(n)) as f32)).collect();
                    let mut last = [0.0; TONES];
                    let mut ends = Vec::new();
                    for samples in samples.chunks(block) {
                        bank.feed(samples, |energies, end| {
                            last = *energies;
                            ends.push(end);
                        });
                    }
                    let strongest = last.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
                    assert_eq!(strongest, place, "{frequency_hz}");
                    let chip = rate_hz / CHIP_RATE_HZ;
                    assert!((f64::from(last[place]).sqrt() / 0.5 - chip).abs() < 1.0);
                    assert!(ends.windows(2).all(|ends| (ends[1] - ends[0] - bank.row_samples).abs() < 1e-6));
                }
            }
        }
    }
}
