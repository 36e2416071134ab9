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
use crate::phasor::cos_sin;
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

/// Words of the code.
const COUNT: usize = WORDS.len();

/// One decided word and what else it could have been.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// Correlation of each word but for its first boundary.
    inner: [f32; COUNT],
    /// Correlation of the first boundary: the chip before, then the first chip.
    first: [[f32; 2]; 2],
    /// For each last chip the best word and the chip before it.
    best: [(u8, u8); 2],
    /// The word that was decided in the end.
    word: u8,
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
            let (cos, sin) = cos_sin(-pose.turn as f32);
            let turn = Complex32::new(cos, sin);
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
            let decided = (before == 1, usize::from(word));
            let (drift, real) =
                residual(&windows, &rotors, decided, signal.amplitude, pose.period, signal.index);
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
            last = usize::from(before);
        }
    }

    /// Returns the decided half bytes.
    pub(super) fn half_bytes(&self) -> impl Iterator<Item = u8> + '_ {
        self.steps.iter().map(|step| step.word)
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
            let entry = step.first.get(before).copied().unwrap_or_default();
            let exit = match self.steps.get(number + 1) {
                Some(next) => next.first.map(|row| pick(row, FIRST_CHIPS, next.word)),
                None => self.tail,
            };
            let metrics = with_ends(&step.inner, entry, exit);
            let own = metrics.get(usize::from(step.word)).copied().unwrap_or_default();
            let near = own - MAX_EVENT_COST / scale;
            for (word, metric) in (0..).zip(metrics) {
                if metric > near && word != step.word {
                    let mask = u32::from(step.word ^ word) << 28;
                    let cost = (scale * (own - metric)).max(0.0);
                    events.push(ErrorEvent { bit: 4 * number, mask, cost });
                }
            }
            before = LAST_CHIPS.get(usize::from(step.word)).copied().map_or(0, usize::from);
        }
    }
}

/// A pose that goes on as it is.
const STILL: Gains = Gains { phase: 0.0, turn: 0.0, time: 0.0, period: 0.0 };

/// The chips of each word, in the order in which they are sent.
const CHIPS: [[u8; CHIPS_PER_WORD]; COUNT] = {
    let mut chips = [[0; CHIPS_PER_WORD]; COUNT];
    let mut at = 0;
    while at < COUNT * CHIPS_PER_WORD {
        let (word, number) = (at / CHIPS_PER_WORD, at % CHIPS_PER_WORD);
        #[allow(clippy::indexing_slicing, reason = "the loop ends at the tables' length")]
        {
            chips[word][number] = WORDS[word] >> (CHIPS_PER_WORD - 1 - number) & 1;
        }
        at += 1;
    }
    chips
};

const FIRST_CHIPS: [u8; COUNT] = chips_at(0);
const LAST_CHIPS: [u8; COUNT] = chips_at(CHIPS_PER_WORD - 1);

/// Chips inside a word that have a boundary before them.
const INNER: usize = CHIPS_PER_WORD - 1;

/// For each word the places of its inner boundaries in a [`BoundaryTable`].
const PATHS: [[u8; INNER]; COUNT] = {
    let mut paths = [[0; INNER]; COUNT];
    let mut word = 0;
    while word < COUNT {
        let mut level = CENTRE;
        let mut number = 0;
        while number < INNER {
            #[allow(clippy::indexing_slicing, reason = "the loop ends at the tables' length")]
            {
                let [before, after] = [CHIPS[word][number] as usize, CHIPS[word][number + 1] as usize];
                level = level + 2 * before - 1;
                paths[word][number] = (PAIRS * (LEVELS * number + level) + 2 * before + after) as u8;
            }
            number += 1;
        }
        word += 1;
    }
    paths
};

const PAIRS: usize = 4;

/// Correlations of each inner boundary, by the phase that the word left so far, then by the pair of chips.
type BoundaryTable = [f32; INNER * LEVELS * PAIRS];

const fn chips_at(number: usize) -> [u8; COUNT] {
    let mut chips = [0; COUNT];
    let mut word = 0;
    while word < COUNT {
        #[allow(clippy::indexing_slicing, reason = "the loop ends at the tables' length")]
        {
            chips[word] = CHIPS[word][number];
        }
        word += 1;
    }
    chips
}

