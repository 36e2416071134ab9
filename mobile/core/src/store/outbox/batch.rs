//! The batches that were cut and have no receipt yet.

use rusqlite::{Connection, OptionalExtension as _, params};
use sync_protocol::{BatchId, Digest, ReplicaId};
use uuid::Uuid;

use super::facts::{self, WaitingFact};
use crate::store::StoreError;
use crate::sync::Push;

/// A batch in the outbox.
#[derive(Debug)]
pub(crate) struct OutboxBatch {
    /// What is to be sent.
    pub(crate) push: Push,
    /// Items in it.
    pub(crate) items: u32,
}

/// Writes a batch and assigns its facts to it.
pub(crate) fn insert(
    tx: &Connection,
    batch: BatchId,
    replica: ReplicaId,
    body: &[u8],
    facts: &[WaitingFact],
) -> Result<(), StoreError> {
    let items = u32::try_from(facts.len()).unwrap_or(u32::MAX);
    let first = facts.first().map_or(0, |fact| fact.position);
    tx.prepare_cached(
        "INSERT INTO outbox (batch, replica, first_position, items, digest, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![batch.0, replica.0, first, items, Digest::of(body).0, body])?;
    let mut assign = tx.prepare_cached("UPDATE sync_fact SET batch = ?2, item = ?3 WHERE position = ?1")?;
    for (item, fact) in (0u32..).zip(facts) {
        assign.execute(params![fact.position, batch.0, item])?;
    }
    Ok(())
}

/// Attempts after which a batch of one fact lets the others go first.
const PATIENCE: u32 = 8;

/// Returns the batch that is next: the one with the oldest facts. A single fact that fails and fails
/// comes last, so that it holds up no other; the server waits for a telegram that comes after its
/// receptions.
pub(crate) fn first(conn: &Connection) -> Result<Option<OutboxBatch>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT batch, replica, digest, body, items FROM outbox
         ORDER BY items = 1 AND attempts >= ?1, first_position, batch LIMIT 1",
    )?;
    let batch = statement
        .query_row([PATIENCE], |row| {
            Ok(OutboxBatch {
                push: Push {
                    batch: BatchId(row.get::<_, Uuid>(0)?),
                    replica: ReplicaId(row.get::<_, Uuid>(1)?),
                    digest: Digest(row.get(2)?),
                    body: row.get(3)?,
                },
                items: row.get(4)?,
            })
        })
        .optional()?;
    Ok(batch)
}

/// Counts an attempt before its first byte is on the way.
pub(crate) fn note_attempt(tx: &Connection, batch: BatchId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET attempts = attempts + 1 WHERE batch = ?1")?.execute([batch.0])?;
    Ok(())
}

/// Returns how often a batch was sent.
pub(crate) fn attempts(conn: &Connection, batch: BatchId) -> Result<u32, StoreError> {
    let attempts = conn
        .prepare_cached("SELECT attempts FROM outbox WHERE batch = ?1")?
        .query_row([batch.0], |row| row.get(0))
        .optional()?;
    Ok(attempts.unwrap_or(0))
}

/// Takes a batch apart: its facts wait again, and are returned in their order.
pub(crate) fn dissolve(tx: &Connection, batch: BatchId) -> Result<Vec<WaitingFact>, StoreError> {
    let facts = facts::select(tx, "WHERE batch = ?1 AND server_epoch IS NULL ORDER BY position", [batch.0])?;
    tx.prepare_cached("UPDATE sync_fact SET batch = NULL, item = NULL WHERE batch = ?1")?
        .execute([batch.0])?;
    tx.prepare_cached("UPDATE clock_sample SET batch = NULL WHERE batch = ?1")?.execute([batch.0])?;
    tx.prepare_cached("DELETE FROM outbox WHERE batch = ?1")?.execute([batch.0])?;
    Ok(facts)
}

/// Takes every batch apart.
pub(crate) fn dissolve_all(tx: &Connection) -> Result<(), StoreError> {
    let batches: Vec<Uuid> = tx
        .prepare_cached("SELECT batch FROM outbox")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for batch in batches {
        dissolve(tx, BatchId(batch))?;
    }
    Ok(())
}

/// Sets the facts of a batch aside that the server cannot take.
pub(crate) fn set_aside(tx: &Connection, batch: BatchId, code: &str) -> Result<(), StoreError> {
    for fact in dissolve(tx, batch)? {
        facts::refuse(tx, &fact, code)?;
    }
    Ok(())
}
