//! Takes a decoded transmission out of the samples, so that a weaker one under it can be heard.
//!
//! All its chips are known now, so its signal is known but for a slowly changing gain: the samples are multiplied by
//! the conjugate of the signal that is expected, averaged over a few chips, and what that gives is subtracted.

use num_complex::Complex32;

use super::header::sign;
use super::track::Pose;
use crate::phasor::{cos_sin, wrap};
use crate::sequence::bent;

/// Chips to each side over which the gain is averaged.
const REACH_CHIPS: f64 = 8.0;
/// Steps of a chip in the table of rounding.
const STEPS: usize = 32;

/// Makes what must be subtracted.
#[derive(Debug)]
pub(super) struct Remodulator {
    wave: Vec<Complex32>,
    gain: Vec<Complex32>,
    bends: [f32; STEPS + 1],
}

impl Remodulator {
    /// Makes a remodulator for transmissions of at most so many samples.
    pub(super) fn new(samples: usize) -> Self {
        Self {
            wave: Vec::with_capacity(samples),
            gain: Vec::with_capacity(samples + 1),
            bends: [0.0; STEPS + 1],
        }
    }

    /// Returns the signal of these chips as it is in `samples`; `poses` tells where chips lie, each `spacing` chips,
    /// the first one being chip `lead`.
    pub(super) fn signal(
        &mut self,
        samples: &[Complex32],
        chips: impl Iterator<Item = bool>,
        poses: &[Pose],
        (lead, spacing): (usize, usize),
        (index, rounding): (f64, f64),
    ) -> &[Complex32] {
        for (step, bend) in self.bends.iter_mut().enumerate() {
            let behind = step as f64 / STEPS as f64;
            let nearer = behind.min(1.0 - behind);
            *bend = (bent(nearer, rounding) - nearer) as f32;
        }
        self.wave.clear();
        self.wave.resize(samples.len(), Complex32::default());
        let pi_index = std::f64::consts::PI * index;
        let mut chips = chips.peekable();
        let mut level = 0.0f64;
        let mut before = None;
        let mut number = 0usize;
        while let Some(chip) = chips.next() {
            let after = chips.peek().copied();
            let behind_lead = number as f64 - lead as f64;
            let place = (number.saturating_sub(lead) / spacing.max(1)).min(poses.len().saturating_sub(1));
            let Some(known) = poses.get(place) else { break };
            let pose = known.after(behind_lead - (place * spacing) as f64);
            let (from, to) = (pose.boundary.ceil().max(0.0), (pose.boundary + pose.period).ceil().max(0.0));
            let carrier = wrap(pose.phase + pi_index * level);
            let changes =
                [before.is_some_and(|other| other != chip), after.is_some_and(|other| other != chip)];
            let room = self.wave.get_mut(from as usize..(to as usize).min(samples.len()));
            let chips_per_sample = 1.0 / pose.period;
            for (step, wave) in room.unwrap_or_default().iter_mut().enumerate() {
                let behind = (from + step as f64 - pose.boundary) * chips_per_sample;
                let [early, late] = changes;
                let slope = f64::from(sign(chip));
                let mut turned = slope * behind;
                if if behind < 0.5 { early } else { late } {
                    let bend = self.bends.get((behind * STEPS as f64 + 0.5) as usize).copied().unwrap_or(0.0);
                    // A change to this chip bends towards it, one away from it bends away.
                    turned += f64::from(bend) * if behind < 0.5 { slope } else { -slope };
                }
                let angle = carrier + pi_index * turned + pose.turn * behind;
                // For now the angle, and that there is one.
                *wave = Complex32::new(angle as f32, 1.0);
            }
            level += f64::from(sign(chip));
            before = Some(chip);
            number += 1;
        }
        for wave in &mut self.wave {
            let Complex32 { re: angle, im: is_there } = *wave;
            let (cos, sin) = cos_sin(angle);
            *wave = Complex32::new(is_there * cos, is_there * sin);
        }
        let period = poses.first().map_or(1.0, |pose| pose.period);
        self.weigh(samples, (REACH_CHIPS * period) as usize);
        &self.wave
    }

    /// Multiplies the wave by the gain that the samples have around each of its own.
    fn weigh(&mut self, samples: &[Complex32], reach: usize) {
        self.gain.clear();
        self.gain.push(Complex32::default());
        let mut sum = num_complex::Complex64::default();
        let products = samples.iter().zip(&self.wave).map(|(sample, wave)| sample * wave.conj());
        self.gain.extend(products.map(|product| {
            sum += num_complex::Complex64::new(f64::from(product.re), f64::from(product.im));
            Complex32::new(sum.re as f32, sum.im as f32)
        }));
        // Where the transmission has no samples there is nothing to average.
        let first = self.wave.iter().position(|wave| *wave != Complex32::default()).unwrap_or(0);
        let last = self.wave.iter().rposition(|wave| *wave != Complex32::default()).unwrap_or(0);
        for (at, wave) in self.wave.iter_mut().enumerate().take(last + 1).skip(first) {
            let (from, to) = (at.saturating_sub(reach).max(first), (at + reach + 1).min(last + 1));
            let (Some(early), Some(late)) = (self.gain.get(from), self.gain.get(to)) else { continue };
            *wave *= (late - early) / (to - from) as f32;
        }
    }
}
