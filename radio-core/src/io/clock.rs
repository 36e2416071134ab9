//! The clock of the threads.

use std::time::Instant;

use jiff::Timestamp;

use crate::receiver::Now;

/// Tells the time of one program run: all copies count from the same beginning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    beginning: Instant,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { beginning: Instant::now() }
    }

    pub(super) fn now(self) -> Now {
        Now { monotonic: self.beginning.elapsed(), wall: Timestamp::now() }
    }
}
