//! Decides the chips of mode C as a sequence.
//!
//! Chips come as they are: nothing but the memory of the phase holds them together. A state is the last four chips;
//! what was before them is in each survivor's own phase, which follows the carrier: an index near 1 hardly tells two
//! sequences apart that are alike again, so a longer memory would gain nothing. The clock is exact to 100 millionths,
//! so it is not followed chip by chip: runs of hundreds of equal chips say nothing about it.

mod alternatives;
mod measure;

use num_complex::Complex32;
use wmbus::phy::sync::SyncWord;

use super::header::sign;
use super::track::Pose;
use super::words::Signal;
use crate::sequence::{Correlation, Pulse};

/// Chips of a state.
const MEMORY: u32 = 4;
const STATES: usize = 1 << MEMORY;
/// The oldest chip of a state.
const OLDEST: usize = STATES / 2;
/// The state that header and sync words end with.
const FIRST_STATE: usize = 0b1101;
/// A metric that no way comes back from.
const IMPOSSIBLE: f32 = -1e30;
/// How quickly a survivor's phase and carrier follow, each chip.
const PHASE_GAIN: f32 = 0.15;
const TURN_GAIN: f32 = 0.006;

/// What was decided at a boundary.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// For each state, by how much the way to it on which a 1 left the state is better than the one with a 0.
    leads: [f32; STATES],
}

impl Step {
    /// Returns by how much the way that lost is worse.
    fn lead(&self, state: usize) -> f32 {
        self.leads.get(state).map_or(f32::INFINITY, |lead| lead.abs())
    }
}

/// Decides chips.
#[derive(Debug)]
pub(super) struct ChipTrellis {
    steps: Vec<Step>,
    /// What the samples around the boundary before each chip say.
    windows: Vec<Correlation>,
    chips: Vec<bool>,
    /// The state after each decided chip.
    states: Vec<u8>,
    /// By how much ending in each state is worse than in the best one.
    behind: [f32; STATES],
    amplitude: f32,
    noise: f32,
}

impl ChipTrellis {
    /// Makes a trellis for frames of at most so many chips.
    pub(super) fn new(chips: usize) -> Self {
        Self {
            steps: Vec::with_capacity(chips),
            windows: Vec::with_capacity(chips),
            chips: Vec::with_capacity(chips),
            states: Vec::with_capacity(chips),
            behind: [0.0; STATES],
            amplitude: 0.0,
            noise: 1.0,
        }
    }

