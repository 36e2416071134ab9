//! Measures by decided chips what their signal is like.

use num_complex::Complex32;

use super::super::header::sign;
use super::super::track::Pose;
use super::super::words::Signal;
use super::{ChipTrellis, steps};

/// Chips over which the phase is taken for constant.
const STRETCH: usize = 16;
/// What the header's estimate of the modulation index weighs, in spread of levels.
const PRIOR_SPREAD: f64 = 20.0;
/// Stretches from which on a carrier's change of frequency shows.
const LEAST_CURVED: f64 = 6.0;

/// The share of the amplitude that a stretch must have to be believed.
const LEAST_SHARE: f64 = 0.6;
/// By so many chips a clock must run away to be believed in a short frame.
const SURELY_LATER: f64 = 0.12;

impl ChipTrellis {
    /// Measures the chips that were decided of a signal: how time, clock, phase and carrier differ from what was used, by
    /// least squares over the whole frame, and the levels; returns the better signal.
    pub(in super::super) fn measure(&mut self, samples: &[Complex32], signal: &Signal) -> Signal {
        let mut before = signal.last_chip;
        let mut level = 0i32;
        let mut real = 0.0f64;
        let mut last_phase = 0.0f64;
        let (mut times, mut phases) = (Line::default(), Parabola::default());
        let (mut stretch, mut lateness) = (Complex32::default(), Lateness::default());
        let mut bend = Bend::default();
        let mut last_heard = 0;
        let count = self.chips.len();
        let mut rotor = signal.start.rotor();
        let mut turns = steps(signal.index, signal.start.turn);
        for (number, (chip, window)) in self.chips.iter().zip(&self.windows).enumerate() {
            let early = window.before(before, *chip) * rotor;
            let late = window.after(before, *chip) * rotor;
            stretch += early + late;
            bend.add(f64::from(level), f64::from(early.im + late.im));
            lateness.add(sign(before), early.im);
            lateness.add(sign(*chip), late.im);
            level += if *chip { 1 } else { -1 };
            before = *chip;
            let [zero, one] = turns;
            rotor *= if *chip { one } else { zero };
            if number % STRETCH == STRETCH - 1 || number + 1 == count {
                // However the phase lies: it follows more slowly than a wrong index lets it run away.
                real += f64::from(stretch.norm());
            }
            if number % STRETCH == STRETCH - 1 {
                // The phase wanders: each stretch is measured from where the last one was.
                let step = f64::from(stretch.arg());
                last_phase += 0.3 * step;
                let half = 0.5 * f64::from(signal.amplitude) * signal.start.period;
                let (turned, weight) = lateness.turned();
                let time = turned / (std::f64::consts::PI * signal.index * half.max(1e-12));
                bend.end();
                // Where time or carrier has run away nothing that is said counts.
                let share = f64::from(stretch.norm()) / (2.0 * half * STRETCH as f64).max(1e-12);
                if share > LEAST_SHARE {
                    let middle = number as f64 - 0.5 * (STRETCH - 1) as f64;
                    times.add(middle, time, weight);
                    phases.add(middle, last_phase + 0.7 * step);
                    last_heard = number;
                }
                (stretch, lateness) = (Complex32::default(), Lateness::default());
                let next = signal.after((number + 1) as f64);
                let bent = std::f64::consts::PI * signal.index * f64::from(level);
                rotor = Pose { phase: next.phase + bent + last_phase, ..next }.rotor();
                turns = steps(signal.index, next.turn);
            }
        }
        let (from, to) = (signal.start.boundary, signal.after(count as f64).boundary);
        let part = samples.get(from.max(0.0) as usize..to.max(0.0) as usize).unwrap_or_default();
        let power: f64 = part.iter().map(|sample| f64::from(sample.norm_sqr())).sum();
        let seen = part.len() as f64;
        let amplitude = real / seen.max(1.0);
        if amplitude < 0.2 * f64::from(signal.amplitude) {
            // The phase was lost on the way: nothing was learnt.
            (self.amplitude, self.noise) = (signal.amplitude, signal.amplitude * signal.amplitude);
            return *signal;
        }
        self.amplitude = amplitude as f32;
        let floor = 1e-3 * amplitude * amplitude;
        self.noise = (power / seen.max(1.0) - amplitude * amplitude).max(floor) as f32;
        let ((late, later), [phase, turn, curve]) = (times.line(), phases.parabola());
        let is_sure = count > 256 || (later * last_heard as f64).abs() > SURELY_LATER;
        let period = signal.start.period * (1.0 + if is_sure { later } else { 0.0 });
        let start = Pose {
            boundary: signal.start.boundary + late * signal.start.period,
            period,
            phase: signal.start.phase + phase,
            turn: signal.start.turn + turn,
        };
        // What is known before: the header told the index to about 0.03, as much as 100 chips of the frame do.
        let chip = amplitude * signal.start.period;
        let index =
            signal.index + (bend.slope(PRIOR_SPREAD) / (std::f64::consts::PI * chip)).clamp(-0.1, 0.1);
        Signal { start, curve: signal.curve + 2.0 * curve, amplitude: self.amplitude, index, ..*signal }
    }
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

/// The sums of a parabola's least squares.
#[derive(Debug, Default)]
struct Parabola {
    /// Sums of the powers of place, from the zeroth to the fourth.
    powers: [f64; 5],
    /// Sums of the values, times the powers of place.
    moments: [f64; 3],
}

impl Parabola {
    fn add(&mut self, at: f64, value: f64) {
        let mut power = 1.0;
        for (exponent, sum) in self.powers.iter_mut().enumerate() {
            *sum += power;
            if let Some(moment) = self.moments.get_mut(exponent) {
                *moment += power * value;
            }
            power *= at;
        }
    }

