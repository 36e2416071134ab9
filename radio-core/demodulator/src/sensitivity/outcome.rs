//! What was heard of what was sent.

use core::ops::AddAssign;
use std::collections::VecDeque;

use crate::HeardFrame;
use crate::modulator::Sent;

/// How far the times of what was sent and what was heard may differ: less than any frame lasts.
const SAME_TIME_S: f64 = 0.002;
/// How long after its end a transmission may still be told of.
const PATIENCE_S: f64 = 2.0;

/// Counts what was sent and heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Transmissions.
    pub sent: usize,
    /// Those of them that were heard, byte for byte.
    pub heard: usize,
}

impl Tally {
    /// Returns the share that was heard, 1 being all; 0 if nothing was sent.
    pub fn share(self) -> f64 {
        self.heard as f64 / self.sent.max(1) as f64
    }
}

/// Tells how a measurement ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The transmissions, or those that began first.
    pub first: Tally,
    /// Those that collided with a first one.
    pub second: Tally,
    /// Frames that nobody sent.
    pub wrong: usize,
    /// Frames that were told more than once.
    pub doubled: usize,
    /// Frames that were right after bits had been corrected.
    pub corrected: usize,
}

impl AddAssign for Outcome {
    fn add_assign(&mut self, other: Self) {
        for (sum, more) in [(&mut self.first, other.first), (&mut self.second, other.second)] {
            sum.sent += more.sent;
            sum.heard += more.heard;
        }
        self.wrong += other.wrong;
        self.doubled += other.doubled;
        self.corrected += other.corrected;
    }
}

/// Compares what is heard with what was sent, in memory that does not grow with time.
#[derive(Debug, Default)]
pub(super) struct Score {
    outcome: Outcome,
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    sent: Sent,
    is_second: bool,
    heard: bool,
}

impl Score {
    pub(super) fn sent(&mut self, sent: Sent, is_second: bool) {
        if is_second {
            self.outcome.second.sent += 1
        } else {
            self.outcome.first.sent += 1
        }
        self.waiting.push_back(Waiting { sent, is_second, heard: false });
    }

    pub(super) fn heard(&mut self, frame: &HeardFrame) {
        let is_it = |waiting: &&mut Waiting| {
            let apart_s = waiting.sent.emission.frame_start_s() - frame.frame_start_s;
            waiting.sent.frame == frame.frame && apart_s.abs() < SAME_TIME_S
        };
        match self.waiting.iter_mut().find(is_it) {
            None => self.outcome.wrong += 1,
            Some(waiting) if waiting.heard => self.outcome.doubled += 1,
            Some(waiting) => {
                waiting.heard = true;
                let tally =
                    if waiting.is_second { &mut self.outcome.second } else { &mut self.outcome.first };
                tally.heard += 1;
                self.outcome.corrected += usize::from(frame.corrected_bits > 0);
            }
        }
    }

    /// Forgets what is too long ago to be told of.
    pub(super) fn forget(&mut self, now_s: f64) {
        while self.waiting.front().is_some_and(|old| old.sent.emission.end_s() + PATIENCE_S < now_s) {
            self.waiting.pop_front();
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        self.outcome
    }
}