    /// Decides `count` chips of a signal behind the sync word `lead`, by which the phase is found.
    pub(super) fn decide(
        &mut self,
        samples: &[Complex32],
        signal: &Signal,
        pulse: &Pulse,
        lead: SyncWord,
        count: usize,
    ) {
        self.steps.clear();
        self.windows.clear();
        let mut ways = Ways::new(signal, lead);
        for (number, chip) in lead.chips().enumerate() {
            let here = signal.after(number as f64 - lead.len() as f64);
            ways.advance(&pulse.correlate(samples, here.boundary, here.period));
            ways.know(chip);
        }
        for number in 0..count {
            let here = signal.after(number as f64);
            let window = pulse.correlate(samples, here.boundary, here.period);
            self.steps.push(ways.advance(&window));
            self.windows.push(window);
        }
        let end = signal.after(count as f64);
        let ends = ways.ends(&pulse.correlate(samples, end.boundary, end.period));
        let best = ends.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        let (best, most) = best.map_or((0, 0.0), |(state, metric)| (state, *metric));
        self.behind = ends.map(|metric| most - metric);
        self.trace_back(best);
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

    /// Returns the decided chips.
    pub(super) fn chips(&self) -> &[bool] {
        &self.chips
    }

    /// Returns the amplitude of the decided signal and the noise in a sample.
    pub(super) fn levels(&self) -> (f32, f32) {
        (self.amplitude, self.noise)
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
    /// Begins where the sync word `lead` does.
    fn new(signal: &Signal, lead: SyncWord) -> Self {
        let angle = std::f64::consts::PI * signal.index;
        let turned: f32 = lead.chips().map(sign).sum();
        let start = signal.after(-(lead.len() as f64));
        let rotor = Pose { phase: start.phase - angle * f64::from(turned), ..start }.rotor();
        Self {
            metric: std::array::from_fn(|state| if state == FIRST_STATE { 0.0 } else { IMPOSSIBLE }),
            re: [rotor.re; STATES],
            im: [rotor.im; STATES],
            turn: [0.0; STATES],
            step: steps(signal.index, signal.start.turn),
            scale: (1.0 / (f64::from(signal.amplitude) * signal.start.period).max(1e-12)) as f32,
        }
    }

    /// Gives up all ways that do not end with this chip.
    fn know(&mut self, chip: bool) {
        for (state, metric) in self.metric.iter_mut().enumerate() {
            if (state & 1 == 1) != chip {
                *metric = IMPOSSIBLE;
            }
        }
    }

    /// Goes on to the next boundary: each state is entered from two, which differ in their oldest chip.
    fn advance(&mut self, window: &Correlation) -> Step {
        let [[re_00, re_01, re_10, re_11], [im_00, im_01, im_10, im_11]] = window.pairs();
        let [zero_step, one_step] = self.step;
        let (mut zero, mut one) = (Entered::default(), Entered::default());
        self.enter(&alternating(re_00, re_10), &alternating(im_00, im_10), zero_step, &mut zero);
        self.enter(&alternating(re_01, re_11), &alternating(im_01, im_11), one_step, &mut one);
        interleave(&mut self.metric, &zero.metric, &one.metric);
        interleave(&mut self.re, &zero.re, &one.re);
        interleave(&mut self.im, &zero.im, &one.im);
        interleave(&mut self.turn, &zero.turn, &one.turn);
        let mut step = Step::default();
        interleave(&mut step.leads, &zero.lead, &one.lead);
        step
    }

    /// Enters the states that end with one chip; its correlation is given by the chips before it. A function of its
    /// own whose loop has no branches: so it becomes vector instructions.
    #[inline(never)]
    #[allow(clippy::indexing_slicing, reason = "arrays of STATES")]
    fn enter(&self, re: &[f32; OLDEST], im: &[f32; OLDEST], step: Complex32, entered: &mut Entered) {
        for before in 0..OLDEST {
            let (zero, one) = (before, before + OLDEST);
            let (re, im) = (re[before], im[before]);
            let (zero_re, one_re) = (self.re[zero], self.re[one]);
            let (zero_im, one_im) = (self.im[zero], self.im[one]);
            let (zero_turn, one_turn) = (self.turn[zero], self.turn[one]);
            let metric_zero = self.metric[zero] + re * zero_re - im * zero_im;
            let metric_one = self.metric[one] + re * one_re - im * one_im;
            let is_one = metric_one > metric_zero;
            let rotor_re = if is_one { one_re } else { zero_re };
            let rotor_im = if is_one { one_im } else { zero_im };
            let turn = if is_one { one_turn } else { zero_turn };
            let error = ((re * rotor_im + im * rotor_re) * self.scale).clamp(-0.7, 0.7);
            let turn = turn + TURN_GAIN * error;
            // The rotation back by a small angle, right to its third power; its length stays 1 to the fourth.
            let angle = PHASE_GAIN * error + turn;
            let square = angle * angle;
            let (cos, sin) = (1.0 - 0.5 * square, angle * (1.0 - square * (1.0 / 6.0)));
            let (re, im) = (rotor_re * cos + rotor_im * sin, rotor_im * cos - rotor_re * sin);
            entered.lead[before] = metric_one - metric_zero;
            entered.metric[before] = if is_one { metric_one } else { metric_zero };
            entered.re[before] = re * step.re - im * step.im;
            entered.im[before] = re * step.im + im * step.re;
            entered.turn[before] = turn;
        }
    }

    /// Returns the metrics of the states where nothing follows any more.
    fn ends(&self, window: &Correlation) -> [f32; STATES] {
        let tails = [window.before(false, false), window.before(true, true)];
        let mut ends = self.metric;
        for (state, (end, (re, im))) in ends.iter_mut().zip(self.re.iter().zip(&self.im)).enumerate() {
            let [zero, one] = tails;
            let tail = if state & 1 == 1 { one } else { zero };
            *end += tail.re * re - tail.im * im;
        }
        ends
    }
}

fn predecessor(step: &Step, state: usize) -> usize {
    let is_one = step.leads.get(state).is_some_and(|lead| *lead > 0.0);
    (state >> 1) | (usize::from(is_one) * OLDEST)
}

/// Returns what a 0 and a 1 turn the rotor that takes the phase off, the carrier's turn included.
fn steps(index: f64, turn: f64) -> [Complex32; 2] {
    let angle = std::f64::consts::PI * index;
    [1.0, -1.0].map(|sign| Complex32::from_polar(1.0, (sign * angle - turn) as f32))
}

/// The states that end with one chip, by the chips before it.
#[derive(Debug, Default)]
struct Entered {
    metric: [f32; OLDEST],
    re: [f32; OLDEST],
    im: [f32; OLDEST],
    turn: [f32; OLDEST],
    lead: [f32; OLDEST],
}

/// Returns the values for all chips before one, by the last of them.
fn alternating(zero: f32, one: f32) -> [f32; OLDEST] {
    std::array::from_fn(|before| if before & 1 == 1 { one } else { zero })
}

/// Puts the states that end with a 0 and those that end with a 1 in turn.
#[inline(always)]
fn interleave(all: &mut [f32; STATES], zeros: &[f32; OLDEST], ones: &[f32; OLDEST]) {
    let (pairs, _) = all.as_chunks_mut::<2>();
    for ((pair, zero), one) in pairs.iter_mut().zip(zeros).zip(ones) {
        *pair = [*zero, *one];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wmbus::phy::sync;

    #[test]
    fn every_sync_word_that_is_followed_leaves_the_first_state() {
        for word in [sync::T, sync::C_FORMAT_A, sync::C_FORMAT_B] {
            assert_eq!(word.bits() as usize & (STATES - 1), FIRST_STATE);
        }
    }
}
