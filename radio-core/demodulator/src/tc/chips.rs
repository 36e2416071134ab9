//! Decides the chips of mode C as a sequence.
//!
//! Chips come as they are: nothing but the memory of the phase holds them together. A state is the last four chips;
//! what was before them is in each survivor's own phase, which follows the carrier: an index near 1 hardly tells two
//! sequences apart that are alike again, so a longer memory would gain nothing. The clock is exact to 100 millionths,
//! so it is not followed chip by chip: runs of hundreds of equal chips say nothing about it.

use num_complex::Complex32;
use wmbus::phy::sync::C_FORMAT_A;

use super::header::sign;
use super::track::{Drift, Pose};
use super::words::Signal;
use crate::sequence::{Correlation, ErrorEvent, Pulse};

/// Chips over which the phase is taken for constant when decided chips are measured.
const STRETCH: usize = 16;
/// What the header's estimate of the modulation index weighs, in spread of levels.
const PRIOR_SPREAD: f64 = 20.0;
/// Chips of a state.
const MEMORY: u32 = 4;
const STATES: usize = 1 << MEMORY;
/// The oldest chip of a state.
const OLDEST: usize = STATES / 2;
/// How quickly a survivor's phase and carrier follow, each chip.
const PHASE_GAIN: f32 = 0.15;
const TURN_GAIN: f32 = 0.006;
/// Alternatives that cost more are none, in nats.
const MAX_EVENT_COST: f32 = 14.0;
/// An alternative that differs for more chips is none.
const MAX_EVENT_CHIPS: usize = 32;

/// What was decided at a boundary, a bit or a number for each state.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// The chip that left the state.
    left: u16,
    /// By how much the other one would have been worse.
    lead: [f32; STATES],
}

/// Decides chips.
#[derive(Debug)]
pub(super) struct ChipTrellis {
    steps: Vec<Step>,
    chips: Vec<bool>,
    /// The state after each decided chip.
    states: Vec<u8>,
    amplitude: f32,
    noise: f32,
}

impl ChipTrellis {
    /// Makes a trellis for frames of at most so many chips.
    pub(super) fn new(chips: usize) -> Self {
        Self {
            steps: Vec::with_capacity(chips),
            chips: Vec::with_capacity(chips),
            states: Vec::with_capacity(chips),
            amplitude: 0.0,
            noise: 1.0,
        }
    }

    /// Decides `count` chips of a signal.
    pub(super) fn decide(&mut self, samples: &[Complex32], signal: &Signal, pulse: &Pulse, count: usize) {
        self.steps.clear();
        let mut ways = Ways::new(usize::from(first_state()), signal);
        for number in 0..count {
            let here = signal.start.after(number as f64);
            let window = pulse.correlate(samples, here.boundary, here.period);
            self.steps.push(ways.advance(&window));
        }
        let end = signal.start.after(count as f64);
        let window = pulse.correlate(samples, end.boundary, end.period);
        self.trace_back(ways.best(&window));
    }

    #[allow(clippy::indexing_slicing, reason = "states are below STATES")]
    fn trace_back(&mut self, last: usize) {
        let count = self.steps.len();
        self.chips.clear();
        self.chips.resize(count, false);
        self.states.clear();
        self.states.resize(count, 0);
        let mut state = last;
        for ((step, chip), kept) in self.steps.iter().zip(&mut self.chips).zip(&mut self.states).rev() {
            *chip = state & 1 == 1;
            *kept = state as u8;
            state = predecessor(step, state);
        }
    }

