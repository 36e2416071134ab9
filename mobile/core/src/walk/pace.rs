//! When the frames of a recording are due.

use std::time::Duration;

use radio_core::ReceivedFrame;

use crate::clock::Now;

/// Replays a recording as it was heard, or faster.
#[derive(Debug)]
pub struct Pace {
    speed: Option<u32>,
    start: Option<Start>,
}

/// The first frame: when it was heard then, and when it is taken in now.
#[derive(Debug)]
struct Start {
    heard: Heard,
    now_ms: u64,
}

/// When a frame was heard, as far as the recording tells.
#[derive(Debug, Clone, Copy)]
enum Heard {
    Offset(Duration),
    At(jiff::Timestamp),
}

impl Heard {
    fn of(frame: &ReceivedFrame) -> Option<Self> {
        frame.offset.map(Self::Offset).or_else(|| frame.received_at.map(Self::At))
    }

    fn since(self, start: Self) -> Duration {
        match (start, self) {
            (Self::Offset(start), Self::Offset(at)) => at.saturating_sub(start),
            (Self::At(start), Self::At(at)) => {
                Duration::try_from(at.duration_since(start)).unwrap_or_default()
            }
            _ => Duration::ZERO,
        }
    }
}

impl Pace {
    /// Replays a recording that many times faster than it was heard; none as fast as it can be read.
    pub fn new(speed: Option<u32>) -> Self {
        Self { speed, start: None }
    }

    /// Returns when a frame is due on the monotonic clock. A recording without times has no pace.
    pub fn due_ms(&mut self, frame: &ReceivedFrame, now: Now) -> u64 {
        let (Some(speed), Some(heard)) = (self.speed, Heard::of(frame)) else { return now.monotonic_ms };
        let start = self.start.get_or_insert(Start { heard, now_ms: now.monotonic_ms });
        let after = heard.since(start.heard) / speed.max(1);
        start.now_ms.saturating_add(u64::try_from(after.as_millis()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::{BootId, Timestamp};
    use wmbus::{Frame, FrameFormat};

    use super::*;

    fn at(monotonic_ms: u64) -> Now {
        Now { wall: Timestamp::EPOCH, monotonic_ms, boot: BootId::default() }
    }

    fn frame() -> ReceivedFrame {
        // OMS Vol. 2, Annex N: a frame of the gas meter ELS 12345678 without its data.
        let frame = Frame::parse(
            &[0x09, 0x44, 0x93, 0x15, 0x78, 0x56, 0x34, 0x12, 0x33, 0x03],
            FrameFormat::WithoutCrc,
        );
        ReceivedFrame::new(frame.unwrap(), FrameFormat::WithoutCrc)
    }

    fn after(seconds: u64) -> ReceivedFrame {
        let mut frame = frame();
        frame.offset = Some(Duration::from_secs(seconds));
        frame
    }

    fn stamped(time: &str) -> ReceivedFrame {
        let mut frame = frame();
        frame.received_at = Some(time.parse().unwrap());
        frame
    }

    #[test]
    fn frames_are_due_as_far_apart_as_they_were_heard_divided_by_the_speed() {
        let mut pace = Pace::new(Some(4));
        assert_eq!(pace.due_ms(&after(100), at(7_000)), 7_000);
        assert_eq!(pace.due_ms(&after(116), at(7_500)), 11_000);
        let mut pace = Pace::new(Some(1));
        assert_eq!(pace.due_ms(&stamped("2026-01-07T08:00:00Z"), at(50)), 50);
        assert_eq!(pace.due_ms(&stamped("2026-01-07T08:00:01.5Z"), at(60)), 1_550);
    }

    #[test]
    fn a_stamp_before_the_first_one_and_a_frame_without_time_are_due_at_once() {
        let mut pace = Pace::new(Some(1));
        assert_eq!(pace.due_ms(&stamped("2026-01-07T08:00:00Z"), at(50)), 50);
        assert_eq!(pace.due_ms(&stamped("2026-01-07T07:00:00Z"), at(60)), 50);
        assert_eq!(pace.due_ms(&frame(), at(70)), 70);
        assert_eq!(Pace::new(None).due_ms(&after(100), at(80)), 80);
    }
}
