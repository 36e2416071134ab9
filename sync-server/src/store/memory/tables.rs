//! The tables, ordered by the keys that the SQL schema has.

use std::collections::BTreeMap;

use sync_protocol::{
    BatchId, BootId, EventId, ReceptionId, ReplicaId, TelegramId, Timestamp, TourId, TourMeterId,
};
use uuid::Uuid;

use crate::store::rows::{
    AdminSession, Assignment, AuditRow, BatchRow, ClockSampleRow, CorrectionRow, Derivation, EventRow,
    FeedEntry, FormatRow, Handheld, HeardMeter, OpenedMeter, PairingCodeRow, QuarantineRow, ReceptionRow,
    SealedKey, SecretHash, ServerState, TelegramRow, ToldReception, TourMeterRow, TourRow,
};
use crate::store::{StandingRow, TourContact};

/// What tells two clock samples apart: everything about them.
pub(super) type SampleKey = (ReplicaId, BootId, Timestamp, i64, u64);

/// Every table.
#[derive(Debug, Clone)]
pub(super) struct Tables {
    pub(super) state: ServerState,
    pub(super) admin_sessions: BTreeMap<SecretHash, AdminSession>,
    pub(super) pairing_codes: BTreeMap<SecretHash, PairingCodeRow>,
    pub(super) handhelds: BTreeMap<ReplicaId, Handheld>,
    pub(super) tours: BTreeMap<TourId, TourRow>,
    pub(super) tour_meters: BTreeMap<TourMeterId, TourMeterRow>,
    pub(super) assignments: BTreeMap<(TourId, ReplicaId), Assignment>,
    pub(super) feed: BTreeMap<(ReplicaId, Uuid), FeedEntry>,
    pub(super) keys: BTreeMap<(String, [u8; 16]), SealedKey>,
    pub(super) batches: BTreeMap<(ReplicaId, BatchId), BatchRow>,
    pub(super) heard_meters: BTreeMap<(String, String), HeardMeter>,
    pub(super) telegrams: BTreeMap<(String, TelegramId), TelegramRow>,
    /// Index of `telegrams`.
    pub(super) meter_of: BTreeMap<TelegramId, String>,
    pub(super) receptions: BTreeMap<(String, ReceptionId), ReceptionRow>,
    pub(super) waiting: BTreeMap<(TelegramId, ReceptionId), ToldReception>,
    pub(super) events: BTreeMap<EventId, EventRow>,
    pub(super) clock_samples: BTreeMap<SampleKey, ClockSampleRow>,
    pub(super) quarantine: BTreeMap<(ReplicaId, BatchId, u32), QuarantineRow>,
    pub(super) derivations: BTreeMap<(String, TelegramId), Derivation>,
    pub(super) standings: BTreeMap<(TourId, TourMeterId), StandingRow>,
    pub(super) stale_lines: BTreeMap<TourMeterId, ()>,
    pub(super) tour_contacts: BTreeMap<(TourId, ReplicaId), TourContact>,
    pub(super) opened_meters: BTreeMap<String, OpenedMeter>,
    pub(super) formats: BTreeMap<FormatRow, ()>,
    pub(super) audit: BTreeMap<u64, AuditRow>,
    pub(super) corrections: BTreeMap<(Timestamp, Uuid), CorrectionRow>,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            state: ServerState { server_epoch: 1, ..ServerState::default() },
            admin_sessions: BTreeMap::new(),
            pairing_codes: BTreeMap::new(),
            handhelds: BTreeMap::new(),
            tours: BTreeMap::new(),
            tour_meters: BTreeMap::new(),
            assignments: BTreeMap::new(),
            feed: BTreeMap::new(),
            keys: BTreeMap::new(),
            batches: BTreeMap::new(),
            heard_meters: BTreeMap::new(),
            telegrams: BTreeMap::new(),
            meter_of: BTreeMap::new(),
            receptions: BTreeMap::new(),
            waiting: BTreeMap::new(),
            events: BTreeMap::new(),
            clock_samples: BTreeMap::new(),
            quarantine: BTreeMap::new(),
            derivations: BTreeMap::new(),
            standings: BTreeMap::new(),
            stale_lines: BTreeMap::new(),
            tour_contacts: BTreeMap::new(),
            opened_meters: BTreeMap::new(),
            formats: BTreeMap::new(),
            audit: BTreeMap::new(),
            corrections: BTreeMap::new(),
        }
    }
}
