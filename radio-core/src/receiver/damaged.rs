//! How many transmissions of an SDR's samples were damaged.

use demodulator::Rejected;

use super::Reject;

/// The longest transmission takes a little more, most take less than half of it.
const SLICES_A_SECOND: u32 = 25;

/// Turns the demodulator's counts of failed tries into damaged transmissions.
///
/// One transmission is tried in several ways, and beside every frame that is heard some tries fail. So what failed in a
/// slice of the signal counts once, and not at all where a frame was heard in this slice or the next.
#[derive(Debug)]
pub(super) struct Damaged {
    /// Samples in a slice.
    slice: usize,
    /// Samples of the slice that has begun.
    samples: usize,
    has_frame: bool,
    /// What was counted when it was asked last.
    counted: Rejected,
    failed: Option<Reject>,
    /// What failed in the slice before.
    waiting: Option<Reject>,
}

impl Damaged {
    pub(super) fn new(rate_hz: u32) -> Self {
        Self {
            slice: usize::try_from(rate_hz / SLICES_A_SECOND).unwrap_or(usize::MAX),
            samples: 0,
            has_frame: false,
            counted: Rejected::default(),
            failed: None,
            waiting: None,
        }
    }

    /// Takes what came of so many samples; returns what was damaged, if a slice is over.
    pub(super) fn take(&mut self, samples: usize, has_frame: bool, counted: Rejected) -> Option<Reject> {
        let before = std::mem::replace(&mut self.counted, counted);
        for (is_more, reject) in [
            (counted.length > before.length, Reject::Length),
            (counted.line_code > before.line_code, Reject::LineCode),
            (counted.crc > before.crc, Reject::Crc),
        ] {
            if is_more {
                self.failed = Some(reject);
            }
        }
        self.has_frame |= has_frame;
        self.samples = self.samples.saturating_add(samples);
        if self.samples < self.slice {
            return None;
        }
        self.samples = 0;
        let damaged = self.waiting.take();
        if std::mem::take(&mut self.has_frame) {
            self.failed = None;
            return None;
        }
        self.waiting = self.failed.take();
        damaged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLICE: usize = 64_000;

    fn crc(count: u64) -> Rejected {
        let mut rejected = Rejected::default();
        rejected.crc = count;
        rejected
    }

    #[test]
    fn a_transmission_that_was_tried_in_many_ways_is_damaged_once() {
        let mut damaged = Damaged::new(1_600_000);
        assert_eq!(damaged.take(SLICE / 2, false, crc(3)), None);
        assert_eq!(damaged.take(SLICE / 2, false, crc(5)), None);
        assert_eq!(damaged.take(SLICE, false, crc(5)), Some(Reject::Crc));
        assert_eq!(damaged.take(SLICE, false, crc(5)), None);
    }

    #[test]
    fn what_fails_beside_a_frame_that_is_heard_is_not_damaged() {
        let mut damaged = Damaged::new(1_600_000);
        assert_eq!(damaged.take(SLICE, false, crc(2)), None);
        assert_eq!(damaged.take(SLICE, true, crc(4)), None);
        assert_eq!(damaged.take(SLICE, false, crc(4)), None);
        assert_eq!(damaged.take(SLICE, false, crc(4)), None);
    }
}