    /// Measures the decided chips by the signal: how time, clock, phase and carrier differ from the pose that was
    /// used, by least squares over the whole frame, and the levels; returns the better signal.
    pub(super) fn measure(&mut self, samples: &[Complex32], signal: &Signal, pulse: &Pulse) -> Signal {
        let mut before = signal.last_chip;
        let mut level = 0i32;
        let (mut real, mut power, mut seen) = (0.0f64, 0.0f64, 0.0f64);
        let mut last_phase = 0.0f64;
        let mut fit = LineFit::default();
        let (mut stretch, mut lateness) = (Complex32::default(), Lateness::default());
        let mut bend = Bend::default();
        let count = self.chips.len();
        for (number, chip) in self.chips.iter().enumerate() {
            let here = signal.start.after(number as f64);
            let window = pulse.correlate(samples, here.boundary, here.period);
            let bent = std::f64::consts::PI * signal.index * f64::from(level);
            let rotor = Pose { phase: here.phase + bent + last_phase, ..here }.rotor();
            let early = window.before(before, *chip) * rotor;
            let late = window.after(before, *chip) * rotor;
            real += f64::from(early.re + late.re);
            stretch += early + late;
            bend.add(f64::from(level), f64::from(early.im + late.im));
            lateness.add(sign(before), early.im);
            lateness.add(sign(*chip), late.im);
            level += if *chip { 1 } else { -1 };
            before = *chip;
            let (from, to) =
                (here.boundary.max(0.0) as usize, (here.boundary + here.period).max(0.0) as usize);
            let part = samples.get(from..to).unwrap_or_default();
            power += f64::from(part.iter().map(Complex32::norm_sqr).sum::<f32>());
            seen += part.len() as f64;
            if number % STRETCH == STRETCH - 1 {
                // The phase wanders: each stretch is measured from where the last one was.
                let step = f64::from(stretch.arg());
                last_phase += 0.3 * step;
                let half = 0.5 * f64::from(signal.amplitude) * here.period;
                let (turned, weight) = lateness.turned();
                let time = turned / (std::f64::consts::PI * signal.index * half.max(1e-12));
                bend.end();
                fit.add(
                    number as f64 - 0.5 * (STRETCH - 1) as f64,
                    Drift { phase: last_phase + 0.7 * step, time },
                    weight,
                );
                (stretch, lateness) = (Complex32::default(), Lateness::default());
            }
        }
        let amplitude = real / seen.max(1.0);
        if amplitude < 0.2 * f64::from(signal.amplitude) {
            // The phase was lost on the way: nothing was learnt.
            (self.amplitude, self.noise) = (signal.amplitude, signal.amplitude * signal.amplitude);
            return *signal;
        }
        self.amplitude = amplitude as f32;
        let floor = 1e-3 * amplitude * amplitude;
        self.noise = (power / seen.max(1.0) - amplitude * amplitude).max(floor) as f32;
        let line = fit.line();
        let turn = line.1.phase;
        let period = signal.start.period * (1.0 + if count > 256 { line.1.time } else { 0.0 });
        let start = Pose {
            boundary: signal.start.boundary + line.0.time * signal.start.period,
            period,
            phase: signal.start.phase + line.0.phase,
            turn: signal.start.turn + turn,
        };
        // What is known before: the header told the index to about 0.03, as much as 100 chips of the frame do.
        let chip = amplitude * signal.start.period;
        let index =
            signal.index + (bend.slope(PRIOR_SPREAD) / (std::f64::consts::PI * chip)).clamp(-0.1, 0.1);
        Signal { start, amplitude: self.amplitude, index, ..*signal }
    }

    /// Returns the decided chips.
    pub(super) fn chips(&self) -> &[bool] {
        &self.chips
    }

    /// Returns the amplitude of the decided signal and the noise in a sample.
    pub(super) fn levels(&self) -> (f32, f32) {
        (self.amplitude, self.noise)
    }

    /// Notes every other way that was not much worse where it met the decided one.
    #[allow(clippy::indexing_slicing, reason = "states are below STATES")]
    pub(super) fn events(&self, events: &mut Vec<ErrorEvent>) {
        events.clear();
        let scale = 2.0 * self.amplitude / self.noise;
        for (number, (step, state)) in self.steps.iter().zip(&self.states).enumerate() {
            let cost = scale * step.lead[usize::from(*state)];
            if cost >= MAX_EVENT_COST {
                continue;
            }
            let own = predecessor(step, usize::from(*state));
            if let Some((bit, mask)) = self.difference(number, own ^ OLDEST) {
                events.push(ErrorEvent { bit, mask, cost: cost.max(0.0) });
            }
        }
    }

    /// Follows another way back from before chip `number` until it meets the decided one.
    fn difference(&self, number: usize, other: usize) -> Option<(usize, u32)> {
        let mut other = other;
        let mut mask = 0u32;
        for at in (0..number).rev().take(MAX_EVENT_CHIPS) {
            let own = usize::from(*self.states.get(at)?);
            if own == other {
                return Some((at + 1, mask));
            }
            mask = mask >> 1 | ((own ^ other) as u32 & 1) << 31;
            other = predecessor(self.steps.get(at)?, other);
            if at == 0 {
                return (other == usize::from(first_state())).then_some((0, mask));
            }
        }
        None
    }
}

