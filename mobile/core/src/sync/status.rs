//! What the reader sees of the sync. All of it follows from the rows.

use sync_protocol::Timestamp;

use super::{Request, SyncError};
use crate::clock::Now;
use crate::store::outbox;
pub use crate::store::outbox::{FactKind, FactOnItsWay, FactState};
use crate::store::{Store, pairing};

/// How the sync stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncStatus {
    /// The server's address; none before the pairing.
    pub server_url: Option<String>,
    /// The server's code when it refused this handheld's token: pair it again.
    pub pair_again: Option<String>,
    /// Facts that wait for a batch.
    pub waiting: u64,
    /// Facts in batches that have no receipt.
    pub in_flight: u64,
    /// Facts that the server has, safe or not.
    pub receipted: u64,
    /// Facts that the server has in a verified backup.
    pub safe: u64,
    /// Receipted facts that the server keeps aside for the office.
    pub quarantined: u64,
    /// Facts that the server takes in no batch. They are kept here.
    pub refused: u64,
    /// The last failure, until a receipt comes.
    pub last_error: Option<LastError>,
    /// When the first failure since the last receipt was, by the handheld's clock.
    pub failing_since: Option<Timestamp>,
    /// When the server was last heard, by its own clock.
    pub server_time: Option<Timestamp>,
    /// When the last receipt came, by the handheld's clock.
    pub last_receipt_at: Option<Timestamp>,
    /// When the whole feed of tours was last here, by the handheld's clock.
    pub last_pulled_at: Option<Timestamp>,
    /// The handheld's clock less the server's, in milliseconds, when they were last compared.
    pub clock_offset_ms: Option<i64>,
}

impl SyncStatus {
    /// Whether the server has everything that is here.
    pub fn is_done(&self) -> bool {
        self.waiting == 0 && self.in_flight == 0 && self.refused == 0 && self.last_error.is_none()
    }
}

/// A failure as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastError {
    /// Stable code for the user interface.
    pub code: String,
    /// The server's own code, where it had one.
    pub server_code: Option<String>,
    /// Words for the person.
    pub message: String,
    /// How often in a row.
    pub failures: u32,
}

/// Says how the sync stands.
///
/// # Errors
/// When the store fails.
pub fn status(store: &Store) -> Result<SyncStatus, SyncError> {
    let conn = store.connection();
    let counts = outbox::counts(conn)?;
    let pairing = pairing::read(conn)?;
    let failure = outbox::failure(conn)?;
    Ok(SyncStatus {
        server_url: pairing.as_ref().map(|pairing| pairing.server_url.clone()),
        server_time: pairing.as_ref().and_then(|pairing| pairing.server_time),
        last_receipt_at: pairing.as_ref().and_then(|pairing| pairing.receipt_at),
        last_pulled_at: pairing.as_ref().and_then(|pairing| pairing.pulled_at),
        clock_offset_ms: pairing.as_ref().and_then(|pairing| pairing.clock_offset_ms),
        pair_again: pairing.and_then(|pairing| pairing.refused),
        waiting: counts.waiting,
        in_flight: counts.in_flight,
        receipted: counts.receipted,
        safe: counts.safe,
        quarantined: counts.quarantined,
        refused: counts.refused,
        failing_since: failure.as_ref().map(|failure| failure.failing_since),
        last_error: failure.map(|failure| LastError {
            code: failure.code,
            server_code: failure.server_code,
            message: failure.message,
            failures: failure.failures,
        }),
    })
}

/// Returns in how many milliseconds the next attempt is due; none when no attempt failed.
///
/// An attempt is due at once after a restart of the handheld, whatever its clocks say.
///
/// # Errors
/// When the store fails.
pub fn next_attempt_in_ms(store: &Store, now: Now) -> Result<Option<u64>, SyncError> {
    Ok(outbox::failure(store.connection())?.map(|failure| {
        let left = failure.due_ms.saturating_sub(now.monotonic_ms);
        if failure.boot == now.boot.0 { left.min(failure.delay_ms) } else { 0 }
    }))
}

/// Returns how many facts have no receipt yet, beside those that a request carries: what the server is told
/// with it.
///
/// # Errors
/// When the store fails.
pub fn waiting_beside(store: &Store, request: &Request) -> Result<u64, SyncError> {
    let carried = match request {
        Request::Push(push) => Some(push.batch),
        Request::Hello | Request::Changes { .. } => None,
    };
    Ok(outbox::without_receipt(store.connection(), carried)?)
}

/// Returns every fact that is here and where it is on its way, in the order in which they were taken in.
///
/// # Errors
/// When the store fails.
pub fn facts(store: &Store) -> Result<Vec<FactOnItsWay>, SyncError> {
    Ok(outbox::all(store.connection())?)
}

/// Lets refused facts wait again, for a server that was updated. Returns how many.
///
/// # Errors
/// When the store fails.
pub fn offer_refused_again(store: &mut Store) -> Result<usize, SyncError> {
    let tx = store.transaction()?;
    let offered = outbox::offer_refused_again(&tx)?;
    tx.commit()?;
    Ok(offered)
}
