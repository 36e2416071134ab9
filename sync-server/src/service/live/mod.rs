//! What listeners hear while they listen: that a tour, a line, a handheld or the keys changed.
//!
//! ```text
//! commit ─► Hub (a bounded ring) ─► Listener ─► Outbox (one entry a thing) ─► LiveEvent, read fresh
//! ```
//!
//! A notice names what changed, never how: the content is read when it is sent, so many changes of one
//! thing are one event, and a slow listener costs one entry a thing. Who missed too much is told to load
//! everything again.

mod event;
mod hub;
mod outbox;

use sync_protocol::{ReplicaId, TourId, TourMeterId};

use super::{Result, Service};
use crate::store::Transaction;

pub(crate) use hub::{Hub, Listener};
pub(crate) use outbox::{Outbox, Parcel};

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Notice {
    /// Something of a tour.
    Tour(TourId),
    /// How a line of a tour stands.
    Line(TourId, TourMeterId),
    /// Something of a handheld.
    Handheld(ReplicaId),
    /// The keys, or whether they work.
    Keys,
    /// Sessions of the office ended.
    Sessions,
}

/// A notice, with the commit after which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) commit: u64,
    pub(crate) notice: Notice,
}

impl Service {
    /// Commits, and tells listeners what changed.
    pub(super) async fn commit_and_tell(
        &self,
        mut tx: Box<dyn Transaction>,
        notices: Vec<Notice>,
    ) -> Result<()> {
        let commit = tx.state().await?.last_change;
        tx.commit().await?;
        self.live.tell(commit, &notices);
        Ok(())
    }

    /// Begins to listen. `last` is the commit of the last event that an earlier listener got.
    pub(crate) fn listen(&self, last: Option<u64>) -> Listener {
        self.live.listen(last)
    }

    /// Ends every listening: the server is about to close.
    pub fn end_listening(&self) {
        self.live.close();
    }
}
