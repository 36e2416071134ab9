//! How long to wait before a port is tried again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(15);

/// Grows from attempt to attempt: a cable that was pulled comes back at once, a gateway that is switched off
/// costs no battery.
#[derive(Debug, Clone)]
pub(super) struct Pause {
    next: Duration,
}

impl Pause {
    pub(super) const fn new() -> Self {
        Self { next: FIRST }
    }

    /// Returns the next pause, twice as long as the last one.
    pub(super) fn grow(&mut self) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_a_minute() {
        let mut pause = Pause::new();
        let pauses: Vec<_> = std::iter::repeat_with(|| pause.grow().as_millis()).take(8).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    }
}
