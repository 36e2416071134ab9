//! When the frames of a recording are due.

use std::time::Duration;

use field_core::Now;
use radio_core::ReceivedFrame;

/// Replays a recording as it was heard, or faster.
pub(super) struct Pace {
    speed: Option<u32>,
    start: Option<Start>,
}

/// The first frame: when it was heard then, and when it is taken in now.
struct Start {
    heard: Heard,
    now_ms: u64,
}

/// When a frame was heard, as far as the recording tells.
#[derive(Clone, Copy)]
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
    /// `None` replays as fast as the recording can be read.
    pub(super) fn new(speed: Option<u32>) -> Self {
        Self { speed, start: None }
    }

    /// Returns when a frame is due on the monotonic clock. A recording without times has no pace.
    pub(super) fn due_ms(&mut self, frame: &ReceivedFrame, now: Now) -> u64 {
        let (Some(speed), Some(heard)) = (self.speed, Heard::of(frame)) else { return now.monotonic_ms };
        let start = self.start.get_or_insert(Start { heard, now_ms: now.monotonic_ms });
        let after = heard.since(start.heard) / speed.max(1);
        start.now_ms.saturating_add(u64::try_from(after.as_millis()).unwrap_or(u64::MAX))
    }
}
