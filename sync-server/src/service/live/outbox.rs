//! What is still to be sent to one listener: at most one entry for each thing that changed.

use std::collections::BTreeMap;

use sync_protocol::TourId;

use super::{Notice, Told};

/// Between two events of one tour, and between two of the keys.
const PAUSE_MS: u64 = 250;

/// Things that may wait. Who is so far behind loads everything again faster than piece by piece.
const MOST_WAITING: usize = 500;

/// What to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parcel {
    /// A thing changed.
    Changed(Notice),
    /// Too much changed: everything is to be loaded again.
    Resync,
}

/// Collects notices and says when which is to be sent. Time is an argument: milliseconds on any clock
/// that only goes on.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// What waits, with the commit of the first notice of it.
    waiting: BTreeMap<Notice, u64>,
    /// Everything is to be loaded again; nothing else counts until that was said.
    resync: bool,
    /// The latest commit that came in.
    commit: u64,
    /// When each tour may be sent again, and the keys (`None`). Those that may be are not here.
    held: BTreeMap<Option<TourId>, u64>,
}

impl Outbox {
    /// Begins behind a commit.
    pub(crate) fn new(commit: u64) -> Self {
        Self { waiting: BTreeMap::new(), resync: false, commit, held: BTreeMap::new() }
    }

    /// Takes a notice in.
    pub(crate) fn take(&mut self, told: Told) {
        self.commit = self.commit.max(told.commit);
        if self.resync {
            return;
        }
        self.waiting.entry(told.notice).or_insert(told.commit);
        if self.waiting.len() > MOST_WAITING {
            self.resync();
        }
    }

    /// Gives everything up for one word: load it again.
    pub(crate) fn resync(&mut self) {
        self.waiting.clear();
        self.resync = true;
    }

    /// Returns what is to be sent now, each with its number: whoever comes back with it misses nothing
    /// that still waits.
    pub(crate) fn due(&mut self, now_ms: u64) -> Vec<(u64, Parcel)> {
        self.held.retain(|_, until| *until > now_ms);
        if std::mem::take(&mut self.resync) {
            return vec![(self.commit, Parcel::Resync)];
        }
        let due: Vec<Notice> = self.waiting.keys().filter(|notice| !self.is_held(notice)).copied().collect();
        due.into_iter()
            .map(|notice| {
                self.waiting.remove(&notice);
                if let Some(pace) = pace(&notice) {
                    self.held.insert(pace, now_ms.saturating_add(PAUSE_MS));
                }
                let oldest = self.waiting.values().min().copied().unwrap_or(self.commit);
                (oldest.min(self.commit), Parcel::Changed(notice))
            })
            .collect()
    }

    /// Returns when something is to be sent next; none while nothing waits.
    pub(crate) fn next_due(&self, now_ms: u64) -> Option<u64> {
        if self.resync {
            return Some(now_ms);
        }
        let until = |notice: &Notice| pace(notice).and_then(|pace| self.held.get(&pace)).copied();
        self.waiting.keys().map(|notice| until(notice).unwrap_or(now_ms).max(now_ms)).min()
    }

    fn is_held(&self, notice: &Notice) -> bool {
        pace(notice).is_some_and(|pace| self.held.contains_key(&pace))
    }
}

/// Returns what a notice shares its pace with; none for one that is sent at once.
fn pace(notice: &Notice) -> Option<Option<TourId>> {
    match notice {
        Notice::Tour(tour) => Some(Some(*tour)),
        Notice::Keys => Some(None),
        Notice::Line(..) | Notice::Handheld(_) | Notice::Sessions => None,
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::TourMeterId;
    use uuid::Uuid;

    use super::*;

    const TOUR: TourId = TourId(Uuid::from_u128(1));
    const OTHER: TourId = TourId(Uuid::from_u128(2));

    fn line(number: u128) -> Notice {
        Notice::Line(TOUR, TourMeterId(Uuid::from_u128(number)))
    }

    fn told(commit: u64, notice: Notice) -> Told {
        Told { commit, notice }
    }

    fn changed(parcels: Vec<(u64, Parcel)>) -> Vec<(u64, Notice)> {
        let notice = |(commit, parcel)| match parcel {
            Parcel::Changed(notice) => (commit, notice),
            Parcel::Resync => panic!("no resync was due"),
        };
        parcels.into_iter().map(notice).collect()
    }

    #[test]
    fn a_tour_is_told_once_in_a_quarter_of_a_second_and_nothing_is_lost() {
        let mut outbox = Outbox::new(0);
        outbox.take(told(1, Notice::Tour(TOUR)));
        outbox.take(told(2, Notice::Tour(TOUR)));
        assert_eq!(changed(outbox.due(1_000)), [(2, Notice::Tour(TOUR))]);
        outbox.take(told(3, Notice::Tour(TOUR)));
        outbox.take(told(4, Notice::Tour(OTHER)));
        assert_eq!(changed(outbox.due(1_100)), [(3, Notice::Tour(OTHER))], "3 still waits");
        assert_eq!(outbox.next_due(1_100), Some(1_250));
        assert_eq!(changed(outbox.due(1_249)), []);
        assert_eq!(changed(outbox.due(1_250)), [(4, Notice::Tour(TOUR))]);
        assert_eq!(outbox.next_due(1_250), None);
    }

    #[test]
    fn lines_and_handhelds_are_told_at_once_and_each_once() {
        let mut outbox = Outbox::new(0);
        for notice in [line(1), line(2), line(1)] {
            outbox.take(told(5, notice));
        }
        assert_eq!(outbox.next_due(7), Some(7));
        assert_eq!(changed(outbox.due(7)).len(), 2);
        outbox.take(told(6, line(1)));
        assert_eq!(changed(outbox.due(8)), [(6, line(1))]);
    }

    #[test]
    fn a_number_never_passes_what_still_waits() {
        let mut outbox = Outbox::new(0);
        outbox.take(told(1, Notice::Tour(TOUR)));
        outbox.due(0);
        outbox.take(told(2, Notice::Tour(TOUR)));
        outbox.take(told(9, line(1)));
        assert_eq!(changed(outbox.due(10)), [(2, line(1))]);
        assert_eq!(changed(outbox.due(250)), [(9, Notice::Tour(TOUR))]);
    }

    #[test]
    fn who_is_too_far_behind_is_told_to_load_everything_and_then_goes_on() {
        let mut outbox = Outbox::new(0);
        for number in 0..=MOST_WAITING as u128 {
            outbox.take(told(1, line(number)));
        }
        outbox.take(told(2, line(0)));
        assert_eq!(outbox.next_due(3), Some(3));
        assert_eq!(outbox.due(3), [(2, Parcel::Resync)]);
        assert_eq!(outbox.due(3), []);
        outbox.take(told(3, line(7)));
        assert_eq!(changed(outbox.due(3)), [(3, line(7))]);
    }
}
