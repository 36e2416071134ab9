//! What changed and is not said yet. Saying it waits a little, so that a crowd of telegrams is no crowd of
//! events.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{TourId, TourMeterId};

use crate::clock::Now;

/// The shortest time between two events that tell of lines.
pub(super) const LINES_EVERY_MS: u64 = 100;
/// The shortest time between two events that tell how the receiver fares.
pub(super) const WALK_EVERY_MS: u64 = 500;
/// The shortest time between two events that tell how much waits for the server.
pub(super) const SYNC_EVERY_MS: u64 = 1_000;

/// What changed and is not said yet.
#[derive(Debug)]
pub(super) struct Changed {
    /// When lines changed.
    pub(super) lines: Quiet,
    /// When the walk did.
    pub(super) walk: Quiet,
    /// When the sync did.
    pub(super) sync: Quiet,
    /// The lines by tour.
    tours: BTreeMap<TourId, ChangedLines>,
    /// The hour, since 1970, in which it was last said whether silent meters can be heard.
    hour: Option<i64>,
}

/// The lines of a tour that changed.
#[derive(Debug, Default)]
pub(super) struct ChangedLines {
    /// Their indexes.
    pub(super) lines: BTreeSet<usize>,
    /// Those of them that the walk had not heard before.
    pub(super) newly_heard: Vec<TourMeterId>,
}

impl Default for Changed {
    fn default() -> Self {
        Self {
            lines: Quiet::new(LINES_EVERY_MS),
            walk: Quiet::new(WALK_EVERY_MS),
            sync: Quiet::new(SYNC_EVERY_MS),
            tours: BTreeMap::new(),
            hour: None,
        }
    }
}

impl Changed {
    /// Notes that a line changed.
    pub(super) fn line(&mut self, tour: TourId, index: usize, newly_heard: Option<TourMeterId>) {
        let changed = self.tours.entry(tour).or_default();
        changed.lines.insert(index);
        changed.newly_heard.extend(newly_heard);
        self.lines.touch();
    }

    /// Returns whether another hour has begun: meters send by the hour.
    pub(super) fn begins_hour(&mut self, now: Now) -> bool {
        const HOUR_MS: i64 = 3_600_000;
        let hour = now.wall.as_millis().div_euclid(HOUR_MS);
        self.hour.replace(hour).is_some_and(|before| before != hour)
    }

    /// Takes all lines that changed.
    pub(super) fn take_lines(&mut self) -> BTreeMap<TourId, ChangedLines> {
        std::mem::take(&mut self.tours)
    }

    /// Returns when something is to be said.
    pub(super) fn due_ms(&self) -> Option<u64> {
        [&self.lines, &self.walk, &self.sync].into_iter().filter_map(Quiet::due_ms).min()
    }
}

/// Says the first at once, and the next not before its time.
#[derive(Debug)]
pub(super) struct Quiet {
    every_ms: u64,
    is_touched: bool,
    not_before_ms: u64,
}

impl Quiet {
    fn new(every_ms: u64) -> Self {
        Self { every_ms, is_touched: false, not_before_ms: 0 }
    }

    /// Notes that there is something to say.
    pub(super) fn touch(&mut self) {
        self.is_touched = true;
    }

    /// Returns when it may be said.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.is_touched.then_some(self.not_before_ms)
    }

    /// Returns whether it is to be said now, and if so takes it for said.
    pub(super) fn take(&mut self, now: Now) -> bool {
        let is_due = self.due_ms().is_some_and(|due| due <= now.monotonic_ms);
        if is_due {
            self.is_touched = false;
            self.not_before_ms = now.monotonic_ms.saturating_add(self.every_ms);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::{BootId, Timestamp};

    use super::*;

    fn at(monotonic_ms: u64) -> Now {
        Now { wall: Timestamp::EPOCH, monotonic_ms, boot: BootId::default() }
    }

    #[test]
    fn the_first_is_said_at_once_and_the_next_not_before_its_time() {
        let mut quiet = Quiet::new(100);
        assert_eq!(quiet.due_ms(), None);
        quiet.touch();
        assert!(quiet.take(at(7)));
        assert!(!quiet.take(at(8)), "nothing is left to say");
        quiet.touch();
        assert_eq!(quiet.due_ms(), Some(107));
        assert!(!quiet.take(at(106)));
        assert!(quiet.take(at(107)));
    }
}
