//! Merging a batch: a union of sets of facts, so that any order and any repetition end the same.
//!
//! ```text
//! digest → zstd, CBOR → each item checked on its own → one transaction → receipt → readings derived
//! ```
//!
//! The receipt speaks of facts only. Readings are derived in a transaction of their own right after
//! it, so that no fault of a decoder ever refuses a fact. What is left over, because the database
//! failed or the handheld hung up, is derived with the next push or at the next start
//! ([`Service::derive_pending`]).

mod facts;
mod item;

use std::sync::atomic::{AtomicBool, Ordering};

use sync_protocol::{
    BatchId, ClockSample, Digest, ItemOutcome, PushAnswer, ReplicaId, Timestamp, body, push::join_outcomes,
};

use super::handhelds::is_stale;
use super::live::Notice;
use super::{Actor, Result, Service, ServiceError};
use crate::store::Transaction;
use crate::store::rows::{BatchRow, ClockSampleRow, Handheld, QuarantineRow, ServerState};
use facts::merge_facts;
use item::{Arrival, check_item};

impl Service {
    /// Merges a batch and returns its receipt. A batch that was merged before gets the same receipt.
    ///
    /// # Errors
    /// `DigestMismatch`, a body that cannot be read, `Unprocessable` when the body names another batch
    /// or handheld than the request, `BatchIdReused`, `Revoked`; `InsufficientStorage` when the
    /// database is full. In each case nothing of the batch is kept, and the handheld keeps it.
    pub async fn push(
        &self,
        replica: ReplicaId,
        batch: BatchId,
        digest: &Digest,
        body: &[u8],
    ) -> Result<PushAnswer> {
        if Digest::of(body) != *digest {
            return Err(ServiceError::DigestMismatch);
        }
        let read = body::read(body, &self.config.body_limits)?;
        if read.id != batch {
            return Err(ServiceError::Unprocessable(format!("the body is batch {}", read.id)));
        }
        if read.replica != replica {
            return Err(ServiceError::Forbidden("the batch was cut by another handheld"));
        }
        let arrived_at = self.now();
        let arrival = Arrival { replica, epoch: read.epoch, batch, arrived_at };
        let checked = read.items.into_iter().map(|item| check_item(item, &arrival)).collect();

        let mut tx = self.begin().await?;
        let handheld = self.live_handheld(&mut *tx, replica).await?;
        if let Some(merged) = tx.batch(replica, batch).await? {
            if merged.digest != *digest {
                return Err(ServiceError::BatchIdReused);
            }
            let answer = answer(&merged, &tx.state().await?, arrived_at);
            drop(tx);
            self.derive_left_over().await;
            return answer;
        }
        let commit = tx.advance(1).await?;
        let merged = merge_facts(&mut *tx, checked, &arrival, commit).await?;
        merged.touched.mark(&mut *tx, replica, arrived_at).await?;
        keep_quarantine(&mut *tx, merged.quarantine, &arrival, commit).await?;
        keep_clock(&mut *tx, handheld, &read.clock, arrived_at).await?;
        let items = format!("{} items", merged.outcomes.len());
        self.record_as(&mut *tx, commit, Actor::Handheld(replica), "batch_merge", batch.to_string(), items)
            .await?;
        let row = BatchRow {
            replica,
            batch,
            digest: *digest,
            outcomes: outcomes_text(merged.outcomes)?,
            commit,
            arrived_at,
        };
        tx.insert_batch(row.clone()).await?;
        let state = tx.state().await?;
        let unfinished = Unfinished { is_behind: &self.is_behind };
        let tours = merged.touched.tours().into_iter().map(Notice::Tour);
        self.commit_and_tell(tx, tours.chain([Notice::Handheld(replica)]).collect()).await?;
        match self.derive(&merged.new_telegrams).await {
            Ok(()) => unfinished.finish(),
            Err(error) => tracing::error!(%error, "readings are derived later"),
        }
        self.derive_left_over().await;
        answer(&row, &state, arrived_at)
    }

