//! What a trellis of two states decided, and in which ways it may be wrong.
//!
//! Both trellises of mode S have the last bit as their state: one survivor ends with 0 and one with 1.

use crate::sequence::ErrorEvent;

/// Bits that an error event may span.
const LONGEST_EVENT: usize = 24;

/// How a survivor came to be: the bit before, and how much better that was than the other one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Step {
    pub(super) from: bool,
    pub(super) lead: f32,
}

/// How both survivors came to be after a bit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Steps {
    pub(super) to_zero: Step,
    pub(super) to_one: Step,
}

impl Steps {
    fn to(&self, bit: bool) -> Step {
        if bit { self.to_one } else { self.to_zero }
    }
}

/// The steps of a trellis, and what followed from them.
#[derive(Debug)]
pub(super) struct Decisions {
    steps: Vec<Steps>,
    begins: Vec<f64>,
    bits: Vec<bool>,
    events: Vec<ErrorEvent>,
}

impl Decisions {
    /// Makes room for up to `bits` bits.
    pub(super) fn new(bits: usize) -> Self {
        Self {
            steps: Vec::with_capacity(bits),
            begins: Vec::with_capacity(bits + 1),
            bits: Vec::with_capacity(bits),
            events: Vec::with_capacity(bits),
        }
    }

    /// Returns the bits that were heard.
    pub(super) fn bits(&self) -> &[bool] {
        &self.bits
    }

    /// Returns where each of them begins, and where the last one ends, in samples of what was heard.
    pub(super) fn begins(&self) -> &[f64] {
        &self.begins
    }

    /// Returns in which ways these bits may be wrong; costs in nats.
    pub(super) fn events(&self) -> &[ErrorEvent] {
        &self.events
    }

    /// Forgets everything; the first bit begins at `start`.
    pub(super) fn begin(&mut self, start: f64) {
        self.steps.clear();
        self.begins.clear();
        self.begins.push(start);
    }

    /// Notes how the survivors came to be after a bit, and where it ends.
    pub(super) fn note(&mut self, steps: Steps, end: f64) {
        self.steps.push(steps);
        self.begins.push(end);
    }

    /// Follows the survivor that ends with `last` back to the first bit, and each way that lost against it.
    ///
    /// `lead` is how much better it is than the other one; so many nats are a unit of it and of the steps' leads.
    pub(super) fn trace(&mut self, last: bool, lead: f32, nats: f32) {
        self.bits.clear();
        self.events.clear();
        let mut bit = last;
        for step in self.steps.iter().rev() {
            self.bits.push(bit);
            bit = step.to(bit).from;
        }
        self.bits.reverse();
        for after in 1..self.bits.len() {
            let Some((steps, decided)) = self.steps.get(after).zip(self.bits.get(after)) else { break };
            let Step { from, lead } = steps.to(*decided);
            self.doubt(after, !from, lead * nats);
        }
        self.doubt(self.bits.len(), !last, lead * nats);
    }

    /// Notes the way whose bit before `after` is `other` and which lost there by `cost`.
    fn doubt(&mut self, after: usize, mut other: bool, cost: f32) {
        let (mut mask, mut first) = (0_u32, after);
        // Back to where it was the same.
        for place in (after.saturating_sub(LONGEST_EVENT)..after).rev() {
            let Some((steps, decided)) = self.steps.get(place).zip(self.bits.get(place)) else { break };
            if *decided == other {
                break;
            }
            mask = mask >> 1 | 1 << 31;
            first = place;
            other = steps.to(other).from;
        }
        if mask != 0 {
            self.events.push(ErrorEvent { bit: first, mask, cost });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_that_lost_are_told_with_their_bits_and_costs() {
        let mut decisions = Decisions::new(4);
        decisions.begin(0.5);
        let step = |from, lead| Step { from, lead };
        // Decided is 0 1 1; the best way to the middle 1 over a 1 lost by 2, that to the last 1 over a 0 by 3.
        for (bit, (to_zero, to_one)) in [
            (step(false, 9.0), step(false, 9.0)),
            (step(false, 1.0), step(false, 2.0)),
            (step(true, 1.0), step(true, 3.0)),
        ]
        .into_iter()
        .enumerate()
        {
            decisions.note(Steps { to_zero, to_one }, 1.5 + bit as f64);
        }
        decisions.trace(true, 5.0, 2.0);
        assert_eq!(decisions.bits(), [false, true, true]);
        assert_eq!(decisions.begins(), [0.5, 1.5, 2.5, 3.5]);
        let events: Vec<_> =
            decisions.events().iter().map(|event| (event.bit, event.mask, event.cost)).collect();
        assert_eq!(events, [(0, 1 << 31, 4.0), (1, 1 << 31, 6.0), (2, 1 << 31, 10.0)]);
    }
}
