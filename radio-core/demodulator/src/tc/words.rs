//! Decides the words of "3 out of 6" as sequences.
//!
//! Each word has three chips of either kind, so it leaves the phase where it was: whatever the words were, the phase
//! at the boundaries between them is the carrier's. Words only touch where one's last chip meets the next one's
//! first. So a trellis of two states (the last chip) with sixteen branches decides all words together, and a pose
//! that follows them needs no memory of the survivors.

use num_complex::Complex32;
use wmbus::phy::three_of_six::{CHIPS_PER_WORD, WORDS};

use super::header::sign;
use super::track::{Drift, Gains, Pose, smooth};
use crate::sequence::{Correlation, ErrorEvent, Pulse};

/// How the words of a frame are followed the first time: quick enough for a clock that drifts by 1 % in the frame.
const GAINS: Gains = Gains { phase: 0.3, turn: 0.03, time: 0.2, period: 0.012 };
/// How they are followed where the carrier is known to move.
const WIDE: Gains = Gains { phase: 0.7, turn: 0.15, time: 0.3, period: 0.02 };
/// Words to each side over which that is smoothed.
const WIDE_REACH: usize = 2;
/// Words to each side over which the second look is smoothed.
const REACH: usize = 10;
/// Alternatives that cost more are none, in nats.
const MAX_EVENT_COST: f32 = 14.0;
/// Phases inside a word, in units of πh: from −3 to 3.
const LEVELS: usize = 7;
const CENTRE: usize = 3;

/// What a frame's signal is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Signal {
    /// Where its first word begins.
    pub(super) start: Pose,
    /// The chip before it.
    pub(super) last_chip: bool,
    /// How much the carrier's turn changes, in radians a chip each chip.
    pub(super) curve: f64,
    pub(super) index: f64,
    pub(super) rounding: f64,
    pub(super) amplitude: f32,
    /// Whether the carrier moves quickly.
    pub(super) is_restless: bool,
}

impl Signal {
    /// Returns the pose so many chips behind the start.
    pub(super) fn after(&self, chips: f64) -> Pose {
        let pose = self.start.after(chips);
        Pose {
            phase: pose.phase + 0.5 * self.curve * chips * chips,
            turn: pose.turn + self.curve * chips,
            ..pose
        }
    }
}

/// One decided word and what else it could have been.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// Correlation of each word but for its first boundary.
    inner: [f32; WORDS.len()],
    /// Correlation of the first boundary: the chip before, then the first chip.
    first: [[f32; 2]; 2],
    /// For each last chip the best word and the chip before it.
    best: [(usize, usize); 2],
    /// The word that was decided in the end.
    word: usize,
}

/// Decides words.
#[derive(Debug)]
pub(super) struct WordTrellis {
    steps: Vec<Step>,
    poses: Vec<Pose>,
    drifts: Vec<Drift>,
    scratch: Vec<Pose>,
    tail: [f32; 2],
    first_chip: usize,
    amplitude: f32,
    noise: f32,
}

impl WordTrellis {
    /// Makes a trellis for frames of at most so many words.
    pub(super) fn new(words: usize) -> Self {
        Self {
            steps: Vec::with_capacity(words),
            poses: Vec::with_capacity(words + 1),
            drifts: Vec::with_capacity(words + 1),
            scratch: Vec::with_capacity(words + 1),
            tail: [0.0; 2],
            first_chip: 0,
            amplitude: 0.0,
            noise: 0.0,
        }
    }

    /// Decides `count` words of a signal, following it.
    pub(super) fn decide(&mut self, samples: &[Complex32], signal: &Signal, pulse: &Pulse, count: usize) {
        self.poses.clear();
        self.pass(samples, signal, pulse, count, true);
    }

    /// Decides the same words again along the smoothed way that the last decisions showed.
    pub(super) fn decide_again(&mut self, samples: &[Complex32], signal: &Signal, pulse: &Pulse) {
        let count = self.steps.len();
        let reach = if signal.is_restless { WIDE_REACH } else { REACH };
        smooth(&mut self.poses, &self.drifts, reach, CHIPS_PER_WORD as f64, &mut self.scratch);
        self.pass(samples, signal, pulse, count, false);
    }

