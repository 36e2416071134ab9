//! The most likely bits behind a header, with the signal's phase and clock followed along the way.
//!
//! A Manchester bit has one chip of each frequency, so the phase that the modulation adds is the same at the end of
//! every bit. What remains are two phases that drift slowly, one for each tone: their middle is the carrier's, their
//! difference tells the time to a hundredth of a chip. Each of the two survivors of the trellis (the last bit was 0
//! or 1) follows them with its own decisions. The signal is cut in the middle of its chips, so each branch has two
//! stretches: the boundary between two bits, and the middle of the new bit.
//!
//! Delay: none; the best survivor is traced back when the wanted number of bits has been heard.

use core::f32::consts::PI;

use num_complex::Complex32;

use super::decisions::{Decisions, Step, Steps};
use super::header::Fit;
use crate::sequence::{Correlation, Pulse};

/// Gains of the loops that follow the carrier's phase and the clock, for each bit: on the phase, and on its drift.
const CARRIER_GAIN: [f32; 2] = [0.16, 0.004];
const CLOCK_GAIN: [f32; 2] = [0.10, 0.002];
/// After so many bits what the clock's loop found goes into where the samples are cut.
const RECUT_BITS: usize = 4;
/// A metric that no way of a transmission comes down to.
const IMPOSSIBLE: f32 = -1e9;

/// A survivor: the most likely way to a last bit.
#[derive(Debug, Clone, Copy, Default)]
struct Survivor {
    /// Sum of the correlations with the bits, in units of the signal's amplitude.
    metric: f32,
    /// Phase of the carrier and its drift a bit, against the cut's.
    carrier: f32,
    carrier_drift: f32,
    /// Half the difference of the tones' phases, low minus high, and its drift a bit.
    clock: f32,
    clock_drift: f32,
    /// Sum of the squares across the signal's phase: the noise as this way sees it.
    across: f32,
}

/// The signal as it was at the end of the heard bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Track {
    /// Samples to a chip at the end.
    pub(super) period: f64,
    /// The signal's amplitude.
    pub(super) amplitude: f32,
    /// The noise's power, as seen across the signal's phase.
    pub(super) noise: f32,
}

/// Hears bits whose phase can be followed.
#[derive(Debug)]
pub(super) struct Trellis {
    pulse: Pulse,
}

impl Trellis {
    /// Makes a trellis.
    pub(super) fn new() -> Self {
        Self { pulse: Pulse::new(3.0, 0.0) }
    }

    /// Hears `count` bits in samples without the carrier of `fit`; the frame begins at `start` in them, with what is
    /// left of the carrier's phase.
    pub(super) fn hear(
        &mut self,
        samples: &[Complex32],
        fit: &Fit,
        (start, phase): (f64, f64),
        count: usize,
        decisions: &mut Decisions,
    ) -> Track {
        self.pulse.set(fit.index, fit.rounding);
        decisions.begin(start);
        let index = fit.index as f32;
        let middle_turn = Complex32::from_polar(1.0, PI * index);
        let (mut at, mut period) = (start, fit.period);
        let mut amplitude = fit.amplitude;
        // The sync word ends with a 0.
        let first = Survivor { carrier: phase as f32, ..Survivor::default() };
        let mut survivors = [first, Survivor { metric: IMPOSSIBLE, ..first }];
        for bit in 0..count {
            let between = self.pulse.correlate(samples, at, period);
            let middle = self.pulse.correlate(samples, at + period, period);
            let scale = 1.0 / (2.0 * period as f32 * amplitude);
            let turns = survivors.map(|way| {
                [way.carrier - way.clock, way.carrier + way.clock]
                    .map(|angle| Complex32::from_polar(scale, -angle))
            });
            let step_to = |is_one: bool| {
                let [zero, one] = [(false, turns[0], survivors[0]), (true, turns[1], survivors[1])].map(
                    |(before, turns, survivor)| {
                        let [high, low] = tones(&between, &middle, before, is_one, middle_turn);
                        let [high, low] = [high * turns[0], low * turns[1]];
                        (survivor.metric + high.re + low.re, high.im, low.im, survivor)
                    },
                );
                let from = one.0 > zero.0;
                let (metric, high, low, survivor) = if from { one } else { zero };
                (Step { from, lead: (one.0 - zero.0).abs() }, survivor.followed(metric, high, low))
            };
            let ((to_zero, zero), (to_one, one)) = (step_to(false), step_to(true));
            survivors = [zero, one];
            at += 2.0 * period;
            decisions.note(Steps { to_zero, to_one }, at);
            if bit % RECUT_BITS == RECUT_BITS - 1 {
                let best =
                    if survivors[1].metric > survivors[0].metric { survivors[1] } else { survivors[0] };
                at += f64::from(best.clock / (PI * index)) * period;
                period *= 1.0 + f64::from(best.clock_drift / (2.0 * PI * index));
                for way in &mut survivors {
                    way.clock -= best.clock;
                    way.clock_drift -= best.clock_drift;
                }
            }
        }
        let last = survivors[1].metric > survivors[0].metric;
        let best = if last { survivors[1] } else { survivors[0] };
        let heard = count.max(1) as f32;
        let correction = (best.metric / heard).clamp(0.25, 4.0);
        // Both the metric and the squares are in units of the amplitude and a bit's samples.
        let noise = (2.0 * best.across / heard) * 2.0 * period as f32 * amplitude * amplitude;
        let noise = noise.max(0.5 * fit.noise).max(f32::MIN_POSITIVE);
        // A metric's difference times 2·amplitude²·samples/noise is one of logarithms of probabilities.
        let nats = 2.0 * amplitude * amplitude * 2.0 * period as f32 / noise * correction;
        amplitude *= correction;
        decisions.trace(last, (survivors[1].metric - survivors[0].metric).abs(), nats);
        Track { period, amplitude, noise }
    }
}

impl Survivor {
    /// Takes the new metric and what the tones had across their phases.
    fn followed(self, metric: f32, high: f32, low: f32) -> Self {
        let (carrier, clock) = (high + low, low - high);
        Self {
            metric,
            carrier: self.carrier + self.carrier_drift + CARRIER_GAIN[0] * carrier,
            carrier_drift: self.carrier_drift + CARRIER_GAIN[1] * carrier,
            clock: self.clock + self.clock_drift + CLOCK_GAIN[0] * clock,
            clock_drift: self.clock_drift + CLOCK_GAIN[1] * clock,
            across: self.across + carrier * carrier,
        }
    }
}

/// Returns the correlations of both tones with a bit and the boundary before it.
fn tones(
    between: &Correlation,
    middle: &Correlation,
    before: bool,
    is_one: bool,
    middle_turn: Complex32,
) -> [Complex32; 2] {
    // A 1 is the chips 01: it ends with the higher tone and begins with the lower one.
    let (last, first) = (before, !is_one);
    let back = if first { middle_turn.conj() } else { middle_turn };
    let parts = [
        (last, between.before(last, first)),
        (first, between.after(last, first)),
        (first, middle.before(first, is_one) * back),
        (is_one, middle.after(first, is_one) * back),
    ];
    parts.into_iter().fold([Complex32::ZERO; 2], |[high, low], (is_high, part)| {
        if is_high { [high + part, low] } else { [high, low + part] }
    })
}