/// The best ways to all states, as far as they go; one array for each number, so that the compiler makes vectors.
#[derive(Debug)]
struct Ways {
    metric: [f32; STATES],
    /// Takes the phase off the next boundary's sum.
    re: [f32; STATES],
    im: [f32; STATES],
    /// Turn in radians a chip that is not in the pose.
    turn: [f32; STATES],
    /// What a chip and the carrier turn until the next boundary: after a 0 and after a 1.
    step: [Complex32; 2],
    /// The inverse of what a chip's correlation should be.
    scale: f32,
}

impl Ways {
    fn new(state: usize, signal: &Signal) -> Self {
        let angle = std::f64::consts::PI * signal.index;
        let rotor = signal.start.rotor();
        let mut metric = [-1e30; STATES];
        if let Some(metric) = metric.get_mut(state) {
            *metric = 0.0;
        }
        Self {
            metric,
            re: [rotor.re; STATES],
            im: [rotor.im; STATES],
            turn: [0.0; STATES],
            step: [1.0, -1.0]
                .map(|sign| Complex32::from_polar(1.0, (sign * angle - signal.start.turn) as f32)),
            scale: (1.0 / (f64::from(signal.amplitude) * signal.start.period).max(1e-12)) as f32,
        }
    }

    /// Goes on to the next boundary: each state is entered from two, which differ in their oldest chip.
    #[allow(clippy::indexing_slicing, clippy::needless_range_loop, reason = "states are below STATES")]
    fn advance(&mut self, window: &Correlation) -> Step {
        let mut step = Step::default();
        let mut next = [[[0.0f32; OLDEST]; 2]; 4];
        let mut leads = [[0.0f32; OLDEST]; 2];
        for chip in 0..2 {
            let sums = [window.with(false, chip == 1), window.with(true, chip == 1)];
            let sum_re: [f32; OLDEST] = std::array::from_fn(|before| sums[before & 1].re);
            let sum_im: [f32; OLDEST] = std::array::from_fn(|before| sums[before & 1].im);
            let turned = self.step[chip];
            for before in 0..OLDEST {
                let (zero, one) = (before, before + OLDEST);
                let (re, im) = (sum_re[before], sum_im[before]);
                let metric_zero = self.metric[zero] + re * self.re[zero] - im * self.im[zero];
                let metric_one = self.metric[one] + re * self.re[one] - im * self.im[one];
                let is_one = metric_one > metric_zero;
                let pick = |zero: f32, one: f32| if is_one { one } else { zero };
                let (rotor_re, rotor_im) =
                    (pick(self.re[zero], self.re[one]), pick(self.im[zero], self.im[one]));
                let error = ((re * rotor_im + im * rotor_re) * self.scale).clamp(-0.7, 0.7);
                let turn = pick(self.turn[zero], self.turn[one]) + TURN_GAIN * error;
                // The rotation back by a small angle, right to its third power; its length stays 1 to the fourth.
                let angle = PHASE_GAIN * error + turn;
                let square = angle * angle;
                let (cos, sin) = (1.0 - 0.5 * square, angle * (1.0 - square / 6.0));
                let (re, im) = (rotor_re * cos + rotor_im * sin, rotor_im * cos - rotor_re * sin);
                leads[chip][before] = metric_one - metric_zero;
                next[0][chip][before] = pick(metric_zero, metric_one);
                next[1][chip][before] = re * turned.re - im * turned.im;
                next[2][chip][before] = re * turned.im + im * turned.re;
                next[3][chip][before] = turn;
            }
        }
        for state in 0..STATES {
            let (chip, before) = (state & 1, state >> 1);
            self.metric[state] = next[0][chip][before];
            self.re[state] = next[1][chip][before];
            self.im[state] = next[2][chip][before];
            self.turn[state] = next[3][chip][before];
            step.lead[state] = leads[chip][before].abs();
            step.left |= u16::from(leads[chip][before] > 0.0) << state;
        }
        step
    }