    fn pass(&mut self, samples: &[Complex32], signal: &Signal, pulse: &Pulse, count: usize, follows: bool) {
        self.steps.clear();
        self.drifts.clear();
        self.first_chip = usize::from(signal.last_chip);
        let rotors: [Complex32; LEVELS] = std::array::from_fn(|level| {
            let angle = -std::f64::consts::PI * signal.index * (level as f64 - CENTRE as f64);
            Complex32::from_polar(1.0, angle as f32)
        });
        let mut metrics = [f32::NEG_INFINITY; 2];
        if let Some(metric) = metrics.get_mut(self.first_chip) {
            *metric = 0.0;
        }
        let mut pose = signal.start;
        let gains = if signal.is_restless { &WIDE } else { &GAINS };
        let mut windows = [(Correlation::default(), Complex32::default()); CHIPS_PER_WORD];
        let (mut sum, mut power, mut samples_seen) = (0.0f64, 0.0f64, 0.0f64);
        for number in 0..count {
            if follows {
                self.poses.push(pose);
            } else if let Some(known) = self.poses.get(number) {
                pose = *known;
            }
            let mut carrier = pose.rotor();
            let turn = Complex32::from_polar(1.0, -pose.turn as f32);
            for (chip, (window, rotor)) in windows.iter_mut().enumerate() {
                let here = pose.after(chip as f64);
                *window = pulse.correlate(samples, here.boundary, pose.period);
                *rotor = carrier;
                carrier *= turn;
            }
            let mut step = branch_metrics(&windows, &rotors);
            metrics = advance(&mut step, metrics);
            let last = usize::from(metrics.first() < metrics.last());
            let (word, before) = step.best.get(last).copied().unwrap_or_default();
            let (drift, real) =
                residual(&windows, &rotors, before == 1, word, signal.amplitude, pose.period, signal.index);
            self.steps.push(step);
            self.drifts.push(drift);
            sum += f64::from(real);
            let (from, to) = (pose.boundary, pose.boundary + CHIPS_PER_WORD as f64 * pose.period);
            let stretch = samples.get(from.max(0.0) as usize..to.max(0.0) as usize).unwrap_or_default();
            power += f64::from(stretch.iter().map(Complex32::norm_sqr).sum::<f32>());
            samples_seen += stretch.len() as f64;
            pose = pose.follow(drift, CHIPS_PER_WORD as f64, if follows { gains } else { &STILL });
        }
        if follows {
            self.poses.push(pose);
            self.drifts.push(Drift::default());
        } else if let Some(known) = self.poses.get(count) {
            pose = *known;
        }
        let end = pulse.correlate(samples, pose.boundary, pose.period);
        self.tail = [false, true].map(|last| (end.before(last, last) * pose.rotor()).re);
        let amplitude = (sum / samples_seen.max(1.0)).max(1e-9);
        let floor = 1e-3 * amplitude * amplitude;
        self.noise = (power / samples_seen.max(1.0) - amplitude * amplitude).max(floor) as f32;
        self.amplitude = amplitude as f32;
        self.trace_back(metrics);
    }

    fn trace_back(&mut self, metrics: [f32; 2]) {
        let [zero, one] = metrics;
        let [tail_zero, tail_one] = self.tail;
        let mut last = usize::from(one + tail_one > zero + tail_zero);
        for step in self.steps.iter_mut().rev() {
            let (word, before) = step.best.get(last).copied().unwrap_or_default();
            step.word = word;
            last = before;
        }
    }

    /// Returns the decided half bytes.
    pub(super) fn half_bytes(&self) -> impl Iterator<Item = u8> + '_ {
        self.steps.iter().map(|step| step.word as u8)
    }

    /// Returns the amplitude of the decided signal and the noise in a sample.
    pub(super) fn levels(&self) -> (f32, f32) {
        (self.amplitude, self.noise)
    }

    /// Returns the poses of all words and of the end.
    pub(super) fn poses(&self) -> &[Pose] {
        &self.poses
    }

    /// Notes every other word that is not far from the decided one.
    pub(super) fn events(&self, events: &mut Vec<ErrorEvent>) {
        events.clear();
        let scale = 2.0 * self.amplitude / self.noise;
        let mut before = self.first_chip;
        for (number, step) in self.steps.iter().enumerate() {
            let next = self.steps.get(number + 1);
            let metric = |word: usize| {
                let inner = step.inner.get(word).copied().unwrap_or(f32::NEG_INFINITY);
                let last = last_chip(word);
                let behind = match next {
                    Some(next) => at(&next.first, last, first_chip(next.word)),
                    None => self.tail.get(last).copied().unwrap_or(0.0),
                };
                inner + at(&step.first, before, first_chip(word)) + behind
            };
            let own = metric(step.word);
            for word in (0..WORDS.len()).filter(|word| *word != step.word) {
                let cost = scale * (own - metric(word));
                if cost < MAX_EVENT_COST {
                    let mask = ((step.word ^ word) as u32) << 28;
                    events.push(ErrorEvent { bit: 4 * number, mask, cost: cost.max(0.0) });
                }
            }
            before = last_chip(step.word);
        }
    }
}