    /// Returns the value at 0, the slope there and half the curvature; a straight line through what is too short to
    /// show more.
    fn parabola(&self) -> [f64; 3] {
        let [count, at, square, cube, fourth] = self.powers;
        let [value, moment, square_moment] = self.moments;
        if count < 1.0 {
            return [0.0; 3];
        }
        // By polynomials that do not know of each other: 1, the place from the mean, and that squared less both.
        let mean = at / count;
        let spread = square - mean * at;
        if count < 2.0 || spread <= 0.0 {
            return [value / count, 0.0, 0.0];
        }
        let slope = (moment - mean * value) / spread;
        let line = [value / count - slope * mean, slope, 0.0];
        // The square of the place, freed of its own line: x² − a − b·x.
        let b = (cube - square * mean) / spread;
        let a = square / count - b * mean;
        let square_spread = fourth - a * square - b * cube;
        if count < LEAST_CURVED || square_spread <= 0.0 {
            return line;
        }
        let curve = (square_moment - a * value - b * moment) / square_spread;
        let [level, slope, _] = line;
        [level - curve * a, slope - curve * b, curve]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parabola_through_phases_is_found_and_few_of_them_make_a_line() {
        let value = |at: f64| 0.3 - 0.02 * at + 0.000_5 * at * at;
        let (mut long, mut short) = (Parabola::default(), Parabola::default());
        for stretch in 0..20 {
            let at = 7.5 + 16.0 * f64::from(stretch);
            long.add(at, value(at));
            if stretch < 2 {
                short.add(at, 1.0 + at);
            }
        }
        for (found, expected) in long.parabola().into_iter().zip([0.3, -0.02, 0.000_5]) {
            assert!((found - expected).abs() < 1e-9, "{found}");
        }
        for (found, expected) in short.parabola().into_iter().zip([1.0, 1.0, 0.0]) {
            assert!((found - expected).abs() < 1e-9, "{found}");
        }
        assert_eq!(Parabola::default().parabola(), [0.0; 3]);
    }
}