    /// Returns the receipt of a batch that was merged.
    ///
    /// # Errors
    /// `NotFound` when it was not.
    pub async fn receipt(&self, replica: ReplicaId, batch: BatchId) -> Result<PushAnswer> {
        let mut tx = self.begin_read().await?;
        let merged = tx.batch(replica, batch).await?.ok_or(ServiceError::NotFound("receipt"))?;
        answer(&merged, &tx.state().await?, self.now())
    }

    /// Derives what earlier merges left over.
    async fn derive_left_over(&self) {
        if self.is_behind.swap(false, Ordering::Relaxed) {
            let unfinished = Unfinished { is_behind: &self.is_behind };
            match self.derive_pending().await {
                Ok(_) => unfinished.finish(),
                Err(error) => tracing::error!(%error, "readings are derived later"),
            }
        }
    }
}

/// Dropped before the readings of a merge are derived, it leaves word that they are missing: whoever
/// waits for a receipt may hang up at any moment.
struct Unfinished<'a> {
    is_behind: &'a AtomicBool,
}

impl Unfinished<'_> {
    fn finish(self) {
        std::mem::forget(self);
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.is_behind.store(true, Ordering::Relaxed);
    }
}

/// Writes the receipt of a merged batch. Its outcomes and commit are those of the merge; epoch and
/// safe commit are those of now, because that is what a handheld must compare them with.
fn answer(merged: &BatchRow, state: &ServerState, server_time: Timestamp) -> Result<PushAnswer> {
    Ok(PushAnswer {
        batch: merged.batch,
        digest: merged.digest,
        server_epoch: state.server_epoch,
        commit: merged.commit,
        safe_commit: state.safe_commit,
        server_time,
        outcomes: serde_json::from_str(&merged.outcomes)
            .map_err(|_| ServiceError::Internal("a stored receipt cannot be read"))?,
    })
}

fn outcomes_text(outcomes: Vec<ItemOutcome>) -> Result<String> {
    serde_json::to_string(&join_outcomes(outcomes))
        .map_err(|_| ServiceError::Internal("a receipt cannot be written"))
}

async fn keep_quarantine(
    tx: &mut dyn Transaction,
    items: Vec<(u32, &'static str, Vec<u8>)>,
    arrival: &Arrival,
    commit: u64,
) -> Result<()> {
    let rows = items.into_iter().map(|(position, code, item)| QuarantineRow {
        replica: arrival.replica,
        batch: arrival.batch,
        position,
        code: code.to_owned(),
        item,
        commit,
        arrived_at: arrival.arrived_at,
    });
    Ok(tx.insert_quarantine(rows.collect()).await?)
}

/// Keeps the clock samples, and on the handheld's row the latest of them and that it was here.
async fn keep_clock(
    tx: &mut dyn Transaction,
    handheld: Handheld,
    samples: &[ClockSample],
    now: Timestamp,
) -> Result<()> {
    // A round trip beyond 63 bits of milliseconds is nonsense, but no reason to lose a batch.
    let most = u64::try_from(i64::MAX).unwrap_or(u64::MAX);
    let mut rows: Vec<ClockSampleRow> = samples
        .iter()
        .map(|sample| ClockSampleRow {
            replica: handheld.replica,
            sample: ClockSample { round_trip_ms: sample.round_trip_ms.min(most), ..*sample },
        })
        .collect();
    rows.sort_by_key(|row| {
        let sample = row.sample;
        (sample.boot, sample.taken_at, sample.offset_ms, sample.round_trip_ms)
    });
    rows.dedup();
    tx.insert_clock_samples(rows).await?;
    let latest = samples.iter().max_by_key(|sample| sample.taken_at).map(|sample| sample.offset_ms);
    if latest.is_some() || is_stale(&handheld, now) {
        let clock_offset_ms = latest.or(handheld.clock_offset_ms);
        tx.put_handheld(Handheld { last_seen: Some(now), clock_offset_ms, ..handheld }).await?;
    }
    Ok(())
}
