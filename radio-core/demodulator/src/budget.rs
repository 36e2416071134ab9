//! How much work the signal may cause.

/// Bounds the work by the time that the samples take, so that a flood of headers costs no more than any other
/// signal of its length; what comes in bursts is worked on in full.
///
/// Work is counted in decoded chips, or what takes as long.
#[derive(Debug)]
pub(crate) struct Budget {
    chips: f64,
    most_chips: f64,
    chips_per_sample: f64,
}

impl Budget {
    /// Makes a full budget: so many chips may be decoded for each one that passes, which takes so many samples, and
    /// what is not needed is saved up for so many that pass.
    pub(crate) fn new(chips_per_chip: f64, saved_chips: f64, samples_per_chip: f64) -> Self {
        let most_chips = chips_per_chip * saved_chips;
        Self { chips: most_chips, most_chips, chips_per_sample: chips_per_chip / samples_per_chip }
    }

    /// Adds what the time of so many samples allows.
    pub(crate) fn add(&mut self, samples: usize) {
        let more = self.chips_per_sample * samples as f64;
        self.chips = (self.chips + more).min(self.most_chips);
    }

    /// Tells whether work of so many chips may be done, and counts it.
    pub(crate) fn allows(&mut self, chips: f64) -> bool {
        // What began may overdraw it: the longest frame is dearer than the rest of most budgets.
        let is_allowed = self.chips > 0.0;
        if is_allowed {
            self.chips -= chips;
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_on_at_the_pace_of_the_samples_once_the_savings_are_spent() {
        let mut budget = Budget::new(6.0, 25_000.0, 4.0);
        let burst = (0..10_000).take_while(|_| budget.allows(1000.0)).count();
        assert_eq!(burst, 150);
        let mut done = 0;
        for _ in 0..1000 {
            // A millisecond at 400 kS/s: 100 chips, for each of which six may be decoded.
            budget.add(400);
            done += usize::from(budget.allows(1000.0));
        }
        assert_eq!(done, 600);
    }
}
