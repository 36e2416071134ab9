//! The support file: what a person at the office needs to find a fault, and nothing that is secret or
//! personal.
//!
//! What is absent on purpose: keys, tokens, meter numbers, addresses, values, telegrams, the names of
//! tours and the address of the server.

use serde::Serialize;
use sync_protocol::{ReplicaEpoch, TourId};

use crate::meter::Progress;
use crate::store::{FactCounts, Store, StoreError, known_version};
use crate::sync::{self, SyncError};
use crate::walk::TourView;

/// The content of a support file.
#[derive(Debug, Clone, Serialize)]
pub struct SupportReport {
    /// Version of the app.
    pub app_version: &'static str,
    /// Version of the store's schema.
    pub store_version: u32,
    /// Version of the decoder.
    pub decoder_version: u32,
    /// Version of the batches that this app writes.
    pub batch_schema: u32,
    /// Which life of the database this is.
    pub epoch: ReplicaEpoch,
    /// How many facts are here.
    pub facts: FactCounts,
    /// The tours.
    pub tours: Vec<TourReport>,
    /// How the sync stands.
    pub sync: SyncReport,
}

/// A tour in numbers.
#[derive(Debug, Clone, Serialize)]
pub struct TourReport {
    /// Identity of the tour.
    pub id: TourId,
    /// Whether the office took it back.
    pub withdrawn: bool,
    /// Lines that the tour has.
    pub meters: u32,
    /// Lines that have arrived.
    pub lines: u32,
    /// Lines that have a key.
    pub with_key: u32,
    /// Lines without a number that a radio could send.
    pub without_radio_number: usize,
    /// Whether it is being walked.
    pub is_walked: bool,
    /// How many lines are in which state.
    pub progress: Progress,
    /// Frames of foreign meters.
    pub foreign_frames: u64,
}

/// The sync in numbers.
#[derive(Debug, Clone, Serialize)]
pub struct SyncReport {
    /// Whether a server was paired with.
    pub is_paired: bool,
    /// Facts that wait for a batch.
    pub waiting: u64,
    /// Facts in batches that have no receipt.
    pub in_flight: u64,
    /// Facts that the server has.
    pub receipted: u64,
    /// Facts that the server has in a verified backup.
    pub safe: u64,
    /// Facts that the server keeps aside.
    pub quarantined: u64,
    /// Facts that the server takes in no batch.
    pub refused: u64,
    /// The code of the last failure since the last receipt.
    pub last_error: Option<String>,
    /// Failures since the last receipt.
    pub failures: u32,
}

/// Collects the report.
///
/// # Errors
/// When the store fails.
pub fn report(store: &Store) -> Result<SupportReport, SyncError> {
    let tours: Result<Vec<_>, StoreError> =
        store.tours()?.iter().map(|tour| tour_report(store, tour.tour.id)).collect();
    let sync = sync::status(store)?;
    let last_error = sync.last_error;
    Ok(SupportReport {
        app_version: env!("CARGO_PKG_VERSION"),
        store_version: known_version(),
        decoder_version: wmbus::DECODER_VERSION,
        batch_schema: sync_protocol::SCHEMA,
        epoch: store.epoch()?,
        facts: store.fact_counts()?,
        tours: tours?,
        sync: SyncReport {
            is_paired: sync.server_url.is_some(),
            waiting: sync.waiting,
            in_flight: sync.in_flight,
            receipted: sync.receipted,
            safe: sync.safe,
            quarantined: sync.quarantined,
            refused: sync.refused,
            failures: last_error.as_ref().map_or(0, |error| error.failures),
            last_error: last_error.map(|error| error.code),
        },
    })
}

fn tour_report(store: &Store, id: TourId) -> Result<TourReport, StoreError> {
    let view = TourView::load(store, id)?;
    Ok(TourReport {
        id,
        withdrawn: view.tour.withdrawn,
        meters: view.tour.tour.meters,
        lines: view.tour.lines,
        with_key: view.tour.keys,
        without_radio_number: view.without_radio_number(),
        is_walked: store.open_session(id)?.is_some(),
        progress: view.progress,
        foreign_frames: view.foreign_frames,
    })
}