/// A pose that goes on as it is.
const STILL: Gains = Gains { phase: 0.0, turn: 0.0, time: 0.0, period: 0.0 };

fn chip(word: usize, number: usize) -> usize {
    let word = WORDS.get(word).copied().unwrap_or_default();
    usize::from(word >> (CHIPS_PER_WORD - 1 - number) & 1)
}

fn first_chip(word: usize) -> usize {
    chip(word, 0)
}

fn last_chip(word: usize) -> usize {
    chip(word, CHIPS_PER_WORD - 1)
}

fn at(table: &[[f32; 2]; 2], before: usize, after: usize) -> f32 {
    table.get(before).and_then(|row| row.get(after)).copied().unwrap_or(f32::NEG_INFINITY)
}

/// Returns the metrics of a word's branches.
#[allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "chips are 0 or 1, levels of weight-3 words lie within LEVELS"
)]
fn branch_metrics(
    windows: &[(Correlation, Complex32); CHIPS_PER_WORD],
    rotors: &[Complex32; LEVELS],
) -> Step {
    let mut step = Step::default();
    // Of each inner boundary: the phase that the word left so far, the chips before and behind it.
    let mut table = [[[[0.0f32; 2]; 2]; LEVELS]; CHIPS_PER_WORD];
    for (number, (window, carrier)) in windows.iter().enumerate() {
        for before in 0..2 {
            for after in 0..2 {
                let sum = window.with(before == 1, after == 1) * carrier;
                if number == 0 {
                    step.first[before][after] = sum.re;
                    continue;
                }
                // After `number` chips the phase has its parity.
                let reach = number.min(CHIPS_PER_WORD - number);
                let mut level = CENTRE - reach;
                while level <= CENTRE + reach {
                    let rotor = rotors[level];
                    table[number][level][before][after] = sum.re * rotor.re - sum.im * rotor.im;
                    level += 2;
                }
            }
        }
    }
    for (word, inner) in step.inner.iter_mut().enumerate() {
        let mut level = CENTRE;
        for number in 1..CHIPS_PER_WORD {
            let before = chip(word, number - 1);
            level = if before == 1 { level + 1 } else { level - 1 };
            *inner += table[number][level][before][chip(word, number)];
        }
    }
    step
}

/// Chooses the best way to each last chip.
fn advance(step: &mut Step, metrics: [f32; 2]) -> [f32; 2] {
    let mut best = [f32::NEG_INFINITY; 2];
    // The better chip before each first chip.
    let entries = [0, 1].map(|first| {
        let [zero, one] = [0, 1].map(|before: usize| {
            metrics.get(before).copied().unwrap_or(f32::NEG_INFINITY) + at(&step.first, before, first)
        });
        if one > zero { (one, 1) } else { (zero, 0) }
    });
    for (word, inner) in step.inner.iter().enumerate() {
        let Some((entry, before)) = entries.get(first_chip(word)) else { continue };
        let metric = entry + inner;
        let last = last_chip(word);
        if let (Some(best), Some(way)) = (best.get_mut(last), step.best.get_mut(last))
            && metric > *best
        {
            *best = metric;
            *way = (word, *before);
        }
    }
    best
}

/// Returns what a decided word says about its pose, and its correlation.
#[allow(clippy::indexing_slicing, reason = "levels of weight-3 words lie within LEVELS")]
fn residual(
    windows: &[(Correlation, Complex32); CHIPS_PER_WORD],
    rotors: &[Complex32; LEVELS],
    before: bool,
    word: usize,
    amplitude: f32,
    period: f64,
    index: f64,
) -> (Drift, f32) {
    let (mut phase, mut time, mut real) = (0.0f32, 0.0f32, 0.0f32);
    let mut level = CENTRE;
    let mut last = before;
    for (number, (window, carrier)) in windows.iter().enumerate() {
        let next = chip(word, number) == 1;
        let rotor = carrier * rotors[level];
        let early = window.before(last, next) * rotor;
        let late = window.after(last, next) * rotor;
        real += early.re + late.re;
        phase += early.im + late.im;
        time -= sign(last) * early.im + sign(next) * late.im;
        level = if next { level + 1 } else { level - 1 };
        last = next;
    }
    let whole = f64::from(amplitude) * CHIPS_PER_WORD as f64 * period;
    let bounded = |value: f32, limit: f64| (f64::from(value) / whole.max(1e-12)).clamp(-limit, limit);
    let drift = Drift {
        phase: bounded(phase, 0.7),
        time: (bounded(time, 0.7) / (std::f64::consts::PI * index)).clamp(-0.2, 0.2),
    };
    (drift, real)
}
