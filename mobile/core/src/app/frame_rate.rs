//! How many frames came in the last minute.

use std::collections::VecDeque;

use crate::clock::Now;

const MINUTE_S: u64 = 60;

/// Counts frames by the second in which they came.
#[derive(Debug, Default)]
pub(super) struct FrameRate(VecDeque<(u64, u64)>);

impl FrameRate {
    /// Counts a frame.
    pub(super) fn count(&mut self, now: Now) {
        let second = now.monotonic_ms / 1000;
        match self.0.back_mut() {
            Some((last, frames)) if *last == second => *frames += 1,
            _ => self.0.push_back((second, 1)),
        }
        self.drop_old(now);
    }

    /// Returns how many came in the last minute.
    pub(super) fn last_minute(&mut self, now: Now) -> u64 {
        self.drop_old(now);
        self.0.iter().map(|(_, frames)| frames).sum()
    }

    fn drop_old(&mut self, now: Now) {
        let oldest = (now.monotonic_ms / 1000).saturating_sub(MINUTE_S - 1);
        while self.0.front().is_some_and(|(second, _)| *second < oldest) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::{BootId, Timestamp};

    use super::*;

    fn at(seconds: u64) -> Now {
        Now { wall: Timestamp::EPOCH, monotonic_ms: seconds * 1000, boot: BootId::default() }
    }

    #[test]
    fn frames_count_for_a_minute() {
        let mut rate = FrameRate::default();
        for _ in 0..31 {
            rate.count(at(10));
        }
        rate.count(at(69));
        assert_eq!(rate.last_minute(at(69)), 32);
        assert_eq!(rate.last_minute(at(70)), 1);
        assert_eq!(rate.last_minute(at(129)), 0);
    }
}
