//! What really happened, which neither handheld nor server may contradict.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{BatchId, EventId, ReceptionId, ReplicaEpoch, TelegramId, Timestamp};

/// Names one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FactId {
    /// A telegram.
    Telegram(TelegramId),
    /// A reception.
    Reception(ReceptionId),
    /// An event.
    Event(EventId),
}

/// What a handheld committed: the content that must come out at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Deed {
    /// Which handheld.
    pub(super) handheld: usize,
    /// Which life of its database.
    pub(super) epoch: ReplicaEpoch,
    /// Its place in that database.
    pub(super) sequence: u64,
    /// The telegram that was heard; none for an event.
    pub(super) telegram: Option<TelegramId>,
    /// The time that went with it.
    pub(super) at: Timestamp,
}

/// Everything that was ever committed on any handheld.
#[derive(Debug, Default)]
pub(super) struct Truth {
    /// Receptions and events. More than one deed under one id is what a mutant brings about.
    pub(super) deeds: BTreeMap<FactId, Vec<Deed>>,
    /// The telegrams that were on the air.
    pub(super) telegrams: BTreeSet<TelegramId>,
    /// Facts that left a handheld by [`purge`](field_core::sync::purge).
    pub(super) purged: BTreeSet<FactId>,
    /// Deeds that left a handheld because it was restored from a backup without them.
    pub(super) rolled_back: BTreeSet<(FactId, Deed)>,
    /// Batches of a manipulated handheld.
    pub(super) forged: BTreeSet<BatchId>,
    /// The lives of each handheld's database, in order.
    pub(super) epochs: Vec<Vec<ReplicaEpoch>>,
}

impl Truth {
    /// Notes a deed that was committed.
    pub(super) fn note(&mut self, fact: FactId, deed: Deed) {
        self.deeds.entry(fact).or_default().push(deed);
        self.telegrams.extend(deed.telegram);
    }

    /// Notes a new life of a handheld's database.
    pub(super) fn note_epoch(&mut self, handheld: usize, epoch: ReplicaEpoch) {
        if self.epochs.len() <= handheld {
            self.epochs.resize(handheld + 1, Vec::new());
        }
        self.epochs[handheld].push(epoch);
    }
}
