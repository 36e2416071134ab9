//! How much work the signal may cause.

/// Work that may be done for each chip's time, in decoded chips: about four times what 60 telegrams a second take.
const CHIPS_PER_CHIP: f64 = 6.0;
/// It is saved up for so many chips: 0.25 s.
const SAVED_CHIPS: f64 = 25_000.0;

/// What the parts of the work take, in decoded chips.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    /// A tone's header is sought and measured.
    Search,
    /// It is found out what follows a header.
    Look,
    /// So many chips are decoded.
    Decode(usize),
}

/// Bounds the work by the time that the samples take, so that a flood of headers costs no more than any other
/// signal of its length; what comes in bursts is worked on in full.
#[derive(Debug)]
pub(super) struct Budget {
    chips: f64,
    chips_per_sample: f64,
}

impl Budget {
    /// Makes a full budget for a channel whose chips take so many samples.
    pub(super) fn new(samples_per_chip: f64) -> Self {
        Self { chips: CHIPS_PER_CHIP * SAVED_CHIPS, chips_per_sample: CHIPS_PER_CHIP / samples_per_chip }
    }

    /// Adds what the time of so many samples allows.
    pub(super) fn add(&mut self, samples: usize) {
        let more = self.chips_per_sample * samples as f64;
        self.chips = (self.chips + more).min(CHIPS_PER_CHIP * SAVED_CHIPS);
    }

    /// Tells whether work may be done, and counts it.
    pub(super) fn allows(&mut self, work: Work) -> bool {
        let cost = match work {
            Work::Search => 100.0,
            Work::Look => 200.0,
            Work::Decode(chips) => chips as f64,
        };
        // What began may overdraw it: the longest frame is dearer than the rest of most budgets.
        let is_allowed = self.chips > 0.0;
        if is_allowed {
            self.chips -= cost;
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_on_at_the_pace_of_the_samples_once_the_savings_are_spent() {
        let mut budget = Budget::new(4.0);
        let burst = (0..10_000).take_while(|_| budget.allows(Work::Decode(1000))).count();
        assert_eq!(burst, 150);
        let mut done = 0;
        for _ in 0..1000 {
            // A millisecond at 400 kS/s: 100 chips, for each of which six may be decoded.
            budget.add(400);
            done += usize::from(budget.allows(Work::Decode(1000)));
        }
        assert_eq!(done, 600);
    }
}
