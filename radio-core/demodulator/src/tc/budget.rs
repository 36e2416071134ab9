//! How much work the signal of modes T and C may cause.

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

/// Bounds the work of the channel of modes T and C.
#[derive(Debug)]
pub(super) struct Budget(crate::budget::Budget);

impl Budget {
    /// Makes a full budget for a channel whose chips take so many samples.
    pub(super) fn new(samples_per_chip: f64) -> Self {
        Self(crate::budget::Budget::new(CHIPS_PER_CHIP, SAVED_CHIPS, samples_per_chip))
    }

    /// Adds what the time of so many samples allows.
    pub(super) fn add(&mut self, samples: usize) {
        self.0.add(samples);
    }

    /// Tells whether work may be done, and counts it.
    pub(super) fn allows(&mut self, work: Work) -> bool {
        self.0.allows(match work {
            Work::Search => 100.0,
            Work::Look => 200.0,
            Work::Decode(chips) => chips as f64,
        })
    }
}
