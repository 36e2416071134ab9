//! Makes the signal of a decoded transmission, so that it can be taken out of the samples and a weaker one under it be
//! heard.
//!
//! All chips are known now, and where they lie. What is left open is a slowly changing gain for each of the two tones,
//! whose phases tell the carrier's and the clock's last errors apart: the samples times the conjugate of the expected
//! signal, averaged over a few chips of the same tone.

use core::f64::consts::PI;
use core::ops::Range;

use num_complex::{Complex32, Complex64};

use crate::sequence::bent;

/// Chips to each side over which the gains are averaged; half of them are of either tone.
const REACH_CHIPS: f64 = 4.0;
/// Steps of a chip in the table of rounding.
const STEPS: usize = 256;

/// Where a transmission's chips lie in samples, and how they were sent.
#[derive(Debug, Clone)]
pub(super) struct Sending<'a> {
    /// The chips, and where each begins; one more beginning marks the end.
    pub(super) chips: &'a [bool],
    pub(super) begins: &'a [f64],
    /// The chips that were sent in any case: more preamble may have been before them, and a postamble behind.
    pub(super) certain: Range<usize>,
    /// The modulation index.
    pub(super) index: f64,
    /// The standard deviation of the pulses' rounding, in chips.
    pub(super) rounding: f64,
}

/// Makes the signals of transmissions; what it needs of memory it keeps.
#[derive(Debug)]
pub(super) struct Remodulator {
    wave: Vec<Complex32>,
    products: Vec<(bool, Complex32)>,
    bends: [f64; STEPS + 1],
}

impl Remodulator {
    /// Makes a remodulator for transmissions of at most so many samples.
    pub(super) fn new(samples: usize) -> Self {
        Self {
            wave: Vec::with_capacity(samples),
            products: Vec::with_capacity(samples),
            bends: [0.0; STEPS + 1],
        }
    }

    /// Returns the transmission's signal as it is in `samples`, which have no carrier any more.
    pub(super) fn signal(&mut self, samples: &[Complex32], sending: &Sending<'_>) -> &[Complex32] {
        self.modulate(samples.len(), sending);
        let products = samples.iter().zip(&self.wave).zip(&mut self.products);
        for ((sample, wave), (_, product)) in products {
            *product = sample * wave.conj();
        }
        let period = match sending.begins {
            [first, .., last] => (last - first) / sending.chips.len().max(1) as f64,
            _ => 1.0,
        };
        self.weigh((REACH_CHIPS * period) as usize);
        let place = |chip: usize| sending.begins.get(chip).map_or(0, |begin| begin.ceil().max(0.0) as usize);
        self.leave(place(sending.certain.start)..place(sending.certain.end));
        &self.wave
    }

    /// Makes the signal with a gain of 1, and notes which samples are of the higher tone.
    fn modulate(&mut self, count: usize, sending: &Sending<'_>) {
        for (step, bend) in self.bends.iter_mut().enumerate() {
            let behind = step as f64 / STEPS as f64;
            let nearer = behind.min(1.0 - behind);
            *bend = f64::from(bent(nearer, sending.rounding) as f32) - nearer;
        }
        self.wave.clear();
        self.wave.resize(count, Complex32::ZERO);
        self.products.clear();
        self.products.resize(count, (false, Complex32::ZERO));
        let mut level = 0.0;
        let mut before = None;
        let after = sending.chips.iter().skip(1).map(Some).chain([None]);
        for ((chip, after), place) in sending.chips.iter().zip(after).zip(sending.begins.windows(2)) {
            let &[begin, end] = place else { break };
            let slope = if *chip { 1.0 } else { -1.0 };
            let is_change = |other: Option<&bool>| other.is_some_and(|other| other != chip);
            let [early, late] = [is_change(before), is_change(after)];
            let range = begin.ceil().max(0.0) as usize..(end.ceil().max(0.0) as usize).min(count);
            let room = self.wave.get_mut(range.clone()).unwrap_or_default().iter_mut();
            let products = self.products.get_mut(range.clone()).unwrap_or_default();
            for ((number, wave), product) in range.zip(room).zip(products) {
                let behind = (number as f64 - begin) / (end - begin);
                let mut turned = slope * behind;
                let is_early = behind < 0.5;
                if if is_early { early } else { late } {
                    let bend = self.bends.get((behind * STEPS as f64 + 0.5) as usize).copied().unwrap_or(0.0);
                    // A change to this chip bends towards it, one away from it bends away.
                    turned += if is_early { slope * bend } else { -slope * bend };
                }
                *wave = Complex32::from_polar(1.0, (PI * sending.index * (level + turned)) as f32);
                product.0 = *chip;
            }
            level += slope;
            before = Some(chip);
        }
    }

    /// Clears the wave before the transmission's start and behind its end: going away from the samples where it certainly
    /// is, from where it falls below half of what it is there.
    fn leave(&mut self, certain: Range<usize>) {
        let end = certain.end.min(self.wave.len());
        let (before, behind) = self.wave.split_at_mut(end);
        let (before, within) = before.split_at_mut(certain.start.min(end));
        let power = within.iter().map(Complex32::norm_sqr).sum::<f32>() / within.len().max(1) as f32;
        let is_gone = |wave: &Complex32| wave.norm_sqr() < 0.25 * power;
        let start = before.iter().rposition(is_gone).map_or(0, |last| last + 1);
        before.get_mut(..start).unwrap_or_default().fill(Complex32::ZERO);
        let end = behind.iter().position(is_gone).unwrap_or(behind.len());
        behind.get_mut(end..).unwrap_or_default().fill(Complex32::ZERO);
    }

    /// Multiplies the wave by the gain that its tone has around each sample.
    fn weigh(&mut self, reach: usize) {
        let is_there = |wave: &Complex32| *wave != Complex32::ZERO;
        let first = self.wave.iter().position(is_there).unwrap_or(0);
        let end = self.wave.iter().rposition(is_there).map_or(first, |last| last + 1);
        let Some(products) = self.products.get(first..end) else { return };
        let mut sums = [(Complex64::ZERO, 0_u32); 2];
        let (mut entered, mut left) = (0, 0);
        for (at, wave) in self.wave.iter_mut().skip(first).take(end - first).enumerate() {
            while let Some((is_high, product)) = products.get(entered).filter(|_| entered <= at + reach) {
                let (sum, count) = of_tone(&mut sums, *is_high);
                *sum += Complex64::new(f64::from(product.re), f64::from(product.im));
                *count += 1;
                entered += 1;
            }
            while let Some((is_high, product)) = products.get(left).filter(|_| left + reach < at) {
                let (sum, count) = of_tone(&mut sums, *is_high);
                *sum -= Complex64::new(f64::from(product.re), f64::from(product.im));
                *count -= 1;
                left += 1;
            }
            let Some((is_high, _)) = products.get(at) else { break };
            let (sum, count) = of_tone(&mut sums, *is_high);
            let gain = *sum / f64::from((*count).max(1));
            *wave *= Complex32::new(gain.re as f32, gain.im as f32);
        }
    }
}

fn of_tone(sums: &mut [(Complex64, u32); 2], is_high: bool) -> &mut (Complex64, u32) {
    let [low, high] = sums;
    if is_high { high } else { low }
}
