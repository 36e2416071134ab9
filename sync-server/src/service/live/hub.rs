//! Where notices are told, and from where listeners take them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{broadcast, watch};

use super::{Notice, Told};

/// Notices that a listener may be behind, or may have missed while it was away.
const KEPT: usize = 4_096;

/// Takes notices in and hands them to every listener.
pub(crate) struct Hub {
    ring: Mutex<Ring>,
    sender: broadcast::Sender<Told>,
    closing: watch::Sender<bool>,
}

/// The latest notices.
struct Ring {
    /// Whoever saw this commit missed nothing that is not in `told`.
    floor: u64,
    last: u64,
    told: VecDeque<Told>,
}

/// Someone who listens.
pub(crate) struct Listener {
    /// What was missed since the last event; none where that is not known any more.
    pub(crate) missed: Option<Vec<Told>>,
    /// The latest commit that was told before the listening began.
    pub(crate) commit: u64,
    pub(crate) receiver: broadcast::Receiver<Told>,
    pub(crate) closing: watch::Receiver<bool>,
}

impl Hub {
    /// Begins; `commit` is the latest one of the database.
    pub(crate) fn new(commit: u64) -> Self {
        Self {
            ring: Mutex::new(Ring { floor: commit, last: commit, told: VecDeque::new() }),
            sender: broadcast::Sender::new(KEPT),
            closing: watch::Sender::new(false),
        }
    }

    /// Tells what changed with a commit. Commits that are told late count as the latest that was told,
    /// so that the numbers never go back.
    pub(crate) fn tell(&self, commit: u64, notices: &[Notice]) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.last = ring.last.max(commit);
        for notice in notices {
            let told = Told { commit: ring.last, notice: *notice };
            if ring.told.len() == KEPT
                && let Some(oldest) = ring.told.pop_front()
            {
                // Of the commit of one that is forgotten others may still be here.
                ring.floor = oldest.commit + 1;
            }
            ring.told.push_back(told);
            // An error only says that nobody listens.
            let _ = self.sender.send(told);
        }
    }

    /// Begins to listen behind the event with the commit `last`, or now.
    pub(crate) fn listen(&self, last: Option<u64>) -> Listener {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let missed = match last {
            None => Some(Vec::new()),
            // A later number than ours is of another life of the database.
            Some(last) if last < ring.floor || last > ring.last => None,
            // Again from the commit itself: others with its number may not have been sent.
            Some(last) => Some(ring.told.iter().filter(|told| told.commit >= last).copied().collect()),
        };
        Listener {
            missed,
            commit: ring.last,
            receiver: self.sender.subscribe(),
            closing: self.closing.subscribe(),
        }
    }

    /// Ends every listening.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::TourId;
    use uuid::Uuid;

    use super::*;

    fn tour(number: u128) -> Notice {
        Notice::Tour(TourId(Uuid::from_u128(number)))
    }

    fn missed(hub: &Hub, last: u64) -> Option<Vec<(u64, Notice)>> {
        let missed = hub.listen(Some(last)).missed?;
        Some(missed.into_iter().map(|told| (told.commit, told.notice)).collect())
    }

    #[test]
    fn who_was_away_hears_what_was_missed() {
        let hub = Hub::new(10);
        hub.tell(11, &[tour(1)]);
        hub.tell(13, &[tour(2), Notice::Keys]);
        assert_eq!(missed(&hub, 10), Some(vec![(11, tour(1)), (13, tour(2)), (13, Notice::Keys)]));
        assert_eq!(missed(&hub, 12), Some(vec![(13, tour(2)), (13, Notice::Keys)]));
        assert_eq!(missed(&hub, 13), Some(vec![(13, tour(2)), (13, Notice::Keys)]), "again, to be safe");
        assert_eq!(hub.listen(None).missed, Some(Vec::new()));
    }

    #[test]
    fn who_was_away_too_long_or_in_another_life_is_told_so() {
        let hub = Hub::new(10);
        assert_eq!(missed(&hub, 9), None, "before this process began");
        assert_eq!(missed(&hub, 10), Some(Vec::new()));
        assert_eq!(missed(&hub, 11), None, "a number that was never told");
        for commit in 0..=KEPT as u64 {
            hub.tell(100 + commit, &[Notice::Keys]);
        }
        assert_eq!(missed(&hub, 100), None);
        assert_eq!(missed(&hub, 101).map(|missed| missed.len()), Some(KEPT));
    }

    #[test]
    fn numbers_never_go_back() {
        let hub = Hub::new(10);
        let mut listener = hub.listen(None);
        hub.tell(12, &[tour(2)]);
        hub.tell(11, &[tour(1)]);
        let commits = [listener.receiver.try_recv(), listener.receiver.try_recv()];
        assert_eq!(commits.map(|told| told.map(|told| told.commit)), [Ok(12), Ok(12)]);
    }
}