    /// Returns the best state where nothing follows any more.
    fn best(&self, window: &Correlation) -> usize {
        let tails = [window.before(false, false), window.before(true, true)];
        let last = self.metric.iter().zip(self.re.iter().zip(&self.im)).enumerate().map(
            |(state, (metric, (re, im)))| {
                let [zero, one] = tails;
                let tail = if state & 1 == 1 { one } else { zero };
                (state, metric + tail.re * re - tail.im * im)
            },
        );
        last.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(state, _)| state)
    }
}

/// Returns the state before a frame: both formats' sync words end with the same chips.
fn first_state() -> u8 {
    (C_FORMAT_A.bits() & (STATES as u32 - 1)) as u8
}

fn predecessor(step: &Step, state: usize) -> usize {
    (state >> 1) | (usize::from(step.left >> state & 1) * OLDEST)
}

/// How the phase goes with the number of ones, which tells how far the modulation index is off. Only differences
/// within a stretch count, because the carrier wanders.
#[derive(Debug, Default)]
struct Bend {
    count: f64,
    level: f64,
    value: f64,
    square: f64,
    product: f64,
    spread: f64,
    moment: f64,
}

impl Bend {
    fn add(&mut self, level: f64, value: f64) {
        self.count += 1.0;
        self.level += level;
        self.value += value;
        self.square += level * level;
        self.product += level * value;
    }

    /// Ends a stretch.
    fn end(&mut self) {
        self.spread += self.square - self.level * self.level / self.count;
        self.moment += self.product - self.level * self.value / self.count;
        let Self { spread, moment, .. } = *self;
        *self = Self { spread, moment, ..Self::default() };
    }

    /// Returns the value by level, drawn to 0 as if that much spread had shown none.
    fn slope(&self, prior_spread: f64) -> f64 {
        self.moment / (self.spread + prior_spread)
    }
}

/// What the chips of a stretch say about time: a late clock turns the phase back in a 1 and forth in a 0, the
/// carrier both alike. Where all chips are equal nothing tells them apart.
#[derive(Debug, Default)]
struct Lateness {
    halves: f64,
    signs: f64,
    phase: f64,
    signed: f64,
}

impl Lateness {
    fn add(&mut self, sign: f32, phase: f32) {
        self.halves += 1.0;
        self.signs += f64::from(sign);
        self.phase += f64::from(phase);
        self.signed -= f64::from(sign * phase);
    }

    /// Returns by how much a half chip's phase is turned, and how much that is worth in half chips.
    fn turned(&self) -> (f64, f64) {
        let weight = self.halves - self.signs * self.signs / self.halves.max(1.0);
        let signed = self.signed + self.signs * self.phase / self.halves.max(1.0);
        if weight > 4.0 { (signed / weight, weight) } else { (0.0, 0.0) }
    }
}

/// Straight lines through drifts: through the phases, and through the times by their weight.
#[derive(Debug, Default)]
struct LineFit {
    phase: Line,
    time: Line,
}

impl LineFit {
    fn add(&mut self, at: f64, drift: Drift, time_weight: f64) {
        self.phase.add(at, drift.phase, 1.0);
        self.time.add(at, drift.time, time_weight);
    }

    /// Returns the values at 0 and the slopes.
    fn line(&self) -> (Drift, Drift) {
        let (phase, time) = (self.phase.line(), self.time.line());
        (Drift { phase: phase.0, time: time.0 }, Drift { phase: phase.1, time: time.1 })
    }
}

/// The sums of a straight line's weighted least squares.
#[derive(Debug, Default)]
struct Line {
    weight: f64,
    at: f64,
    at_square: f64,
    value: f64,
    moment: f64,
}

impl Line {
    fn add(&mut self, at: f64, value: f64, weight: f64) {
        self.weight += weight;
        self.at += weight * at;
        self.at_square += weight * at * at;
        self.value += weight * value;
        self.moment += weight * at * value;
    }

    fn line(&self) -> (f64, f64) {
        if self.weight <= 0.0 {
            return (0.0, 0.0);
        }
        let (mean, spread) = (self.at / self.weight, self.at_square - self.at * self.at / self.weight);
        if spread < self.weight {
            return (0.0, 0.0);
        }
        let slope = (self.moment - mean * self.value) / spread;
        (self.value / self.weight - slope * mean, slope)
    }
}
