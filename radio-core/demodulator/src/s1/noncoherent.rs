//! The most likely bits of a signal whose phase cannot be followed, from the energies of its chips.
//!
//! Where a meter's clock lets each change of frequency come a microsecond or three early or late, as S allows
//! (`phy_facts.md`: ±3 µs), every change moves the phase by up to 4π·deviation·3 µs, or 1.9 rad at 50 kHz. Then only
//! within a run of equal chips is the phase known. A chip's energy is measured with its neighbours in mind, as the pulses
//! may be rounded, and two equal chips in a row count as one long one. What the phase does at a change from one tone to the
//! other tells how early or late the change came; the mean of that keeps the time.
//!
//! The trellis has two states, the last bit. Its branch to the next bit holds the second chip of the one and the first
//! chip of the other, which touch at the boundary between them. Delay: as that of the coherent trellis.

use core::f32::consts::PI;

use num_complex::Complex32;

use super::decisions::{Decisions, Step, Steps};
use super::header::Fit;
use super::trellis::Track;
use crate::sequence::Pulse;

/// Gains of the loop that follows the clock, for each bit: on the time and on the rate.
const CLOCK_GAIN: [f64; 2] = [0.06, 0.0015];
/// A metric that no way of a transmission comes down to.
const IMPOSSIBLE: f32 = -1e9;

/// The most likely way to a last bit.
#[derive(Debug, Clone, Copy, Default)]
struct Survivor {
    /// Logarithm of the probability, in nats.
    metric: f32,
    /// The last bit's first chip, with the phase that it has at the bit's middle.
    first: Complex32,
    /// How late the clock's last changes of frequency came, in chips, once for each.
    late: f32,
    /// Sum of the chips' squared correlations.
    energy: f32,
}

/// Hears bits chip by chip.
#[derive(Debug)]
pub(super) struct Noncoherent {
    pulse: Pulse,
}

/// What all branches of a bit share.
struct Scale {
    /// Turns a correlation's phase on by a chip of the higher tone.
    chip_turn: Complex32,
    /// Twice the amplitude over the noise's power: makes a correlation the argument of I₀.
    evidence: f32,
    /// Makes the product of two chips' correlations at a change its lateness in chips.
    lateness: f32,
}

impl Noncoherent {
    /// Makes a trellis.
    pub(super) fn new() -> Self {
        Self { pulse: Pulse::new(3.0, 0.0) }
    }

    /// Hears `count` bits in samples without the carrier of `fit`; the frame begins at `start` in them, behind at
    /// least a chip and a half of the sync word.
    pub(super) fn hear(
        &mut self,
        samples: &[Complex32],
        fit: &Fit,
        start: f64,
        count: usize,
        decisions: &mut Decisions,
    ) -> Track {
        self.pulse.set(fit.index, fit.rounding);
        decisions.begin(start);
        let index = fit.index as f32;
        let (mut at, mut period) = (start, fit.period);
        let chip = fit.amplitude * fit.period as f32;
        let scale = Scale {
            chip_turn: Complex32::from_polar(1.0, PI * index),
            evidence: 2.0 * fit.amplitude / fit.noise,
            lateness: 1.0 / (2.0 * PI * index * chip * chip),
        };
        let mut middle = self.pulse.correlate(samples, at - period, period);
        // The sync word ends with a 0.
        let first = Survivor { first: Complex32::ZERO, ..Survivor::default() };
        let mut survivors = [first, Survivor { metric: IMPOSSIBLE, ..first }];
        for _ in 0..count {
            let between = self.pulse.correlate(samples, at, period);
            let next_middle = self.pulse.correlate(samples, at + period, period);
            let step_to = |is_one: bool| {
                let ways = [(false, survivors[0]), (true, survivors[1])].map(|(was_one, survivor)| {
                    let second = middle.after(!was_one, was_one)
                        + scale.turned(between.before(was_one, !is_one), !was_one);
                    let first = between.after(was_one, !is_one)
                        + scale.turned(next_middle.before(!is_one, is_one), is_one);
                    survivor.grown(was_one, is_one, second, first, &scale)
                });
                let [zero, one] = ways;
                let from = one.metric > zero.metric;
                let step = Step { from, lead: (one.metric - zero.metric).abs() };
                (step, if from { one } else { zero })
            };
            let ((to_zero, zero), (to_one, one)) = (step_to(false), step_to(true));
            survivors = [zero, one];
            at += 2.0 * period;
            decisions.note(Steps { to_zero, to_one }, at);
            middle = next_middle;
            let late = f64::from(if one.metric > zero.metric { one.late } else { zero.late });
            at += CLOCK_GAIN[0] * late * period;
            period *= 1.0 + CLOCK_GAIN[1] * late;
        }
        // The last bit's second chip is all that is left; what follows it is not known.
        let end = self.pulse.correlate(samples, at, period);
        let [zero, one] = [(false, survivors[0]), (true, survivors[1])].map(|(is_one, survivor)| {
            let second = middle.after(!is_one, is_one) + scale.turned(end.before(is_one, is_one), !is_one);
            survivor.metric + log_bessel(scale.evidence * second.norm())
        });
        let last = one > zero;
        decisions.trace(last, (one - zero).abs(), 1.0);
        let best = if last { survivors[1] } else { survivors[0] };
        let chips = 2.0 * count.max(1) as f32;
        let power = best.energy / (chips * (period * period) as f32) - fit.noise / period as f32;
        Track { period, amplitude: power.max(0.0).sqrt().max(0.1 * fit.amplitude), noise: fit.noise }
    }
}

impl Scale {
    /// Turns a phase on by a chip of the higher tone, or of the lower one.
    fn turned(&self, correlation: Complex32, is_high: bool) -> Complex32 {
        correlation * if is_high { self.chip_turn } else { self.chip_turn.conj() }
    }
}

impl Survivor {
    /// Goes on to the next bit with the correlations of the last bit's second chip, which has the phase of that bit's
    /// middle, and the next bit's first chip, which has the phase of the boundary before it.
    fn grown(self, was_one: bool, is_one: bool, second: Complex32, first: Complex32, scale: &Scale) -> Self {
        // A chip whose tone is higher than the next one's, and which ends late, leaves the phase ahead.
        let lateness = |from: Complex32, to: Complex32, from_high: bool| {
            let ahead = (to * from.conj()).im * scale.lateness;
            if from_high { ahead } else { -ahead }
        };
        let middle = lateness(self.first, second, !was_one);
        let second = scale.turned(second, was_one);
        let is_change = was_one == is_one;
        let (bessel, between) = if is_change {
            let [second_x, first_x] = [second, first].map(|chip| scale.evidence * chip.norm());
            (log_bessel(second_x) + log_bessel(first_x), lateness(second, first, was_one))
        } else {
            (log_bessel(scale.evidence * (second + first).norm()), 0.0)
        };
        Self {
            metric: self.metric + bessel,
            first: scale.turned(first, !is_one),
            late: middle + between,
            energy: self.energy + second.norm_sqr() + first.norm_sqr(),
        }
    }
}

/// Returns ln I₀(x), right to a tenth where it counts: a tone of unknown phase is so likely.
fn log_bessel(x: f32) -> f32 {
    (4.0 + x * x).sqrt() - 2.0
}