/// Returns the value for a word's chip.
fn pick(values: [f32; 2], chips: [u8; COUNT], word: u8) -> f32 {
    let [zero, one] = values;
    if chips.get(usize::from(word)) == Some(&1) { one } else { zero }
}

/// Adds to each word's metric what belongs to its first chip, and what belongs to its last one.
fn with_ends(inner: &[f32; COUNT], [entry_0, entry_1]: [f32; 2], [exit_0, exit_1]: [f32; 2]) -> [f32; COUNT] {
    let mut metrics = *inner;
    for ((metric, first), last) in metrics.iter_mut().zip(FIRST_CHIPS).zip(LAST_CHIPS) {
        *metric += if first == 1 { entry_1 } else { entry_0 };
        *metric += if last == 1 { exit_1 } else { exit_0 };
    }
    metrics
}

/// Returns the metrics of a word's branches.
#[allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "chips are 0 or 1, levels of weight-3 words lie within LEVELS, paths within the table"
)]
fn branch_metrics(
    windows: &[(Correlation, Complex32); CHIPS_PER_WORD],
    rotors: &[Complex32; LEVELS],
) -> Step {
    let mut step = Step::default();
    let mut table: BoundaryTable = [0.0; INNER * LEVELS * PAIRS];
    let [(window, carrier), inner @ ..] = windows;
    let [re, im] = window.pairs();
    for pair in 0..PAIRS {
        step.first[pair / 2][pair % 2] = re[pair] * carrier.re - im[pair] * carrier.im;
    }
    for (number, (window, carrier)) in inner.iter().enumerate() {
        let [re, im] = window.pairs();
        // After so many chips the phase has their parity.
        let reach = (number + 1).min(INNER - number);
        let mut level = CENTRE - reach;
        while level <= CENTRE + reach {
            let rotor = carrier * rotors[level];
            let place = PAIRS * (LEVELS * number + level);
            for pair in 0..PAIRS {
                table[place + pair] = re[pair] * rotor.re - im[pair] * rotor.im;
            }
            level += 2;
        }
    }
    for (inner, path) in step.inner.iter_mut().zip(&PATHS) {
        *inner = path.iter().map(|place| table[usize::from(*place)]).sum();
    }
    step
}

/// Chooses the best way to each last chip.
fn advance(step: &mut Step, [zero, one]: [f32; 2]) -> [f32; 2] {
    let [after_zero, after_one] = step.first;
    let mut entries = [0.0; 2];
    let mut before = [0u8; 2];
    // The better chip before each first chip.
    for (((entry, before), from_zero), from_one) in
        entries.iter_mut().zip(&mut before).zip(after_zero).zip(after_one)
    {
        let (from_zero, from_one) = (zero + from_zero, one + from_one);
        *before = u8::from(from_one > from_zero);
        *entry = if from_one > from_zero { from_one } else { from_zero };
    }
    let metrics = with_ends(&step.inner, entries, [0.0; 2]);
    let mut best = [f32::NEG_INFINITY; 2];
    for ((word, metric), (first, last)) in (0..).zip(metrics).zip(FIRST_CHIPS.into_iter().zip(LAST_CHIPS)) {
        if let (Some(best), Some(way)) =
            (best.get_mut(usize::from(last)), step.best.get_mut(usize::from(last)))
            && metric > *best
        {
            *best = metric;
            *way = (word, before.get(usize::from(first)).copied().unwrap_or_default());
        }
    }
    best
}

/// Returns what a decided word, and the chip before it, say about its pose, and its correlation.
#[allow(clippy::indexing_slicing, reason = "levels of weight-3 words lie within LEVELS")]
fn residual(
    windows: &[(Correlation, Complex32); CHIPS_PER_WORD],
    rotors: &[Complex32; LEVELS],
    (before, word): (bool, usize),
    amplitude: f32,
    period: f64,
    index: f64,
) -> (Drift, f32) {
    let (mut phase, mut time, mut real) = (0.0f32, 0.0f32, 0.0f32);
    let mut level = CENTRE;
    let mut last = before;
    for ((window, carrier), next) in windows.iter().zip(CHIPS[word % COUNT]) {
        let next = next == 1;
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
